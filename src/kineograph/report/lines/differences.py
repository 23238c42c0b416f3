"""Truth over reading, letter above letter: a least way to mend a line, laid out for the eye.

wir leſen␣
wir lefen.      each column holds what stands there and what was read, or nothing
"""

import unicodedata
from collections.abc import Iterator
from itertools import zip_longest

from rapidfuzz.distance import Levenshtein

from kineograph.metrics.text import NOTHING
from kineograph.report.page.blocks import Compared

MOST_LETTERS = 24  # in one unbroken stretch: a phone shows about 36


def compare(truth: str, read: str) -> list[list[Compared]]:
    """Words of stretches that are equal or differ; a word ends where both have the same space."""
    words: list[list[Compared]] = [[]]
    letters = 0
    for column in _columns(truth, read):
        words[-1] = _joined(words[-1], column)
        letters += max(len(column.truth), len(column.read))
        if (column.same and column.truth.isspace()) or letters >= MOST_LETTERS:
            words.append([])
            letters = 0
    return [word for word in words if word]


def _columns(truth: str, read: str) -> Iterator[Compared]:
    """Letter above letter; a combining mark stays with the letter that it stands on."""
    held: Compared | None = None
    for column in _letters(truth, read):
        marks = [unicodedata.combining(each) for each in (column.truth, column.read) if each]
        if held is not None and marks and all(marks):
            held = Compared(held.truth + column.truth, held.read + column.read)
            continue
        if held is not None:
            yield held
        held = column
    if held is not None:
        yield held


def _letters(truth: str, read: str) -> Iterator[Compared]:
    for step in Levenshtein.opcodes(truth, read):
        one = truth[step.src_start : step.src_end]
        other = read[step.dest_start : step.dest_end]
        yield from (
            Compared(*pair) for pair in zip_longest(one, other, fillvalue=NOTHING)
        )  # of one length, or one of them is empty


def _joined(word: list[Compared], column: Compared) -> list[Compared]:
    """Equal letters as one stretch; each that differs alone, so that it is marked by itself."""
    if word and word[-1].same and column.same:
        return [*word[:-1], Compared(word[-1].truth + column.truth, word[-1].read + column.read)]
    return [*word, column]
