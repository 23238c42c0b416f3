"""The alerts of an evidence folder as its journal tells them, oldest first; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from kineograph.errors import InputError
from kineograph.live.evidence.write_event import CLIP, HIDDEN_CLIP, STRIP
from kineograph.live.journal.entries import Entry, parse
from kineograph.live.journal.journal import JOURNAL, KEEPING, REMOVING


@dataclass(frozen=True)
class Alert:
    """One event that a network saw, and what was kept of it."""

    event: dict[str, Any]  # Event.fields()
    folder: str  # below the evidence folder, with /
    files: tuple[str, ...]
    problems: tuple[str, ...]
    removed: bool = False  # by retention

    @property
    def id(self) -> str:
        """The event's name."""
        return str(self.event["id"])

    @property
    def clip(self) -> str | None:
        """Its file below the evidence folder, if one was kept and is still there."""
        return self._file(CLIP, HIDDEN_CLIP)

    @property
    def strip(self) -> str | None:
        """The same of the film strip."""
        return self._file(STRIP)

    def _file(self, *names: str) -> str | None:
        kept = [name for name in names if name in self.files and not self.removed]
        return f"{self.folder}/{kept[0]}" if kept else None


def read_alerts(folder: Path) -> list[Alert]:
    """What the journal of `folder` says was seen. Raises InputError where there is no journal."""
    try:
        lines = (folder / JOURNAL).read_bytes().split(b"\n")[:-1]
    except OSError as error:
        raise InputError(
            f"{folder}: has no {JOURNAL} that can be read ({error.strerror}). "
            "Name the folder in which kineograph watch keeps evidence."
        ) from None
    found: dict[str, Alert] = {}  # by folder
    for line in lines:
        entry = parse(line)  # what is no entry is for `verify` to name
        if entry is None:
            continue
        if entry.kind in KEEPING and (alert := _alert(entry)):
            found[alert.folder] = alert
        elif entry.kind == REMOVING and (known := found.get(str(entry.content.get("folder")))):
            found[known.folder] = replace(known, removed=True)
    return sorted(found.values(), key=lambda alert: (alert.event["start_time"], alert.id))


def _alert(entry: Entry) -> Alert | None:
    """What an entry tells of; None for cameras that were away, for tests, and for altered lines."""
    event, folder = entry.content.get("event"), entry.content.get("folder")
    files, problems = entry.content.get("files"), entry.content.get("problems")
    if not isinstance(event, dict) or not isinstance(folder, str) or not isinstance(files, dict):
        return None
    if event.get("kind") != "seen" or Path(folder).is_absolute() or ".." in Path(folder).parts:
        return None
    try:
        datetime.fromisoformat(event["start_time"])
        texts = [str(event[name]) for name in ("id", "camera", "window", "label")]
    except (KeyError, TypeError, ValueError):
        return None
    said = problems if isinstance(problems, list) else []
    return Alert(event, folder, tuple(files), tuple(map(str, said))) if all(texts) else None
