"""The text of a page and where it stands: blocks of lines, lines of words, words of characters.

Places are points (x, y) in pixels of the page as shown, from its upper left corner; a line on a
skewed scan is skewed too. A page whose lines were found but not yet read has lines without text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, floor
from typing import NamedTuple

Point = tuple[float, float]
Polygon = tuple[Point, ...]

PARAGRAPH, DROP_CAPITAL = "paragraph", "drop-capital"  # as PAGE names its regions


class Bounds(NamedTuple):
    """The upright rectangle around a polygon, in whole pixels; right and bottom lie outside."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Character:
    """One character, its place, and how sure the reader was, 0-1 (None: it did not say)."""

    text: str
    polygon: Polygon
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """Characters without a space between them."""

    text: str
    polygon: Polygon
    confidence: float | None = None
    characters: tuple[Character, ...] = ()


@dataclass(frozen=True, slots=True)
class Alternative:
    """A text that a line may have, and its share of probability among all that were held, 0-1."""

    text: str
    share: float


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line: its outline, the line its letters stand on (from left to right), and its text.

    alternatives: what else it may say, if that was asked for; its own text is the first. is_box:
    nobody drew the outline; it is a measured box, whose right and bottom lie outside.
    """

    polygon: Polygon
    baseline: Polygon = ()
    text: str = ""
    confidence: float | None = None
    words: tuple[Word, ...] = ()
    id: str = ""
    is_box: bool = False
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together: a paragraph, a heading, or a large first letter alone."""

    lines: tuple[TextLine, ...]
    kind: str = PARAGRAPH

    @property
    def polygon(self) -> Polygon:
        """The upright rectangle around all its lines."""
        return rectangle(bounds([point for line in self.lines for point in line.polygon]))


@dataclass(frozen=True, slots=True)
class PageText:
    """A page in reading order; `warnings` says in words what may be wrong with its lines."""

    width_pixels: int
    height_pixels: int
    blocks: tuple[Block, ...] = ()
    picture_name: str = ""
    number: int = 1  # of the page in its file, from 1
    dots_per_inch: float | None = None
    warnings: tuple[str, ...] = field(default=())

    @property
    def lines(self) -> tuple[TextLine, ...]:
        """All lines in reading order."""
        return tuple(line for block in self.blocks for line in block.lines)


def bounds(points: Sequence[Point]) -> Bounds:
    """The rectangle of whole pixels around some points; all zero for none."""
    if not points:
        return Bounds(0, 0, 0, 0)
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return Bounds(floor(min(xs)), floor(min(ys)), ceil(max(xs)), ceil(max(ys)))


def rectangle(box: Bounds) -> Polygon:
    """The four corners of a rectangle, clockwise from the upper left one."""
    left, top, right, bottom = (float(value) for value in box)
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def words_of(line: TextLine) -> tuple[Word, ...]:
    """The words of a line; a text without words is one word as long as its line."""
    if line.words or not line.text:
        return line.words
    return (Word(line.text, line.polygon, line.confidence),)
