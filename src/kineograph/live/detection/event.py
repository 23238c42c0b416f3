"""An event: something was seen, or a camera went away; from when to when, and how sure.

    {"id": "20260214T183012Z-hall-3fa9c1d28b04", "camera": "hall", "window": "whole",
     "label": "fight", "kind": "seen", "start_seconds": 71.2, "end_seconds": null, "peak": 0.93, …}

Two clocks: `seconds` of the camera's own stream, and `time`, this machine's in UTC.
"""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from kineograph.errors import InputError, nearest

KINDS = ("seen", "camera-away", "camera-frozen", "camera-back", "test")
WHOLE = "whole"  # the window of a camera that has none


@dataclass(frozen=True)
class Event:
    """One event of one window of one camera; while it lasts, its end is None.

    id: the same for its begin and its end, and after a crash: see `event_id`.
    start_seconds, end_seconds, peak_seconds: on the camera's stream clock.
    peak: the smoothed probability of the label where it is highest, 0 to 1.
    start_time, end_time: this machine's clock, UTC.
    confidences: smoothed probability of every class at the peak; empty where no network was asked.
    Raises InputError for what cannot be an event.
    """

    id: str
    camera: str
    window: str
    label: str
    kind: str
    start_seconds: float
    end_seconds: float | None
    peak_seconds: float
    peak: float
    start_time: datetime
    end_time: datetime | None
    confidences: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what cannot be an event, in one line."""
        for fault in (_fault_in_texts(self), _fault_in_numbers(self), _fault_in_times(self)):
            if fault:
                raise InputError(fault)

    @property
    def open(self) -> bool:
        """Whether it still lasts."""
        return self.end_seconds is None

    def fields(self) -> dict[str, Any]:
        """Names and JSON values; times as ISO 8601 in UTC."""
        said = asdict(self)
        for name in ("start_time", "end_time"):
            said[name] = _written(said[name])
        return said

    @classmethod
    def from_fields(cls, values: Mapping[str, Any]) -> "Event":
        """The event that `fields` wrote. Raises InputError for missing or unknown ones."""
        known = [each.name for each in fields(cls)]
        for name in values:
            if name not in known:
                hint = nearest(name, known) or f"The fields are {', '.join(known)}."
                raise InputError(f"event: unknown field '{name}'. {hint}")
        for name in known:
            if name not in values and name != "confidences":
                raise InputError(f"event: no '{name}'; every event has one. Copy the file again.")
        given = dict(values)
        for name in ("start_time", "end_time"):
            given[name] = _read_time(name, given[name])
        return cls(**given)


def event_id(camera: str, window: str, label: str, kind: str, start_time: datetime) -> str:
    """A name such as `20260214T183012Z-hall-3fa9c1d28b04`, fit for a file and sorted by time.

    It depends on its arguments and on nothing else, so that a program that was killed and begins
    again gives an event the name that it had: whoever receives it twice sees that it is one.
    """
    start = start_time.astimezone(UTC)
    key = json.dumps([camera, window, label, kind, start.isoformat(timespec="microseconds")])
    digest = hashlib.sha256(key.encode()).hexdigest()[:12]
    stem = re.sub(r"[^A-Za-z0-9_]+", "_", camera)[:40]
    return f"{start:%Y%m%dT%H%M%SZ}-{stem}-{digest}"


def _written(time: datetime | None) -> str | None:
    return None if time is None else time.astimezone(UTC).isoformat(timespec="microseconds")


def _read_time(name: str, value: Any) -> datetime | None:
    if value is None and name == "end_time":
        return None
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise InputError(
            f"event: {name} {value!r} is not a time. Write one such as 2026-02-14T18:30:12+00:00."
        ) from None


def _fault_in_texts(event: Event) -> str | None:
    for name in ("id", "camera", "window", "label"):
        value = getattr(event, name)
        if not isinstance(value, str) or not value.strip():
            return f"event: {name} {value!r} is not a name. Write a word in quotes."
    if event.kind not in KINDS:
        hint = nearest(str(event.kind), KINDS) or f"Write one of {', '.join(KINDS)}."
        return f"event: kind {event.kind!r} is none that there is. {hint}"
    return None


def _fault_in_numbers(event: Event) -> str | None:
    start, end, peak = event.start_seconds, event.end_seconds, event.peak
    for name in ("start_seconds", "end_seconds", "peak_seconds", "peak"):
        value = getattr(event, name)
        if value is None and name == "end_seconds":
            continue
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            return f"event: {name} {value!r} is not a number. Write one such as 4.2."
    if end is not None and end < start:
        return f"event: end_seconds {end:g} lies before start_seconds {start:g}. Correct one."
    if not 0 <= peak <= 1:
        return f"event: peak {peak:g} is not a probability. Write a number from 0 to 1."
    return None


def _fault_in_times(event: Event) -> str | None:
    for name in ("start_time", "end_time"):
        value = getattr(event, name)
        if value is None and name == "end_time":
            continue
        if not isinstance(value, datetime) or value.utcoffset() != timedelta(0):
            return f"event: {name} {value!r} is not a time in UTC. Give one with its zone, as UTC."
    if (event.end_time is None) != (event.end_seconds is None):
        return "event: end_seconds and end_time are not both there. Give both, or neither."
    return None
