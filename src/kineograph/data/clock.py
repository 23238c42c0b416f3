"""A slower clock: which frames of a video are kept when fewer a second are wanted."""

import math
from collections.abc import Iterable, Iterator

from kineograph.media.frame import Frame

PICTURES_PER_SECOND = 25.0  # the clock of a folder of pictures, which has none
JUST_BEFORE = 1e-6  # seconds; written times are rounded, and 0.4 may be 0.39999999 in the file


class Clock:
    """The first frame of every tick is taken; all of them where the rate is None."""

    def __init__(self, frames_per_second: float | None) -> None:
        self._rate = frames_per_second
        self._kept_tick = -1

    def takes(self, frame: Frame) -> bool:
        """Whether this frame, the next in order, is kept."""
        if self._rate is None:
            return True
        tick = math.floor((frame.seconds + JUST_BEFORE) * self._rate)
        taken = tick > self._kept_tick
        self._kept_tick = max(tick, self._kept_tick)
        return taken


def thinned(frames: Iterable[Frame], frames_per_second: float | None) -> Iterator[Frame]:
    """The frames that a clock of that rate takes."""
    clock = Clock(frames_per_second)
    return (frame for frame in frames if clock.takes(frame))
