"""The server of the marking page: this machine only, the named videos only, every edit at once.

GET  /                       the page; its script and style
GET  /api/state              videos, windows, marks, labels
GET  /api/alive              is another tab open, has it changed anything
POST /api/edit               one edit, refused if it was planned on older marks
GET  /api/frames/N           frames of video N from ?seconds= on, ?count= of them
GET  /api/propose/N          windows to begin with
GET  /api/unsure/N           seconds that a trained network is unsure of
GET  /api/export/N/FORMAT    POST /api/import/N/FORMAT
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kineograph.errors import InputError
from kineograph.media import Box
from kineograph.studio.auth import Guard
from kineograph.studio.exchange import FORMATS
from kineograph.studio.exchange.bring_in import plan_import, sheet_of
from kineograph.studio.frames import FrameReader
from kineograph.studio.marks import Change, Video
from kineograph.studio.project import Project
from kineograph.studio.proposals import DetectedBox, from_boxes, from_motion
from kineograph.studio.replies import (
    Tabs,
    body_of,
    frames_asked,
    frames_reply,
    in_words,
    json_of,
    static,
)

STATIC = {
    "/": ("annotate.html", "text/html"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
    "/annotate.css": ("annotate.css", "text/css"),
    "/annotate.js": ("annotate.js", "text/javascript"),
    "/server.js": ("server.js", "text/javascript"),
    "/timeline.js": ("timeline.js", "text/javascript"),
    "/picture.js": ("picture.js", "text/javascript"),
}

Unsure = Callable[[Path, Box, float], list[dict[str, Any]]]  # file, window, its length


def make_app(
    project: Project,
    *,
    labels: Sequence[str],
    token: str,
    port: int,
    boxes: Sequence[DetectedBox] = (),
    unsure: Unsure | None = None,
) -> Guard:
    """The whole server as an ASGI app behind its guard."""
    studio = Studio(project, labels=labels, boxes=boxes, unsure=unsure)
    routes = [Route(path, static(*what)) for path, what in STATIC.items()]
    for path, handler, method in (
        ("/api/state", studio.state, "GET"),
        ("/api/alive", studio.alive, "GET"),
        ("/api/edit", studio.edit, "POST"),
        ("/api/frames/{number:int}", studio.frames, "GET"),
        ("/api/propose/{number:int}", studio.propose, "GET"),
        ("/api/unsure/{number:int}", studio.unsure, "GET"),
        ("/api/export/{number:int}/{format}", studio.send_out, "GET"),
        ("/api/import/{number:int}/{format}", studio.bring_in, "POST"),
    ):
        routes.append(Route(path, in_words(handler), methods=[method]))
    return Guard(Starlette(routes=routes), token=token, port=port)


class Studio:
    """The answers of one server."""

    def __init__(
        self,
        project: Project,
        *,
        labels: Sequence[str],
        boxes: Sequence[DetectedBox],
        unsure: Unsure | None,
    ) -> None:
        self._project = project
        self._labels = list(labels)
        self._boxes = boxes
        self._unsure = unsure
        self._readers: dict[str, FrameReader] = {}
        self._tabs = Tabs()

    async def state(self, request: Request) -> Response:
        """All that the page draws."""
        return JSONResponse(self._state(request))

    async def alive(self, request: Request) -> Response:
        """Asked every other second by each open tab."""
        return JSONResponse({"revision": self._project.revision, "tabs": self._tabs.count(request)})

    async def edit(self, request: Request) -> Response:
        """One edit; the answer is the new state."""
        asked = await json_of(request)
        revision = int(asked["revision"])
        await run_in_threadpool(self._edit, revision, asked["edit"])
        return JSONResponse(self._state(request))

    async def frames(self, request: Request) -> Response:
        """A JSON list of times, then the JPEGs: 4 bytes say how long the list is."""
        reader = self._reader(self._video(request))
        pictures = await run_in_threadpool(reader.run, *frames_asked(request))
        return frames_reply(reader, pictures)

    async def propose(self, request: Request) -> Response:
        """Squares to accept or pass over; none of them is kept until it is accepted."""
        video = self._video(request)
        if self._boxes:
            name = Path(video.path).name
            found = from_boxes(self._boxes, name, video.width, video.height)
        else:
            found = await run_in_threadpool(from_motion, Path(video.path), video.duration_seconds)
        source = "boxes" if self._boxes else "motion"
        squares = [
            {"x": p.box.x, "y": p.box.y, "size": p.box.width, "person": p.person} for p in found
        ]
        return JSONResponse({"source": source, "windows": squares})

    async def unsure(self, request: Request) -> Response:
        """The seconds to mark next, the most uncertain first."""
        if self._unsure is None:
            raise InputError("no network was named. Start again with --run RUN.")
        video = self._video(request)
        windows = self._project.marks.of_video(video.id)
        if not windows:
            raise InputError("there is no window to look into. Draw one first.")
        found = []
        for window in windows:
            marked = [
                (mark.start_seconds, mark.end_seconds)
                for mark in self._project.marks.of_window(window.id)
            ]
            answers = await run_in_threadpool(
                self._unsure, Path(video.path), window.box, video.duration_seconds
            )
            for each in answers:
                inside = (each["start_seconds"] + each["end_seconds"]) / 2
                if not any(start <= inside < end for start, end in marked):
                    found.append({**each, "window": window.id, "person": window.person})
        found.sort(key=lambda each: each["certainty"])
        return JSONResponse({"seconds": found[:30]})

    async def send_out(self, request: Request) -> Response:
        """One video's marks as another program's file."""
        video = self._video(request)
        kind = _format(request)
        sheet = sheet_of(self._project.marks, video, self._project.moments[video.id])
        return JSONResponse(
            {
                "name": f"{Path(video.name).stem}{kind.suffix}",
                "text": kind.write(sheet),
                "note": kind.loses,
            }
        )

    async def bring_in(self, request: Request) -> Response:
        """Marks of another program's file, all or none."""
        video = self._video(request)
        kind = _format(request)
        text = (await body_of(request)).decode("utf-8", errors="strict")
        revision = int(request.query_params["revision"])
        notes = await run_in_threadpool(self._bring_in, revision, video, kind.read, text)
        return JSONResponse({**self._state(request), "notes": notes})

    def _bring_in(self, revision: int, video: Video, read: Any, text: str) -> list[str]:
        project = self._project
        with project.at_revision(revision):
            sheet = sheet_of(project.marks, video, project.moments[video.id])
            changes, notes = plan_import(project.marks, video, read(text, sheet))
            project.edit(changes)
        return notes

    def _edit(self, revision: int, edit: Mapping[str, Any]) -> None:
        project = self._project
        with project.at_revision(revision):
            kind = edit.get("kind")
            if kind == "undo":
                project.undo()
            elif kind == "redo":
                project.redo()
            else:
                changes = self._plan(edit)
                project.edit(changes, stroke=str(edit.get("stroke") or ""))

    def _plan(self, edit: Mapping[str, Any]) -> list[Change]:
        marks = self._project.marks
        match edit.get("kind"):
            case "window":
                if edit["video"] not in self._project.opened:
                    raise InputError("that video is not open. Reload the page.")
                return marks.plan_window(edit)
            case "remove_window":
                return marks.plan_removal(str(edit["id"]))
            case "paint":
                return marks.plan_paint(
                    str(edit["window"]),
                    edit["start_seconds"],
                    edit["end_seconds"],
                    edit["label"],
                )
            case "move":
                return marks.plan_move(
                    str(edit["mark"]), edit["start_seconds"], edit["end_seconds"], edit["label"]
                )
            case other:
                raise InputError(f"edit '{other}' is unknown. Reload the page.")

    def _state(self, request: Request) -> dict[str, Any]:
        project = self._project
        opened = [project.marks.videos[name] for name in project.opened]
        return {
            **project.state(),
            "tabs": self._tabs.count(request),
            "videos": [
                {
                    "id": video.id,
                    "name": video.name,
                    "width": video.width,
                    "height": video.height,
                    "duration_seconds": video.duration_seconds,
                    "frames": len(project.moments[video.id]),
                }
                for video in opened
            ],
            "labels": self._labels,
            "folder": project.folder.name,
            "boxes": bool(self._boxes),
            "run": self._unsure is not None,
            "formats": [
                {"key": key, "title": kind.title, "suffix": kind.suffix, "loses": kind.loses}
                for key, kind in FORMATS.items()
            ],
        }

    def _video(self, request: Request) -> Video:
        """By its number in the order of the command: no path is ever taken from a request."""
        number = request.path_params["number"]
        if not 0 <= number < len(self._project.opened):
            raise InputError(f"there is no video {number}. Reload the page.")
        return self._project.marks.videos[self._project.opened[number]]

    def _reader(self, video: Video) -> FrameReader:
        if video.id not in self._readers:
            self._readers[video.id] = FrameReader(Path(video.path))
        return self._readers[video.id]


def _format(request: Request) -> Any:
    key = request.path_params["format"]
    if key not in FORMATS:
        raise InputError(f"format '{key}' is unknown. Known are {', '.join(FORMATS)}.")
    return FORMATS[key]
