"""Pen strokes as JSON lines become prepared ink.

    {"strokes": [[[x, y], [x, y, seconds]], [[x, y]]], "text": "cat", "group": "Ann"}
    {"offsets": [[right, up, lifted], …], "text": "cat"}

Strokes are in pixels of a screen, y down, unless y=up is said; a third number is the time. Offsets
are as ink.jsonl has them.
"""

import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from kineograph.data.ink.line import ink_from_fields
from kineograph.data.prepare.ink_files import Found, Progress, backwards, prepare_ink_files
from kineograph.data.prepare.prepared_ink import PreparedInk
from kineograph.data.records import read_rows
from kineograph.errors import InputError


def prepare_strokes_jsonl(
    source: str | Path,
    out: str | Path,
    *,
    y: str = "down",
    group: str | None = None,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedInk:
    """Every line of a .jsonl file, or of all below a folder. y: down or up, of strokes.

    Raises InputError if none can be read.
    """
    if y not in ("down", "up"):
        raise InputError(f"y '{y}': known are down, up. Screens count down.")
    return prepare_ink_files(
        Path(source),
        Path(out),
        partial(read_strokes_jsonl, sign=-1.0 if y == "down" else 1.0),
        suffixes=(".jsonl", ".ndjson"),
        way="strokes-jsonl",
        group=group,
        name=name,
        command=command,
        overwrite=overwrite,
        progress=progress,
    )


def strokes_of(rows: Any, sign: float = -1.0) -> list[np.ndarray[Any, Any]]:
    """Strokes [[[x, y] or [x, y, time], …], …] as points, y up.

    sign: -1 where y goes down. Raises InputError in words for what is no stroke, and where time
    runs backwards.
    """
    strokes = []
    if not isinstance(rows, list):
        raise InputError("strokes are no list. Write [[[x, y], …], …].")
    for number, row in enumerate(rows, start=1):
        try:
            points = np.array(row, dtype=np.float64)
        except (TypeError, ValueError):
            points = np.zeros(0)
        if points.ndim != 2 or points.shape[1] not in (2, 3):
            raise InputError(
                f"stroke {number}: is no list of points. Write [[x, y], …], or [[x, y, time], …]."
            )
        fault = backwards(points[:, 2].tolist()) if points.shape[1] == 3 else None
        if fault:
            raise InputError(f"stroke {number}: {fault}")
        strokes.append(points[:, :2] * (1.0, sign))
    return strokes


def read_strokes_jsonl(path: Path, sign: float = -1.0) -> Iterator[Found | str]:
    """The lines of a file; a bad one is told and left out. sign: -1 where y goes down."""
    for number, row in enumerate(read_rows(path), start=1):
        if not row.strip():
            continue
        where = f"{path.name} line {number}"
        try:
            yield _found(json.loads(row), where, sign)
        except json.JSONDecodeError as error:
            yield f"{where}: not JSON ({error.msg}). Write one object a line."
        except RecursionError:
            yield f"{where}: not JSON (too deep). Write one object a line."
        except InputError as error:
            yield f"{where}: {error}"


def _found(values: Any, where: str, sign: float) -> Found:
    if not isinstance(values, Mapping):
        raise InputError("is no JSON object. Write {…}.")
    if "offsets" in values:
        line = ink_from_fields(values)
        return Found(line.strokes, line.text, where, line.group, line.source, line.split)
    if "strokes" not in values:
        raise InputError("has neither strokes nor offsets. Add one of them.")
    named = {name: values.get(name) for name in ("group", "source", "split")}
    text = "" if values.get("text") is None else values["text"]  # InkLine says what is no text
    return Found(strokes_of(values["strokes"], sign), text, where, **named)
