"""W3C InkML becomes prepared ink: traces with the annotation that says what they read.

A <traceGroup> with an annotation of its own is a line; where no group has one, the whole file is.
Channels are taken from the trace format (X, Y and T; X Y without one); ' and " (differences) are
followed. Source: Ink Markup Language, W3C Recommendation of 20 September 2011, section 3.2.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kineograph.data.ink.strokes import Points
from kineograph.data.prepare.ink_files import (
    Found,
    Progress,
    backwards,
    prepare_ink_files,
    read_xml,
)
from kineograph.data.prepare.prepared_ink import PreparedInk
from kineograph.errors import InputError

TRUTH = ("truth", "transcription", "text", "label", "contentcategory")  # types, the best first
WRITER = ("writer", "writerid", "author", "person")
LEVELS = {"!": 0, "'": 1, '"': 2}  # how often a value was differenced


def prepare_inkml(
    source: str | Path,
    out: str | Path,
    *,
    group: str | None = None,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedInk:
    """One .inkml file, or all below a folder. Raises InputError if none can be read."""
    return prepare_ink_files(
        Path(source),
        Path(out),
        read_inkml,
        suffixes=(".inkml", ".ink"),
        way="inkml",
        group=group,
        name=name,
        command=command,
        overwrite=overwrite,
        progress=progress,
    )


def read_inkml(path: Path) -> Iterator[Found | str]:
    """The lines of a file; a bad trace is told and leaves its line out."""
    root = read_xml(path, "Save the ink again.")
    channels = [each.get("name", "").upper() for each in root.findall(".//{*}channel")] or [
        "X",
        "Y",
    ]
    if not {"X", "Y"} <= set(channels):
        raise InputError(
            f"{path.name}: has channels {', '.join(channels)}, and X and Y are needed. "
            "Save the ink with them."
        )
    by_id = {_id(each): each for each in root.findall(".//{*}trace")}
    writer = _said(root, WRITER)
    groups = [each for each in root.findall(".//{*}traceGroup") if _said(each, TRUTH)]
    for number, part in enumerate(groups or [root], start=1):
        where = f"{path.name}, line {number}" if groups else path.name
        try:
            strokes = [
                _points(trace, channels, place)
                for place, trace in enumerate(_traces(part, by_id), start=1)
                if trace.get("type") != "penUp"  # it was in the air
            ]
        except InputError as error:
            yield f"{where}: {error}"
            continue
        text = " ".join((_said(part, TRUTH) or "").split())
        yield Found(strokes, text, where, _said(part, WRITER) or writer, path.stem)


def _traces(part: Any, by_id: dict[str, Any]) -> list[Any]:
    """The traces inside, or those that are pointed to."""
    inside = list(part.findall(".//{*}trace"))
    pointed = [view.get("traceDataRef", "").lstrip("#") for view in part.findall(".//{*}traceView")]
    return inside or [by_id[name] for name in pointed if name in by_id]


def _id(element: Any) -> str:
    return str(element.get("{http://www.w3.org/XML/1998/namespace}id") or element.get("id") or "")


def _said(part: Any, kinds: Sequence[str]) -> str | None:
    """What an annotation of one of these types says, the first type first."""
    said = {each.get("type", "").lower(): each.text for each in part.findall("{*}annotation")}
    return next((said[kind] for kind in kinds if said.get(kind)), None)


def _points(trace: Any, channels: list[str], number: int) -> Points:
    """A trace's points (N, 2), y up."""
    rows = [part.split() for part in (trace.text or "").split(",") if part.strip()]
    if not rows:
        raise InputError(f"trace {number} is empty. Take it out.")
    values = np.empty((len(rows), len(channels)))
    levels, speed = [0] * len(channels), np.zeros(len(channels))
    for place, row in enumerate(rows):
        row = _apart(row)
        if len(row) < len(channels):
            raise InputError(
                f"trace {number}, point {place + 1}: {len(row)} values, and there are "
                f"{len(channels)} channels. Mend the trace."
            )
        for channel, word in enumerate(row[: len(channels)]):
            if word[0] in LEVELS:
                levels[channel], word = LEVELS[word[0]], word[1:]
            try:
                value = float(word)
            except ValueError:
                raise InputError(f"trace {number}: {word[:20]!r} is no number. Mend it.") from None
            before = values[place - 1, channel] if place else 0.0
            speed[channel] = (
                value + speed[channel] if levels[channel] == 2 else value if levels[channel] else 0
            )
            values[place, channel] = before + speed[channel] if levels[channel] else value
    fault = backwards(values[:, channels.index("T")].tolist()) if "T" in channels else None
    if fault:
        raise InputError(f"trace {number}: {fault}")
    return values[:, [channels.index("X"), channels.index("Y")]] * (1, -1)


def _apart(row: list[str]) -> list[str]:
    """Values that are written together: 12'3"-1 is three of them."""
    words: list[str] = []
    for word in row:
        at = 0
        for place in range(1, len(word)):
            digit = word[place - 1].isdigit() or word[place - 1] == "."
            if word[place] in LEVELS or (word[place] == "-" and digit):
                words.append(word[at:place])
                at = place
        words.append(word[at:])
    return words
