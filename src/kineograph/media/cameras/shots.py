"""What a camera gives: shots and changes of its health in one line, and its counters."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, TypeVar

T = TypeVar("T")

HealthKind = Literal["away", "back", "frozen", "ended"]
State = Literal["connecting", "up", "away", "frozen", "ended"]


@dataclass(frozen=True, slots=True)
class Shot(Generic[T]):
    """What was made of one picture, and when that picture was shown."""

    value: T
    seconds: float  # on the camera's clock: since the first picture that it ever showed
    time: datetime  # UTC, on this machine's clock
    stretch: int  # another number after every break: what was remembered of before is void
    index: int  # of the picture, counted from 0 over all stretches; dropped ones are counted too


@dataclass(frozen=True, slots=True)
class Health:
    """A change: no picture for too long, the same one for too long, all well again, or the end."""

    kind: HealthKind
    seconds: float  # on the camera's clock
    time: datetime  # UTC
    reason: str = ""  # one line, without secrets


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """A camera's counters since it was started."""

    name: str
    state: State
    frames: int  # pictures that were decoded
    dropped: int  # of these, thrown away because nobody took them in time
    broken: int  # packets that could not be decoded, and pictures that could not be used
    reconnects: int  # how often it could not be opened, or was lost
    last_frame_age_seconds: float | None
    error: str  # the last one, one line without secrets; "" while there was none


class WaitingLine(Generic[T]):
    """What waits to be taken, in order; changes of health are never dropped."""

    def __init__(self, most_shots: int) -> None:
        self.dropped = 0
        self._most = most_shots
        self._shots = 0
        self._items: deque[Shot[T] | Health] = deque()
        self._changed = threading.Condition()
        self._closed = False

    def tell(self, health: Health) -> None:
        """Put a change of health behind what waits."""
        with self._changed:
            self._items.append(health)

    def push(self, shot: Shot[T]) -> None:
        """Put a shot in; where there is no room, the oldest one is dropped for it."""
        with self._changed:
            if self._closed:
                return
            if self._shots >= self._most:
                oldest = next(i for i, item in enumerate(self._items) if isinstance(item, Shot))
                del self._items[oldest]
                self._shots -= 1
                self.dropped += 1
            self._items.append(shot)
            self._shots += 1

    def wait_and_push(self, shot: Shot[T], news: threading.Event) -> None:
        """Put a shot in as soon as there is room; sets `news` then."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._shots < self._most)
            if not self._closed:
                self._items.append(shot)
                self._shots += 1
        news.set()

    def take(self, most: int) -> list[Shot[T] | Health]:
        """The `most` next ones, without waiting."""
        with self._changed:
            taken = [self._items.popleft() for _ in range(min(most, len(self._items)))]
            self._shots -= sum(isinstance(item, Shot) for item in taken)
            self._changed.notify_all()
            return taken

    def close(self) -> None:
        """Let nothing in any more, and nobody wait."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
