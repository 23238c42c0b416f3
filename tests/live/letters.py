"""Events and sinks for the tests of sending."""

import threading
from collections.abc import Callable
from typing import Any

from kineograph.live.sending.message import Message
from kineograph.live.sending.outbox import Clock


def event(name: str = "e1", ended: bool = False, **changes: Any) -> dict[str, Any]:
    """The fields of an event, as `Event.fields()` gives them."""
    return {
        "id": name,
        "camera": "hall",
        "window": "whole",
        "label": "fight",
        "kind": "seen",
        "start_seconds": 71.2,
        "end_seconds": 78.7 if ended else None,
        "peak_seconds": 74.0,
        "peak": 0.93,
        "start_time": "2026-02-14T18:30:12.000000+00:00",
        "end_time": "2026-02-14T18:30:19.500000+00:00" if ended else None,
        "confidences": {"fight": 0.93, "none": 0.07},
        **changes,
    }


class Listed:
    """A sink that keeps what it gets; `answer` may raise before or after that is said."""

    def __init__(self, answer: Callable[[Message], object] = lambda message: None):
        self.got: list[Message] = []
        self.closed = 0
        self._answer = answer

    @property
    def keys(self) -> list[str]:
        return [message.key for message in self.got]

    def send(self, message: Message) -> None:
        self._answer(message)
        self.got.append(message)

    def close(self) -> None:
        self.closed += 1


class Hourglass:
    """A clock whose waits take no time: they are written down, and the time has passed."""

    def __init__(self, seconds: float = 1_000_000.0, chance: float = 0.0):
        self.seconds, self.chance = seconds, chance
        self.waits: list[float] = []

    def wait(self, event: threading.Event, seconds: float | None) -> None:
        if seconds is None:
            event.wait(20)
        else:
            self.waits.append(seconds)
            self.seconds += seconds

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.seconds, self.wait, lambda: self.chance)
