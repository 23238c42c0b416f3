"""A text becomes prepared lines of drawn handwriting, by people who never were.

SRC is a UTF-8 text file, or the word built-in (German, English, Russian). The group is the writer,
so that hands never seen are tested.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kineograph.data.lines.cache import Progress
from kineograph.data.lines.corpus import LineTexts, read_corpus
from kineograph.data.lines.degrade import degrade
from kineograph.data.lines.picture import scale_line
from kineograph.data.prepare.drawn_lines import Drawn, share_of, whole_number, write_drawn_lines
from kineograph.data.prepare.prepared_lines import PreparedLines
from kineograph.data.text import name_some
from kineograph.data.toy.cursive import Strokes, Writer, cannot_write, draw_writer, ink_of, write

X_HEIGHT_SHARE = 0.4  # of the line: the rest is loops above and below


class Handwritten(NamedTuple):
    """One line as a hand made it; `as_offsets(strokes)` are its pen steps."""

    text: str
    writer: int
    strokes: Strokes


def draw_writers(count: int, seed: int) -> list[Writer]:
    """So many people; the same ones for the same seed, the first ones whatever the count."""
    return [draw_writer(np.random.default_rng([seed, 1, number])) for number in range(count)]


def draw_handwriting(
    texts: LineTexts, writers: Sequence[Writer], rng: np.random.Generator
) -> Handwritten | str:
    """One line by one of the writers; why not, where letters are missing."""
    text = texts.draw(rng)
    missing = cannot_write(text)
    if missing:
        return f"no letter is drawn for {name_some(missing)}: such lines are left out."
    writer = int(rng.integers(len(writers)))
    return Handwritten(text, writer, write(text, writers[writer], rng))


def prepare_cursive(
    source: str | Path,
    out: str | Path,
    *,
    count: str | int = 2000,
    writers: str | int = 40,
    longest: str | int = 40,
    height: str | int = 48,
    seed: str | int = 0,
    even: str | float = 0.0,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedLines:
    """`count` lines of up to `longest` characters of the text `source`, by so many `writers`.

    height: of the pictures, in pixels. even: share of lines of invented words that have every
    letter of the text as often. Raises InputError if there is no text, or `out` holds other data.
    """
    pixels = whole_number("height", height, 16)
    number = whole_number("seed", seed, 0)
    people = draw_writers(whole_number("writers", writers, 1), number)
    longest_line, share = whole_number("longest", longest, 8), share_of("even", even)
    texts = LineTexts(read_corpus(source), longest_line, share)

    def draw(_: int, rng: np.random.Generator) -> Drawn | str:
        drawn = draw_handwriting(texts, people, rng)
        if isinstance(drawn, str):
            return drawn
        hand = people[drawn.writer]
        margin = float(rng.uniform(0.25, 0.6))
        ink = ink_of(
            drawn.strokes,
            X_HEIGHT_SHARE * pixels,
            pen=hand.pen,
            pressure=hand.pressure,
            margin=margin,
        )
        picture = scale_line(degrade(ink, rng), pixels)
        return picture, drawn.text, f"writer {drawn.writer:03}", None

    return write_drawn_lines(
        Path(out),
        draw,
        count=whole_number("count", count, 1),
        seed=number,
        kind="cursive",
        name=name or "drawn handwriting",
        command=command,
        notes=[f"Drawn handwriting of {len(people)} writers, corpus {Path(source).name}."],
        problems=[],
        overwrite=overwrite,
        progress=progress,
    )
