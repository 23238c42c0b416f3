"""A line of ink: the way of a pen and what it says. One line of JSONL.

    {"offsets": [[0, 0, 0], [0.12, -0.31, 0], [0.4, 0.02, 1]], "text": "Habe nun, ach!",
     "group": "writer 7", "split": "train"}

An offset is a step of the pen: right, up, and 1 where it is lifted after it (Graves 2013). Units
are the recording's own. The text is kept in NFC.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from kineograph.data.annotation import fault_in_side
from kineograph.data.ink.strokes import Offsets, Points, Strokes, as_offsets, from_offsets
from kineograph.data.prepared_folder import Kind
from kineograph.data.records import check_fields, parse_rows, read_rows, write_records
from kineograph.errors import InputError

LEAST_POINTS = 2
FIGURES = 4  # of the line's height: finer than any pen is held
FARTHEST = 1e6  # units a pen goes in one step; more is a broken file
BEYOND = 1e30  # where a point may lie: whatever a sheet's corner is, steps can still be told
NO_STEP = f"a step of the pen is no number up to {FARTHEST:g}. Mend the file."


@dataclass(frozen=True, eq=False)
class InkLine:
    """One written line.

    offsets: (N, 3) steps, as strokes.py has them. group, source: what must stay on one side of a
    split (the writer), where it comes from. split: the side that the data set's authors gave it.
    """

    offsets: Offsets
    text: str
    group: str | None = None
    source: str | None = None
    split: str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be a written line, in one line; write the text in NFC."""
        fault = _fault_in_words(self) or _fault_in_points(self.offsets)
        if fault:
            raise InputError(fault)
        object.__setattr__(self, "text", unicodedata.normalize("NFC", self.text))

    @cached_property
    def id(self) -> str:
        """A short name fit for a file name; it depends on the ink alone."""
        digest = hashlib.sha256(np.ascontiguousarray(self.offsets).tobytes()).hexdigest()[:10]
        stem = re.sub(r"[^\w.-]+", "_", self.source or self.group or "ink")[:40]
        return f"{stem}-{digest}"

    @property
    def strokes(self) -> Strokes:
        """Its strokes, each (N, 2)."""
        return from_offsets(self.offsets)


def ink_line(
    strokes: Iterable[Points],
    text: str,
    group: str | None = None,
    source: str | None = None,
    split: str | None = None,
) -> InkLine:
    """The line of some strokes, begun at (0, 0), its numbers as fine as a hand is.

    Raises InputError for what is no written line.
    """
    found = [np.asarray(stroke, dtype=np.float64).reshape(-1, 2) for stroke in strokes]
    found = [stroke for stroke in found if len(stroke)]
    if not found:
        raise InputError("no stroke at all. Write something, or leave the line out.")
    every = np.concatenate(found)
    if not np.isfinite(every).all():
        raise InputError("a point is not a number. Mend the file, or leave the line out.")
    if np.abs(every).max() > BEYOND:
        raise InputError(NO_STEP)
    size = float(np.ptp(every, axis=0).max())
    digits = FIGURES - int(np.floor(np.log10(size))) if size else FIGURES
    every = np.round(every - every[0], digits)
    ends = np.cumsum([len(stroke) for stroke in found])[:-1]
    return InkLine(as_offsets(np.split(every, ends)), text, group, source, split)


FIELDS = tuple(field.name for field in fields(InkLine))


def ink_from_fields(values: Mapping[str, Any]) -> InkLine:
    """An InkLine from names and JSON values. Raises InputError for unknown or mistyped ones."""
    given = check_fields(values, FIELDS, ("offsets", "text"), "line of ink")
    try:
        given["offsets"] = np.array(given["offsets"], dtype=np.float32)
    except (TypeError, ValueError):
        given["offsets"] = np.zeros(0, dtype=np.float32)
    if given["offsets"].ndim != 2 or given["offsets"].shape[1] != 3:
        raise InputError(
            f"offsets {str(values['offsets'])[:40]} are not steps of a pen. "
            "Write [[right, up, 1 if lifted], …]."
        )
    return InkLine(**given)


def read_ink(path: str | Path) -> list[InkLine]:
    """Read ink.jsonl. Raises InputError naming every bad line of it with its number."""
    path = Path(path)
    return parse_rows(
        path.name,
        read_rows(path),
        ink_from_fields,
        example='{"offsets": [[0, 0, 0], [1, 2, 1]], "text": "a"}',
        same=lambda line: line.id,
        twice=lambda line, first: f"{line.id}: the ink of line {first} again. Remove one of them.",
    )


def write_ink(path: Path, lines: Iterable[InkLine]) -> None:
    """Write ink.jsonl, whole or not at all. Raises OSError."""
    write_records(path, map(fields_of, lines))


def fields_of(line: InkLine) -> dict[str, Any]:
    """The line as plain JSON: short numbers, no empty fields."""
    said: dict[str, Any] = {name: getattr(line, name) for name in FIELDS[1:]}
    steps = [[_short(x), _short(y), int(up > 0.5)] for x, y, up in line.offsets.tolist()]
    return {"offsets": steps} | {name: value for name, value in said.items() if value is not None}


INK = Kind(
    "ink",
    "ink.jsonl",
    read_ink,
    write_ink,
    lacks="it holds no ink",
    run="kineograph prepare ink-drawn built-in OUT",
)


def _short(value: float) -> float | int:
    """What float32 holds of it, in the fewest digits."""
    short = float(f"{value:.7g}")
    return int(short) if short.is_integer() else short


def _fault_in_words(line: InkLine) -> str | None:
    for name in ("text", "group", "source", "split"):
        value = getattr(line, name)
        if value is None and name != "text":
            continue
        if not isinstance(value, str):
            return f"{name} {value!r} is not a text. Put it in quotes."
        if not value.isascii() and _half(value):
            return f"{name} {ascii(value[:40])} has half a character. Write it whole, as UTF-8."
        if not value.strip():
            rest = "what the strokes say" if name == "text" else "one, or leave the field out"
            return f"{name} is empty. Write {rest}."
        if name == "text" and len(value.splitlines()) > 1:
            return f"{value[:40]!r}: the text has several lines. Make a record of each."
    return fault_in_side(line.split)


def _half(text: str) -> bool:
    """Whether one half of a pair of surrogates stands there, which no file can hold."""
    return any("\ud800" <= each <= "\udfff" for each in text)


def _fault_in_points(offsets: Offsets) -> str | None:
    if len(offsets) < LEAST_POINTS:
        return (
            f"{len(offsets)} point of ink in all: a line has {LEAST_POINTS} or more. Leave it out."
        )
    if not np.isfinite(offsets).all() or np.abs(offsets).max() > FARTHEST:
        return NO_STEP
    if not np.isin(offsets[:, 2], (0, 1)).all():
        return "the third number of an offset is 1 where the pen is lifted, else 0. Mend the file."
    if not np.abs(offsets[1:, :2]).sum():
        return "the pen never moves. Leave the line out."
    return None
