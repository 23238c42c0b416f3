"""kineograph ink [RUN]: a page on this machine to write lines by hand, and to have more written."""

import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kineograph.commands.console import AsJson, Screen

if TYPE_CHECKING:
    from kineograph.studio.ink.book import InkBook
    from kineograph.studio.ink.hand import Desk


def ink(
    run: Annotated[
        str | None,
        typer.Argument(
            help="A network that writes by hand; without one, lines are only collected."
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Where all that is written is kept.")] = Path("ink"),
    lines: Annotated[
        str,
        typer.Option(
            metavar="FILE|LANGUAGE",
            help="What is to be written, a line a row; or english, german, russian.",
        ),
    ] = "english",
    writer: Annotated[str, typer.Option(help="Who writes: the group of the lines.")] = "me",
    device: Annotated[str, typer.Option(help="Of the network: auto, cpu, cuda, …")] = "auto",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any that is free.")] = 0,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address and open nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write lines by pen, finger or mouse on a page for this machine alone; then let RUN go on."""
    screen = Screen(as_json)
    from kineograph.studio.auth import new_token
    from kineograph.studio.ink.book import InkBook
    from kineograph.studio.ink.given import check_writer, given_lines, known_to
    from kineograph.studio.ink.server import make_ink_app
    from kineograph.studio.listen import listen, serve

    check_writer(writer)
    texts = given_lines(lines)
    desk = _desk(run, device) if run else None
    if desk:
        texts, told = known_to(texts, desk.hand.characters, desk.name)
        if told:
            screen.say(told)
    book = InkBook(out, texts, writer)
    try:
        listener = listen(port)
        token, number = new_token(), listener.getsockname()[1]
        app = make_ink_app(book, desk, token=token, port=number)
        address = f"http://127.0.0.1:{number}/#{token}"
        _greet(screen, book, address)
        serve(app, listener, lambda: no_browser or webbrowser.open(address))
    finally:
        book.close()
    _part(screen, book, desk)


def _desk(run: str, device: str) -> "Desk":
    from kineograph.predict.hand import Hand
    from kineograph.studio.ink.hand import Desk
    from kineograph.training.reproduce import choose_device

    return Desk(Hand.load(run, choose_device(device)))


def _greet(screen: Screen, book: "InkBook", address: str) -> None:
    if book.torn:
        screen.say("The last entry of the journal was cut off before it was saved; it is dropped.")
    screen.say(f"{book.out}: {len(book.lines)} lines to write, {len(book.saved)} done so far.")
    screen.say(f"Open  {address}")
    screen.say(f"Every stroke is saved in {book.out} at once. Ctrl-C ends the server.")


def _part(screen: Screen, book: "InkBook", desk: "Desk | None") -> None:
    done = len(book.saved)
    screen.say(f"{book.out}: {done} line{'' if done == 1 else 's'} done by {book.writer}.")
    if done:
        screen.say(f"Go on in that hand: kineograph sample RUN --text … --prime {book.result}")
        screen.say(f"Learn from them: kineograph prepare strokes-jsonl {book.result} DATA")
    screen.result(
        {
            "folder": str(book.out),
            "run": desk.name if desk else None,
            "writer": book.writer,
            "lines": len(book.lines),
            "done": done,
            "strokes": sum(len(line.saved) for line in book.saved),
            "points": sum(len(stroke) for line in book.saved for stroke in line.saved),
            "file": str(book.result) if done else None,
        }
    )
