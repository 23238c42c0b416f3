"""A table of clips becomes a prepared data set: one row for each labelled interval.

file,label,start,end,person
monday.mp4,writing,0.0,12.5,anna
"""

import csv
import re
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

from kineograph.data.annotation import FIELDS, Annotation, annotation_from_fields
from kineograph.data.prepare.prepared import Prepared, Progress, write_prepared
from kineograph.errors import InputError, nearest

ALSO_CALLED = {
    "path": "video",
    "file": "video",
    "filename": "video",
    "class": "label",
    "start": "start_seconds",
    "end": "end_seconds",
    "subject": "person",
    "recording": "source",
}
WINDOW_PARTS = ("window_x", "window_y", "window_width", "window_height")
LEFT_OUT = ""


def prepare_csv(
    source: str | Path,
    out: str | Path,
    *,
    root: str | Path | None = None,
    columns: Mapping[str, str] | None = None,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Prepared:
    """Every row of the table `source` becomes one annotation.

    root: the folder that the videos are relative to; None is the table's own. columns: our name for
    a column of the table, {"sequence": "group", "remarks": ""}; the empty name leaves it out.
    Commas, semicolons and tabs may separate. A row that cannot be used is one of the problems.
    Raises InputError for an unknown column, or if there are not two classes with a readable clip.
    """
    source = Path(source)
    root = source.parent if root is None else Path(root)
    if not root.is_dir():
        raise InputError(f"{root}: there is no such folder. Name the one that the videos are in.")
    header, rows = _read_table(source)
    names = _our_names(header, columns or {}, source.name)
    annotations: list[Annotation] = []
    problems: list[str] = []
    row_of: dict[str, int] = {}
    for number, row in rows:
        try:
            annotation = _annotation_from_row(names, row, root)
        except InputError as error:
            problems.append(f"{source.name} row {number}: {error}")
            continue
        first = row_of.setdefault(annotation.id, number)
        if first == number:
            annotations.append(annotation)
        else:
            problems.append(f"{source.name} row {number}: the same as row {first}. Remove one.")
    return write_prepared(
        Path(out),
        annotations,
        problems,
        source_root=root,
        kind="csv",
        name=name or source.stem,
        command=command,
        overwrite=overwrite,
        progress=progress,
    )


def _read_table(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header, and the rows that are not empty with their numbers as a spreadsheet counts."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file. Check the path.") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: it is not UTF-8 text. Save it as CSV UTF-8.") from None
    if not lines:
        raise InputError(f"{path}: it is empty. Begin with a row of names such as video,label.")
    separator = max(",;\t", key=lines[0].count)
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True)
    header = [name.strip() for name in next(reader)]
    return header, [(reader.line_num, row) for row in reader if any(row)]


def _our_names(header: list[str], columns: Mapping[str, str], table: str) -> list[str]:
    """Our name of each column of the table."""
    known = (*FIELDS, *WINDOW_PARTS)
    for given, ours in columns.items():
        if given not in header:
            raise InputError(f"{table}: there is no column '{given}'. {nearest(given, header)}")
        if ours not in (*known, LEFT_OUT):
            raise InputError(f"column '{given}': '{ours}' is unknown. {nearest(ours, known)}")
    names = []
    for column in header:
        plain = re.sub(r"[\s-]+", "_", column.lower())
        ours = columns.get(column, ALSO_CALLED.get(plain, plain))
        if ours not in (*known, LEFT_OUT):
            hint = nearest(plain, (*known, *ALSO_CALLED)) or f"Known are {', '.join(known)}."
            raise InputError(f"{table}: unknown column '{column}'. {hint} Rename or remove it.")
        if ours in names and ours != LEFT_OUT:
            raise InputError(f"{table}: two columns say '{ours}'. Leave one of them out.")
        names.append(ours)
    for needed in ("video", "label"):
        if needed not in names:
            raise InputError(f"{table}: there is no column '{needed}'. Add or rename one.")
    return names


def _annotation_from_row(names: list[str], row: list[str], root: Path) -> Annotation:
    if len(row) != len(names):
        raise InputError(f"{len(row)} cells under {len(names)} names. Quote cells with commas.")
    said = {name: text.strip() for name, text in zip(names, row, strict=True)}
    values: dict[str, Any] = {
        name: text for name, text in said.items() if text and name in FIELDS and name != LEFT_OUT
    }
    if "video" in values:
        values["video"] = _below(root, values["video"])
    for name in ("start_seconds", "end_seconds"):
        if name in values:
            values[name] = _number(name, values[name])
    window = [said.get(part, "") for part in WINDOW_PARTS]
    if "window" in values:
        window = re.split(r"[\s,;]+", values["window"].strip("[]() "))
    if any(window):
        values["window"] = [_number("window", text) for text in window]
    return annotation_from_fields(values)


def _below(root: Path, video: str) -> str:
    path = PurePath(video.replace("\\", "/"))
    absolute_root = root.resolve()
    if path.is_absolute() and path.is_relative_to(absolute_root):
        path = path.relative_to(absolute_root)
    return path.as_posix()


def _number(name: str, text: str) -> float:
    try:
        return float(text.replace(",", "."))  # much of the world writes 4,2
    except ValueError:
        raise InputError(f"{name} '{text}' is not a number. Write one such as 4.2.") from None
