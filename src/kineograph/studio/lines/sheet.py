"""A sheet is a picture with lines on it, as it was when they were found; decoded when it is asked.

A sheet is a page of a scan or PDF, or a picture that a prepared folder of lines speaks of.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kineograph.data.lines.line import Points
from kineograph.data.pictures.files import PictureFiles
from kineograph.errors import InputError
from kineograph.pages.open import Page, PageFile
from kineograph.pages.text import PARAGRAPH, Bounds, Polygon, TextLine, rectangle

KEPT_PAGES = 3  # the one on show and its neighbours
PAGES_FOLDER = "pages"  # in the folder that is written


@dataclass(frozen=True)
class Spot:
    """Where one line stands on its sheet, and what is known of it before a person looked.

    polygon, baseline: (x, y) in pixels of the sheet; without a polygon the line fills it. block,
    kind: the paragraph it belongs to, and what that is. known: the other fields of a prepared line.
    """

    id: str
    polygon: Points | None = None
    baseline: Points | None = None
    text: str = ""
    block: int = 0
    kind: str = PARAGRAPH
    known: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sheet:
    """One picture and its lines in reading order.

    picture: its name where lines are written. file, number: the scan or PDF, and the page of it.
    root: instead, the folder that the pictures of prepared lines are relative to. The size is that
    of the pixels in which the lines are told; 0 where nobody has looked yet.
    """

    id: str
    name: str
    picture: str
    spots: tuple[Spot, ...]
    file: str = ""
    number: int = 1
    root: str = ""
    width_pixels: int = 0
    height_pixels: int = 0

    def fields(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


def sheet_from(fields: Mapping[str, Any]) -> Sheet:
    """A sheet from what `fields` gave."""
    spots = tuple(
        Spot(**{**spot, "polygon": _points(spot["polygon"]), "baseline": _points(spot["baseline"])})
        for spot in fields["spots"]
    )
    return Sheet(**{**fields, "spots": spots})


def text_line(spot: Spot, page: Page, text: str = "") -> TextLine:
    """A spot as a line of its page, with a text."""
    height, width = page.pixels.shape[:2]
    if spot.polygon is None:
        return TextLine(rectangle(Bounds(0, 0, width, height)), (), text, id=spot.id)
    return TextLine(_floats(spot.polygon), _floats(spot.baseline or ()), text, id=spot.id)


class SheetPictures:
    """The pixels of sheets, the last few kept; safe to call from several threads.

    out: where pages lie that were written already: they need no PDF drawn, and outlive the scan.
    """

    def __init__(self, out: Path) -> None:
        self._out = out
        self._kept: OrderedDict[str, Page] = OrderedDict()
        self._lock = threading.Lock()  # PDFium is not made for threads

    def page(self, sheet: Sheet) -> Page:
        """The sheet as pixels. Raises InputError if it is gone, broken or another one."""
        with self._lock:
            page = self._kept.pop(sheet.id, None) or self._read(sheet)
            self._kept[sheet.id] = page
            while len(self._kept) > KEPT_PAGES:
                self._kept.popitem(last=False)
            return page

    def read_page(self, file: Path, number: int) -> tuple[Page, int]:
        """A page of a file that is no sheet yet, and how many pages the file has."""
        with self._lock, PageFile(file) as pages:
            return pages.read(number), len(pages)

    def count_pages(self, file: Path) -> int:
        """How many pages a file has. Raises InputError if it cannot be opened."""
        with self._lock, PageFile(file) as pages:
            return len(pages)

    def _read(self, sheet: Sheet) -> Page:
        if sheet.root:
            return Page(PictureFiles(Path(sheet.root)).grey(sheet.picture), name=sheet.name)
        written = self._out / sheet.picture
        file, number = (written, 1) if written.is_file() else (Path(sheet.file), sheet.number)
        with PageFile(file) as pages:
            page = pages.read(number)
        height, width = page.pixels.shape[:2]
        if (width, height) != (sheet.width_pixels, sheet.height_pixels):
            raise InputError(
                f"{file}: {width}x{height} pixels, and its lines were found on "
                f"{sheet.width_pixels}x{sheet.height_pixels}. Put the old file back, or begin anew "
                "with another --out."
            )
        return page


def _points(values: Any) -> Points | None:
    return None if values is None else tuple((int(x), int(y)) for x, y in values)


def _floats(points: Points) -> Polygon:
    return tuple((float(x), float(y)) for x, y in points)
