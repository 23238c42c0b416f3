"""Runs of small networks that learned nothing: whatever they say, the look inside must be true."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from kineograph.data.words import END
from kineograph.nets.encoders.grid import GridEncoderConfig
from kineograph.recipes import RECIPES, change_all
from kineograph.recipes.trained import write_run_file
from kineograph.training.checkpoint import save_weights

GRID = GridEncoderConfig(stem_filters=4, filters=(6, 8), blocks=(1, 1), strides=(2, 1))
WORDS = ("a", "red", "dog", "runs", "over", "grass")
ASKED = ("what", "is", "the", "red", "shape")
CAPTIONS = ["data.size_pixels=16", "model.units=8", "model.embedding=6", "task.longest=6"]
ANSWERS = [
    "data.size_pixels=16",
    "model.units=6",
    "model.attention_units=5",
    "model.answer_units=5",
]


def captioner_run(home: Path, recipe: str = "flickr8k-small", ends: float = -9.0) -> Path:
    """A captioner whose words are drawn at random. ends: how readily it ends, a logit."""
    numbers = [*CAPTIONS, "model.attention=5"] if recipe == "flickr8k-small" else CAPTIONS
    made = change_all(RECIPES[recipe], numbers)
    made = replace(made, model=replace(made.model, grid=GRID))
    return _saved(home / recipe, made, {"vocabulary": list(WORDS)}, len(WORDS) + 4, ends=ends)


def answerer_run(home: Path, recipe: str = "sort-of-clevr") -> Path:
    """A network that answers by chance; `ASKED` are the words that it knows."""
    made = change_all(RECIPES[recipe], ANSWERS)
    made = replace(made, model=replace(made.model, encoder=GRID))
    known = {"vocabulary": list(ASKED), "answers": ["yes", "no", "circle"], "longest_question": 6}
    return _saved(home / recipe, made, known, len(ASKED) + 4, 3)


def picture(seed: int = 0) -> np.ndarray:
    """(48, 64, 3) uint8, coarse squares of colour."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (6, 8, 3)).astype(np.uint8).repeat(8, 0).repeat(8, 1)


def _saved(folder: Path, recipe, known, *counts, ends=None) -> Path:
    torch.manual_seed(5)
    network = recipe.model.build(*counts, recipe.data.size_pixels)
    with torch.no_grad():  # far enough from even that looks differ
        for weight in network.parameters():
            weight.mul_(3) if weight.dim() > 1 else weight.add_(0.1)
        if ends is not None:
            network.answer.bias[END] = ends
    folder.mkdir(parents=True)
    write_run_file(folder, recipe, known, "test")
    save_weights(folder / "model.safetensors", network)
    return folder
