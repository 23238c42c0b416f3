"""The server of the page for lines: this machine only, the sheets of one book, every key at once.

GET  /                 the page; its script and style
GET  /api/state        lines and sheets that changed after revision ?since=, and how far all is
GET  /api/line         one line: its text, and what a reader said of each character
GET  /api/line_picture its picture
GET  /api/sheet        a page's size, and where its lines stand on it
GET  /api/sheet_picture its picture
POST /api/decide       accept, skip, drop, or keep a draft; refused if another window was faster
POST /api/undo         take back this window's last decision

Lines and sheets are named by their ids; no path is ever taken from a request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kineograph.data.text import (
    COMBINING_E,
    DOUBLE_HYPHEN,
    LIGATURES,
    LONG_S,
    QUOTES,
    WITHOUT_WIDTH,
    TextPolicy,
)
from kineograph.errors import InputError
from kineograph.studio.auth import Guard
from kineograph.studio.lines.book import ACCEPTED, DRAFT, Entry, LineBook
from kineograph.studio.lines.gather import Gatherer
from kineograph.studio.lines.result import Result
from kineograph.studio.lines.sheet import Sheet, SheetPictures, text_line
from kineograph.studio.lines.shown import as_png, characters_of, page_jpeg, view_line
from kineograph.studio.replies import Tabs, in_words, json_of, static

LINES_PAGE = {
    "/": ("lines.html", "text/html"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
    "/annotate.css": ("annotate.css", "text/css"),
    "/lines.css": ("lines.css", "text/css"),
    "/lines.js": ("lines.js", "text/javascript"),
    "/field.js": ("field.js", "text/javascript"),
    "/palette.js": ("palette.js", "text/javascript"),
    "/server.js": ("server.js", "text/javascript"),
}
_RESPELLED = (*LIGATURES, *QUOTES, LONG_S, COMBINING_E, DOUBLE_HYPHEN, *WITHOUT_WIDTH)
_MOST_PROBLEMS = 20  # told on the page; the command tells all


@dataclass(frozen=True)
class Known:
    """What the page is told of the reader: its name, and the characters that it can write.

    Without characters nothing is called new.
    """

    reader: str = ""
    characters: tuple[str, ...] = ()


def known_characters(characters: Sequence[str], policy: TextPolicy) -> tuple[str, ...]:
    """An alphabet, and what the text policy turns into characters of it, or into nothing."""
    alphabet = set(characters)
    respelled = [
        each
        for each in _RESPELLED
        if (spelled := policy(f"a{each}a")) != f"a{each}a" and set(spelled) <= alphabet | {"a"}
    ]
    marked = [COMBINING_E] if policy.combining_e == "umlaut" else []
    return tuple(dict.fromkeys([*characters, *respelled, *marked]))


def make_lines_app(
    book: LineBook,
    pictures: SheetPictures,
    gatherer: Gatherer,
    result: Result,
    *,
    known: Known,
    token: str,
    port: int,
) -> Guard:
    """The whole server as an ASGI app behind its guard."""
    page = _Page(book, pictures, gatherer, result, known)
    routes = [Route(path, static(*what)) for path, what in LINES_PAGE.items()]
    for path, handler, method in (
        ("/api/state", page.state, "GET"),
        ("/api/line", page.line, "GET"),
        ("/api/line_picture", page.line_picture, "GET"),
        ("/api/sheet", page.sheet, "GET"),
        ("/api/sheet_picture", page.sheet_picture, "GET"),
        ("/api/decide", page.decide, "POST"),
        ("/api/undo", page.undo, "POST"),
    ):
        routes.append(Route(path, in_words(handler), methods=[method]))
    return Guard(Starlette(routes=routes), token=token, port=port)


class _Page:
    """The answers of one server."""

    def __init__(
        self,
        book: LineBook,
        pictures: SheetPictures,
        gatherer: Gatherer,
        result: Result,
        known: Known,
    ) -> None:
        self._book, self._pictures = book, pictures
        self._gatherer, self._result, self._known = gatherer, result, known
        self._tabs = Tabs()

    async def state(self, request: Request) -> Response:
        """Asked at the beginning, and every other second by each tab."""
        since = int(request.query_params.get("since", "0"))
        about: dict[str, Any] = {"tabs": self._tabs.count(request)}
        if not since:
            about |= {
                "folder": self._book.out.resolve().name,
                "reader": self._known.reader,
                "characters": list(self._known.characters),
            }
        return JSONResponse({**self._changed(since), **about})

    async def line(self, request: Request) -> Response:
        """What stands in its field, and what was read."""
        entry = self._entry(request)
        view = await run_in_threadpool(self._view, entry)
        reading = entry.reading
        return JSONResponse(
            {
                **entry.row(),
                "given": entry.spot.text,
                "read": reading.text if reading else None,
                "characters": characters_of(entry, view.width_pixels),
                "ink": view.ink,
                "width": view.pixels.shape[1],
                "height": view.pixels.shape[0],
            }
        )

    async def line_picture(self, request: Request) -> Response:
        """A little more than a reader gets of it."""
        entry = self._entry(request)
        png = await run_in_threadpool(lambda: as_png(self._view(entry).pixels))
        return Response(png, media_type="image/png")

    async def sheet(self, request: Request) -> Response:
        """Polygons in pixels of the sheet."""
        sheet = self._sheet(request)
        page = await run_in_threadpool(self._pictures.page, sheet)
        height, width = page.pixels.shape[:2]
        lines = [{"id": spot.id, "polygon": text_line(spot, page).polygon} for spot in sheet.spots]
        return JSONResponse({"id": sheet.id, "width": width, "height": height, "lines": lines})

    async def sheet_picture(self, request: Request) -> Response:
        """Small enough for a screen."""
        sheet = self._sheet(request)
        jpeg = await run_in_threadpool(lambda: page_jpeg(self._pictures.page(sheet)))
        return Response(jpeg, media_type="image/jpeg")

    async def decide(self, request: Request) -> Response:
        """One decision; the answer is what has changed, that of other windows too."""
        asked = await json_of(request)
        since, text = int(asked["since"]), asked.get("text", "")
        if not isinstance(text, str):
            raise ValueError("text is no text")
        line, version, kind = str(asked["line"]), int(asked["version"]), str(asked["kind"])
        window = request.query_params.get("tab", "")
        was = self._book.entry(line).status
        entry = await run_in_threadpool(self._book.decide, line, version, kind, text, window)
        after = None
        if kind != DRAFT and ACCEPTED in (was, entry.status):  # saved by now, and written after it
            after = BackgroundTask(self._result.write_after, entry.sheet)
        return JSONResponse(self._changed(since), background=after)

    async def undo(self, request: Request) -> Response:
        """The line whose decision was taken back, and what has changed."""
        since = int((await json_of(request))["since"])
        window = request.query_params.get("tab", "")
        entry = await run_in_threadpool(self._book.undo, window)
        return JSONResponse(
            {**self._changed(since), "line": entry.spot.id},
            background=BackgroundTask(self._result.write_after, entry.sheet),
        )

    def _changed(self, since: int) -> dict[str, Any]:
        gatherer = self._gatherer
        told = [*gatherer.problems, *gatherer.notes][:_MOST_PROBLEMS]
        problems = [*filter(None, [self._result.problem]), *told]
        return {
            **self._book.rows(since),
            "pages": [gatherer.pages_done, gatherer.pages_found],
            "problems": problems,
        }

    def _view(self, entry: Entry) -> Any:
        return view_line(entry, self._pictures.page(entry.sheet))

    def _entry(self, request: Request) -> Entry:
        return self._book.entry(request.query_params["id"])

    def _sheet(self, request: Request) -> Sheet:
        name = request.query_params["id"]
        if name not in self._book.sheets:
            raise InputError(f"there is no page '{name[:60]}'. Reload the page.")
        return self._book.sheets[name]
