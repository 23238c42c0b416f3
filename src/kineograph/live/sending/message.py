"""What is sent of an event: its begin or its end, with the files that belong to it.

{"key": "20260214T183012Z-hall-3fa9c1d28b04/ended", "phase": "ended", "test": false,
 "event": {"camera": "hall", "label": "fight", …},
 "files": [{"name": "clip.mp4", "size_bytes": 812345, "sha256": "9f86…"},
           {"name": "strip.png", "missing": "No such file or directory"}]}
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from kineograph.errors import InputError

BEGUN, LASTING, ENDED = PHASES = "begun", "lasting", "ended"
DOCUMENT = "event.json"  # what the document above is called where it is a file
CLIPS = {".mp4", ".mkv", ".mov", ".avi", ".webm", ".ts", ".mjpeg"}
PICTURES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
HEADINGS = {
    "camera-away": "Camera away",
    "camera-frozen": "Picture frozen",
    "camera-back": "Camera back",
}
SHOWN_CHARACTERS = 200  # of what a server answered


class Refused(Exception):  # noqa: N818 - it is what happened, and reads so
    """A receiver will never take this message: trying again is of no use. Says why in a line."""


@dataclass(frozen=True)
class Enclosed:
    """A file of a message as it lies on the disk now; `problem` says why it cannot be read."""

    path: Path
    name: str  # one of a kind in its message
    size_bytes: int = 0
    sha256: str = ""
    problem: str = ""

    def fields(self) -> dict[str, Any]:
        """Names and JSON values; the folder stays on this machine."""
        if self.problem:
            return {"name": self.name, "missing": self.problem}
        return {"name": self.name, "size_bytes": self.size_bytes, "sha256": self.sha256}


@dataclass(frozen=True)
class Message:
    """One message; `key` is the same however often it is sent."""

    key: str
    event: Mapping[str, Any]
    files: tuple[Path, ...] = ()

    @property
    def phase(self) -> str:
        """`begun`; of a long event `lasting`, when its clip is there before its end; `ended`."""
        return _phase(self.event, self.files)

    @property
    def test(self) -> bool:
        """Whether nothing was seen, and someone only tries whether alerts arrive."""
        return self.event.get("kind") == "test"

    def text(self, name: str) -> str:
        """A field of the event in one line, fit for a header; empty if there is none."""
        return " ".join(str(self.event.get(name) or "").split())

    def time(self, name: str = "start_time") -> datetime | None:
        """A time of the event on this machine's clock and in its zone, or None."""
        said = self.event.get(name)
        return datetime.fromisoformat(said).astimezone() if said else None

    @property
    def heading(self) -> str:
        """What happened, in a word or two: the label, or what became of the camera."""
        return HEADINGS.get(self.text("kind"), self.text("label")) or "Event"

    def subject(self) -> str:
        """One line for a person: `fight · hall · 18:30:12`."""
        start = self.time()
        words = [self.heading, self.text("camera"), f"{start:%H:%M:%S}" if start else ""]
        return ("TEST · " if self.test else "") + " · ".join(word for word in words if word)

    def look(self) -> list[Enclosed]:
        """Its files as they are now: one that has gone is told, and is no error."""
        found: list[Enclosed] = []
        taken = {DOCUMENT}
        for number, path in enumerate(self.files, start=1):
            name = f"{number}-{path.name}" if path.name in taken else path.name
            taken.add(name)
            found.append(_look_at(path, name))
        return found

    def document(self, files: Sequence[Enclosed]) -> dict[str, Any]:
        """What every receiver gets of it, as JSON values."""
        return {
            "key": self.key,
            "phase": self.phase,
            "test": self.test,
            "event": dict(self.event),
            "files": [file.fields() for file in files],
        }


class Sink(Protocol):
    """Somewhere to send to. Must return or raise in a bounded time."""

    def send(self, message: Message) -> None:
        """Hand over one message. Raises Refused for good; any other error means: try again."""

    def close(self) -> None:
        """Let go of what is held open. `send` may follow: what is needed is opened again."""


def message_of(event: Mapping[str, Any], files: Sequence[Path] = ()) -> Message:
    """The message of an event's fields. Raises InputError for fields without an id."""
    name = event.get("id")
    if not isinstance(name, str) or not name.strip():
        raise InputError(f"event: id {name!r} is not a name. Give each event one of its own.")
    whole = tuple(Path(path).absolute() for path in files)
    return Message(key=f"{name}/{_phase(event, whole)}", event=dict(event), files=whole)


def pick(files: Sequence[Enclosed], suffixes: set[str]) -> Enclosed | None:
    """The first file that can be read and is of such a kind: the clip, or the film strip."""
    return next((f for f in files if not f.problem and f.path.suffix.lower() in suffixes), None)


def first_line(error: object) -> str:
    """What an error or a server said, fit for a table: its first line, without control signs."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    line = "".join(sign if sign.isprintable() else " " for sign in (lines or [""])[0])
    return " ".join(line.split())[:SHOWN_CHARACTERS] or type(error).__name__


def _phase(event: Mapping[str, Any], files: Sequence[Path]) -> str:
    if event.get("end_seconds") is not None:
        return ENDED
    return LASTING if files else BEGUN


def _look_at(path: Path, name: str) -> Enclosed:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return Enclosed(path, name, size_bytes=file.tell(), sha256=digest)
    except OSError as error:
        return Enclosed(path, name, problem=error.strerror or "cannot be read")
