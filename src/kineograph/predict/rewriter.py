"""A trained transliterator asked: whole texts in, whole texts out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from kineograph.data.text import POLICIES
from kineograph.errors import InputError
from kineograph.recipes.trained_texts import TrainedTexts, load_texts
from kineograph.tasks.rewrite_texts import Rewritten, rewrite
from kineograph.training.reproduce import choose_device

SPELLED = POLICIES["as-printed"]  # a running text keeps its lines and spaces


@dataclass(frozen=True)
class Rewriter:
    """`Rewriter.load("runs/transliterate-words").write("Privet, mir!")`."""

    trained: TrainedTexts
    device: torch.device = torch.device("cpu")

    @classmethod
    def load(cls, run: str | Path, *, device: str = "cpu") -> "Rewriter":
        """A run's transliterator. Raises InputError for what is none."""
        found = choose_device(device)
        trained = load_texts(run, "pairs")
        trained.network.to(found)
        return cls(trained, found)

    def rewrite(self, texts: Sequence[str], *, beam: int = 5) -> list[Rewritten]:
        """An answer for each whole text, in their order. Raises InputError for an empty one."""
        if not all(texts):
            raise InputError("a text is empty: nothing is to be written of it. Leave it out.")
        known = self.trained.known
        return rewrite(self.trained.network, texts, known.given, known.asked_vocabulary, beam=beam)

    def write(self, text: str, *, beam: int = 5) -> str:
        """A whole text: its known stretches answered one by one, all else left as it is.

        A network that knows small letters alone is asked in small letters; a capital at the
        beginning of a stretch, or capitals throughout, come back.
        """
        pieces = list(self._pieces(SPELLED(text)))
        asked = [self._known(piece) for piece, known in pieces if known]
        answers = iter(self.rewrite(asked, beam=beam))
        return "".join(
            _like(piece, next(answers).text) if known else piece for piece, known in pieces
        )

    def unknown(self, text: str) -> list[str]:
        """Letters that it never learned, each once."""
        letters = dict.fromkeys(each for each in SPELLED(text) if each.isalpha())
        return [each for each in letters if self._known(each) not in self.trained.known.given]

    def too_long(self, text: str) -> int:
        """How many of its stretches are longer than all that it learned from: a guess at best."""
        longest = self.trained.recipe.data.longest
        return sum(known and len(piece) > longest for piece, known in self._pieces(SPELLED(text)))

    def _known(self, text: str) -> str:
        """In small letters where it knows no others."""
        given = self.trained.known.given
        return "".join(
            each if each in given or each.lower() not in given else each.lower() for each in text
        )

    def _pieces(self, text: str) -> Iterator[tuple[str, bool]]:
        """Stretches of what it knows, white space apart, and what stands between them."""
        for word in re.findall(r"\s+|\S+", text):
            marks = "".join("k" if self._known(each) in self.trained.known.given else " "
                            for each in word)  # fmt: skip
            for stretch in re.finditer(r"k+| +", marks):
                piece = word[stretch.start() : stretch.end()]
                yield piece, marks[stretch.start()] == "k" and not piece.isspace()


def _like(given: str, answer: str) -> str:
    """The answer with the capitals of what was given."""
    letters = [each for each in given if each.isalpha()]
    if not letters or not letters[0].isupper() or answer != answer.lower():
        return answer
    if len(letters) > 1 and all(each.isupper() for each in letters):
        return answer.upper()
    return answer[:1].upper() + answer[1:]
