"""kineograph predict RUN PAGE…: the text of scans, PDFs and lines, on the screen or in files."""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from kineograph.commands.console import Screen
from kineograph.commands.many_files import make_folder, stems_of

if TYPE_CHECKING:
    from kineograph.pages.text import PageText
    from kineograph.predict.pages import HowToRead, LineCount, ReadsLines

_HAVE_ALTERNATIVES = ("json", "page", "alto")  # the forms that hold more than one reading
_SHOWN_PLACES = 3  # of those that one note is about


@dataclass(frozen=True)
class PageWish:
    """What a person asks for."""

    formats: list[str]
    out: Path
    lines_from: str | None
    one_line: bool
    password: str | None
    language: str | None
    lexicon: Path | None
    alternatives: int | None


@dataclass
class Told:
    """What came of all files."""

    texts: dict[str, list["PageText"]] = field(default_factory=dict)  # file -> its pages
    written: list[str] = field(default_factory=list)
    notes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # words -> where
    failed: dict[str, str] = field(default_factory=dict)


def read_pages(run: str, files: list[Path], wish: PageWish, device: str, as_json: bool) -> None:
    """The text of every file; the status is not zero if a file or a page was lost.

    The text alone goes to the standard output, so that it can be piped; all else is said aside.
    """
    from kineograph.predict.pages import HowToRead, spread
    from kineograph.predict.reader import Reader

    how = HowToRead(wish.lines_from, wish.one_line, wish.password)
    _check(wish, as_json)
    paths = spread(files)
    _check_lines_from(wish.lines_from, len(paths))
    if wish.formats:
        make_folder(wish.out)
    screen = Screen(as_json, aside=not wish.formats)
    reader = Reader.load(
        run,
        language=wish.language,
        lexicon=wish.lexicon,
        alternatives=wish.alternatives or 0,
        device=device,
    )
    for note in reader.search.notes:
        screen.say(f"note: {note}")
    told = Told()
    with _whatever_happens(lambda: _print_texts(told, wish, as_json)):
        _read_all(screen, paths, reader, how, wish, told)
    _say(screen, told)
    screen.result({"run": run, "search": reader.search.about, "files": _as_objects(told),
                   "notes": [*reader.search.notes, *_notes(told)], "written": told.written,
                   "failed": told.failed})  # fmt: skip
    if told.failed:
        raise typer.Exit(1)


def _check(wish: PageWish, as_json: bool) -> None:
    """Raise InputError for what would do nothing."""
    from kineograph.errors import InputError

    if wish.one_line and wish.lines_from not in (None, "none"):
        raise InputError(
            "--one-line: every picture is one line, so --lines-from says nothing. "
            "Leave one of them out."
        )
    if wish.alternatives and not (as_json or set(wish.formats) & set(_HAVE_ALTERNATIVES)):
        raise InputError(
            f"--alternatives {wish.alternatives}: the text holds the best reading alone. "
            f"Add --json or --write {' or '.join(_HAVE_ALTERNATIVES)}."
        )


def _check_lines_from(lines_from: str | None, files: int) -> None:
    """Raise InputError for a source of lines that is not there, or that is of one file of many."""
    from kineograph.errors import InputError

    if lines_from in (None, "none"):
        return
    source = Path(str(lines_from))
    if not source.exists():
        raise InputError(
            f"--lines-from {source}: there is no such file or folder. Check the name and folder."
        )
    if source.is_file() and files > 1:
        raise InputError(
            f"--lines-from {source}: has the lines of one file, and {files} are to be read. "
            "Give a folder with one for each, or one file to read."
        )


def _read_all(
    screen: Screen,
    paths: list[Path],
    reader: "ReadsLines",
    how: "HowToRead",
    wish: PageWish,
    told: Told,
) -> None:
    """Every file that can be opened; what cannot is lost for itself alone."""
    from kineograph.errors import InputError
    from kineograph.predict.pages import LineCount, count_pages

    with screen.stage("Reading", "lines") as progress:
        count = LineCount(progress)
        opened: list[tuple[Path, str]] = []
        for path, stem in zip(paths, stems_of(paths), strict=True):
            try:
                count.expect(count_pages(path, how))
                opened.append((path, stem))
            except InputError as error:
                told.failed[str(path)] = str(error)
        for path, stem in opened:
            try:
                _read_file(path, stem, reader, how, wish, count, told)
            except InputError as error:
                told.failed[str(path)] = str(error)


def _read_file(
    path: Path,
    stem: str,
    reader: "ReadsLines",
    how: "HowToRead",
    wish: PageWish,
    count: "LineCount",
    told: Told,
) -> None:
    """One file, written as it is read: what was finished stays, whatever comes later."""
    from kineograph.predict.pages import Lost, read_file
    from kineograph.predict.write_pages import PageWriter

    texts = told.texts.setdefault(str(path), [])
    with PageWriter(wish.formats, wish.out, stem) as writer:
        for page in read_file(path, reader, how, count):
            if isinstance(page, Lost):
                told.failed[page.place] = page.reason
                continue
            texts.append(page.text)
            writer.add(page)
            for words in page.text.warnings:
                told.notes[words].append(page.place)
            if page.given is not None and how.lines_from is None:
                told.notes[
                    f"its lines were taken from {page.given} (find them anew: --lines-from none)"
                ].append(page.place)
    told.written += map(str, writer.written)
    told.failed |= writer.failed


@contextmanager
def _whatever_happens(then: Callable[[], None]) -> Iterator[None]:
    """Also where a person stops it: what was read until then is not lost."""
    try:
        yield
    finally:
        then()


def _print_texts(told: Told, wish: PageWish, as_json: bool) -> None:
    """The text of every file, under its name if there are several."""
    from kineograph.pages.plain import plain_text

    if wish.formats or as_json:
        return
    for path, pages in told.texts.items():
        if any(page.lines for page in pages):
            name = f"==> {path} <==\n" if len(told.texts) > 1 else ""
            _put(name + plain_text(pages))


def _put(text: str) -> None:
    """Onto the standard output in UTF-8, whatever the machine's own encoding lacks."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()


def _say(screen: Screen, told: Told) -> None:
    """What was written, what may be wrong, what is lost."""
    for path in told.written:
        screen.say(f"Wrote {path}")
    for words in _notes(told):
        screen.say(f"note: {words}")
    for place, reason in told.failed.items():
        screen.say(f"failed: {reason}" if place in reason else f"failed: {place}: {reason}")


def _notes(told: Told) -> list[str]:
    """One line for each thing that may be wrong, with the pages that it is said of."""
    lines = []
    for words, places in told.notes.items():
        shown = "; ".join(places[:_SHOWN_PLACES])  # "a.pdf, page 2" has a comma
        more = len(places) - _SHOWN_PLACES
        lines.append(f"{shown}{f' and {more} more' if more > 0 else ''}: {words}")
    return lines


def _as_objects(told: Told) -> list[dict[str, Any]]:
    """Each file's text, and its pages with lines, places, confidences and characters."""
    from kineograph.pages.plain import plain_text

    return [
        {"path": path, "text": plain_text(pages), "pages": [asdict(page) for page in pages]}
        for path, pages in told.texts.items()
    ]
