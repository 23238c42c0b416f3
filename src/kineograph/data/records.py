"""Records on disk: one JSON object a line, every bad line named with its number, written whole.

What a record is (an annotation, a line of text, a window) is its own file's matter; how a file of
them is read, and how its faults are told, is the same for all.
"""

import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from kineograph.errors import InputError, nearest
from kineograph.whole_file import write_text_whole

MOST_BAD_LINES_SHOWN = 20

Fields = Mapping[str, Any]
Record = TypeVar("Record")


def read_rows(path: Path) -> list[str]:
    """The lines of a text file. Raises InputError if it is not there or no UTF-8 text."""
    try:  # utf-8-sig: editors on Windows put a byte order mark in front
        return path.read_text(encoding="utf-8-sig").split("\n")
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file. Check the path.") from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: byte {error.start} is not UTF-8 text. Save the file as UTF-8."
        ) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{path}: cannot be read ({reason}). Check the path.") from None


def parse_rows(
    file: str,
    rows: Iterable[str],
    parse: Callable[[Fields], Record],
    *,
    example: str,
    same: Callable[[Record], Hashable],
    twice: Callable[[Record, int], str],
) -> list[Record]:
    """A record of each row that is not empty; `parse` raises InputError for what is none.

    same: what no two records share; twice(record, number) says that line `number` shares it.
    Raises InputError naming every bad line of `file` with its number and remedy.
    """
    records: list[Record] = []
    first_at: dict[Hashable, int] = {}
    faults: dict[int, str] = {}
    for number, row in enumerate(rows, start=1):
        if not row.strip():
            continue
        try:
            record = parse(_object(row, example))
        except InputError as error:
            faults[number] = str(error)
            continue
        first = first_at.setdefault(same(record), number)
        if first != number:
            faults[number] = twice(record, first)
        records.append(record)
    if faults:
        raise InputError(describe_bad_lines(file, faults))
    return records


def write_records(path: Path, records: Iterable[Fields]) -> None:
    """Write one JSON object a line, whole or not at all. Raises OSError."""
    rows = [json.dumps(record, ensure_ascii=False) + "\n" for record in records]
    write_text_whole(path, "".join(rows))


def said_fields(record: Any, names: Iterable[str]) -> dict[str, Any]:
    """Those fields of a record that say something, by name."""
    said = {name: getattr(record, name) for name in names}
    return {name: value for name, value in said.items() if value is not None}


def check_fields(
    values: Fields, known: Sequence[str], needed: Sequence[str], what: str
) -> dict[str, Any]:
    """Those values that say something. Raises InputError for a name that is not known, and where a
    needed one says nothing.

    what: the record's name in words, such as "annotation".
    """
    for name in values:
        if name not in known:
            hint = nearest(name, known) or f"The fields are {', '.join(known)}."
            raise InputError(f"unknown field '{name}'. {hint}")
    for name in needed:
        if values.get(name) is None:
            raise InputError(f"no '{name}': every {what} needs one. Add it.")
    return {name: value for name, value in values.items() if value is not None}


def describe_bad_lines(file: str, faults: Mapping[int, str]) -> str:
    """One message for all bad lines of a file: in one line if it is only one."""
    ordered = [(number, faults[number]) for number in sorted(faults)]
    if len(ordered) == 1:
        number, fault = ordered[0]
        return f"{file} line {number}: {fault}"
    shown = [f"  line {number}: {fault}" for number, fault in ordered[:MOST_BAD_LINES_SHOWN]]
    left = len(ordered) - len(shown)
    more = [f"  and {left} more"] if left else []
    return "\n".join([f"{file}: {len(ordered)} bad lines:", *shown, *more])


def _object(row: str, example: str) -> Fields:
    try:
        values = json.loads(row)
    except json.JSONDecodeError as error:
        raise InputError(
            f"not JSON ({error.msg}, column {error.colno}). "
            f"Write one object a line, such as {example}."
        ) from None
    except RecursionError:
        raise InputError("not JSON (too deep). Write one object a line.") from None
    if not isinstance(values, dict):
        raise InputError(f"{row.strip()[:40]} is not a JSON object. Write {{...}}.")
    return values
