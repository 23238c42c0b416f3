"""What comes out: accepted lines as a prepared folder, and their pages as PAGE or ALTO.

OUT/dataset.json, lines.jsonl   what `kineograph train` takes: lines that a person accepted
OUT/pages/NAME.png              their pages, as they were read; prepared pictures stay in place
OUT/pages/NAME.page.xml         with --export page; .alto.xml with --export alto
"""

import io
import threading
from itertools import groupby
from pathlib import Path, PurePosixPath

from PIL import Image

from kineograph.data.lines.folder import LINES, write_lines_folder
from kineograph.data.lines.line import Line
from kineograph.errors import InputError
from kineograph.pages.open import Page
from kineograph.pages.text import Block, PageText
from kineograph.pages.write import SUFFIXES, write_pages
from kineograph.studio.lines.book import ACCEPTED, Entry, LineBook
from kineograph.studio.lines.sheet import PAGES_FOLDER, Sheet, SheetPictures, text_line
from kineograph.whole_file import write_bytes_whole

EXPORTS = ("page", "alto")
KIND = "annotate"
NOTES = "Lines that a person accepted in kineograph annotate --lines."
FEWEST_FILES = 3  # as many groups as sides: fewer files are dealt page by page


class Result:
    """Writes the accepted lines of a book, all of them or after one changed.

    export: "page", "alto" or None. `problem` says in one line why the last writing failed; the
    journal holds the decisions all the same.
    """

    def __init__(
        self, book: LineBook, pictures: SheetPictures, *, export: str | None = None, command: str
    ) -> None:
        if export is not None and export not in EXPORTS:
            raise InputError(
                f"--export {export}: pages are written as {' or '.join(EXPORTS)}. Choose one."
            )
        self.problem = ""
        self._book, self._pictures = book, pictures
        self._export, self._command = export, command
        self._lock = threading.Lock()

    def write_all(self) -> None:
        """Every page with accepted lines, and the folder."""
        self._try([sheet for sheet in self._book.sheets.values() if self._accepted(sheet)])

    def write_after(self, sheet: Sheet) -> None:
        """One page, of which a line has changed, and the folder."""
        self._try([sheet])

    def lines(self) -> list[Line]:
        """All accepted lines, in the order of their pages."""
        by_file = len({sheet.file for sheet in self._book.sheets.values()}) >= FEWEST_FILES
        return [
            line_of(entry, by_file=by_file)
            for sheet in self._book.sheets.values()
            for entry in self._accepted(sheet)
        ]

    def _try(self, sheets: list[Sheet]) -> None:
        with self._lock:
            try:
                for sheet in sheets:
                    self._write_sheet(sheet)
                self._write_folder()
                self.problem = ""
            except InputError as error:
                self.problem = str(error)
            except OSError as error:
                self.problem = (
                    f"{self._book.out}: cannot be written ({error.strerror or error}). Make room; "
                    "the journal holds every decision."
                )

    def _write_folder(self) -> None:
        out, lines = self._book.out, self.lines()
        if not lines and not (out / LINES.file).is_file():
            return  # a folder without a line is not a data set
        root = next((Path(each.root) for each in self._book.sheets.values() if each.root), out)
        write_lines_folder(
            out,
            lines,
            name=out.resolve().name,
            source_root=root,
            kind=KIND,
            command=self._command,
            notes=NOTES,
        )

    def _write_sheet(self, sheet: Sheet) -> None:
        accepted = self._accepted(sheet)
        target = self._book.out / sheet.picture
        if accepted and not sheet.root and not target.is_file():
            write_bytes_whole(target, _png(self._pictures.page(sheet)))
        if self._export is None:
            return
        parts = PurePosixPath(sheet.picture).with_suffix("").parts
        name = "_".join(parts) if sheet.root else parts[-1]
        path = self._book.out / PAGES_FOLDER / f"{name}{SUFFIXES[self._export]}"
        if accepted:
            path.parent.mkdir(parents=True, exist_ok=True)
            page = page_text(sheet, accepted, self._pictures.page(sheet))
            write_pages(path, [page], self._export)
        else:
            path.unlink(missing_ok=True)

    def _accepted(self, sheet: Sheet) -> list[Entry]:
        return [each for each in self._book.of_sheet(sheet.id) if each.status == ACCEPTED]


def line_of(entry: Entry, *, by_file: bool) -> Line:
    """An accepted line as a prepared one; what a prepared folder knew of it stays."""
    sheet, spot = entry.sheet, entry.spot
    known = dict(spot.known)
    if not sheet.root:
        page = PurePosixPath(sheet.picture).stem
        known = {"group": Path(sheet.file).stem if by_file else page, "source": page}
    text = entry.decisions[-1].text
    return Line(sheet.picture, text, spot.polygon, spot.baseline, **known)


def page_text(sheet: Sheet, entries: list[Entry], page: Page) -> PageText:
    """The accepted lines of a page in their paragraphs."""
    height, width = page.pixels.shape[:2]
    blocks = [
        Block(
            tuple(text_line(each.spot, page, each.decisions[-1].text) for each in group), kind=kind
        )
        for (_, kind), group in groupby(entries, key=lambda each: (each.spot.block, each.spot.kind))
    ]
    return PageText(
        width_pixels=width,
        height_pixels=height,
        blocks=tuple(blocks),
        picture_name=PurePosixPath(sheet.picture).name,
        number=1,
        dots_per_inch=page.dots_per_inch,
    )


def _png(page: Page) -> bytes:
    content = io.BytesIO()
    dots = {} if page.dots_per_inch is None else {"dpi": (page.dots_per_inch, page.dots_per_inch)}
    Image.fromarray(page.pixels).save(content, "PNG", **dots)
    return content.getvalue()
