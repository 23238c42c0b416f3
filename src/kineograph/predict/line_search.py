"""How a reader's columns become text: by its own language or another one, a lexicon, n-best.

Without language, lexicon and alternatives the best path is taken; with any of them, a beam.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from kineograph.decoding.alignment import Line
from kineograph.decoding.ctc import Reading, best_path, prefix_beam
from kineograph.decoding.judges import Language, Lexicon, Remembered
from kineograph.decoding.ngram import NGram
from kineograph.decoding.ngram_file import read_ngram
from kineograph.decoding.prefix_beam import Beam
from kineograph.errors import InputError
from kineograph.recipes.reader import Decoding, TrainedReader

NONE = "none"  # --language none
UNTUNED = Decoding(weight=0.4, bonus=1.0)  # where a run tuned none: what lines-fraktur was tuned to
FAR = Beam(width=64, least_probability=1e-6)  # a lexicon's words may lie far from the best path
MOST_NAMED = 8


@dataclass(frozen=True)
class LineSearch:
    """What is heeded besides the network; `LineSearch()` is the best path.

    alternatives: how many texts a person wants to see of each line, 0 for the reading alone. notes:
    what a person should know of it, each a line. about: the same for machines.
    """

    language: Language | None = None
    lexicon: Lexicon | None = None
    alternatives: int = 0
    width: int = Beam().width
    notes: tuple[str, ...] = ()
    language_file: str | None = None
    lexicon_file: str | None = None

    def __call__(self, lines: Sequence[Line]) -> list[Reading]:
        """Log-probabilities (T, V) of lines -> their readings; alternatives: all that were held."""
        if not self._judges and not self.alternatives:
            return best_path(lines)
        return prefix_beam(lines, self._beam, self._judges)

    def is_allowed(self, reading: Reading) -> bool:
        """Whether it keeps to the lexicon; where that forbade all, the best path was taken."""
        return self.lexicon is None or self.lexicon.allows(reading.text_indices)

    @property
    def about(self) -> dict[str, Any]:
        """The protocol: with which language, weight, bonus, lexicon and width lines are read."""
        said = self.language
        return {
            "language": self.language_file,
            "weight": None if said is None else said.weight,
            "bonus": None if said is None else said.bonus,
            "lexicon": self.lexicon_file,
            "width": self._beam.width if self._judges or self.alternatives else None,
            "alternatives": self.alternatives,
        }

    @cached_property
    def _judges(self) -> list[Remembered]:
        return [Remembered(each) for each in (self.language, self.lexicon) if each is not None]

    @cached_property
    def _beam(self) -> Beam:
        beam = Beam(self.width) if self.lexicon is None else FAR
        width = max(beam.width, self.width, self.alternatives)
        return replace(beam, width=width, alternatives=width if self.alternatives else 1)


def line_search(
    trained: TrainedReader,
    language: str | Path | None = None,
    lexicon: str | Path | None = None,
    alternatives: int = 0,
) -> LineSearch:
    """How to read with a network. Raises InputError for files that cannot be used.

    language: a character model's file (.lm, .arpa); "none"; or None, the run's own if it has one.
    lexicon: a file of the only words that may be read. alternatives: texts named of each line.
    """
    search = LineSearch(width=(trained.decoding or UNTUNED).width, alternatives=alternatives)
    if language is None and trained.language is not None:
        search = replace(search, language=trained.language, language_file="the run's")
    elif language not in (None, NONE):
        search = _with_language(search, trained, Path(str(language)))
    return search if lexicon is None else _with_lexicon(search, trained, Path(lexicon))


def _with_language(search: LineSearch, trained: TrainedReader, path: Path) -> LineSearch:
    """Weighted as the run's own was, if that is heeded at all."""
    model = _read_model(path)
    tuned = trained.decoding if trained.decoding and trained.decoding.weight else None
    weights = tuned or UNTUNED
    language = Language(model, trained.alphabet.characters, weights.weight, weights.bonus)
    why = "as the run's own was tuned" if tuned else f"the usual ones: {trained.name} tuned none"
    note = f"{path}: read with weight {weights.weight:g} and bonus {weights.bonus:g}, {why}"
    return replace(
        search,
        language=language,
        language_file=str(path),
        notes=(*search.notes, note, *_unknown_letters(path, model, trained)),
    )


def _read_model(path: Path) -> NGram:
    """A model of characters; a text is told what to do with it."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"--language {path}: cannot be read ({error.strerror}). Give a model that `kineograph "
            "lm` wrote, or none."
        ) from error
    if content[:2] != b"PK" and b"\\data\\" not in content:
        raise InputError(
            f"--language {path}: is neither an .lm nor an .arpa file. If it is a text, make a "
            f"model of it: kineograph lm {path} --out {path.with_suffix('.lm')}"
        )
    return read_ngram(path)


def _unknown_letters(path: Path, model: NGram, trained: TrainedReader) -> tuple[str, ...]:
    """A note on letters that the network writes and the model never saw.

    Raises InputError where it knows none: it is of another script.
    """
    written = trained.alphabet.characters
    letters = [each for each in written if _is_letter(each)] or [c for c in written if c.strip()]
    unknown = sorted(set(letters) - set(model.characters))
    if not unknown:
        return ()
    if len(unknown) == len(letters):
        raise InputError(
            f"--language {path}: knows none of the {len(letters)} letters that {trained.name} "
            f"writes ({_named(unknown)}). Give a model of texts in its script, or none."
        )
    count = f"{len(unknown)} letter{'s' if len(unknown) > 1 else ''}"
    note = f"{path}: never saw {count} that the network writes ({_named(unknown)}), "
    return (note + "read only where the picture is sure",)


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] == "L"


def _with_lexicon(search: LineSearch, trained: TrainedReader, path: Path) -> LineSearch:
    """Words are spelled as the run's texts were."""
    words = [trained.policy(word) for word in read_words(path)]
    lexicon = Lexicon(words, trained.alphabet.characters)
    count, left_out = len(set(words)), lexicon.left_out
    if len(left_out) == count:
        raise InputError(
            f"--lexicon {path}: none of its {count} words can be written by {trained.name}, for "
            f"want of {_named(_missing(left_out, trained))}. Give words in its alphabet."
        )
    notes = search.notes
    if left_out:
        missing = _named(_missing(left_out, trained))
        named = _named([repr(word) for word in left_out], ", ")
        notes += (
            f"{path}: {len(left_out)} of {count} words have characters that the network cannot "
            f"write ({missing}), and are never read: {named}",
        )
    return replace(search, lexicon=lexicon, lexicon_file=str(path), notes=notes)


def _missing(words: Sequence[str], trained: TrainedReader) -> list[str]:
    return trained.alphabet.unseen("".join(words))


def _named(what: Sequence[str], between: str = " ") -> str:
    more = len(what) - MOST_NAMED
    return between.join(what[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def read_words(path: Path) -> list[str]:
    """The words of a UTF-8 file, one a line; empty lines count for nothing. Raises InputError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"--lexicon {path}: not UTF-8 at byte {error.start}. Save it as UTF-8."
        ) from error
    except OSError as error:
        raise InputError(
            f"--lexicon {path}: cannot be read ({error.strerror}). Give a file of one word a line."
        ) from error
    words = []
    for number, line in enumerate(text.splitlines(), 1):
        if len(parts := line.split()) > 1:
            raise InputError(
                f"--lexicon {path}, line {number}: '{line.strip()[:40]}' is {len(parts)} words. "
                "Give one word a line."
            )
        words += parts
    if not words:
        raise InputError(f"--lexicon {path}: has no word. Give one word a line.")
    return words
