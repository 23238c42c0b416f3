"""Texts and what is said of each, read from a table or from a folder a label.

reviews.csv      text,label            a first line names the columns; others are left alone,
words.tsv        cyrillic  bgn-pcgn    but `group` (stays on one side) and `split` are heeded
notes.jsonl      {"text": …, "label": …}
spam/ ham/       .txt files, a folder a label
"""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

from kineograph.data.characters.corpus import read_text
from kineograph.data.text import NFC
from kineograph.errors import InputError, nearest

SIDES = ("train", "val", "test")
PAIRS_FILE = "pairs.tsv"  # in a folder made by `kineograph prepare transliteration`
TABLES = (".csv", ".tsv", ".jsonl")
LONGEST_FIELD = 10_000_000  # characters of one field of a table

Row = tuple[str, dict[str, str | None]]  # where it stands, what it says by column


@dataclass(frozen=True)
class TextRecord:
    """One text and the answer that is asked for: a label, or another text. Both are NFC."""

    id: str  # "line 17" of the table, or the file's path in the folder
    text: str
    answer: str
    group: str | None = None
    split: str | None = None


@dataclass(frozen=True)
class Texts:
    """All records of a source, and a line for each that could not be used."""

    name: str
    path: Path
    records: tuple[TextRecord, ...]
    left_out: tuple[str, ...] = ()


def read_texts(path: Path | str, given: str, asked: str) -> Texts:
    """The records of a table, a prepared folder, or a folder a label. Raises InputError.

    given, asked: the columns of a table; of folders the label is the folder's name.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(
            f"{path}: is not there. Give a {', '.join(TABLES)} file, or a folder with a folder of "
            ".txt files for each label."
        )
    if path.is_dir() and not (path / PAIRS_FILE).exists():
        rows, problems = _files(path)
        columns = ("text", "label")
    else:
        table = path / PAIRS_FILE if path.is_dir() else path
        rows, problems = _rows(table, given, asked)
        columns = (given, asked)
    records = []
    for where, row in rows:
        try:
            records.append(_record(where, row, *columns))
        except InputError as error:
            problems.append(str(error))
    if not records:
        why = problems[0] if problems else "it holds no text"
        raise InputError(f"{path}: nothing to learn from ({why}). Give texts with their answers.")
    name = path.resolve().name if path.is_dir() else path.stem
    return Texts(name, path, tuple(records), tuple(problems))


def _record(where: str, row: dict[str, str | None], given: str, asked: str) -> TextRecord:
    text, answer = (NFC(str(row.get(name) or "")).strip() for name in (given, asked))
    for name, value in ((given, text), (asked, answer)):
        if not value:
            raise InputError(f"{where}: '{name}' is empty. Fill it in.")
    side = row.get("split") or None
    if side is not None and side not in SIDES:
        raise InputError(f"{where}: split '{side}' is none of {', '.join(SIDES)}. Mend it.")
    return TextRecord(where, text, answer, row.get("group") or None, side)


def _rows(path: Path, given: str, asked: str) -> tuple[list[Row], list[str]]:
    """The lines of a table by column, and what of them is no line of it."""
    if path.suffix not in TABLES:
        raise InputError(
            f"{path}: is no {', '.join(TABLES)} file. Give a table whose first line names its "
            "columns."
        )
    lines = read_text(path).split("\n")
    rows, problems = _json_rows(lines) if path.suffix == ".jsonl" else _table_rows(path, lines)
    known = list(dict.fromkeys(name for _, row in rows for name in row))
    _check_columns(path, known)
    for field, name in (("given", given), ("asked", asked)):
        if known and name not in known:
            raise InputError(
                f"{path}: has no column '{name}'; it has {', '.join(known)}. Choose one with --set "
                f"data.{field}=NAME. {nearest(name, known)}".rstrip()
            )
    return rows, problems


def _check_columns(path: Path, known: list[str]) -> None:
    """Raise InputError for a table that is parted by another sign than its name says."""
    signs = {".csv": ",", ".tsv": "\t"}
    own = signs.get(path.suffix)
    other = next(
        (sign for sign in ("\t", ";", ",") if sign != own and sign in "".join(known)), None
    )
    if own and other and len(known) == 1:
        names = {",": "commas", "\t": "tabs", ";": "semicolons"}
        raise InputError(
            f"{path}: its columns are parted by {names[other]}, and those of a {path.suffix} by "
            f"{names[own]}. Save it with {names[own]}."
        )


def _table_rows(path: Path, lines: list[str]) -> tuple[list[Row], list[str]]:
    """Rows and problems; a quote that is never closed costs its own line, not the rest."""
    told = []
    rows, problems, opened = _parsed(path, lines)
    while opened is not None:
        fault = f"line {opened + 1}: a quote is opened and never closed"
        if not opened:
            raise InputError(f"{path}, {fault}. Close it, or write it twice.")
        told.append(f"{fault}. Close it, or write it twice.")
        lines = [*lines[:opened], "", *lines[opened + 1 :]]
        rows, problems, opened = _parsed(path, lines)
    return rows, [*told, *problems]


def _parsed(path: Path, lines: list[str]) -> tuple[list[Row], list[str], int | None]:
    """Rows, problems, and the number from 0 of a line whose quote goes on to the file's end."""
    tabs = path.suffix == ".tsv"
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.DictReader(
        (line + "\n" for line in lines),
        delimiter="\t" if tabs else ",",
        quoting=csv.QUOTE_NONE if tabs else csv.QUOTE_MINIMAL,
        restkey="",
    )
    rows: list[Row] = []
    problems = []
    try:
        ends = [0, reader.line_num if reader.fieldnames else 0]  # of the first line, then of rows
        for row in reader:
            where = f"line {reader.line_num}"
            ends.append(reader.line_num)
            if "" in row:
                problems.append(f"{where}: has more fields than the first line. Quote or mend it.")
            else:
                rows.append((where, row))
    except csv.Error as error:
        raise InputError(
            f"{path}, line {reader.line_num}: {error}. Mend the line, or save the table anew."
        ) from None
    return rows, problems, None if tabs else _opened(lines, ends)


def _opened(lines: list[str], ends: list[int]) -> int | None:
    """The line, from 0, where the last row opens a quote that it never closes."""
    begin = max([end for end in ends if end < len(lines)], default=0)
    rest = lines[begin:]
    if ends[-1] < len(lines) or "".join(rest).count('"') % 2 == 0:
        return None
    return next(begin + place for place, line in enumerate(rest) if '"' in line)


def _json_rows(lines: list[str]) -> tuple[list[Row], list[str]]:
    rows: list[Row] = []
    problems = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except json.JSONDecodeError as error:
            problems.append(f"line {number}: not JSON ({error.msg}). Mend or remove it.")
            continue
        except RecursionError:
            problems.append(f"line {number}: not JSON (too deep). Mend or remove it.")
            continue
        if not isinstance(found, dict):
            problems.append(f"line {number}: no JSON object. Write one object a line.")
            continue
        told = {name: None if value is None else str(value) for name, value in found.items()}
        rows.append((f"line {number}", told))
    return rows, problems


def _files(path: Path) -> tuple[list[Row], list[str]]:
    """Text files, their folder the label, and a line for each that cannot be read."""
    names = sorted(path.glob("*/**/*.txt"))
    if not names:
        raise InputError(
            f"{path}: holds no folder with .txt files and no {PAIRS_FILE}. Give a folder a label, "
            f"or a {', '.join(TABLES)} file."
        )
    rows: list[Row] = []
    problems = []
    for name in names:
        inside = name.relative_to(path)
        try:
            rows.append((inside.as_posix(), {"text": read_text(name), "label": inside.parts[0]}))
        except InputError as error:
            problems.append(str(error))
    return rows, problems
