"""Files of ink, one form or another, become prepared lines: what all forms share.

A form's reader yields `Found`: strokes with what they say, or the line that tells why there is
none. One bad trace never loses the rest of its file, nor one bad file the rest of a folder.
"""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kineograph.data.ink.line import InkLine, ink_line
from kineograph.data.ink.strokes import Points
from kineograph.data.prepare.prepared_ink import PreparedInk, write_prepared_ink
from kineograph.errors import InputError
from kineograph.media.listing import natural_order

Progress = Callable[[int, int], None]


class Found(NamedTuple):
    """Strokes of one line as a file has them; x right, y up."""

    strokes: Sequence[Points]
    text: str
    where: str  # "page.inkml, trace 3": names it in a problem
    group: str | None = None
    source: str | None = None
    split: str | None = None


Reader = Callable[[Path], Iterator[Found | str]]  # a str is a problem


def prepare_ink_files(
    source: Path,
    out: Path,
    read: Reader,
    *,
    suffixes: Sequence[str],
    way: str,
    group: str | None,
    name: str | None,
    command: str,
    overwrite: bool,
    progress: Progress | None,
    notes: Sequence[str] = (),
) -> PreparedInk:
    """Every file of these suffixes, `source` itself or below it. group: a regular expression.

    What its ( ) finds in a path is the group of lines that name none. Raises InputError if there
    is no such file or no line in them.
    """
    files = list_files(source, suffixes)
    pattern = _pattern(group)
    lines: list[InkLine] = []
    problems: list[str] = []
    for number, file in enumerate(files):
        given = _group_of(file, source, pattern)
        found: Iterable[Found | str] = _safely(read, file)
        kept, faults = keep(
            each._replace(group=each.group or given) if isinstance(each, Found) else each
            for each in found
        )
        lines += kept
        problems += faults
        if progress:
            progress(number + 1, len(files))
    return write_prepared_ink(
        out,
        lines,
        problems,
        source_root=source if source.is_dir() else source.parent,
        way=way,
        name=name or source.stem,
        command=command,
        notes=notes,
        overwrite=overwrite,
    )


def keep(found: Iterable[Found | str]) -> tuple[list[InkLine], list[str]]:
    """The lines that are written lines, and a problem for each that is none."""
    lines, problems = [], []
    for each in found:
        if isinstance(each, str):
            problems.append(each)
            continue
        try:
            lines.append(ink_line(each.strokes, each.text, each.group, each.source, each.split))
        except InputError as error:
            problems.append(f"{each.where}: {error}")
    return lines, problems


def list_files(source: Path, suffixes: Sequence[str]) -> list[Path]:
    """`source`, or what lies below it. Raises InputError if there is nothing."""
    if source.is_file():
        return [source]
    if not source.exists():
        raise InputError(f"{source}: there is no such file or folder. Check the path.")
    found = [
        path for path in source.rglob("*") if path.suffix.lower() in suffixes and path.is_file()
    ]
    if not found:
        raise InputError(
            f"{source}: there is no {' or '.join(suffixes)} file. Name one, or a folder of them."
        )
    return sorted(found, key=lambda path: natural_order(path.relative_to(source).as_posix()))


def read_xml(path: Path, remedy: str) -> ElementTree.Element:
    """The root of an XML file. Raises InputError with the remedy for what is none."""
    try:
        return ElementTree.fromstring(path.read_bytes())
    except (ElementTree.ParseError, LookupError, ValueError) as error:  # an encoding nobody knows
        raise InputError(f"{path.name}: not XML ({error}). {remedy}") from None


def backwards(times: Sequence[float]) -> str | None:
    """What to say of points whose time goes backwards, or is none; nothing if all is well."""
    unknown = np.flatnonzero(~np.isfinite(np.asarray(times, dtype=float)))
    if len(unknown):
        return f"the time of point {unknown[0] + 1} is no number. Mend it, or leave the times out."
    steps = np.diff(np.asarray(times, dtype=float))
    wrong = np.flatnonzero(steps < 0)
    if not len(wrong):
        return None
    at = int(wrong[0])
    return (
        f"time goes back from {times[at]:g} to {times[at + 1]:g} at point {at + 2}. "
        "Order its points by time, or leave the times out."
    )


def _safely(read: Reader, file: Path) -> Iterator[Found | str]:
    try:
        yield from read(file)
    except InputError as error:
        yield str(error)
    except OSError as error:
        yield f"{file}: cannot be read ({error.strerror or error}). Check the file."


def _pattern(group: str | None) -> re.Pattern[str] | None:
    if group is None:
        return None
    try:
        pattern = re.compile(group)
    except re.error as error:
        raise InputError(f"--group {group}: no regular expression ({error}). Mend it.") from None
    if not pattern.groups:
        raise InputError(f"--group {group}: has no ( ). Put them around what is the writer.")
    return pattern


def _group_of(file: Path, source: Path, pattern: re.Pattern[str] | None) -> str | None:
    if pattern is None:
        return None
    path = file.relative_to(source).as_posix() if source.is_dir() else file.name
    met = pattern.search(path)
    return met[1] if met else None
