"""From a page to its text: lines found or given, cut out, read by whoever is asked, put in place.

The reader is a function from line pictures to readings, so this room knows nothing of networks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kineograph.errors import InputError
from kineograph.pages.cut import LinePicture, cut_line
from kineograph.pages.layout import find_lines
from kineograph.pages.text import (
    DROP_CAPITAL,
    Alternative,
    Block,
    Character,
    PageText,
    Polygon,
    TextLine,
    Word,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kineograph.pages.open import Page


@dataclass(frozen=True, slots=True)
class ReadCharacter:
    """A character, and from where to where it reaches in the line picture, in pixels."""

    text: str
    left_pixels: float
    right_pixels: float
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class LineReading:
    """What a line picture says. Without characters, the text is spread over the whole width.

    alternatives: best first, the text itself among them, where they were asked for.
    outside_lexicon: a lexicon was given, and no text that keeps to it was found.
    """

    text: str
    confidence: float | None = None
    characters: tuple[ReadCharacter, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    outside_lexicon: bool = False


LineReader = Callable[[Sequence["NDArray[np.uint8]"]], Sequence[LineReading]]


def read_page(
    page: Page, read_lines: LineReader, *, lines: PageText | None = None, margin: float = 0.1
) -> PageText:
    """The text of a page. read_lines: pictures (H, W) uint8 grey, one a line -> as many readings.

    lines: where they stand, from PAGE or ALTO; they are found if it is not given. Raises InputError
    where given lines belong to a picture of another size; a line outside of it is told in
    `warnings`, and the others are read.
    """
    where = find_lines(page) if lines is None else lines
    height, width = page.pixels.shape[:2]
    if (where.width_pixels, where.height_pixels) != (width, height):
        raise InputError(
            f"{page.name}: {width}x{height} pixels, but its lines were marked on a picture of "
            f"{where.width_pixels}x{where.height_pixels}. Give the picture that they belong to."
        )
    grey = page.grey
    cuts = [
        cut_line(grey, line, margin=0.0 if block.kind == DROP_CAPITAL else margin)
        for block in where.blocks  # right beside a large first letter its lines begin
        for line in block.lines
    ]
    pictures = [cut.pixels for cut in cuts if cut is not None]
    readings = list(read_lines(pictures)) if pictures else []
    if len(readings) != len(pictures):
        raise InputError(
            f"{page.name}: {len(pictures)} lines were given to the reader, {len(readings)} came "
            "back. A reader answers for every line, in order."
        )
    rest = iter(readings)
    read = [
        line if cut is None else placed(line, cut, next(rest))
        for line, cut in zip(where.lines, cuts, strict=True)
    ]
    missed = [line.id or str(place + 1) for place, line in enumerate(read) if cuts[place] is None]
    told = (f"outside of the picture, not read: {', '.join(missed)}",) if missed else ()
    return replace(
        where,
        blocks=_in_blocks(where.blocks, read),
        picture_name=where.picture_name or page.name,
        number=page.number,
        dots_per_inch=page.dots_per_inch,
        warnings=where.warnings + told,
    )


def placed(line: TextLine, cut: LinePicture, reading: LineReading) -> TextLine:
    """A line with what was read in its picture, words and characters where they stand on the page.

    White space parts words; what the reader put before or after all words is left away.
    """
    words = tuple(_word(cut, group) for group in _words(_spread(cut, reading)))
    text = " ".join(reading.text.split())
    return replace(
        line,
        text=text,
        confidence=reading.confidence,
        words=words,
        alternatives=reading.alternatives,
    )


def _spread(cut: LinePicture, reading: LineReading) -> Sequence[ReadCharacter]:
    """The characters of a reading; evenly along the picture where the reader does not say."""
    if reading.characters or not reading.text:
        return reading.characters
    step = cut.pixels.shape[1] / len(reading.text)
    return [
        ReadCharacter(each, place * step, (place + 1) * step, reading.confidence)
        for place, each in enumerate(reading.text)
    ]


def _words(characters: Sequence[ReadCharacter]) -> list[list[ReadCharacter]]:
    words: list[list[ReadCharacter]] = [[]]
    for each in characters:
        if each.text.isspace():
            words.append([])
        else:
            words[-1].append(each)
    return [word for word in words if word]


def _word(cut: LinePicture, characters: Sequence[ReadCharacter]) -> Word:
    known = [each.confidence for each in characters if each.confidence is not None]
    left = min(each.left_pixels for each in characters)
    right = max(each.right_pixels for each in characters)
    return Word(
        "".join(each.text for each in characters),
        _box(cut, left, right),
        min(known) if known else None,  # a word is as sure as its weakest character
        tuple(
            Character(each.text, _box(cut, each.left_pixels, each.right_pixels), each.confidence)
            for each in characters
        ),
    )


def _box(cut: LinePicture, left: float, right: float) -> Polygon:
    """A part of a line picture as four points of the page, clockwise from the upper left one."""
    left, right = (min(max(x, 0.0), float(cut.pixels.shape[1])) for x in (left, right))
    return (
        cut.to_page(left, cut.top),
        cut.to_page(right, cut.top),
        cut.to_page(right, cut.bottom),
        cut.to_page(left, cut.bottom),
    )


def _in_blocks(blocks: Sequence[Block], lines: Sequence[TextLine]) -> tuple[Block, ...]:
    rest = iter(lines)
    return tuple(replace(block, lines=tuple(next(rest) for _ in block.lines)) for block in blocks)
