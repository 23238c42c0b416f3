"""A run that answers questions, back into a network with its words and its answers.

RUN/recipe.json        the recipe, "vocabulary" (words of questions) and "answers" (of the logits)
RUN/model.safetensors  weights
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from kineograph.data.questions.known import Known, known_from_json
from kineograph.errors import InputError
from kineograph.recipes.recipe import Recipe
from kineograph.recipes.trained import read_run
from kineograph.training.checkpoint import load_weights


@dataclass(frozen=True)
class TrainedAnswerer:
    """A trained network that answers questions, with what is needed to ask it."""

    folder: Path
    recipe: Recipe
    words: Known
    network: Any  # an nn.Module with forward, encode, answer

    @property
    def name(self) -> str:
        """The run's name: its folder's."""
        return self.folder.name

    @property
    def known(self) -> dict[str, Any]:
        """What recipe.json keeps beside the recipe."""
        return self.words.as_json()


def load_answerer(run: str | Path) -> TrainedAnswerer:
    """The network of `runs/NAME`, or of a shipped name, ready to answer. Raises InputError."""
    folder, found, recipe = read_run(
        run, "questions", ("vocabulary", "answers", "longest_question")
    )
    words = known_from_json(found)
    try:
        network = build_answerer(recipe, words)
    except ValueError as error:
        raise InputError(f"{folder / 'recipe.json'}: {error} Copy the run again.") from error
    load_weights(folder / "model.safetensors", network)
    return TrainedAnswerer(folder, recipe, words, network.eval())


def build_answerer(recipe: Recipe, known: Known) -> nn.Module:
    """A fresh network of a recipe for these words and answers. Raises ValueError."""
    size = recipe.data.size_pixels
    network: nn.Module = recipe.model.build(len(known.vocabulary), len(known.answers), size)
    return network
