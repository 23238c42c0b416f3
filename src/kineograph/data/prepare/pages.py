"""Pages whose lines are marked become prepared lines: PAGE XML, and ALTO as libraries publish it.

SRC/p7.xml + SRC/p7.png    or SRC/page/p7.xml, as Transkribus and eScriptorium export it
"""

from math import isclose
from pathlib import Path, PurePosixPath

from kineograph.data.lines.cache import Progress
from kineograph.data.lines.line import Line, Points
from kineograph.data.prepare.prepared_lines import PreparedLines, write_prepared_lines
from kineograph.errors import InputError
from kineograph.media.listing import PICTURE_SUFFIXES, natural_order
from kineograph.pages.alto import is_in_pixels, pages_from_tree, picture_named_in
from kineograph.pages.open import size_and_resolution
from kineograph.pages.page_xml import page_from_tree
from kineograph.pages.text import PageText, TextLine, bounds
from kineograph.pages.xml_tree import read_tree

PAGE_XML, ALTO = "page-xml", "alto"
NOT_PAGES = ("mets.xml", "metadata.xml")  # of an export of many pages
SAME_SIZE = 0.01  # of a side: millimetres are rounded


def prepare_pages(
    source: str | Path,
    out: str | Path,
    *,
    form: str,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedLines:
    """Every text line of the files below `source` is a line, cut by its outline and baseline.

    form: "page-xml" or "alto"; exports often hold each page in both. The group is the folder of the
    pages where there are several, else the page. Raises InputError if no line can be read.
    """
    source = Path(source)
    files = _files(source)
    homes = {_home(source, file) for file in files}
    lines: list[Line] = []
    problems: list[str] = []
    for file in files:
        faults: list[str] = []
        try:
            page = _page(source, file, form, faults)
            picture = _picture(source, file, page.picture_name)
        except InputError as error:
            problems.append(str(error))
            continue
        problems += faults
        home = _home(source, file).relative_to(source).as_posix()
        group = home if len(homes) > 1 and home != "." else file.stem
        for number, each in enumerate(page.lines, start=1):
            told = f"{file.name} {each.id or f'line {number}'}"
            if not (text := each.text.strip()):
                problems.append(f"{told}: no text. Write it, or remove the line.")
                continue
            try:
                lines.append(Line(picture, text, _outline(each), _baseline(each), group, file.stem))
            except InputError as error:
                problems.append(f"{told}: {error}")
    return write_prepared_lines(
        Path(out),
        lines,
        problems,
        source_root=source,
        kind=form,
        name=name,
        command=command,
        overwrite=overwrite,
        progress=progress,
    )


def _files(source: Path) -> list[Path]:
    if not source.is_dir():
        raise InputError(f"{source}: there is no such folder. Name the one with the XML files.")
    files = sorted(
        (file for file in source.rglob("*.xml") if file.name.lower() not in NOT_PAGES),
        key=lambda file: natural_order(file.relative_to(source).as_posix()),
    )
    if not files:
        raise InputError(f"{source}: there is no .xml file in it. Export the pages, and try again.")
    return files


def _page(source: Path, file: Path, form: str, problems: list[str]) -> PageText:
    """The page of a file, the first one of several. Raises InputError for one of another form."""
    root = read_tree(file, file.name)
    if form == PAGE_XML:
        return page_from_tree(root, file.name, problems)
    if is_in_pixels(root):
        first, *others = pages_from_tree(root, file.name, problems)
    else:
        picture = source / _picture(source, file, picture_named_in(root))
        width, height, dots = size_and_resolution(picture)
        first, *others = pages_from_tree(root, file.name, problems, dots_per_inch=dots)
        _check_size(first, (width, height), f"{file.name}: at the {dots:.0f} dots per inch of its")
    if others:
        problems.append(
            f"{file.name}: {1 + len(others)} pages and one picture, so only the first is read. "
            "Write a file for each page."
        )
    return first


def _check_size(page: PageText, picture: tuple[int, int], words: str) -> None:
    """Pictures often say dots per inch that were never true, and lines would be cut elsewhere."""
    told = (page.width_pixels, page.height_pixels)
    for side, measured in zip(picture, told, strict=True):
        if measured and not isclose(side, measured, rel_tol=SAME_SIZE):
            raise InputError(
                f"{words} picture the page has {told[0]}x{told[1]} pixels, and the picture "
                f"{picture[0]}x{picture[1]}. Correct the dots per inch, or export it in pixels."
            )


def _outline(line: TextLine) -> Points:
    """Whole pixels that belong to the line; of a box the last ones are right before its ends."""
    corners = tuple((round(x), round(y)) for x, y in line.polygon)
    if not line.is_box:
        return corners
    (x, y), (right, bottom) = line.polygon[0], line.polygon[2]
    left, top = corners[0]
    last, lowest = left + max(1, round(right - x)) - 1, top + max(1, round(bottom - y)) - 1
    return ((left, top), (last, top), (last, lowest), (left, lowest))


def _baseline(line: TextLine) -> Points | None:
    """Whole pixels; none where it is one height from side to side, which tells of no slant."""
    box = bounds(line.polygon)
    points = tuple((round(x), round(y)) for x, y in line.baseline)
    heights = {y for _, y in points}
    whole = len(heights) == 1 and [x for x, _ in points] == [box.left, box.right]
    return points if len(set(points)) > 1 and not whole else None


def _home(source: Path, file: Path) -> Path:
    """The folder of the pages: exports put their XML into a folder `page` or `alto` of it."""
    inside = file.parent != source and file.parent.name.lower() in ("page", "alto")
    return file.parent.parent if inside else file.parent


def _picture(source: Path, file: Path, named: str) -> str:
    """The page's picture: as it is named, else by the name of the XML file, beside or above it."""
    told = PurePosixPath(named.replace("\\", "/")).name
    folders = list(dict.fromkeys([file.parent, _home(source, file)]))
    wanted = [told] if told else []
    wanted += [file.stem + suffix for suffix in sorted(PICTURE_SUFFIXES)]
    for folder in folders:
        for candidate in wanted:
            if (folder / candidate).is_file() and (folder / candidate).is_relative_to(source):
                return (folder / candidate).relative_to(source).as_posix()
    raise InputError(
        f"{file.name}: its picture {told or file.stem} is not beside it. Put it there."
    )
