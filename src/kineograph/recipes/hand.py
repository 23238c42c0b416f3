"""A run that writes by hand, back into a network with its alphabet and its measures.

RUN/recipe.json        the recipe and what it knows of its ink (data/ink/known.py)
RUN/model.safetensors  weights
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kineograph.data.ink.config import InkConfig
from kineograph.data.ink.known import KnownInk, known_from_json
from kineograph.errors import InputError
from kineograph.recipes.recipe import Recipe, recipe_from_json
from kineograph.recipes.trained import read_recipe_file, run_folder, write_run_file
from kineograph.training.checkpoint import load_weights


@dataclass(frozen=True)
class TrainedHand:
    """A trained network that writes, with what is needed to ask it."""

    folder: Path
    recipe: Recipe
    known: KnownInk
    network: Any  # nets.models.handwriting.Handwriting

    @property
    def name(self) -> str:
        """The run's name: its folder's."""
        return self.folder.name

    @property
    def config(self) -> InkConfig:
        """How its ink was paced and its texts spelled."""
        found: InkConfig = self.recipe.data
        return found


def build_hand(recipe: Recipe, known: KnownInk) -> Any:
    """A fresh network for these measures. Raises ValueError."""
    return recipe.model.build(len(known.characters), known.points_per_character)


def load_hand(run: str | Path) -> TrainedHand:
    """The network of `runs/NAME`, or of a shipped name, ready to write."""
    folder = run_folder(run)
    found = read_recipe_file(folder, ("recipe",))
    if found["recipe"].get("data", {}).get("kind") != "ink":
        raise InputError(
            f"{folder}: was not trained on pen strokes. Give a run that writes by hand."
        )
    where = str(folder / "recipe.json")
    recipe, known = recipe_from_json(found["recipe"], where), known_from_json(found, where)
    try:
        network = build_hand(recipe, known)
    except ValueError as error:
        raise InputError(f"{where}: {error} Copy the run again.") from error
    load_weights(folder / "model.safetensors", network)
    return TrainedHand(folder, recipe, known, network.eval())


def write_hand_file(folder: Path, recipe: Recipe, known: KnownInk, version: str) -> None:
    """recipe.json: enough to rebuild the network in another process, another year."""
    write_run_file(folder, recipe, known.as_json(), version)
