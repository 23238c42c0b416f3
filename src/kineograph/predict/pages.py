"""Files of pages read by a network that reads lines: one page after another, counted in lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from kineograph.errors import InputError
from kineograph.media import VIDEO_SUFFIXES
from kineograph.media.listing import natural_order
from kineograph.pages.ink import DARK_PAPER
from kineograph.pages.layout import find_lines
from kineograph.pages.open import PAGE_SUFFIXES, Page, PageFile
from kineograph.pages.read import LineReading, read_page
from kineograph.predict.given_lines import GivenLines
from kineograph.predict.long_line import joined, parts_of
from kineograph.predict.one_line import (
    has_ink,
    is_one_line,
    is_prepared_line,
    rows_of,
    whole_picture,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kineograph.pages.text import PageText

    Grey = NDArray[np.uint8]

Progress = Callable[[int, int, str], None]  # lines read, lines in all, where

WRITTEN_HERE = (".lines.png", ".searchable.pdf")  # what reading writes is no page to be read


class ReadsLines(Protocol):
    """What is asked: `kineograph.predict.reader.Reader`, or whatever else reads lines."""

    def read(
        self, pictures: Sequence[Grey], progress: Callable[[int, int], None] | None = None
    ) -> Sequence[LineReading]:
        """Line pictures (H, W) uint8 grey, ink dark on light -> as many readings, in order."""


@dataclass(frozen=True, slots=True)
class HowToRead:
    """What a person says of the files.

    lines_from: a PAGE or ALTO file, a folder of such files, "none" to find all lines anew, or None:
    from a file beside the page if there is one. one_line: every picture is one line. password: of
    encrypted PDFs.
    """

    lines_from: str | None = None
    one_line: bool = False
    password: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ReadPage:
    """A page and its text. given: the file that its lines were taken from."""

    page: Page
    text: PageText
    place: str  # the file, and of many pages the number
    number: int
    count: int  # of pages in the file
    given: Path | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """A page that could not be read, and why, in one line."""

    place: str
    reason: str


class LineCount:
    """Progress in lines over several files; pages not yet seen count as those that were."""

    def __init__(self, report: Progress | None = None) -> None:
        self._report = report
        self._pages = self._seen = self._found = self._done = 0

    def expect(self, pages: int) -> None:
        """So many more pages will come."""
        self._pages += pages

    def begin(self) -> None:
        """A page is looked at."""
        self._seen += 1

    def found(self, lines: int, place: str) -> None:
        """It has so many lines."""
        self._found += lines
        self._tell(place)

    def read(self, lines: int, place: str) -> None:
        """So many more lines were read."""
        self._done += lines
        self._tell(place)

    def _tell(self, place: str) -> None:
        if self._report:
            unseen = max(0, self._pages - self._seen)
            guessed = round(unseen * self._found / max(1, self._seen))
            self._report(self._done, max(self._found + guessed, self._done), place)


def count_pages(path: Path, how: HowToRead) -> int:
    """How many pages a file has. Raises InputError for what is no page: a video, a broken file."""
    if path.suffix.lower() in VIDEO_SUFFIXES - PAGE_SUFFIXES:
        raise InputError(
            f"{path}: a video, and lines of text are read from pages. "
            "Give pictures, TIFFs or PDFs, or a network that labels clips."
        )
    with PageFile(path, password=how.password) as pages:
        return len(pages)


def read_file(
    path: Path, reader: ReadsLines, how: HowToRead, count: LineCount
) -> Iterator[ReadPage | Lost]:
    """The pages of a file in order, each read, or lost for itself alone.

    Raises InputError where the file cannot be opened at all.
    """
    given = GivenLines(path, how.lines_from)
    with PageFile(path, password=how.password) as pages:
        for number in range(1, len(pages) + 1):
            place = f"{path}, page {number}" if len(pages) > 1 else str(path)
            count.begin()
            try:
                page = pages.read(number)
                where = _lines_of(page, path, given, how, len(pages))
                count.found(len(where.lines.lines), place)
                text = _read(page, where, reader, count, place)
            except InputError as error:
                yield Lost(place, str(error))
                continue
            text = replace(text, warnings=(*where.told, *text.warnings, *_nothing_read(text)))
            yield ReadPage(page, text, place, number, len(pages), where.given)


@dataclass(frozen=True, slots=True, eq=False)
class _Where:
    """Where a page's lines stand, what is to be said of it, and the file that says so."""

    lines: PageText
    told: tuple[str, ...] = ()
    given: Path | None = None
    are_found: bool = False  # on the page, by their ink


def _lines_of(page: Page, path: Path, given: GivenLines, how: HowToRead, count: int) -> _Where:
    if how.one_line:
        found = find_lines(page)
        if not has_ink(page.grey):
            return _Where(found)
        rows = rows_of(found)
        several = (
            f"{rows} lines seem to stand above each other, and were read as one: leave --one-line "
            "out if it is a page",
        )
        doubts = found.warnings if found.lines else ()
        return _Where(whole_picture(page), (*doubts, *(several if rows > 1 else ())))
    marked = given.page(page.number, count)
    if marked is not None:
        file, lines = marked
        none = (f"no line is marked in {file}: find its lines with --lines-from none",)
        return _Where(lines, () if lines.lines else none, file)
    if is_prepared_line(path) and has_ink(page.grey):
        return _Where(whole_picture(page))
    found = find_lines(page)
    if is_one_line(page.grey, found):
        return _Where(whole_picture(page), found.warnings if found.lines else ())
    return _Where(found, are_found=True)


def _read(page: Page, where: _Where, reader: ReadsLines, count: LineCount, place: str) -> PageText:
    """A page's text, its lines counted as they are read.

    Lines are shown as they were when the network learned: without paper around them, since it would
    make their letters smaller; those that are given as they are given.
    """
    seen, outside = 0, 0

    def read_lines(pictures: Sequence[Grey]) -> list[LineReading]:
        nonlocal outside

        def tell(done: int, total: int) -> None:
            nonlocal seen
            lines = done * len(pictures) // total  # a long line is read in several parts
            count.read(lines - seen, place)
            seen = lines

        shown = [dark_on_light(each) for each in pictures]
        if where.are_found:
            shown = [without_paper(each) for each in shown]
        readings = read_in_parts(shown, reader, tell)
        outside = sum(each.outside_lexicon for each in readings)
        return readings

    text = read_page(page, read_lines, lines=where.lines, margin=0.0)
    if not outside:
        return text
    note = "some lines could not be read in words of the lexicon alone, and were read without it"
    return replace(text, warnings=(*text.warnings, note))


def _nothing_read(text: PageText) -> tuple[str, ...]:
    """What is said of a page that has lines and no text at all."""
    if not text.lines or any(line.text for line in text.lines):
        return ()
    where = f"any of its {len(text.lines)} lines" if len(text.lines) > 1 else "its line"
    return (f"nothing could be read in {where}: the network may not know this script or hand",)


def read_in_parts(
    pictures: Sequence[Grey], reader: ReadsLines, progress: Callable[[int, int], None]
) -> list[LineReading]:
    """Lines of any length: those that are too long for a network at once are read in parts."""
    parts = [parts_of(picture) for picture in pictures]
    pieces = [
        picture[:, part.left : part.right]
        for picture, own in zip(pictures, parts, strict=True)
        for part in own
    ]
    readings = reader.read(pieces, progress)
    if len(readings) != len(pieces):
        raise InputError(
            f"{len(pieces)} lines were given to the reader, {len(readings)} came back. "
            "A reader answers for every line, in order."
        )
    rest = iter(readings)
    return [joined(own, [next(rest) for _ in own]) for own in parts]


def dark_on_light(picture: Grey) -> Grey:
    """A line (H, W) uint8 as it was learned: what stands light on dark is turned over."""
    return 255 - picture if float(np.median(picture)) < DARK_PAPER else picture


def without_paper(picture: Grey) -> Grey:
    """A line (H, W) uint8, ink dark on light, without the empty rows above and below its ink."""
    import cv2

    _, ink = cv2.threshold(picture, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    rows = np.flatnonzero(np.asarray(ink).any(1))
    return picture[rows[0] : rows[-1] + 1] if len(rows) else picture


def spread(paths: Sequence[Path]) -> list[Path]:
    """A folder stands for the pages in it, in natural order, but those that reading has written.

    Raises InputError for a folder without a page.
    """
    files: list[Path] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        own = [
            file
            for file in sorted(path.iterdir(), key=lambda file: natural_order(file.name))
            if file.suffix.lower() in PAGE_SUFFIXES
            and not file.name.startswith(".")
            and not file.name.endswith(WRITTEN_HERE)
        ]
        if not own:
            raise InputError(
                f"{path}: no page lies in this folder. Give one of pictures, TIFFs or PDFs."
            )
        files += own
    return files
