"""The server of the reviewing page: this machine only, one evidence folder, every mark at once.

GET  /                 the page; its script and style
GET  /api/state        alerts, marks, precision so far
GET  /api/alive        is anything new
GET  /api/alert        one alert's scores and where its clip lies in time
GET  /api/frames       its clip's frames from ?seconds= on, ?count= of them
GET  /api/strip        its film strip
POST /api/mark         what it was: right, wrong (and truly a label), unsure, or open again

An alert is named by ?event=, its id; no path is ever taken from a request. Frames are those that
the decoder gives, as on the marking page: also codecs that no browser plays can be looked at.
"""

import json
import math
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kineograph.errors import InputError
from kineograph.live.evidence.alerts import Alert
from kineograph.live.evidence.write_event import FIELDS
from kineograph.studio.auth import Guard
from kineograph.studio.desk import Desk
from kineograph.studio.frames import FrameReader
from kineograph.studio.replies import frames_asked, frames_reply, in_words, json_of, static

REVIEW_PAGE = {
    "/": ("review.html", "text/html"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
    "/annotate.css": ("annotate.css", "text/css"),
    "/review.css": ("review.css", "text/css"),
    "/review.js": ("review.js", "text/javascript"),
    "/server.js": ("server.js", "text/javascript"),
    "/picture.js": ("picture.js", "text/javascript"),
}
MOST_READERS = 4  # clips whose frames are kept: the one on show and its neighbours


def make_review_app(desk: Desk, *, labels: Sequence[str], token: str, port: int) -> Guard:
    """The whole server as an ASGI app behind its guard. labels: offered beside those known."""
    page = _Page(desk, labels)
    routes = [Route(path, static(*what)) for path, what in REVIEW_PAGE.items()]
    for path, handler, method in (
        ("/api/state", page.state, "GET"),
        ("/api/alive", page.alive, "GET"),
        ("/api/alert", page.alert, "GET"),
        ("/api/frames", page.frames, "GET"),
        ("/api/strip", page.strip, "GET"),
        ("/api/mark", page.mark, "POST"),
    ):
        routes.append(Route(path, in_words(handler), methods=[method]))
    return Guard(Starlette(routes=routes), token=token, port=port)


class _Page:
    """The answers of one server."""

    def __init__(self, desk: Desk, labels: Sequence[str]) -> None:
        self._desk, self._labels = desk, list(labels)
        self._readers: OrderedDict[str, FrameReader] = OrderedDict()

    async def state(self, request: Request) -> Response:
        """All that the page draws."""
        await run_in_threadpool(self._desk.refresh)
        return JSONResponse(self._state())

    async def alive(self, request: Request) -> Response:
        """Asked now and then."""
        await run_in_threadpool(self._desk.refresh)
        return JSONResponse({"revision": self._desk.revision})

    async def mark(self, request: Request) -> Response:
        """One mark; the answer is the new state."""
        asked = await json_of(request)
        label = asked.get("label")
        if label is not None and not isinstance(label, str):
            raise ValueError("label is no text")
        await run_in_threadpool(
            self._desk.mark, str(asked["event"]), str(asked["verdict"]), label or None
        )
        return JSONResponse(self._state())

    async def alert(self, request: Request) -> Response:
        """What its event.json says of scores and of time; nothing where there is none."""
        alert = self._asked(request)
        path = self._desk.folder / alert.folder / FIELDS
        details = await run_in_threadpool(_details, path, alert)
        if alert.clip is not None:
            with suppress(InputError, OSError):  # a clip that is broken is told when it is played
                reader = await run_in_threadpool(self._reader, self._desk.folder / alert.clip)
                details["width_pixels"] = reader.width_pixels
        return JSONResponse(details)

    async def frames(self, request: Request) -> Response:
        """Times and JPEGs of its clip."""
        alert = self._asked(request)
        if alert.clip is None:
            raise InputError("no clip was kept of this alert. Look at its film strip.")
        reader = await run_in_threadpool(self._reader, self._desk.folder / alert.clip)
        pictures = await run_in_threadpool(reader.run, *frames_asked(request))
        return frames_reply(reader, pictures)

    async def strip(self, request: Request) -> Response:
        """Its film strip."""
        alert = self._asked(request)
        if alert.strip is None:
            raise InputError("no film strip was kept of this alert. Judge by its clip.")
        path = self._desk.folder / alert.strip
        try:
            return Response(await run_in_threadpool(path.read_bytes), media_type="image/png")
        except OSError as error:
            raise InputError(f"{path.name}: cannot be read ({error.strerror}).") from None

    def _state(self) -> dict[str, Any]:
        desk = self._desk
        state = desk.state()
        known = [name for alert in state["alerts"] for name in alert["confidences"]]
        said = [alert[key] for alert in state["alerts"] for key in ("label", "true_label")]
        labels = dict.fromkeys([*self._labels, *known, *said])
        return {
            **state,
            "labels": [label for label in labels if label],
            "folder": desk.folder.resolve().name,
            "revision": desk.revision,
        }

    def _asked(self, request: Request) -> Alert:
        event = request.query_params["event"]
        for alert in self._desk.alerts:
            if alert.id == event:
                return alert
        raise InputError(f"there is no alert '{event}'. Reload the page.")

    def _reader(self, path: Path) -> FrameReader:
        """One reader a clip; of those not looked at for longest, none."""
        name = str(path)
        reader = self._readers.pop(name, None) or FrameReader(path)
        self._readers[name] = reader
        while len(self._readers) > MOST_READERS:
            self._readers.popitem(last=False)[1].close()
        return reader


def _details(path: Path, alert: Alert) -> dict[str, Any]:
    """Seconds from the clip's first picture on; what cannot be read is left out."""
    try:
        said = json.loads(path.read_bytes())
        clip, scores = said["clip"], said["scores"]
        zero = float(clip["start_seconds"])
        shares = scores["probabilities"].get(alert.event["label"], [])
        event = alert.event
        return {
            "length": float(clip["end_seconds"]) - zero,
            "begins": float(event["start_seconds"]) - zero,
            "ends": float(event["end_seconds"]) - zero,
            "codec": clip["codec"],
            "scores": [
                [round(float(second) - zero, 3), share]
                for second, share in zip(scores["seconds"], shares, strict=False)
                if share is not None and math.isfinite(share)
            ],
            "thresholds": said["thresholds"],
            "network": said["network"],
            "window_pixels": said.get("window_pixels"),
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
