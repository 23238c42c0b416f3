"""What was read, written: one file of text, hOCR, JSON or PDF, and one of PAGE or ALTO a page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from kineograph.errors import InputError
from kineograph.media.write import write_picture
from kineograph.pages.pdf import SearchablePdf
from kineograph.pages.picture import draw_lines
from kineograph.pages.write import SUFFIXES, write_pages
from kineograph.predict.given_lines import page_stem

if TYPE_CHECKING:
    from types import TracebackType

    from kineograph.pages.text import PageText
    from kineograph.predict.pages import ReadPage

ONE_FILE = ("text", "hocr", "json")  # for all pages
ONE_A_PAGE = ("alto", "page")
PDF, PICTURE = "pdf", "png"
_DRAWN_WIDTH, _LOWEST_DRAWN = 900, 60
FORMS = ("text", "hocr", "alto", "page", "json", PDF, PICTURE)


class PageWriter:
    """Writes what was read of one file: each page when it comes, whole files at the end.

    with PageWriter(forms, out, stem) as writer: writer.add(page)

    written: what there is now; failed: what there is not, and why. Pages are not kept, only their
    texts. Leaving it by an exception writes no whole file.
    """

    def __init__(self, forms: Collection[str], out: Path, stem: str) -> None:
        self._forms, self._out, self._stem = forms, out, stem
        self._texts: list[PageText] = []
        self._pdf: SearchablePdf | None = None
        self._kept: set[Path] = set()
        self.written: list[Path] = []
        self.failed: dict[str, str] = {}

    def add(self, read: ReadPage) -> None:
        """A page that was read."""
        self._texts.append(read.text)
        if read.given is not None:
            self._kept.add(read.given.resolve())
        stem = page_stem(self._stem, read.number, read.count)
        for form in ONE_A_PAGE:
            self._write_texts(form, stem, [read.text])
        if PICTURE in self._forms:

            def draw(path: Path) -> None:
                width = drawn_width(*read.page.pixels.shape[:2])
                write_picture(path, draw_lines(read.page.pixels, read.text, width_pixels=width))

            self._try(self._out / f"{stem}.lines.png", draw)
        if PDF in self._forms and str(self._pdf_path) not in self.failed:
            self._add_to_pdf(read)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pdf is not None:
            self._end_pdf(kind, error, trace)
        if error is None and self._texts:
            for form in ONE_FILE:
                self._write_texts(form, self._stem, self._texts)

    def _write_texts(self, form: str, stem: str, texts: Sequence[PageText]) -> None:
        if form in self._forms:
            path = self._out / f"{stem}{SUFFIXES[form]}"
            self._try(path, lambda path: write_pages(path, texts, form))

    @property
    def _pdf_path(self) -> Path:
        return self._out / f"{self._stem}.searchable.pdf"

    def _add_to_pdf(self, read: ReadPage) -> None:
        try:
            if self._pdf is None:
                self._pdf = SearchablePdf(self._pdf_path).__enter__()
            self._pdf.add(read.page, read.text)
        except (InputError, OSError) as error:
            self.failed[str(self._pdf_path)] = str(error)
            if self._pdf is not None:
                self._end_pdf(type(error), error, None)

    def _end_pdf(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pdf, self._pdf = self._pdf, None
        try:
            assert pdf is not None
            pdf.__exit__(kind, error, trace)
            if error is None:
                self.written.append(self._pdf_path)
        except (InputError, OSError) as refusal:
            self.failed.setdefault(str(self._pdf_path), str(refusal))

    def _try(self, path: Path, write: Callable[[Path], None]) -> None:
        """One that cannot be written is said, and the others are written."""
        try:
            if path.resolve() in self._kept:
                raise InputError(
                    f"{path}: the lines were taken from this file, and it is not written over. "
                    "Choose another folder with --out."
                )
            write(path)
            self.written.append(path)
        except (InputError, OSError) as error:
            self.failed[str(path)] = str(error)


def drawn_width(height: int, width: int) -> int:
    """How wide a page (H, W) is drawn in pixels; what is long and low, so that it can be seen."""
    return max(_DRAWN_WIDTH, min(width, _LOWEST_DRAWN * width // height))
