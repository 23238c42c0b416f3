"""Runs of small networks that write and learned nothing."""

from dataclasses import replace
from pathlib import Path

import torch

from kineograph.data.ink.known import KnownInk
from kineograph.data.text import Alphabet
from kineograph.recipes import RECIPES, change_all
from kineograph.recipes.hand import build_hand, write_hand_file
from kineograph.recipes.writer import write_writer_file
from kineograph.training.checkpoint import save_weights

TEXT = ('He said "the cat (a rat) sat" and left.\nThen "more" came, [and] so on.\n' * 12)[:800]
KNOWN = KnownInk(tuple(" abcdeк"), (0.5, 0.3), 2.0, 5.0, 12)


def writer_run(home: Path, cell: str = "lstm") -> Path:
    """A character model of `TEXT`'s alphabet."""
    recipe = change_all(RECIPES[f"char-{cell}"], ["model.units=8"])
    alphabet = Alphabet.of([TEXT])
    torch.manual_seed(1)
    network = recipe.model.build(len(alphabet))
    folder = home / f"char-{cell}"
    folder.mkdir(parents=True)
    write_writer_file(folder, recipe, alphabet, "test")
    save_weights(folder / "model.safetensors", network)
    return folder


def hand_run(home: Path, recipe: str = "handwriting-demo") -> Path:
    """A hand that knows the characters of `KNOWN`."""
    small = ["model.units=8", "model.mixtures=3"]
    made = change_all(RECIPES[recipe], small)
    made = replace(made, data=replace(made.data, longest_points=200))
    torch.manual_seed(2)
    network = build_hand(made, KNOWN)
    folder = home / recipe
    folder.mkdir(parents=True)
    write_hand_file(folder, made, KNOWN, "test")
    save_weights(folder / "model.safetensors", network)
    return folder
