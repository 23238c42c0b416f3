"""A window that slides over what comes in time: each is full when something comes after its end.

    start    0         hop       2 hop
             |==== window ====|
                       |==== window ====|
                                 |==== window ====|       and one that ends with the last

Only one window is held, so an hour needs no more room than a clip.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Generic, Protocol, TypeVar


class Timed(Protocol):
    """What has a time."""

    @property
    def seconds(self) -> float:
        """When it is shown."""
        ...


Item = TypeVar("Item", bound=Timed)


class Sliding(Generic[Item]):
    """Stretches of `window` seconds, one begun every `hop` seconds from `start` on."""

    def __init__(self, window: float, hop: float, start: float = 0.0) -> None:
        self._window, self._hop, self._start = window, hop, start
        self._kept: deque[Item] = deque()
        self._covered = float("-inf")

    def add(self, item: Item) -> list[list[Item]]:
        """The next item -> the windows that it is too late for."""
        full = []
        while item.seconds >= self._start + self._window:
            stop = self._start + self._window
            inside = [each for each in self._kept if self._start <= each.seconds < stop]
            if inside:
                full.append(inside)
                self._covered = inside[-1].seconds
            self._start += self._hop
        oldest = min(self._start, item.seconds - self._window)
        while self._kept and self._kept[0].seconds < oldest:
            self._kept.popleft()
        self._kept.append(item)
        return full

    def rest(self) -> list[list[Item]]:
        """The window that ends with the last item, if there is one that no window held."""
        if not self._kept or self._kept[-1].seconds <= self._covered:
            return []
        earliest = self._kept[-1].seconds - self._window
        return [[each for each in self._kept if each.seconds > earliest]]


def windows(items: Iterable[Item], window: float, hop: float) -> Iterator[list[Item]]:
    """All stretches of a file. Every item is in one at least, if hop is no longer than window."""
    sliding: Sliding[Item] = Sliding(window, hop)
    for item in items:
        yield from sliding.add(item)
    yield from sliding.rest()
