"""A network that writes, so small that a test can ask it: its pen goes to the right, and ends."""

from pathlib import Path

import torch

from kineograph.data.ink.known import KnownInk
from kineograph.recipes import change_all, find_recipe
from kineograph.recipes.hand import build_hand, write_hand_file
from kineograph.training.checkpoint import save_weights

SETTINGS = ("model.units=8", "model.mixtures=2", "model.windows=2")


def write_tiny_hand(folder: Path, letters: str, characters_per_line: int = 12) -> Path:
    """A run folder; what it writes is a scribble as long as its text."""
    torch.manual_seed(0)
    recipe = change_all(find_recipe("handwriting-demo"), list(SETTINGS))
    known = KnownInk(tuple(letters), (0.5, 0.3), 4.0, 6.0, characters_per_line)
    network = build_hand(recipe, known)
    with torch.no_grad():
        network.output.bias[0] = -1.0  # the pen is down three times of four
        network.output.bias[3:5] = 1.0  # means to the right
        network.output.bias[7:11] = -0.5  # not far from them
    write_hand_file(folder, recipe, known, "0")
    save_weights(folder / "model.safetensors", network)
    return folder
