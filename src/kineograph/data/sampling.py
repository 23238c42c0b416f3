"""Which frames make a clip: times in, indices out. Pure functions, one drawing each.

`seconds` are the true times of the frames of one clip, in order, since frames of a camera or a
web video are not evenly spaced. Every function returns int64 indices that never go backwards.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from kineograph.errors import InputError

Indices = NDArray[np.int64]
Seconds = NDArray[np.float64]


def even(seconds: Seconds, frames_per_clip: int) -> Indices:
    """The frames nearest to the centres of equal spans of time. Frames may repeat in a gap.

    time    |-----:-----|-----:-----|-----:-----|-----:-----|      4 spans, 4 centres
    frames  0  1  2  3  4  5  6  7                 8  9  10        nothing was filmed here
    chosen        2           6           7        8
    """
    return _nearest(seconds, _moments(seconds, frames_per_clip, 0.5))


def jitter(seconds: Seconds, frames_per_clip: int, rng: np.random.Generator) -> Indices:
    """Like `even`, with each moment drawn inside its span; for training.

    time    |:----------|-------:---|----:------|---------:-|
    """
    return _nearest(seconds, _moments(seconds, frames_per_clip, rng.random(frames_per_clip)))


def motion_clock(frames: NDArray[np.uint8], seconds: Seconds) -> Seconds:
    """A clock that runs faster where more moves; `even` on it chooses key frames.

        time     |-----|-----|-----|-----|      something moves in the second quarter only
        clock    |--|-----------|--|--|
        even      x    x  x  x      x

    frames: (T, H, W, 3) uint8. Half of the clock is the motion, half the time, so that no stretch
    of a clip is left out (Ospan et al. ask for motion analysis in choosing frames).
    """
    small = frames[:, ::2, ::2].astype(np.float32).mean(-1)
    moved = np.abs(np.diff(small, axis=0)).mean((1, 2))  # grey levels from frame to frame
    passed = np.diff(seconds)
    if moved.sum() == 0.0 or passed.sum() == 0.0:
        return seconds
    ticks = 0.5 * moved / moved.sum() + 0.5 * passed / passed.sum()
    return np.concatenate([[0.0], np.cumsum(ticks)])


def part(seconds: Seconds, length: float, place: float) -> slice:
    """A part of a clip with a random start and end: `length` of its time, 0 to 1, at `place`.

        time    |-----|=================|-----|      length = 0.6, place = 0.5
                place 0: at the start           place 1: at the end

    At least the frame nearest to the part's start is in it.
    """
    whole = seconds[-1] - seconds[0]
    first_second = seconds[0] + place * (1.0 - length) * whole
    first, last = _nearest(seconds, np.array([first_second, first_second + length * whole]))
    return slice(int(first), int(last) + 1)


def consecutive(frame_count: int, frames_per_clip: int, start: int) -> Indices:
    """Neighbouring frames from `start`.

    frames  0  1  2  3  4  5  6  7
    chosen           3  4  5  6             start = 3, 4 frames
    """
    last = frame_count - frames_per_clip
    if not 0 <= start <= last:
        raise InputError(
            f"start {start}: {frames_per_clip} of {frame_count} frames can start at 0 to {last}. "
            f"Choose one of these, or ask for fewer frames."
        )
    return np.arange(start, start + frames_per_clip, dtype=np.int64)


def all_windows(frame_count: int, frames_per_clip: int, stride: int) -> list[Indices]:
    """Windows that together cover every frame; the last one ends at the last frame.

    frames  0  1  2  3  4  5  6  7  8  9
            |--------|                      frames_per_clip = 4, stride = 3
                     |--------|
                              |--------|
    """
    if not 1 <= stride <= frames_per_clip:
        raise InputError(
            f"stride {stride}: windows of {frames_per_clip} frames would leave frames out. "
            f"Use 1 to {frames_per_clip}."
        )
    last = frame_count - frames_per_clip
    if last < 0:
        raise InputError(
            f"{frame_count} frames do not fill a window of {frames_per_clip}. Ask for fewer."
        )
    starts = [*range(0, last, stride), last]
    return [consecutive(frame_count, frames_per_clip, start) for start in starts]


# Clips with fewer frames than asked for; `name` is for the message.


def repeat_last(seconds: Seconds, frames_per_clip: int, name: str) -> Indices:
    """0 1 2 2 2: the clip stands still at its end."""
    return np.minimum(np.arange(frames_per_clip, dtype=np.int64), len(seconds) - 1)


def wrap_around(seconds: Seconds, frames_per_clip: int, name: str) -> Indices:
    """0 1 2 0 1: the clip starts again, as in a film loop."""
    return np.arange(frames_per_clip, dtype=np.int64) % len(seconds)


def refuse(seconds: Seconds, frames_per_clip: int, name: str) -> Indices:
    """Raise InputError: no frame is ever invented."""
    raise InputError(
        f"{name}: asked for {frames_per_clip} frames from {seconds[0]:.1f} s, but it ends at "
        f'{seconds[-1]:.1f} s ({len(seconds)} frames). Ask for fewer, or set short="repeat".'
    )


SHORT: dict[str, Callable[[Seconds, int, str], Indices]] = {
    "repeat": repeat_last,
    "wrap": wrap_around,
    "error": refuse,
}


def _moments(seconds: Seconds, count: int, inside: float | Seconds) -> Seconds:
    """One moment in each of `count` equal spans; `inside` is 0 at a span's start, 1 at its end."""
    if count < 1 or len(seconds) < 1:
        raise InputError(
            f"{count} of {len(seconds)} frames cannot be chosen. Ask for 1 or more of 1 or more."
        )
    span = (seconds[-1] - seconds[0]) / count
    return seconds[0] + (np.arange(count) + inside) * span


def _nearest(seconds: Seconds, moments: Seconds) -> Indices:
    """Index of the frame nearest to each moment; the earlier one of two equally near."""
    after = np.searchsorted(seconds, moments).clip(1, max(len(seconds) - 1, 1))
    before = after - 1
    if len(seconds) == 1:
        return np.zeros(len(moments), dtype=np.int64)
    nearer_after = seconds[after] - moments < moments - seconds[before]
    return np.where(nearer_after, after, before).astype(np.int64)
