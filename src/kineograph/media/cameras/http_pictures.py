"""JPEG pictures that a camera sends over HTTP (MJPEG, multipart/x-mixed-replace) -> packets.

A part's X-Timestamp (seconds since 1970, as mjpg-streamer sends it) is its time; where the first
part has none, the time of arrival is.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import math
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from urllib.parse import urlsplit

import av

from kineograph.errors import InputError
from kineograph.media.cameras.multipart import MultipartParser, Part, boundary_of
from kineograph.media.cameras.options import CameraOptions
from kineograph.media.cameras.source import Source, without_secrets

TICK = Fraction(1, 1_000_000)  # seconds
_PIECE_BYTES = 64 * 1024
_CAUSES = (OSError, http.client.HTTPException, ValueError)


class HttpPictures:
    """One connection; `cut` may be called from another thread to end what it waits for."""

    def __init__(self, source: Source, options: CameraOptions) -> None:
        self._source = source
        self._options = options
        self._connection: http.client.HTTPConnection | None = None
        self._response: http.client.HTTPResponse | None = None
        self._socket: socket.socket | None = None
        self._parser = MultipartParser("")
        self._stamped: bool | None = None

    def open(self) -> None:
        """Ask for the pictures and read the answer's head. Raises InputError."""
        try:
            response = self._ask()
        except TimeoutError:
            raise self._error(
                f"no answer within {self._options.open_seconds:g} s", "Is it on, and reachable?"
            ) from None
        except _CAUSES as error:
            raise self._error(_reason(error), "Check host, port and path.") from None
        content_type = response.headers.get("Content-Type", "")
        self._check(response.status, content_type, response.headers.get("Location", ""))
        self._parser = MultipartParser(boundary_of(content_type) or "")

    def packets(self) -> Iterator[av.Packet]:
        """One packet for each part, until the camera stops. Raises InputError."""
        latest = time.monotonic()
        while True:
            parts = self._parser.feed(self._read_some(latest), time.monotonic())
            for part in parts:
                if part.body:
                    yield self._packet(part)
            if parts:
                latest = time.monotonic()

    def _read_some(self, latest_seconds: float) -> bytes:
        """The next bytes; time runs from the latest part on, so that dripping bytes do not help."""
        assert self._response is not None and self._socket is not None, "open it first"
        left = latest_seconds + self._options.read_seconds - time.monotonic()
        try:
            if left <= 0:
                raise TimeoutError
            self._socket.settimeout(left)
            data = self._response.read1(_PIECE_BYTES)
        except TimeoutError:
            raise self._error(
                f"no whole picture for {self._options.read_seconds:g} s", "It is asked again."
            ) from None
        except _CAUSES as error:
            raise self._error(_reason(error), "It is asked again.") from None
        if not data:
            raise self._error("the camera ended the answer", "It is asked again.")
        return data

    def cut(self) -> None:
        """End the connection under whoever waits for it."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the socket back."""
        for opened in (self._response, self._connection, self._socket):
            if opened is not None:
                with contextlib.suppress(*_CAUSES):
                    opened.close()

    def _ask(self) -> http.client.HTTPResponse:
        parts = urlsplit(self._source.address)
        seconds = self._options.open_seconds
        host = parts.hostname or ""
        if parts.scheme.lower() == "https":
            context = ssl.create_default_context()
            if not self._options.check_certificate:
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            self._connection = http.client.HTTPSConnection(
                host, parts.port, timeout=seconds, context=context
            )
        else:
            self._connection = http.client.HTTPConnection(host, parts.port, timeout=seconds)
        self._connection.connect()
        self._socket = self._connection.sock
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"Accept": "multipart/x-mixed-replace, */*", "User-Agent": "kineograph"}
        if login := self._source.login:
            coded = base64.b64encode(":".join(login).encode()).decode()
            headers["Authorization"] = f"Basic {coded}"
        self._connection.request("GET", path, headers=headers)
        self._response = self._connection.getresponse()
        return self._response

    def _check(self, status: int, content_type: str, location: str) -> None:
        if status in (401, 403):
            raise self._error(
                f"refuses this user (HTTP {status})", "Write http://user:password@host/path."
            )
        if location:
            raise self._error(
                f"sends on to {without_secrets(location)!r} (HTTP {status})", "Give that address."
            )
        if status != 200:
            raise self._error(f"answers with HTTP {status}", "Check the path.")
        if boundary_of(content_type) is None:
            kind = re.sub(r"[^\w/+.-].*", "", content_type, flags=re.DOTALL)[:60]
            raise self._error(
                f"sends {kind or 'what it does not name'}, not multipart/x-mixed-replace with a "
                "boundary",
                "Give the camera's MJPEG address.",
            )

    def _packet(self, part: Part) -> av.Packet:
        stamp = _seconds_of(part.headers.get("x-timestamp", ""))
        if self._stamped is None:
            self._stamped = stamp is not None
        seconds = stamp if self._stamped else part.arrived_seconds
        packet = av.Packet(part.body)
        packet.time_base = TICK
        packet.is_keyframe = True
        if seconds is not None:
            packet.pts = packet.dts = round(seconds / TICK)
        return packet

    def _error(self, problem: str, remedy: str) -> InputError:
        return InputError(f"{self._source.shown}: {problem}. {remedy}")


def opened_pictures(
    source: Source, options: CameraOptions, on_way: Callable[[Callable[[], None]], None]
) -> HttpPictures:
    """Connect; `on_way` is told how to cut this off before anything can take long."""
    pictures = HttpPictures(source, options)
    on_way(pictures.cut)
    try:
        pictures.open()
    except BaseException:
        pictures.close()
        raise
    return pictures


def _seconds_of(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and 0 <= seconds < 1e11 else None


def _reason(error: Exception) -> str:
    """What went wrong, without anything that the other side said."""
    if isinstance(error, socket.gaierror):
        return "its host has no address"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "its certificate is not trusted"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return f"no proper HTTP ({type(error).__name__})"
