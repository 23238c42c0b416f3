"""Which frames of a clip differ from the one before: a bad conversion shows some of them twice.

A video of 25 frames a second written as 30 repeats every sixth frame, one of 12.5 every second one.
Which clips were converted so may well go with their class.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kineograph.data.annotation import Annotation
from kineograph.data.clock import JUST_BEFORE, PICTURES_PER_SECOND
from kineograph.data.decode import name_video
from kineograph.errors import InputError
from kineograph.media import inspect, read_frames
from kineograph.media.frame import Box

# A frame equals the one before it if the grey thumbnails differ by no more than this. Measured on
# 60 converted clips of 25 frames a second written as 30: what was shown twice lies below 2 grey
# levels at its worst place, and above it slow gestures begin to be lost.
THUMBNAIL_PIXELS = (32, 32)
MOST_ON_AVERAGE, MOST_ANYWHERE = 0.25, 2.0  # grey levels of 256


@dataclass(frozen=True)
class Original:
    """A clip as the data set has it."""

    source: Path
    annotation: Annotation


@dataclass(frozen=True)
class Distinct:
    """A clip's frames that differ from the one before: indices and true times (T,)."""

    indices: NDArray[np.int64]
    seconds: NDArray[np.float64]
    frames: int  # with the duplicates
    length_seconds: float
    square: Box

    def middle(self, seconds: float) -> float:
        """Where a stretch of so many seconds begins that lies in the middle of the clip."""
        return float(self.seconds[0]) + max(self.length_seconds - seconds, 0.0) / 2

    def rate_in_the_middle(self, seconds: float) -> float:
        """Frames a second that differ, in that stretch."""
        start = self.middle(seconds)
        inside = (self.seconds >= start - JUST_BEFORE) & (self.seconds < start + seconds)
        return float(inside.sum()) / seconds


def find_distinct(original: Original) -> Distinct | str:
    """Which frames of a clip differ from the one before, and when they are shown; or the fault."""
    clip = original.annotation
    try:
        square = _central_square(original)
        frames = read_frames(
            original.source,
            size_pixels=THUMBNAIL_PIXELS,
            start_seconds=max(clip.start_seconds - JUST_BEFORE, 0.0),
            end_seconds=clip.end_seconds,
            window=square,
            frames_per_second=PICTURES_PER_SECOND,
        )
        indices, seconds, grey = [], [], []
        for frame in frames:
            indices.append(frame.index)
            seconds.append(frame.seconds)
            grey.append(frame.pixels.mean(axis=2, dtype=np.float32))
    except (InputError, OSError) as error:
        return name_video(clip.video, error)
    times = np.array(seconds)
    new = differing(np.stack(grey))
    step = float(np.median(np.diff(times))) if len(times) > 1 else 1 / PICTURES_PER_SECOND
    length = float(times[-1] - times[0]) + step
    return Distinct(np.array(indices)[new], times[new], len(times), length, square)


def differing(thumbnails: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which frames (T,) differ from the last one that did; grey thumbnails (T, H, W).

    Compared with the last kept frame, not with the one before, so that a slow movement is not lost
    in steps too small to see.
    """
    new = np.ones(len(thumbnails), dtype=bool)
    kept = thumbnails[0]
    for place, picture in enumerate(thumbnails[1:], start=1):
        gap = np.abs(picture - kept)
        new[place] = gap.mean() > MOST_ON_AVERAGE or gap.max() > MOST_ANYWHERE
        if new[place]:
            kept = picture
    return new


def _central_square(original: Original) -> Box:
    """The largest square in the middle of what is looked at, so that no aspect is left."""
    info = inspect(original.source)
    x, y, width, height = original.annotation.window or Box(0, 0, info.width, info.height)
    side = min(width, height)
    return Box(x + (width - side) // 2, y + (height - side) // 2, side, side)


def nearest_in_time(
    seconds: NDArray[np.float64], moments: NDArray[np.float64]
) -> NDArray[np.int64]:
    """The place (M,) of the frame nearest to each moment (M,), of frames at `seconds` (T,), rising.

    Nothing is blended. Of two frames equally near, the earlier one.
    """
    after = np.searchsorted(seconds, moments).clip(0, len(seconds) - 1)
    before = (after - 1).clip(0)
    nearer = np.abs(seconds[before] - moments) <= np.abs(seconds[after] - moments) + 1e-9
    return np.where(nearer, before, after)
