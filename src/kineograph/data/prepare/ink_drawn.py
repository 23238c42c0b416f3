"""A text becomes lines of ink, written by people who never were: letters from the pen's way.

SRC is a UTF-8 text file, or the word built-in (German, English, Russian). The group is the writer:
slant, size, joins, speed and the form of every letter are a person's own (data/toy/cursive.py).
Dots and bars come with their letter, unless marks=word: a small network that looks at one letter at
a time forgets those that wait for the word's end.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from kineograph.data.ink.line import InkLine, ink_line
from kineograph.data.lines.corpus import LineTexts, read_corpus
from kineograph.data.prepare.cursive import draw_handwriting, draw_writers
from kineograph.data.prepare.drawn_lines import share_of, whole_number
from kineograph.data.prepare.prepared_ink import PreparedInk, write_prepared_ink
from kineograph.errors import InputError

Progress = Callable[[int, int], None]
MARKS = ("letter", "word")


def prepare_ink_drawn(
    source: str | Path,
    out: str | Path,
    *,
    count: str | int = 4000,
    writers: str | int = 60,
    longest: str | int = 24,
    seed: str | int = 0,
    marks: str = "letter",
    even: str | float = 0.4,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedInk:
    """`count` lines of up to `longest` characters of the text `source`, by so many `writers`.

    marks: letter or word, when dots and bars are written: with their letter, or at the word's end.
    even: share of lines of invented words that have every letter of the text as often.
    Units: the height of small letters. Raises InputError if there is no text, or `out` holds other
    data.
    """
    lines_wanted, number = whole_number("count", count, 1), whole_number("seed", seed, 0)
    if marks not in MARKS:
        raise InputError(f"marks='{marks}': must be letter or word. Try marks=letter.")
    people = [
        replace(person, marks_at_once=marks == "letter")
        for person in draw_writers(whole_number("writers", writers, 1), number)
    ]
    longest_line, share = whole_number("longest", longest, 8), share_of("even", even)
    texts = LineTexts(read_corpus(source), longest_line, share)
    lines: list[InkLine] = []
    problems: list[str] = []
    for place in range(lines_wanted):
        drawn = draw_handwriting(texts, people, np.random.default_rng([number, place]))
        if isinstance(drawn, str):
            problems.append(drawn)
        else:
            lines.append(ink_line(drawn.strokes, drawn.text, f"writer {drawn.writer:03}"))
        if progress:
            progress(place + 1, lines_wanted)
    return write_prepared_ink(
        Path(out),
        lines,
        list(dict.fromkeys(problems)),
        source_root=Path(out),
        way="ink-drawn",
        name=name or "drawn ink",
        command=command,
        notes=[
            f"Drawn pen strokes of {len(people)} writers, corpus {Path(source).name}; dots and "
            f"bars by the {marks}; units: the height of small letters."
        ],
        overwrite=overwrite,
    )
