"""A run that answers whole texts, back into a network with what it knows.

RUN/recipe.json        the recipe, "given" (tokens that are read), "asked" (labels, or characters)
RUN/model.safetensors  weights
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from kineograph.data.texts.config import tokens_of
from kineograph.data.texts.record import TextRecord
from kineograph.data.words import Vocabulary
from kineograph.errors import InputError
from kineograph.recipes.recipe import Recipe
from kineograph.recipes.trained import read_run
from kineograph.training.checkpoint import load_weights


@dataclass(frozen=True)
class KnownTexts:
    """What is read, and what is answered: labels in the order of the logits, or characters."""

    given: Vocabulary
    asked: tuple[str, ...]

    @property
    def asked_vocabulary(self) -> Vocabulary:
        """Of an answer that is a text: its characters by number."""
        return Vocabulary(self.asked)

    def as_json(self) -> dict[str, Any]:
        """What recipe.json keeps beside the recipe."""
        return {"given": list(self.given.words), "asked": list(self.asked)}


@dataclass(frozen=True)
class TrainedTexts:
    """A trained network with what is needed to ask it."""

    folder: Path
    recipe: Recipe
    known: KnownTexts
    network: Any  # a TextLabeller, or a Transliterator

    @property
    def name(self) -> str:
        """The run's name: its folder's."""
        return self.folder.name


def learn_known(recipe: Recipe, train: Sequence[TextRecord]) -> KnownTexts:
    """Tokens and labels, or the characters of both texts, of the training side alone."""
    if recipe.kind == "labels":
        config = recipe.data
        read = [tokens_of(each.text, config.tokens)[: config.longest] for each in train]
        labels = tuple(sorted({each.answer for each in train}))
        if len(labels) < 2:
            raise InputError(
                f"label '{labels[0]}': is the only one in training, so nothing is to be told "
                "apart. Give texts of two labels or more."
            )
        return KnownTexts(Vocabulary.of(read, config.least_count), labels)
    asked = Vocabulary.of(each.answer for each in train).words
    return KnownTexts(Vocabulary.of(each.text for each in train), asked)


def build_texts(recipe: Recipe, known: KnownTexts) -> nn.Module:
    """A fresh network of a recipe. Raises ValueError."""
    asked = len(known.asked) if recipe.kind == "labels" else len(known.asked_vocabulary)
    network: nn.Module = recipe.model.build(len(known.given), asked)
    return network


def load_texts(run: str | Path, kind: str) -> TrainedTexts:
    """The network of `runs/NAME`, ready to answer. Raises InputError for one of another kind."""
    folder, found, recipe = read_run(run, kind, ("given", "asked"))
    known = KnownTexts(Vocabulary(tuple(found["given"])), tuple(found["asked"]))
    try:
        network = build_texts(recipe, known)
    except ValueError as error:
        raise InputError(f"{folder / 'recipe.json'}: {error} Copy the run again.") from error
    load_weights(folder / "model.safetensors", network)
    return TrainedTexts(folder, recipe, known, network.eval())
