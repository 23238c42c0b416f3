"""Lines of the IAM Handwriting Database 3.0 become prepared lines, in one of two named splits.

SRC/ascii/lines.txt                     one line each: id, ok|err, grey level, …, words with |
SRC/ascii/forms.txt                     the writer of each form
SRC/lines/a01/a01-000u/a01-000u-00.png
SRC/…/trainset.txt, validationset1.txt, validationset2.txt, testset.txt     lines, "official"
SRC/…/train.uttlist, validation.uttlist, test.uttlist                       forms, "rwth"

Figures in the literature are of either split, and the two must never be compared: 2,915 lines are
tested in "rwth" (RWTH Aachen's, of nearly all papers), others in "official" (the large writer
independent text line recognition task). Source: Marti and Bunke, IJDAR 5 (2002), and the site of
the database, fki.tic.heia-fr.ch.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from kineograph.data.lines.cache import Progress
from kineograph.data.lines.line import Line
from kineograph.data.prepare.prepared_lines import PreparedLines, write_prepared_lines
from kineograph.errors import InputError, nearest

LISTS = {
    "official": {
        "train": ("trainset",),
        "val": ("validationset1", "validationset2"),
        "test": ("testset",),
    },
    "rwth": {"train": ("train",), "val": ("validation", "valid", "val"), "test": ("test",)},
}
SUFFIXES = (".txt", ".uttlist", ".lst")
FULL_NAMES = {
    "official": "IAM's official task, large writer independent text line recognition",
    "rwth": "RWTH Aachen's split by forms",
}


class _Row(NamedTuple):
    """One line of lines.txt."""

    id: str
    is_well_segmented: bool
    grey_level: int
    text: str


def prepare_iam_lines(
    source: str | Path,
    out: str | Path,
    *,
    split: str = "rwth",
    background: str = "scan",
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedLines:
    """Every line of ascii/lines.txt that is in the split's lists.

    split: "rwth" or "official"; its lists are searched for below `source`. background: "scan", or
    "white": what is lighter than the grey level that IAM gives for each line becomes white. The
    group is the writer. Raises InputError if lists are missing or no line can be read.
    """
    source = Path(source)
    if split not in LISTS:
        raise InputError(f"split '{split}': known are rwth, official. {nearest(split, LISTS)}")
    if background not in ("scan", "white"):
        raise InputError(f"background '{background}': known are scan, white.")
    rows, problems = _rows(source)
    sides = _sides(source, split)
    writers = _writers(source)
    lines: list[Line] = []
    not_listed = 0
    for row in rows:
        form = row.id.rpartition("-")[0]
        side = sides.get(row.id if split == "official" else form)
        if side is None:
            not_listed += 1
            continue
        folder = form.partition("-")[0]
        lines.append(
            Line(
                f"lines/{folder}/{form}/{row.id}.png",
                row.text,
                group=writers.get(form, form),
                source=form,
                split=side,
                white_above=row.grey_level if background == "white" else None,
            )
        )
    return write_prepared_lines(
        Path(out),
        lines,
        problems,
        source_root=source,
        kind=f"iam-lines {split}",
        name=name or f"IAM lines, {split} split",
        command=command,
        notes=_notes(split, rows, not_listed),
        overwrite=overwrite,
        progress=progress,
    )


def _notes(split: str, rows: list[_Row], not_listed: int) -> list[str]:
    badly = sum(not row.is_well_segmented for row in rows)
    return [
        f"Split: {FULL_NAMES[split]}; never compare it with figures of the other one.",
        f"{not_listed} of {len(rows)} lines are in none of its lists and are left out.",
        f"{badly} of the {len(rows)} have words that IAM marks as badly segmented; they stay.",
        "Texts are those of ascii/lines.txt, with a space before punctuation: it counts in WER.",
    ]


def _rows(source: Path) -> tuple[list[_Row], list[str]]:
    rows, problems = [], []
    for number, text in _read(source / "ascii" / "lines.txt"):
        parts = text.split(" ", 8)
        try:
            _, state, level, _, _, _, _, _, words = parts
            row = _Row(parts[0], state == "ok", int(level), words.replace("|", " ").strip())
            if not row.text or not 0 < row.grey_level < 256 or row.id.count("-") != 2:
                raise ValueError
        except ValueError:
            problems.append(f"lines.txt line {number}: '{text[:40]}' is not IAM's. Copy it again.")
            continue
        rows.append(row)
    return rows, problems


def _sides(source: Path, split: str) -> dict[str, str]:
    """Line or form -> side. Raises InputError if a list is missing or something is in two."""
    sides: dict[str, str] = {}
    for side, stems in LISTS[split].items():
        files = [
            file
            for stem in stems
            for suffix in SUFFIXES
            for file in sorted(source.rglob(stem + suffix))
        ]
        if not files:
            raise InputError(
                f"{source}: the {split} split's list {stems[0]}{SUFFIXES[0]} is not there. "
                "Put the lists of the split below it, or set --option split=."
            )
        for file in files:
            for number, text in _read(file):
                name = text.split()[0]
                if sides.setdefault(name, side) != side:
                    raise InputError(
                        f"{file.name} line {number}: {name} is in {sides[name]} already. Correct "
                        "the lists."
                    )
    return sides


def _writers(source: Path) -> dict[str, str]:
    """Form -> writer; empty if forms.txt is not there, and then forms are the groups."""
    file = source / "ascii" / "forms.txt"
    if not file.is_file():
        return {}
    rows = [text.split() for _, text in _read(file)]
    return {row[0]: f"writer {row[1]}" for row in rows if len(row) > 1}


def _read(file: Path) -> Iterable[tuple[int, str]]:
    """Lines that say something, with their numbers; # begins a remark."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{file}: there is no such file. Unpack IAM's archives there.") from None
    except UnicodeDecodeError:
        raise InputError(f"{file}: it is not UTF-8 text. Copy it again.") from None
    rows = enumerate(text.splitlines(), start=1)
    return [(number, row.strip()) for number, row in rows if row.strip() and row.strip()[0] != "#"]
