"""A table of lines becomes prepared lines: one row for each picture.

picture,text,group,split
0001.png,"Habe nun, ach!",faust,train
"""

import csv
from pathlib import Path, PurePath

from kineograph.data.lines.cache import Progress
from kineograph.data.lines.line import Line
from kineograph.data.prepare.prepared_lines import PreparedLines, write_prepared_lines
from kineograph.errors import InputError, nearest

OURS = ("picture", "text", "group", "source", "split")
ALSO_CALLED = {
    "path": "picture",
    "file": "picture",
    "filename": "picture",
    "image": "picture",
    "transcription": "text",
    "work": "group",
    "writer": "group",
    "page": "group",
    "year": "",  # of archiscribe's table; says nothing that is used
}
SIDE_WORDS = {"validation": "val", "valid": "val", "dev": "val", "training": "train"}


def prepare_lines_csv(
    source: str | Path,
    out: str | Path,
    *,
    root: str | Path | None = None,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedLines:
    """Every row of the table `source` is a line; commas, semicolons and tabs may separate.

    root: the folder that the pictures are relative to; None is the table's own. A row that cannot
    be used is one of the problems. Raises InputError for an unknown column, or if no line can be
    read.
    """
    source = Path(source)
    folder = source.parent if root is None else Path(root)
    lines: list[Line] = []
    problems: list[str] = []
    for number, row in read_table(source, needed=("picture", "text")):
        try:
            lines.append(line_from_row(row, ""))
        except InputError as error:
            problems.append(f"{source.name} row {number}: {error}")
    return write_prepared_lines(
        Path(out),
        lines,
        problems,
        source_root=folder,
        kind="lines-csv",
        name=name or source.stem,
        command=command,
        overwrite=overwrite,
        progress=progress,
    )


def read_table(path: Path, needed: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """Rows with their numbers, by our names of the columns. Raises InputError if one is missing."""
    try:
        texts = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file. Check the path.") from None
    except (UnicodeDecodeError, IsADirectoryError):
        raise InputError(f"{path}: it is not UTF-8 text. Save it as CSV UTF-8.") from None
    if not texts:
        raise InputError(f"{path}: it is empty. Begin with a row of names such as picture,text.")
    separator = max(",;\t", key=texts[0].count)
    reader = csv.reader(texts, delimiter=separator)
    names = []
    for column in next(reader):
        plain = column.strip().lower()
        ours = ALSO_CALLED.get(plain, plain)
        if ours not in (*OURS, ""):
            hint = nearest(plain, (*OURS, *ALSO_CALLED)) or f"Known are {', '.join(OURS)}."
            raise InputError(f"{path.name}: unknown column '{column}'. {hint} Rename or remove it.")
        names.append(ours)
    for name in needed:
        if names.count(name) != 1:
            raise InputError(f"{path.name}: {names.count(name)} columns say '{name}'. Keep one.")
    return [(reader.line_num, _by_name(names, row)) for row in reader if any(row)]


def line_from_row(row: dict[str, str], before: str) -> Line:
    """One row as a line. before: where the pictures are, below the source root."""
    if "" in row:
        raise InputError("as many cells as names are needed. Quote cells that hold separators.")
    split = row.get("split") or None
    return Line(
        before + PurePath(row["picture"].replace("\\", "/")).as_posix(),
        row["text"],
        group=row.get("group") or None,
        source=row.get("source") or None,
        split=SIDE_WORDS.get(split, split) if split else None,
    )


def _by_name(names: list[str], row: list[str]) -> dict[str, str]:
    """Cells by name; a row of another length has a cell without a name."""
    if len(row) != len(names):
        return {"": ""}
    return {name: cell.strip() for name, cell in zip(names, row, strict=True) if name}
