"""A run that describes regions, back into a network with its words.

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
class TrainedDenseCaptioner:
    """A trained network that finds regions and describes them, with what is needed to ask it."""

    folder: Path
    recipe: Recipe
    vocabulary: Vocabulary
    network: Any  # a DenseCaptioner

    @property
    def name(self) -> str:
        """The run's name: its folder's."""
        return self.folder.name

    @property
    def known(self) -> dict[str, Any]:
        """What recipe.json keeps beside the recipe."""
        return {"vocabulary": list(self.vocabulary.words)}

    def sentence(self, words: list[int]) -> str:
        """The words as a person reads them."""
        return " ".join(self.vocabulary.decode(words))


def build_dense_captioner(recipe: Recipe, known: dict[str, Any]) -> Any:
    """A fresh network that says the words of `known`. Raises ValueError."""
    vocabulary = Vocabulary(tuple(known["vocabulary"]))
    return recipe.model.build(len(vocabulary), recipe.data.size_pixels)


def load_dense_captioner(run: str | Path) -> TrainedDenseCaptioner:
    """The network of `runs/NAME`, ready to be shown pictures. Raises InputError."""
    folder, found, recipe = read_run(run, "regions", ("vocabulary",))
    try:
        network = build_dense_captioner(recipe, found)
    except ValueError as error:
        raise InputError(f"{folder / 'recipe.json'}: {error} Copy the run again.") from error
    load_weights(folder / "model.safetensors", network)
    vocabulary = Vocabulary(tuple(found["vocabulary"]))
    return TrainedDenseCaptioner(folder, recipe, vocabulary, network.eval())
