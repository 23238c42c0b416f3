"""Where the lines of a page stand already: in a PAGE or ALTO file beside it, or in one given."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kineograph.errors import InputError
from kineograph.pages.write import read_lines_file

if TYPE_CHECKING:
    from kineograph.pages.text import PageText

NONE = "none"  # --lines-from none: find them, whatever lies beside
_BESIDE = (".xml",)  # not what is written here: a page that was read is no page that was marked
_IN_FOLDER = (".xml", ".page.xml", ".alto.xml", ".hocr", ".json")
_FOLDERS = ("", "page", "alto")  # beside the picture, or where Transkribus and others put them


def page_stem(stem: str, number: int, count: int) -> str:
    """What the files of one page are called: the stem, and of many pages the number."""
    return stem if count == 1 else f"{stem}.p{number:03}"


class GivenLines:
    """The lines of one file's pages: `page(number, count)`.

    source: a file, a folder with a file for each picture or page, "none", or None for what lies
    beside the picture.
    """

    def __init__(self, path: Path, source: str | None) -> None:
        self.path, self._source = path, source
        self._read: tuple[Path, tuple[PageText, ...]] | None = None

    def page(self, number: int, count: int) -> tuple[Path, PageText] | None:
        """The file and the lines of a page, of so many; None where they are to be found.

        Raises InputError for a file that is broken, or that has no lines of this page.
        """
        if self._source == NONE:
            return None
        file, is_of_page = self._file(number, count)
        if file is None:
            return None
        if self._read is None or self._read[0] != file:
            self._read = file, self._pages(file)
        pages = self._read[1]
        if is_of_page:
            return file, pages[0]
        page = _page_of(pages, number, count)
        if page is None:
            here = f"{self.path}, page {number}" if count > 1 else str(self.path)
            raise InputError(
                f"{here}: {file} has the lines of {len(pages)} pages, and not of this one. "
                "Add them, or find all lines anew: --lines-from none."
            )
        return file, page

    def _file(self, number: int, count: int) -> tuple[Path | None, bool]:
        """The file that has a page's lines, and whether it is of this page alone."""
        given = None if self._source is None else Path(self._source)
        if given is not None and not given.is_dir():
            return given, False
        folders = [self.path.parent / each for each in _FOLDERS] if given is None else [given]
        suffixes = _BESIDE if given is None else _IN_FOLDER
        if count > 1:
            file = _first(folders, [page_stem(self.path.stem, number, count)], suffixes)
            if file:
                return file, True
        file = _first(folders, [self.path.stem, self.path.name], suffixes)
        if file is None and given is not None:
            raise InputError(
                f"{self.path}: {given} holds no {self.path.stem}.xml with its lines. "
                "Put it there, or leave --lines-from out."
            )
        return file, False

    def _pages(self, file: Path) -> tuple[PageText, ...]:
        try:
            return read_lines_file(file)
        except InputError as error:
            if self._source is not None:
                raise
            raise InputError(
                f"{self.path}: the file with its lines cannot be used. {error} "
                "Or find its lines anew: --lines-from none."
            ) from error


def _first(folders: list[Path], stems: list[str], suffixes: Sequence[str]) -> Path | None:
    places = (
        folder / f"{stem}{suffix}" for folder in folders for stem in stems for suffix in suffixes
    )
    return next((place for place in places if place.is_file()), None)


def _page_of(pages: tuple[PageText, ...], number: int, count: int) -> PageText | None:
    """By the pages' own numbers if they are numbers of this file, else by their places."""
    numbers = [page.number for page in pages]
    if len(set(numbers)) == len(numbers) and all(1 <= each <= count for each in numbers):
        return next((page for page in pages if page.number == number), None)
    return pages[number - 1] if len(pages) == count else None
