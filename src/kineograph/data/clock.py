"""A slower clock: which frames of a video are kept when fewer a second are wanted.

frames     |   |   |   |   |   |   |        at their true times
ticks      :    .    :    .    :            0.1 s each, for ten a second
first      x        x    x   x              the first frame of every tick
nearest    x   x         x    x             the frame nearest to where the tick begins
"""

import math
from collections.abc import Iterable, Iterator
from typing import TypeVar

from kineograph.media.frame import Frame

PICTURES_PER_SECOND = 25.0  # the clock of a folder of pictures, which has none
JUST_BEFORE = 1e-6  # seconds; written times are rounded, and 0.4 may be 0.39999999 in the file
NEAR_SECONDS = 0.5  # what is farther from a moment is no picture of it
MOMENTS = ("first", "nearest")

Item = TypeVar("Item")


class Clock:
    """Which frames are taken: the first of every tick, or the nearest to where it begins.

    A rate of None takes all. Frames are told in order, each with the time of the one after it.
    """

    def __init__(self, frames_per_second: float | None, moments: str = "first") -> None:
        self._rate = frames_per_second
        self._nearest = moments == "nearest"
        self._kept_tick = -1
        self._before: float | None = None  # the frame before

    def moments(self, seconds: float, following: float | None) -> list[float]:
        """The moments that the next frame stands for: none, its own, or those it is nearest to.

        following: when the frame after it is shown; None: it is the last.
        """
        if self._rate is None:
            return [seconds]
        if self._nearest:
            return self._nearest_to(seconds, following)
        tick = math.floor((seconds + JUST_BEFORE) * self._rate)
        taken = tick > self._kept_tick
        self._kept_tick = max(tick, self._kept_tick)
        return [seconds] if taken else []

    def _nearest_to(self, seconds: float, following: float | None) -> list[float]:
        """Of two frames equally near, the earlier one; the last one as long as those before it."""
        assert self._rate is not None
        before, self._before = self._before, seconds
        step = 1 / self._rate if before is None else seconds - before
        low = seconds - NEAR_SECONDS if before is None else (before + seconds) / 2
        high = seconds + step - 2 * JUST_BEFORE if following is None else (seconds + following) / 2
        first = max(math.floor((low + JUST_BEFORE) * self._rate) + 1, 0)
        last = math.floor((high + JUST_BEFORE) * self._rate)
        ticks = [tick / self._rate for tick in range(first, last + 1)]
        return [tick for tick in ticks if abs(tick - seconds) <= NEAR_SECONDS]


def with_following(items: Iterable[Item]) -> Iterator[tuple[Item, Item | None]]:
    """Each item with the one after it, the last with None; what breaks off gives all before it."""
    coming = iter(items)
    item = next(coming, None)
    while item is not None:
        try:
            following = next(coming, None)
        except Exception:
            yield item, None
            raise
        yield item, following
        item = following


def thinned(frames: Iterable[Frame], frames_per_second: float | None) -> Iterator[Frame]:
    """The first frame of every tick of a clock of that rate."""
    clock = Clock(frames_per_second)
    return (frame for frame in frames if clock.moments(frame.seconds, None))
