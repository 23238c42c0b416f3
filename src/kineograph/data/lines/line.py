"""A line says where it is pictured and what is written there: one line of JSONL.

    {"picture": "lines.tar/0001.png", "text": "Habe nun, ach!", "group": "faust", "split": "train"}
    {"picture": "p7.png", "polygon": [[10, 20], [400, 22], [400, 60], [10, 60]], "text": "…"}

The text is kept as it was given, in NFC; what is taken for one spelling is a policy's (text.py).
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from kineograph.data.annotation import fault_in_side
from kineograph.data.records import check_fields, parse_rows, read_rows, said_fields, write_records
from kineograph.errors import InputError

Points = tuple[tuple[int, int], ...]  # (x, y) in pixels of the page, upright


@dataclass(frozen=True)
class Line:
    """One line of text in a picture.

    picture: posix path relative to the source root; of a file in an archive the archive's path and
    then the member's. polygon: the part of the picture that the line fills, None for all of it.
    baseline: what the letters stand on, so that a slanted line can be turned.
    group, source: what must stay on one side of a split (a work, a writer, a page); where it comes
    from. split: the side that the data set's authors gave it. white_above: grey level from which
    on the scan is paper (IAM's own threshold); None leaves the scan as it is.
    """

    picture: str
    text: str
    polygon: Points | None = None
    baseline: Points | None = None
    group: str | None = None
    source: str | None = None
    split: str | None = None
    white_above: int | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be a line of text, in one line; write the text in NFC."""
        for find in (_fault_in_texts, _fault_in_places):
            fault = find(self)
            if fault:
                raise InputError(fault)
        object.__setattr__(self, "text", unicodedata.normalize("NFC", self.text))

    @cached_property
    def id(self) -> str:
        """A short name fit for a file name. It depends on the place alone, so it outlives a
        correction of the text.
        """
        key = json.dumps([self.picture, self.polygon, self.baseline, self.white_above])
        digest = hashlib.sha256(key.encode()).hexdigest()[:10]
        stem = re.sub(r"[^\w.-]+", "_", PurePosixPath(self.picture).stem)[:60]
        return f"{stem}-{digest}"


FIELDS = tuple(field.name for field in fields(Line))


def line_from_fields(values: Mapping[str, Any]) -> Line:
    """A Line from names and JSON values. Raises InputError for unknown or mistyped ones."""
    given = check_fields(values, FIELDS, ("picture", "text"), "line")
    for name in ("polygon", "baseline"):
        if name in given:
            given[name] = _points(name, given[name])
    return Line(**given)


def read_lines(path: str | Path) -> list[Line]:
    """Read lines.jsonl. Raises InputError naming every bad line of it with its number."""
    path = Path(path)
    return parse_rows(
        path.name,
        read_rows(path),
        line_from_fields,
        example='{"picture": "0001.png", "text": "Habe nun, ach!"}',
        same=lambda line: line.id,
        twice=lambda line, _: f"{line.picture}: the same place twice. Remove one of them.",
    )


def write_lines(path: Path, lines: Iterable[Line]) -> None:
    """Write lines.jsonl, whole or not at all. Raises OSError."""
    write_records(path, (said_fields(line, FIELDS) for line in lines))


def _points(name: str, value: Any) -> Points:
    try:
        points = tuple((int(x), int(y)) for x, y in value)
    except (TypeError, ValueError):
        raise InputError(
            f"{name} {str(value)[:60]} is not a list of points. Write [[x, y], …] in pixels."
        ) from None
    return points


def _fault_in_texts(line: Line) -> str | None:
    for name in ("picture", "text", "group", "source", "split"):
        value = getattr(line, name)
        if value is None and name not in ("picture", "text"):
            continue
        if not isinstance(value, str):
            return f"{name} {value!r} is not a text. Put it in quotes."
        if not value.strip():
            place = "" if name == "picture" else f"{line.picture}: "
            return f"{place}{name} is empty. " + (
                "Write what stands there, or leave the line out."
                if name == "text"
                else "Write one, or leave the field out."
            )
        if name == "text" and len(value.splitlines()) > 1:
            return f"{line.picture}: the text has several lines. Cut the picture into its lines."
    return fault_in_side(line.split)


def _fault_in_places(line: Line) -> str | None:
    for name, least in (("polygon", 3), ("baseline", 2)):
        points = getattr(line, name)
        if points is not None and len(set(points)) < least:
            return f"{line.picture}: {name} {list(points)} has fewer than {least} points. Add some."
    level = line.white_above
    if level is not None and not (isinstance(level, int) and 0 < level < 256):
        return f"white_above {level!r} is not a grey level. Write a whole number from 1 to 255."
    return None
