"""The server of the page for handwriting: this machine only, one book, every stroke at once.

GET  /                       the page; its script and style
GET  /api/state              lines that changed after revision ?since=, and what can be asked for
POST /api/edit               a stroke, undo, anew, done, skip; refused if another window was faster
POST /api/write              a text in the person's hand -> the number of a drawing
GET  /api/drawing/N/FORM     that drawing: svg, png, html, inkml, gcode

Lines and drawings are named by their numbers; no path is ever taken from a request.
"""

from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kineograph.errors import InputError
from kineograph.studio.auth import Guard
from kineograph.studio.ink.book import InkBook
from kineograph.studio.ink.hand import MOST_BIAS, MOST_CHARACTERS, Desk, Wish
from kineograph.studio.replies import Tabs, in_words, json_of, static

INK_PAGE = {
    "/": ("ink.html", "text/html"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
    "/annotate.css": ("annotate.css", "text/css"),
    "/ink.css": ("ink.css", "text/css"),
    "/ink.js": ("ink.js", "text/javascript"),
    "/pen.js": ("pen.js", "text/javascript"),
    "/server.js": ("server.js", "text/javascript"),
}


def make_ink_app(book: InkBook, desk: Desk | None, *, token: str, port: int) -> Guard:
    """The whole server as an ASGI app behind its guard. Without a desk the page only collects."""
    page = _Page(book, desk)
    routes = [Route(path, static(*what)) for path, what in INK_PAGE.items()]
    for path, handler, method in (
        ("/api/state", page.state, "GET"),
        ("/api/edit", page.edit, "POST"),
        ("/api/write", page.write, "POST"),
        ("/api/drawing/{drawing:int}/{form}", page.drawing, "GET"),
    ):
        routes.append(Route(path, in_words(handler), methods=[method]))
    return Guard(Starlette(routes=routes), token=token, port=port)


class _Page:
    """The answers of one server."""

    def __init__(self, book: InkBook, desk: Desk | None) -> None:
        self._book, self._desk = book, desk
        self._tabs = Tabs()

    async def state(self, request: Request) -> Response:
        """Asked at the beginning, and every other second by each tab."""
        since = int(request.query_params.get("since", "0"))
        about: dict[str, Any] = {"tabs": self._tabs.count(request)}
        if not since:
            desk = self._desk
            about |= {
                "folder": self._book.out.resolve().name,
                "writer": self._book.writer,
                "run": desk.name if desk else "",
                "characters": desk.hand.characters if desk else "",
                "most_bias": MOST_BIAS,
                "most_characters": MOST_CHARACTERS,
            }
        return JSONResponse({**self._book.rows(since), **about})

    async def edit(self, request: Request) -> Response:
        """One edit; the answer is what has changed, that of other windows too."""
        asked = await json_of(request)
        since, number = int(asked["since"]), int(asked["line"])
        edit = number, int(asked["version"]), str(asked["kind"]), asked.get("points")
        await run_in_threadpool(self._book.edit, *edit)
        return JSONResponse(self._book.rows(since))

    async def write(self, request: Request) -> Response:
        """A drawing of a text, gone on from a line of the book, or from none."""
        if self._desk is None:
            raise InputError("no network was named. Start again: kineograph ink RUN.")
        asked = await json_of(request)
        text, number = asked["text"], asked.get("own")
        if not isinstance(text, str):
            raise ValueError("text is no text")
        own = None
        if number is not None:
            line = self._book.line(int(number))
            if not line.saved:
                raise InputError(f"“{line.text}” is not done. Write it, or take another line.")
            own = line.line
        wish = Wish(text, float(asked["bias"]), int(asked["seed"]), own)
        return JSONResponse(await run_in_threadpool(self._desk.write, wish))

    async def drawing(self, request: Request) -> Response:
        """One drawing as a file."""
        if self._desk is None:
            raise InputError("no network was named. Start again: kineograph ink RUN.")
        number, form = request.path_params["drawing"], f".{request.path_params['form']}"
        content, media = await run_in_threadpool(self._desk.file, number, form)
        return Response(content, media_type=media)
