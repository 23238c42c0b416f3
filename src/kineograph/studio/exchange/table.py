"""CSV, for spreadsheets and scripts: one row a mark; a window without marks has a row, too.

video,person,label,start_seconds,end_seconds,window_x,window_y,window_width,window_height,hand
"""

import csv
import io
import re

from kineograph.errors import InputError, nearest
from kineograph.media.frame import Box
from kineograph.studio.exchange.sheet import Interval, Person, Sheet

LOSES = "CSV keeps all: times to the microsecond, windows and hands."
COLUMNS = ("video", "person", "label", "start_seconds", "end_seconds", "window_x", "window_y",
           "window_width", "window_height", "hand")  # fmt: skip
ALSO_CALLED = {"start": "start_seconds", "end": "end_seconds", "file": "video", "name": "person"}
_NEEDED = ("person", "label", "start_seconds", "end_seconds")


def write(sheet: Sheet) -> str:
    """The text of a CSV file with a header."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for person in sheet.people:
        place = [*(person.box or ("", "", "", "")), person.hand]
        for start, end, label in person.intervals:
            rows.writerow([sheet.video, person.name, label, f"{start:.6f}", f"{end:.6f}", *place])
        if not person.intervals:
            rows.writerow([sheet.video, person.name, "", "", "", *place])
    return out.getvalue()


def read(text: str, sheet: Sheet) -> list[Person]:
    """The people in the rows of this video; rows of other videos are passed over.

    Commas, semicolons and tabs may separate. Raises InputError naming the row or column.
    """
    lines = text.lstrip("\ufeff").splitlines()
    if not lines:
        raise InputError(f"the table is empty. Begin with a row of names: {','.join(COLUMNS)}.")
    separator = max(",;\t", key=lines[0].count)
    reader = csv.reader(lines, delimiter=separator)
    names = [_column(name) for name in next(reader)]
    for needed in _NEEDED:
        if needed not in names:
            raise InputError(f"the table has no column '{needed}'. Add or rename one.")
    found: dict[str, tuple[Box | None, str, list[Interval]]] = {}
    name = sheet.video.rsplit("/", 1)[-1]
    for row in reader:
        if not any(row):
            continue
        said = {column: cell.strip() for column, cell in zip(names, row, strict=False)}
        if said.get("video", name).rsplit("/", 1)[-1] not in (name, ""):
            continue
        _take_row(said, found, reader.line_num)
    return [
        Person(who, box, hand, tuple(sorted(intervals)))
        for who, (box, hand, intervals) in found.items()
    ]


def _column(given: str) -> str:
    plain = re.sub(r"[\s-]+", "_", given.strip().lower())
    ours = ALSO_CALLED.get(plain, plain)
    if ours not in COLUMNS:
        hint = nearest(plain, (*COLUMNS, *ALSO_CALLED)) or f"Known are {', '.join(COLUMNS)}."
        raise InputError(f"the table has an unknown column '{given}'. {hint} Rename or remove it.")
    return ours


def _take_row(
    said: dict[str, str], found: dict[str, tuple[Box | None, str, list[Interval]]], row: int
) -> None:
    if not said.get("person"):
        raise InputError(f"row {row} names no person. Write one.")
    parts = [said.get(part, "") for part in COLUMNS[5:9]]
    box = Box(*(round(_number(part, row)) for part in parts)) if all(parts) else None
    _, _, intervals = found.setdefault(said["person"], (box, said.get("hand", ""), []))
    if said.get("label"):
        start, end = (_number(said.get(column, ""), row) for column in _NEEDED[2:])
        intervals.append((start, end, said["label"]))


def _number(text: str, row: int) -> float:
    try:
        return float(text.replace(",", "."))  # much of the world writes 4,2
    except ValueError:
        raise InputError(f"row {row}: '{text}' is not a number. Write one such as 4.2.") from None
