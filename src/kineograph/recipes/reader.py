"""A run that reads lines, back into a network with its alphabet and its language.

RUN/recipe.json        the recipe and "alphabet", the characters in the order of the logits
RUN/model.safetensors  weights
RUN/language.lm        a model of the texts' characters, if there is one
RUN/decoding.json      how much that model is heeded, as tuned on validation lines
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kineograph.data.text import Alphabet, TextPolicy
from kineograph.decoding.judges import Language
from kineograph.decoding.ngram import NGram
from kineograph.decoding.ngram_file import read_ngram, write_ngram
from kineograph.errors import InputError
from kineograph.recipes.recipe import Recipe
from kineograph.recipes.trained import read_run, write_run_file
from kineograph.training.checkpoint import load_weights
from kineograph.whole_file import write_text_whole


@dataclass(frozen=True)
class Decoding:
    """How a line's probabilities become text, if not by the best path alone."""

    weight: float  # of the language model's log-probabilities
    bonus: float  # for each character
    width: int = 16  # texts in the beam

    def __post_init__(self) -> None:
        if not (self.weight >= 0 and self.width >= 1):
            raise ValueError(f"weight={self.weight}, width={self.width}: at least 0 and 1.")


@dataclass(frozen=True)
class TrainedReader:
    """A trained reader of lines with what is needed to ask it."""

    folder: Path
    recipe: Recipe
    alphabet: Alphabet
    network: Any  # an nn.Module with forward, encode, read, height_pixels, columns_per_pixel
    model: NGram | None = None  # of the characters
    decoding: Decoding | None = None

    @property
    def name(self) -> str:
        """The run's name: its folder's."""
        return self.folder.name

    @property
    def policy(self) -> TextPolicy:
        """How the texts that it learned from were spelled."""
        return self.recipe.data.spelling

    @property
    def language(self) -> Language | None:
        """The judge that goes with the beam; None: nothing was learned of the language."""
        if self.model is None or self.decoding is None or not self.decoding.weight:
            return None
        characters = self.alphabet.characters
        return Language(self.model, characters, self.decoding.weight, self.decoding.bonus)


def load_reader(run: str | Path) -> TrainedReader:
    """The reader of `runs/NAME`, or of a shipped name, ready to read."""
    folder, found, recipe = read_run(run, "lines", ("alphabet",))
    alphabet = Alphabet(tuple(found["alphabet"]))
    try:
        network = recipe.model.build(len(alphabet), recipe.data.height_pixels)
    except ValueError as error:
        raise InputError(f"{folder / 'recipe.json'}: {error} Copy the run again.") from error
    load_weights(folder / "model.safetensors", network)
    model, decoding = _language_of(folder)
    return TrainedReader(folder, recipe, alphabet, network.eval(), model, decoding)


def write_reader_file(folder: Path, recipe: Recipe, alphabet: Alphabet, version: str) -> None:
    """recipe.json: enough to rebuild the network in another process, another year."""
    write_run_file(folder, recipe, {"alphabet": list(alphabet.characters)}, version)


def write_language(folder: Path, model: NGram, decoding: Decoding) -> None:
    """The language model beside the network, and how much it is heeded."""
    write_ngram(folder / "language.lm", model)
    write_text_whole(folder / "decoding.json", json.dumps(asdict(decoding)) + "\n")


def _language_of(folder: Path) -> tuple[NGram | None, Decoding | None]:
    path = folder / "decoding.json"
    if not path.exists():
        return None, None
    try:
        decoding = Decoding(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            f"{path}: cannot be read ({error}). Copy it again, or remove it: the best path is "
            "taken then."
        ) from None
    return read_ngram(folder / "language.lm"), decoding
