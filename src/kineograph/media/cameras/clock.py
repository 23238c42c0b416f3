"""Stamps of shown frames -> seconds: of one stream, and of a camera that was opened many times."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import av

_USUAL_RATE = Fraction(25)  # frames per second, where a file tells neither stamps nor a rate


class StreamClock:
    """Stamps of shown frames -> seconds since the first one; these never stand still or turn back.

    AVI and raw streams hold no presentation stamps (pts). There the decoding stamp at which a frame
    comes out of the decoder is as far from the next one as the frames are; and a frame without any
    stamp follows the one before it after that one's duration, or one tick of the average rate.
    """

    def __init__(self, time_base: Fraction | None, rate: Fraction | None) -> None:
        self._tick = time_base or Fraction(1, 1000)  # seconds
        self._usual = 1 / ((rate or _USUAL_RATE) * self._tick)  # ticks a frame
        self._has_pts = True
        self._first: int | Fraction | None = None
        self._last: int | Fraction = 0
        self._next: int | Fraction = 0  # the stamp of the next frame if it has none

    def begin(self, first_stamp: int) -> None:
        """Count from this stamp, where reading does not begin at the first frame."""
        self._first = self._last = first_stamp

    @property
    def first_seconds(self) -> float:
        """Where the stream's own clock stood at the first frame."""
        return float((self._first or 0) * self._tick)

    def read(self, picture: av.VideoFrame) -> tuple[float, float]:
        """When a frame is shown, and until when."""
        if self._first is None:
            self._has_pts = picture.pts is not None
        stamp = picture.pts if self._has_pts and picture.pts is not None else picture.dts
        if self._first is None:
            self._first = self._last = stamp or 0
        elif stamp is None or stamp <= self._last:
            self._last = self._next
        else:
            self._last = stamp
        self._next = self._last + (picture.duration or self._usual)
        return self._since_first(self._last), self._since_first(self._next)

    @property
    def begun(self) -> bool:
        """Whether a first frame was shown."""
        return self._first is not None

    def turns_back(self, picture: av.VideoFrame, gap_seconds: float) -> bool:
        """Whether a frame is stamped so far before the last one that its clock was set anew."""
        if self._first is None or not self._has_pts or picture.pts is None:
            return False
        return float((self._last - picture.pts) * self._tick) > gap_seconds

    def place(self, pts: int | None, dts: int | None) -> float | None:
        """Seconds from the first shown frame to a packet's stamp; None where it has none."""
        stamp = pts if self._has_pts and pts is not None else dts
        return None if stamp is None else self._since_first(stamp)

    def _since_first(self, stamp: int | Fraction) -> float:
        """Exact until the last step: whole ticks times a fraction of a second."""
        ticks = stamp - (self._first or 0)
        return float(ticks * self._tick.numerator / self._tick.denominator)


class CameraClock:
    """Seconds of one connection after the other -> one clock that never stands still or turns back.

    It begins at the first shown frame. What follows a break goes on after the wall time that passed
    (`by_wall`: a live camera) or at once (files, one after the other), as a new stretch: two frames
    more than `gap_seconds` apart are never in the same one.
    """

    def __init__(self, gap_seconds: float, *, by_wall: bool) -> None:
        self.base_seconds = 0.0  # where the present connection's first frame stands
        self.stretch = 0
        self._gap_seconds = gap_seconds
        self._by_wall = by_wall
        self._fresh = False
        self._last: tuple[float, float, float] | None = None  # own seconds, camera seconds, wall
        self._until_seconds = 0.0

    def connect(self) -> None:
        """The next frame is the first of another connection."""
        self._fresh = self._last is not None

    def place(self, seconds: float, until_seconds: float, wall_seconds: float) -> float:
        """A frame's seconds on its connection's clock -> on the camera's."""
        if self._last is not None:
            own, placed, wall = self._last
            passed = max(wall_seconds - wall, 0.001)
            step = seconds - own
            broken = self._by_wall and step > passed + self._gap_seconds
            if self._fresh or self.base_seconds + seconds <= placed or broken:
                goes_on = placed + passed if self._by_wall else self._until_seconds
                self.base_seconds = goes_on - seconds
                self.stretch += 1
            elif step > self._gap_seconds:
                self.stretch += 1
        self._fresh = False
        placed = self.base_seconds + seconds
        self._until_seconds = max(self.base_seconds + until_seconds, placed + 0.001)
        self._last = (seconds, placed, wall_seconds)
        return placed

    @property
    def end_seconds(self) -> float:
        """Until when the last frame is shown."""
        return self._until_seconds

    def now(self, wall_seconds: float) -> float:
        """Where the clock of a live camera stands while no frame comes."""
        if self._last is None:
            return 0.0
        return self._last[1] + max(wall_seconds - self._last[2], 0.0)
