"""A run that writes text, back into a network with its alphabet.

RUN/recipe.json        the recipe and "alphabet", the characters in the order of the logits
RUN/model.safetensors  weights
RUN/step.onnx          after `kineograph export`: one character, the state in and out
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kineograph.data.text import Alphabet, TextPolicy
from kineograph.errors import InputError
from kineograph.recipes.recipe import Recipe, recipe_from_json
from kineograph.recipes.trained import read_recipe_file, run_folder, write_run_file
from kineograph.training.checkpoint import load_weights


@dataclass(frozen=True)
class TrainedWriter:
    """A trained character model with what is needed to ask it. Index 0 of its logits is no
    character: it stands before the text's first one.
    """

    folder: Path
    recipe: Recipe
    alphabet: Alphabet
    network: Any  # a CharacterModel

    @property
    def name(self) -> str:
        """The run's name: its folder's."""
        return self.folder.name

    @property
    def policy(self) -> TextPolicy:
        """How the text that it learned from was spelled."""
        return self.recipe.data.spelling


def load_writer(run: str | Path) -> TrainedWriter:
    """The character model of `runs/NAME`, or of a shipped name, ready to write."""
    folder = run_folder(run)
    found = read_recipe_file(folder, ("recipe", "alphabet"))
    recipe = recipe_from_json(found["recipe"], str(folder / "recipe.json"))
    if recipe.kind != "text":
        raise InputError(
            f"{folder}: is shown {recipe.kind} and writes no text. Give a run of char-lstm or "
            "shakespeare."
        )
    alphabet = Alphabet(tuple(found["alphabet"]))
    try:
        network = recipe.model.build(len(alphabet))
    except ValueError as error:
        raise InputError(f"{folder / 'recipe.json'}: {error} Copy the run again.") from error
    load_weights(folder / "model.safetensors", network)
    return TrainedWriter(folder, recipe, alphabet, network.eval())


def write_writer_file(folder: Path, recipe: Recipe, alphabet: Alphabet, version: str) -> None:
    """recipe.json: enough to rebuild the network in another process, another year."""
    write_run_file(folder, recipe, {"alphabet": list(alphabet.characters)}, version)
