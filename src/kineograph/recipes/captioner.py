"""A run that describes pictures, back into a network with its words.

RUN/recipe.json        the recipe and "vocabulary", the words in the order of the logits
RUN/model.safetensors  weights
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kineograph.data.words import Vocabulary
from kineograph.errors import InputError
from kineograph.recipes.recipe import Recipe
from kineograph.recipes.trained import read_run
from kineograph.training.checkpoint import load_weights


@dataclass(frozen=True)
class TrainedCaptioner:
    """A trained captioner with what is needed to ask it."""

    folder: Path
    recipe: Recipe
    vocabulary: Vocabulary
    network: Any  # an nn.Module with see, initial_state, step, walk, say

    @property
    def name(self) -> str:
        """The run's name: its folder's."""
        return self.folder.name

    @property
    def known(self) -> dict[str, Any]:
        """What recipe.json keeps beside the recipe."""
        return {"vocabulary": list(self.vocabulary.words)}


def load_captioner(run: str | Path) -> TrainedCaptioner:
    """The captioner of `runs/NAME`, or of a shipped name, ready to describe."""
    folder, found, recipe = read_run(run, "captions", ("vocabulary",))
    vocabulary = Vocabulary(tuple(found["vocabulary"]))
    try:
        data = recipe.data
        network = recipe.model.build(len(vocabulary), data.size_pixels, data.frames)
    except ValueError as error:
        raise InputError(f"{folder / 'recipe.json'}: {error} Copy the run again.") from error
    load_weights(folder / "model.safetensors", network)
    return TrainedCaptioner(folder, recipe, vocabulary, network.eval())
