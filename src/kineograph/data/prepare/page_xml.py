"""Pages with their lines marked become prepared lines: PAGE XML here, ALTO by the same way.

SRC/p7.xml + SRC/p7.png    or SRC/page/p7.xml, as Transkribus and eScriptorium export it
"""

from collections.abc import Callable
from pathlib import Path, PurePosixPath

from kineograph.data.lines.cache import Progress
from kineograph.data.lines.line import Line
from kineograph.data.lines.page_xml import XmlPage, read_page_xml
from kineograph.data.prepare.prepared_lines import PreparedLines, write_prepared_lines
from kineograph.errors import InputError
from kineograph.media.listing import PICTURE_SUFFIXES, natural_order

NOT_PAGES = ("mets.xml", "metadata.xml")  # of an export of many pages


def prepare_page_xml(
    source: str | Path,
    out: str | Path,
    *,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedLines:
    """Every text line of the PAGE files below `source` is a line, cut by its polygon and baseline.

    The group is the folder of the pages where there are several, else the page. Raises InputError
    if no line can be read.
    """
    return prepare_pages(
        source,
        out,
        read=read_page_xml,
        kind="page-xml",
        name=name,
        command=command,
        overwrite=overwrite,
        progress=progress,
    )


def prepare_pages(
    source: str | Path,
    out: str | Path,
    *,
    read: Callable[[Path], XmlPage],
    kind: str,
    name: str | None,
    command: str,
    overwrite: bool,
    progress: Progress | None,
) -> PreparedLines:
    """The same for every format that `read` turns into a page."""
    source = Path(source)
    if not source.is_dir():
        raise InputError(f"{source}: there is no such folder. Name the one with the XML files.")
    files = sorted(
        (file for file in source.rglob("*.xml") if file.name.lower() not in NOT_PAGES),
        key=lambda file: natural_order(file.relative_to(source).as_posix()),
    )
    if not files:
        raise InputError(f"{source}: there is no .xml file in it. Export the pages, and try again.")
    homes = {_home(file) for file in files}
    lines: list[Line] = []
    problems: list[str] = []
    for file in files:
        try:
            page = read(file)
            picture = _picture(source, file, page.picture)
        except InputError as error:
            problems.append(str(error))
            continue
        problems += page.problems
        home = _home(file).relative_to(source).as_posix()
        group = home if len(homes) > 1 and home != "." else file.stem
        for each in page.lines:
            if not each.text:
                problems.append(f"{file.name} {each.id}: no text. Write it, or remove the line.")
                continue
            try:
                made = Line(picture, each.text, each.polygon, each.baseline, group, file.stem)
                lines.append(made)
            except InputError as error:
                problems.append(f"{file.name} {each.id}: {error}")
    return write_prepared_lines(
        Path(out),
        lines,
        problems,
        source_root=source,
        kind=kind,
        name=name,
        command=command,
        overwrite=overwrite,
        progress=progress,
    )


def _home(file: Path) -> Path:
    """The folder of the pages: exports put their XML into a folder `page` or `alto` of it."""
    return file.parent.parent if file.parent.name.lower() in ("page", "alto") else file.parent


def _picture(source: Path, file: Path, named: str) -> str:
    """The page's picture: as it is named, else by the name of the XML file, beside or above it."""
    told = PurePosixPath(named.replace("\\", "/")).name
    folders = list(dict.fromkeys([file.parent, _home(file)]))
    wanted = [told] if told else []
    wanted += [file.stem + suffix for suffix in sorted(PICTURE_SUFFIXES)]
    for folder in folders:
        for candidate in wanted:
            if (folder / candidate).is_file() and (folder / candidate).is_relative_to(source):
                return (folder / candidate).relative_to(source).as_posix()
    raise InputError(
        f"{file.name}: its picture {told or file.stem} is not beside it. Put it there."
    )
