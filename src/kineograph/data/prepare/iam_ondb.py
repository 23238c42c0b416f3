"""The IAM On-Line Handwriting Database becomes prepared ink, with its own lists.

SRC/…/lineStrokes/a01/a01-000/a01-000u-01.xml   one line: strokes of points with times
SRC/…/ascii/a01/a01-000/a01-000u.txt            "CSR:", then the text of each line
SRC/…/original/a01/a01-000/strokesu.xml         the writer of the form, if it is there
SRC/…/trainset.txt, testset_v.txt, testset_f.txt (and testset_t.txt): forms, one a line

testset_v is the validation side and testset_f the test side. testset_t, the second validation set,
goes where it is told: train (Graves 2013 learned from it, and from testset_f, too), val or test.
Source: Liwicki and Bunke, ICDAR 2005; the site of the database, fki.tic.heia-fr.ch.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from kineograph.data.ink.strokes import Points
from kineograph.data.prepare.ink_files import Found, Progress, backwards, keep, read_xml
from kineograph.data.prepare.prepared_ink import PreparedInk, write_prepared_ink
from kineograph.data.records import read_rows
from kineograph.errors import InputError, nearest

LISTS = {"trainset.txt": "train", "testset_v.txt": "val", "testset_f.txt": "test"}
SECOND = "testset_t.txt"
SIDES = ("train", "val", "test")


def prepare_iam_ondb(
    source: str | Path,
    out: str | Path,
    *,
    second: str = "train",
    split: str = "lists",
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedInk:
    """Every line whose form is in the lists; the group is the writer, else the form.

    second: the side of testset_t. split: "lists", or "graves": testset_v is tested and all else
    learned from, as in the paper (which stopped early by testset_v, too; here nothing is tuned).
    Raises InputError if the lists or all lines are missing.
    """
    source = Path(source)
    for option, value, known in (("second", second, SIDES), ("split", split, ("lists", "graves"))):
        if value not in known:
            raise InputError(
                f"{option} '{value}': known are {', '.join(known)}. "
                f"{nearest(value, known)}".rstrip()
            )
    sides = _sides(source, second, split)
    files = sorted(source.rglob("lineStrokes/**/*.xml"))
    if not files:
        raise InputError(
            f"{source}: there is no lineStrokes/…/*.xml. Unpack lineStrokes-all.tar.gz."
        )
    texts, writers = _texts(source), _writers(source)
    unlisted: list[str] = []

    def found() -> Iterator[Found | str]:
        for number, file in enumerate(files):
            form, _, line = file.stem.rpartition("-")
            if form not in sides or not line.isdecimal():
                unlisted.append(form)
            else:
                yield from _line(file, form, int(line), sides[form], texts, writers)
            if progress:
                progress(number + 1, len(files))

    lines, problems = keep(found())
    return write_prepared_ink(
        Path(out),
        lines,
        problems,
        source_root=source,
        way=f"iam-ondb {split}",
        name=name or "IAM-OnDB",
        command=command,
        notes=_notes(split, second, len(unlisted), len(files)),
        overwrite=overwrite,
    )


def _line(
    file: Path,
    form: str,
    number: int,
    side: str,
    texts: dict[str, list[str]],
    writers: dict[str, str],
) -> Iterator[Found | str]:
    said = texts.get(form, [])
    if not 1 <= number <= len(said):
        yield f"{file.name}: ascii/…/{form}.txt has no line {number}: left out."
        return
    try:
        root = read_xml(file, "Copy it again.")
    except InputError as error:
        yield str(error)
        return
    strokes: list[Points] = []
    times: list[float] = []
    try:
        for stroke in root.iter("Stroke"):
            rows = [[float(p.get(key, "nan")) for key in ("x", "y", "time")] for p in stroke]
            points = np.array(rows).reshape(-1, 3)
            times = [*times[-1:], *points[:, 2].tolist()]  # a stroke begins after the one before
            if fault := backwards(times):
                raise InputError(fault)
            strokes.append(points[:, :2] * (1, -1))
    except (ValueError, InputError) as error:
        yield f"{file.name}: {error}"
        return
    yield Found(strokes, said[number - 1], file.name, writers.get(form, form), form, side)


def _sides(source: Path, second: str, split: str) -> dict[str, str]:
    """Form -> side."""
    if not source.is_dir():
        raise InputError(
            f"{source}: there is no such folder. Give the one that holds lineStrokes/."
        )
    sides: dict[str, str] = {}
    for name, side in {**LISTS, SECOND: second}.items():
        files = sorted(source.rglob(name))
        if not files and name != SECOND:
            raise InputError(
                f"{source}: its list {name} is not there. Copy the database's task into it."
            )
        if split == "graves":
            side = "test" if name == "testset_v.txt" else "train"
        for file in files[:1]:
            for form in " ".join(read_rows(file)).split():
                if sides.setdefault(form, side) != side:
                    raise InputError(
                        f"{file}: {form} is in another list, too. Take the database's own."
                    )
    return sides


def _texts(source: Path) -> dict[str, list[str]]:
    """Form -> the texts of its lines, from below CSR."""
    found: dict[str, list[str]] = {}
    for file in sorted(source.rglob("ascii/**/*.txt")):
        _, _, below = file.read_text(encoding="utf-8", errors="replace").partition("CSR:")
        found[file.stem] = [" ".join(row.split()) for row in below.splitlines() if row.strip()]
    return found


def _writers(source: Path) -> dict[str, str]:
    """Form -> writer, where the original files are there."""
    found: dict[str, str] = {}
    for file in sorted(source.rglob("original/**/strokes*.xml")):
        head = file.read_text(encoding="utf-8", errors="replace")[:2000]
        writer = re.search(r'writerID="([^"]+)"', head)
        if writer:
            form = file.parent.name + file.stem.removeprefix("strokes")
            found[form] = f"writer {writer[1]}"
    return found


def _notes(split: str, second: str, unlisted: int, lines: int) -> list[str]:
    how = (
        "Split of Graves 2013: testset_v is tested, all else learned from; the paper stopped early "
        "by testset_v, and here nothing is tuned on it."
        if split == "graves"
        else f"The database's own lists; testset_t is on the {second} side."
    )
    return [how, f"{unlisted} of {lines} lines are in none of the lists and are left out."]
