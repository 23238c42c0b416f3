"""kineograph annotate --lines PAGE…: a page on this machine that corrects the texts of lines."""

import sys
import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from kineograph.commands.console import Screen

if TYPE_CHECKING:
    from kineograph.studio.lines.book import LineBook
    from kineograph.studio.lines.gather import Gatherer
    from kineograph.studio.lines.result import Result


@dataclass(frozen=True)
class _Asked:
    """A reader with what the page tells of it; empty where none was named."""

    reader: Any = None
    name: str = ""
    characters: tuple[str, ...] = field(default=())


def annotate_lines(
    screen: Screen,
    sources: Sequence[Path],
    *,
    out: Path | None,
    run: str | None,
    export: str | None,
    port: int,
    no_browser: bool,
) -> None:
    """Serve the page until Ctrl-C, and tell what was corrected; status 1 if a page was left out."""
    from kineograph.studio.auth import new_token
    from kineograph.studio.lines.book import LineBook
    from kineograph.studio.lines.gather import Gatherer
    from kineograph.studio.lines.result import Result
    from kineograph.studio.lines.server import make_lines_app
    from kineograph.studio.lines.sheet import SheetPictures
    from kineograph.studio.listen import listen, serve

    out = out or beside(sources)
    asked = _load(run) if run else _Asked()
    pictures = SheetPictures(out)
    book = LineBook(out)
    try:
        result = Result(book, pictures, export=export, command="kineograph " + _command())
        gatherer = Gatherer(book, pictures, sources, asked.reader)
        listener = listen(port)
        token, number = new_token(), listener.getsockname()[1]
        app = make_lines_app(
            book, pictures, gatherer, result, known=_known(asked, book), token=token, port=number
        )
        address = f"http://127.0.0.1:{number}/#{token}"
        _greet(screen, book, address, out)
        result.write_all()  # what was decided just before a kill
        gatherer.start()
        try:
            serve(app, listener, lambda: no_browser or webbrowser.open(address))
        finally:
            gatherer.stop()
            result.write_all()
    finally:
        book.close()
    _part(screen, book, gatherer, result)


def beside(sources: Sequence[Path]) -> Path:
    """Where corrections are kept if nobody says: beside what was named, under a name like its."""
    first = sources[0].absolute()
    return first.with_name(f"{first.stem if first.is_file() else first.name}-lines")


def _command() -> str:
    return " ".join(sys.argv[1:])


def _load(run: str) -> _Asked:
    from kineograph.predict.reader import Reader
    from kineograph.studio.lines.server import known_characters

    reader = Reader.load(run)
    alphabet, policy = reader.trained.alphabet, reader.trained.policy
    return _Asked(reader, reader.name, known_characters(alphabet.characters, policy))


def _known(asked: _Asked, book: "LineBook") -> Any:
    """What the reader can write; without one, the characters that were given with the lines."""
    from kineograph.studio.lines.server import Known

    if asked.reader is not None:
        return Known(asked.name, asked.characters)
    texts = [entry.spot.text for entry in book.entries.values()]
    return Known("", tuple(sorted({character for text in texts for character in text})))


def _greet(screen: Screen, book: "LineBook", address: str, out: Path) -> None:
    if book.torn:
        screen.say("The last entry of the journal was cut off before it was saved; it is dropped.")
    counts = book.count()
    if book.entries:
        screen.say(f"{out}: {len(book.entries)} lines, {counts['accepted']} accepted so far.")
    screen.say(f"Open  {address}")
    screen.say(f"Every decision is saved in {out} at once. Ctrl-C ends the server.")


def _part(screen: Screen, book: "LineBook", gatherer: "Gatherer", result: "Result") -> None:
    out, counts = book.out, book.count()
    problems = [*gatherer.problems, *filter(None, [result.problem])]
    for told in (*problems, *gatherer.notes):
        screen.say(told)
    screen.say(
        f"{out}: {counts['accepted']} line{'' if counts['accepted'] == 1 else 's'} accepted, "
        f"{counts['no line']} not a line, {counts['open'] + counts['skipped']} left."
    )
    if counts["accepted"]:
        screen.say(f"Learn from them: kineograph train ocr-line {out} --from RUN")
    screen.result(
        {
            "folder": str(out),
            "accepted": counts["accepted"],
            "no_lines": counts["no line"],
            "left": counts["open"] + counts["skipped"],
            "problems": problems,
            "notes": gatherer.notes,
        }
    )
    if problems:
        raise typer.Exit(1)
