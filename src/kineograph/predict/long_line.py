"""Lines too long to be read at once: cut between words, read in parts, put together again.

A network needs memory for the whole width of a line at once. A line of 60,000 pixels is rare (a
scroll, a film strip of text), but whoever brings one wants it read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from kineograph.pages.read import LineReading, ReadCharacter
from kineograph.pages.text import Alternative

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST = 80  # times as wide as high; lines of books and newspapers are 15 to 50
_SEARCHED = 0.5  # the last part of that, in which a gap is looked for
_SPACE = 0.2  # of the height; a wider gap parts words
_INK = 0.02  # of the height; a column with less ink is a gap


@dataclass(frozen=True, slots=True)
class Part:
    """From where to where a part reaches in its line, in pixels; whether a word begins with it."""

    left: int
    right: int
    after_space: bool = False


def parts_of(picture: NDArray[np.uint8]) -> list[Part]:
    """A line (H, W) uint8, ink dark on light -> parts that cover it, none over 80 heights long.

    It is cut in the middle of the widest gap within reach; where there is none, at the column with
    the least ink.
    """
    height, width = picture.shape
    longest = LONGEST * height
    if width <= longest:
        return [Part(0, width)]
    import cv2

    _, dark = cv2.threshold(picture, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    ink = np.asarray(dark).sum(0, dtype=np.int64)
    parts, left, after_space = [], 0, False
    while width - left > longest:
        first = left + round((1 - _SEARCHED) * longest)
        cut, gap = _widest_gap(ink[first : left + longest], _INK * height)
        parts.append(Part(left, first + cut, after_space))
        left, after_space = first + cut, gap >= _SPACE * height
    return [*parts, Part(left, width, after_space)]


def _widest_gap(ink: NDArray[np.int64], most: float) -> tuple[int, int]:
    """Where to cut columns (W,) of ink, and how wide the gap is there: 0 where ink is cut."""
    free = np.concatenate([[False], ink <= most, [False]]).astype(np.int8)
    starts, ends = np.flatnonzero(np.diff(free) == 1), np.flatnonzero(np.diff(free) == -1)
    if not len(starts):
        return max(1, int(np.argmin(ink))), 0
    widest = int(np.argmax(ends - starts))
    start, end = int(starts[widest]), int(ends[widest])
    return max(1, (start + end) // 2), end - start


def joined(parts: Sequence[Part], readings: Sequence[LineReading]) -> LineReading:
    """The reading of a whole line, as sure as its least sure part; places in the whole picture."""
    if len(parts) == 1:
        return readings[0]
    text = ""
    characters: list[ReadCharacter] = []
    for part, reading in zip(parts, readings, strict=True):
        own = _within(part, reading)
        if part.after_space and text and reading.text:
            text += " "
            end = characters[-1].right_pixels if characters else float(part.left)
            characters.append(ReadCharacter(" ", end, own[0].left_pixels if own else end))
        text += reading.text
        characters += own
    known = [each.confidence for each in readings if each.confidence is not None]
    return LineReading(
        text,
        min(known) if known else None,
        tuple(characters),
        _alternatives(parts, readings),
        outside_lexicon=any(each.outside_lexicon for each in readings),
    )


def _alternatives(
    parts: Sequence[Part], readings: Sequence[LineReading]
) -> tuple[Alternative, ...]:
    """Of the whole line: one of each part, their shares multiplied, as many as a part has at most.

    The parts' own readings together stay first.
    """
    most = max(len(each.alternatives) for each in readings)
    found = [Alternative("", 1.0)] * (most > 0)
    for part, reading in zip(parts, readings, strict=True):
        longer = [
            Alternative(
                before.text
                + (" " if part.after_space and before.text and own.text else "")
                + own.text,
                before.share * own.share,
            )
            for before in found
            for own in reading.alternatives
        ]
        found = longer[:1] + sorted(longer[1:], key=lambda each: -each.share)[: most - 1]
    return tuple(found)


def _within(part: Part, reading: LineReading) -> list[ReadCharacter]:
    """A part's characters in the whole line; spread over it where the reader says no places."""
    known = reading.characters
    if not known and reading.text:
        edges = np.linspace(0, part.right - part.left, len(reading.text) + 1).tolist()
        known = tuple(
            ReadCharacter(each, left, right, reading.confidence)
            for each, (left, right) in zip(reading.text, pairwise(edges), strict=True)
        )
    return [
        replace(
            each,
            left_pixels=each.left_pixels + part.left,
            right_pixels=each.right_pixels + part.left,
        )
        for each in known
    ]
