"""Where pictures come from: a file, a folder, a webcam or a camera in the network; read from text.

What is shown of an address is never its user name or password.
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

from kineograph.errors import InputError, nearest
from kineograph.media.listing import existing

Kind = Literal["file", "folder", "webcam", "rtsp", "mjpeg"]

_SCHEMES: dict[str, Kind] = {
    "rtsp": "rtsp",
    "rtsps": "rtsp",
    "http": "mjpeg",
    "https": "mjpeg",
}
_URL = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*)://")
_DEVICE = re.compile(r"/dev/video(\d+)")


@dataclass(frozen=True, slots=True)
class Source:
    """One source of pictures; `address` may hold a password, so print `shown` instead."""

    name: str
    address: str = field(repr=False)
    kind: Kind

    @property
    def live(self) -> bool:
        """Whether pictures come at their own pace and have no end."""
        return self.kind not in ("file", "folder")

    @property
    def shown(self) -> str:
        """The address without user name, password and query: for logs, pages and errors."""
        if self.kind == "webcam":
            return f"webcam:{self.address}"
        return without_secrets(self.address) if self.live else self.address

    @property
    def login(self) -> tuple[str, str] | None:
        """User name and password, where the address has them."""
        parts = urlsplit(self.address)
        if not self.live or parts.username is None:
            return None
        return unquote(parts.username), unquote(parts.password or "")


def parse_source(text: str, name: str | None = None) -> Source:
    """A path, webcam:N, /dev/videoN, rtsp(s)://… or http(s)://… (MJPEG) -> a Source.

    `name` is what events and folders are called after; without one, it is made of the address.
    Raises InputError for a scheme that is not known, and for a file or folder that is not there.
    """
    text = os.fspath(text).strip()
    webcam = re.fullmatch(r"webcam:(.*)", text, re.DOTALL) or _DEVICE.fullmatch(text)
    url = _URL.match(text)
    if not text:
        raise InputError("a source of pictures: nothing was given. Give a file or rtsp://….")
    if webcam:
        return _webcam(webcam[1], name)
    if url:
        return _network(text, url[1].lower(), name)
    return _local(text, name)


def without_secrets(address: str) -> str:
    """A URL with scheme, host, port and path alone: cameras take passwords in the query too."""
    try:
        parts = urlsplit(address)
        return f"{parts.scheme}://{_host_and_port(parts)}{parts.path}"
    except ValueError:
        scheme, _, rest = address.partition("://")
        return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}"


def _host_and_port(parts: SplitResult) -> str:
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return host if parts.port is None else f"{host}:{parts.port}"


def _webcam(number: str, name: str | None) -> Source:
    if not re.fullmatch(r"[0-9]{1,3}", number):
        raise InputError(
            f"webcam:{number}: a webcam is told by its number, from 0 on. "
            "Give webcam:0 for the first one."
        )
    number = str(int(number))
    return Source(name or f"webcam{number}", number, "webcam")


def _network(text: str, scheme: str, name: str | None) -> Source:
    shown = without_secrets(text)
    if scheme not in _SCHEMES:
        raise InputError(
            f"{shown}: pictures are read from rtsp://, rtsps://, http:// and https://, not "
            f"{scheme}://. {nearest(scheme, _SCHEMES) or 'Give one of these, or a file.'}"
        )
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise InputError(
            f"{shown}: not an address ({_without_text(error)}). "
            "Write it as rtsp://user:password@host:554/path."
        ) from None
    if not host:
        raise InputError(f"{shown}: names no host. Write it as rtsp://user:password@host:554/path.")
    made = re.sub(r"[^A-Za-z0-9.-]+", "-", f"{host}{parts.path}").strip("-.")
    return Source(name or made, text, _SCHEMES[scheme])


def _without_text(error: ValueError) -> str:
    """Why a URL cannot be read; Python's words may repeat a piece of it, password included."""
    return "its port is no number" if "ort" in str(error) else "its host is not well written"


def _local(text: str, name: str | None) -> Source:
    path = existing(text)
    if path.is_dir():
        return Source(name or path.resolve().name or "pictures", str(path), "folder")
    if path.is_file():
        _check_suffix(path)
        return Source(name or path.stem, str(path), "file")
    raise InputError(f"{path}: neither a file nor a folder. Give a video, or webcam:0.")


def _check_suffix(path: Path) -> None:
    """A name that can be no video is refused now; one without a known suffix is tried."""
    if path.suffix.lower() in {".toml", ".json", ".jsonl", ".txt", ".csv", ".py", ".md"}:
        raise InputError(f"{path}: a text file, not pictures. Give a video (.mp4, .mkv, .avi, …).")
