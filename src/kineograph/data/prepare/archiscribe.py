"""Lines of the archiscribe corpus (German Fraktur of the 19th century) become prepared lines.

SRC/lines.tar    x.png, 48 pixels high, and x.gt.txt
SRC/lines.csv    file, work, year, split: by work, so that no work is on two sides

The transcriptions keep the long s, the raised e and the double hyphen. CC BY 4.0, with credit to
Johannes Baiter and the transcribers; source: github.com/jbaiter/archiscribe-corpus.
"""

from pathlib import Path

from kineograph.data.lines.cache import Progress
from kineograph.data.lines.line import Line
from kineograph.data.pictures.files import open_archive
from kineograph.data.prepare.lines_csv import line_from_row, read_table
from kineograph.data.prepare.prepared_lines import PreparedLines, write_prepared_lines
from kineograph.errors import InputError

ARCHIVE, TABLE = "lines.tar", "lines.csv"


def prepare_archiscribe(
    source: str | Path,
    out: str | Path,
    *,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedLines:
    """Every row of lines.csv is a line; its work is the group. Raises InputError if none is."""
    source = Path(source)
    if not (source / ARCHIVE).is_file():
        raise InputError(f"{source}: there is no {ARCHIVE} in it. Name archiscribe's folder.")
    archive = open_archive((source / ARCHIVE).resolve())
    lines: list[Line] = []
    problems: list[str] = []
    for number, row in read_table(source / TABLE, needed=("picture", "group", "split")):
        truth = str(Path(row.get("picture", "")).with_suffix("")) + ".gt.txt"
        try:
            row["text"] = archive.content(truth).decode("utf-8-sig").strip()
            lines.append(line_from_row(row, f"{ARCHIVE}/"))
        except (InputError, UnicodeDecodeError) as error:
            problems.append(f"{TABLE} row {number}: {error}")
    return write_prepared_lines(
        Path(out),
        lines,
        problems,
        source_root=source,
        kind="archiscribe",
        name=name or "archiscribe",
        command=command,
        notes=["archiscribe corpus, CC BY 4.0, Johannes Baiter and transcribers; split by work."],
        overwrite=overwrite,
        progress=progress,
    )
