"""From what was named to sheets with lines: a prepared folder, or pages of scans and PDFs.

A page is known by its content, so it may be moved. Its lines are those of a PAGE or ALTO file
beside it, or are found; that takes a second or more, so it is done behind the server.
"""

import hashlib
import re
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kineograph.data.lines.folder import LINES, LinesFolder
from kineograph.data.lines.line import Line, Points
from kineograph.data.prepared_folder import ABOUT
from kineograph.errors import InputError
from kineograph.media.listing import list_media
from kineograph.pages.cut import cut_line
from kineograph.pages.layout import find_lines
from kineograph.pages.open import PAGE_SUFFIXES, Page
from kineograph.pages.read import LineReading
from kineograph.pages.text import DROP_CAPITAL, PageText
from kineograph.pages.write import read_lines_file
from kineograph.studio.lines.book import JOURNAL, Entry, LineBook
from kineograph.studio.lines.sheet import PAGES_FOLDER, Sheet, SheetPictures, Spot, text_line

BESIDE = (".page.xml", ".alto.xml", ".xml")  # after the stem of the picture
BESIDE_FOLDERS = ("", "page", "alto")  # where exports put it
READ_AT_ONCE = 16
_ID_LETTERS = 12
_KNOWN = ("group", "source", "split", "white_above")


class LineReader(Protocol):
    """A trained reader: pictures (H, W) uint8 grey, one a line -> as many readings, in order."""

    def read(self, pictures: Sequence[NDArray[np.uint8]]) -> Sequence[LineReading]:
        """Never empty-handed."""


class Gatherer:
    """Fills a book from pages or a prepared folder, and has open lines read, in its own thread.

    `problems` tells in words what could not be used, `notes` what a person should know. Raises
    InputError where nothing can be opened, or where the book was made from something else.
    """

    def __init__(
        self,
        book: LineBook,
        pictures: SheetPictures,
        sources: Sequence[Path],
        reader: LineReader | None = None,
    ) -> None:
        self.problems: list[str] = []
        self.notes: list[str] = []
        self._book, self._pictures, self._reader = book, pictures, reader
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self.run, name="gatherer", daemon=True)
        self._prepared = prepared_folder(sources)
        self._files = [] if self._prepared else list_pages(sources)
        self.pages_done, self.pages_found = 0, len(self._files)
        root = str(self._prepared.source_root) if self._prepared else ""
        for sheet in book.sheets.values():
            if sheet.root != root:
                raise InputError(
                    f"{book.out} holds corrections of {sheet.root or Path(sheet.file).parent}, "
                    "which is another kind of lines or another place. Choose another --out."
                )
        if self._prepared:
            book.add(prepared_sheets(self._prepared))

    @property
    def is_done(self) -> bool:
        """Whether all pages were looked at."""
        return self.pages_done >= self.pages_found and not self._thread.is_alive()

    def start(self) -> None:
        """Begin, and go on behind what else is done."""
        self._thread.start()

    def stop(self) -> None:
        """End after the page or lines in hand."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def run(self) -> None:
        """Look through all pages, then have read what is open still."""
        known = {sheet.id for sheet in self._book.sheets.values()}
        for file in self._files:
            for sheet in self._sheets(file, known):
                known.add(sheet.id)
                self._book.add([sheet])
                self._read(self._book.of_sheet(sheet.id))
        self._read(self._book.unread())

    def _sheets(self, file: Path, known: set[str]) -> Iterator[Sheet]:
        """The pages of a file that are not in the book yet; what cannot be read is a problem."""
        try:
            digest = _digest(file)
            count = self._pictures.count_pages(file)
        except InputError as error:
            self.problems.append(str(error))
            self.pages_done += 1
            return
        self.pages_found += count - 1
        given = self._given(file)
        for number in range(1, count + 1):
            if self._stopped.is_set():
                return
            sheet = f"{digest}-{number}"
            if sheet not in known:
                try:
                    page, _ = self._pictures.read_page(file, number)
                    taken = {each.picture for each in self._book.sheets.values()}
                    picture = _picture_name(file, number if count > 1 else 0, taken)
                    lines = given.get(number) or given.get(0)
                    yield self._sheet(sheet, page, file, picture, lines, count)
                except InputError as error:
                    self.problems.append(str(error))
            else:
                self._tell_twin(file, self._book.sheets[sheet])
            self.pages_done += 1

    def _tell_twin(self, file: Path, known: Sheet) -> None:
        if known.file != str(file) and Path(known.file) in self._files:
            self.notes.append(f"{file.name}: the same pages as {known.name}; they are there once.")

    def _sheet(
        self, name: str, page: Page, file: Path, picture: str, lines: PageText | None, count: int
    ) -> Sheet:
        shown = f"{file.name}, page {page.number}" if count > 1 else file.name
        height, width = page.pixels.shape[:2]
        if lines is not None and (lines.width_pixels, lines.height_pixels) != (width, height):
            self.notes.append(
                f"{shown}: {width}x{height} pixels, but the lines beside it were marked on "
                f"{lines.width_pixels}x{lines.height_pixels}, so they were found anew. Put the "
                "picture that they belong to beside them."
            )
            lines = None
        if lines is None:
            lines = find_lines(page)
            self.notes += [f"{shown}: {warning}" for warning in lines.warnings]
        spots = page_spots(name, lines)
        return Sheet(name, shown, picture, spots, str(file), page.number, "", width, height)

    def _given(self, file: Path) -> dict[int, PageText]:
        """Lines from the PAGE or ALTO file beside a picture, by page; 0 if there is one alone."""
        path = lines_beside(file)
        if path is None:
            return {}
        try:
            pages = read_lines_file(path)
        except InputError as error:
            self.notes.append(f"{error} The lines of {file.name} were found instead.")
            return {}
        return {0: pages[0]} if len(pages) == 1 else {page.number: page for page in pages}

    def _read(self, entries: Sequence[Entry]) -> None:
        """Have lines read, some at once; one that cannot be cut is a problem of its own."""
        if self._reader is None:
            return
        for start in range(0, len(entries), READ_AT_ONCE):
            if self._stopped.is_set():
                return
            cuts = {}
            for entry in entries[start : start + READ_AT_ONCE]:
                try:
                    page = self._pictures.page(entry.sheet)
                except InputError as error:
                    if str(error) not in self.problems:  # once for all lines of a page
                        self.problems.append(str(error))
                    continue
                cut = cut_line(page.grey, text_line(entry.spot, page), margin=margin_of(entry.spot))
                if cut is not None:
                    cuts[entry.spot.id] = cut.pixels
            try:
                readings = self._reader.read(list(cuts.values())) if cuts else []
                self._book.put_readings(dict(zip(cuts, readings, strict=True)))
            except InputError as error:
                self.problems.append(f"lines could not be read: {error}")


def prepared_folder(sources: Sequence[Path]) -> LinesFolder | None:
    """The one prepared folder that was named; None for pages."""
    prepared = [
        each for each in sources if (each / ABOUT).is_file() or (each / LINES.file).is_file()
    ]
    if not prepared:
        return None
    if len(sources) > 1:
        raise InputError(
            f"{prepared[0]}: a prepared folder is corrected by itself, and {len(sources)} things "
            "were named. Name it alone."
        )
    return LinesFolder(prepared[0])


def prepared_sheets(folder: LinesFolder) -> list[Sheet]:
    """A sheet a picture, with the lines that the folder has on it."""
    by_picture: dict[str, list[Line]] = {}
    for line in folder.lines:
        by_picture.setdefault(line.picture, []).append(line)
    root = str(folder.source_root)
    return [
        Sheet(
            id=hashlib.sha256(picture.encode()).hexdigest()[:_ID_LETTERS],
            name=picture,
            picture=picture,
            spots=tuple(_prepared_spot(line) for line in lines),
            root=root,
        )
        for picture, lines in by_picture.items()
    ]


def list_pages(sources: Sequence[Path]) -> list[Path]:
    """The files that pages lie in, in natural order, each once; not those that were written."""
    found: list[Path] = []
    for source in sources:
        if source.is_dir():
            inside = list_media(source, suffixes=PAGE_SUFFIXES)
            found += [each for each in inside if not (each.parent.parent / JOURNAL).is_file()]
        elif source.is_file():
            found.append(source)
        else:
            raise InputError(f"{source}: there is no such file or folder. Check the name.")
    if not found:
        raise InputError(
            f"{sources[0]}: no picture, TIFF or PDF lies in it. Name the folder of the pages, or "
            "a folder of prepared lines."
        )
    return list(dict.fromkeys(each.absolute() for each in found))


def lines_beside(picture: Path) -> Path | None:
    """The PAGE or ALTO file of a picture: beside it, or in a folder `page` or `alto` there."""
    for folder in BESIDE_FOLDERS:
        for suffix in BESIDE:
            path = picture.parent / folder / (picture.stem + suffix)
            if path.is_file():
                return path
    return None


def page_spots(sheet: str, lines: PageText) -> tuple[Spot, ...]:
    """Where the lines of a page stand, in whole pixels; those without an area are left away."""
    spots: list[Spot] = []
    for block, each in enumerate(lines.blocks):
        for line in each.lines:
            polygon, baseline = _whole(line.polygon), _whole(line.baseline)
            if len(set(polygon)) > 2:
                base = baseline if len(set(baseline)) > 1 else None
                name = f"{sheet}-{len(spots) + 1}"
                text = " ".join(line.text.split())
                spots.append(Spot(name, polygon, base, text, block, each.kind))
    return tuple(spots)


def margin_of(spot: Spot) -> float:
    """Heights of the line around it in its picture: right beside a large first letter, none."""
    return 0.0 if spot.polygon is None or spot.kind == DROP_CAPITAL else 0.1


def _prepared_spot(line: Line) -> Spot:
    known = {name: getattr(line, name) for name in _KNOWN if getattr(line, name) is not None}
    return Spot(line.id, line.polygon, line.baseline, line.text, known=known)


def _whole(points: Sequence[tuple[float, float]]) -> Points:
    return tuple((max(0, round(x)), max(0, round(y))) for x, y in points)


def _picture_name(file: Path, number: int, taken: set[str]) -> str:
    """Where a page will lie below what is written: pages/scan-0003.png, or with another name."""
    stem = re.sub(r"[^\w.-]+", "_", file.stem)[:80].lstrip(".") or "page"
    stem += f"-{number:04}" if number else ""
    stems = [stem, *(f"{stem}_{count}" for count in range(2, len(taken) + 2))]
    names = (f"{PAGES_FOLDER}/{each}.png" for each in stems)
    return next(name for name in names if name not in taken)


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()[:_ID_LETTERS]
    except OSError as error:
        raise InputError(f"{file}: cannot be opened ({error.strerror}). Check it.") from None
