"""A tiny network that writes, and the strokes of a line."""

from pathlib import Path

import numpy as np
import pytest
import torch

from kineograph.data.ink.known import KnownInk
from kineograph.recipes import change_all, find_recipe
from kineograph.recipes.hand import build_hand, write_hand_file
from kineograph.training.checkpoint import save_weights

LETTERS = " abcdefghijklmnopqrstuvwxyzQWJVZ,"
SETTINGS = ("model.units=8", "model.mixtures=2", "model.windows=2")


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that scribbles whatever it is told: enough for a page."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("runs") / "tiny-hand"
    recipe = change_all(find_recipe("handwriting-demo"), list(SETTINGS))
    known = KnownInk(tuple(LETTERS), (0.5, 0.3), 4.0, 6.0, 12)
    write_hand_file(folder, recipe, known, "0")
    save_weights(folder / "model.safetensors", build_hand(recipe, known))
    return folder


def wave(left: float, right: float, points: int = 40) -> list[list[float]]:
    """A stroke as the page sends it."""
    x = np.linspace(left, right, points)
    y = 20 * np.sin(x / 12)
    return [[float(a), float(b), n / 100] for n, (a, b) in enumerate(zip(x, y, strict=True))]
