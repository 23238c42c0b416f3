"""What the servers of all pages share: static files, tabs, bounded bodies, errors in words."""

import json
import struct
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kineograph.errors import InputError
from kineograph.studio.frames import FrameReader, Picture
from kineograph.studio.project import StaleError

PAGES = Path(__file__).parent / "pages"
MOST_BODY_BYTES = 32 << 20
MOST_FRAMES = 32  # of one answer
TAB_SECONDS = 6.0  # a tab that has not asked for so long is closed

Handler = Callable[[Request], Awaitable[Response]]


class Tabs:
    """How many tabs of a browser have the page open: each names itself in ?tab=."""

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}

    def count(self, request: Request) -> int:
        """All that asked lately, the one that asks now among them."""
        now = time.monotonic()
        tab = request.query_params.get("tab", "")[:64]
        if tab:
            self._seen[tab] = now
        self._seen = {k: seen for k, seen in self._seen.items() if now - seen < TAB_SECONDS}
        return len(self._seen)


def static(name: str, media_type: str) -> Handler:
    """A file of the page."""

    async def answer(request: Request) -> Response:
        return Response((PAGES / name).read_bytes(), media_type=media_type)

    return answer


async def body_of(request: Request) -> bytes:
    """What was sent. Raises InputError where it is too much."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BODY_BYTES:
            raise InputError(f"more than {MOST_BODY_BYTES >> 20} MB were sent. Split the file.")
    return body


async def json_of(request: Request) -> Mapping[str, Any]:
    """The object that was sent. Raises ValueError for anything else."""
    found = json.loads(await body_of(request))
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def frames_asked(request: Request) -> tuple[float, int]:
    """From which second on, and how many frames, within what one answer may hold."""
    seconds = float(request.query_params["seconds"])
    return seconds, min(MOST_FRAMES, max(1, int(request.query_params.get("count", "1"))))


def frames_reply(reader: FrameReader, pictures: list[Picture]) -> Response:
    """A JSON list of times, then the JPEGs: 4 bytes say how long the list is."""
    head = json.dumps(
        {
            "problem": reader.problem,
            "frames": [
                {
                    "index": picture.index,
                    "seconds": round(picture.seconds, 6),
                    "until": round(picture.until_seconds, 6),
                    "last": picture.last,
                    "bytes": len(picture.jpeg),
                }
                for picture in pictures
            ],
        }
    ).encode()
    body = struct.pack(">I", len(head)) + head + b"".join(each.jpeg for each in pictures)
    return Response(body, media_type="application/octet-stream")


def in_words(handler: Handler) -> Handler:
    """What a person did wrong is one line with status 400; marks that moved on are 409."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except StaleError as error:
            return _refusal(str(error), 409)
        except InputError as error:
            return _refusal(str(error), 400)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            fault = f"the request is not one that the page makes ({error!r}). Reload the page."
            return _refusal(fault, 400)

    return answer


def _refusal(words: str, status: int) -> Response:
    """What was sent may be quoted in it, and need not be text that can be sent back."""
    sendable = words.encode("utf-8", "replace").decode()
    return JSONResponse({"error": sendable}, status_code=status)
