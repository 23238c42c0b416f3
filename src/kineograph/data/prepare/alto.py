"""Pages in ALTO, as libraries publish them, become prepared lines: SRC/p7.xml + SRC/p7.jpg."""

from pathlib import Path

from kineograph.data.lines.cache import Progress
from kineograph.data.lines.page_xml import read_alto
from kineograph.data.prepare.page_xml import prepare_pages
from kineograph.data.prepare.prepared_lines import PreparedLines


def prepare_alto(
    source: str | Path,
    out: str | Path,
    *,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedLines:
    """Every text line of the ALTO files below `source` is a line, cut by its polygon or box.

    The group is the folder of the pages where there are several, else the page. Raises InputError
    if no line can be read.
    """
    return prepare_pages(
        source,
        out,
        read=read_alto,
        kind="alto",
        name=name,
        command=command,
        overwrite=overwrite,
        progress=progress,
    )
