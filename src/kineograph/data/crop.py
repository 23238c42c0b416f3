"""Where a clip moves: a box that follows it, smoothed over time, as large as the motion is wide.

The KTH paper asks for it (Ospan et al., their outlook): most of its small frames show a wall.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from kineograph.media.flow import WHOLE, Part, Past

SEEN_PIXELS = 64  # sides of the grey picture in which motion is looked for
GATHER_SECONDS = 0.5  # motion of so long before and after counts for a box
SMOOTH_SECONDS = 0.4  # standard deviation of the smoothing of the box itself
NOISE_LEVELS = 6.0  # grey levels of change in one pair that are no motion
INSIDE = 0.9  # of the motion, along each side, lies in the box before it is widened
MARGIN = 1.3  # times as wide and high as that
LEAST_SIDE = 0.35  # of the picture: a box is never smaller

Numbers = NDArray[np.float64]


class MovingBox:
    """Take the frames of one clip in order, then give each its box."""

    def __init__(self) -> None:
        self._past = Past()
        self._seconds: list[float] = []
        self._across: list[Numbers] = []  # how much moves in each column of each frame
        self._down: list[Numbers] = []  # and in each row

    def add(self, pixels: NDArray[np.uint8], seconds: float) -> None:
        """The next frame (H, W, 3)."""
        grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        small = cv2.resize(grey, (SEEN_PIXELS, SEEN_PIXELS), interpolation=cv2.INTER_AREA)
        self._past.add(np.asarray(small, dtype=np.uint8), seconds)
        now, before, _ = self._past.pair()
        energy = np.zeros((SEEN_PIXELS, SEEN_PIXELS))
        if before is not None:
            change = np.abs(now.astype(np.float64) - before)
            energy = np.maximum(change - NOISE_LEVELS, 0.0)
        self._seconds.append(seconds)
        self._across.append(energy.sum(0))
        self._down.append(energy.sum(1))

    def boxes(self, *, shape: float = 1.0) -> list[Part]:
        """Left, top, width, height of each frame's box, as parts of the picture.

        shape: the picture's width by height, divided by the wanted width by height: a box has the
        wanted shape. A clip that stands still keeps the whole picture.
        """
        if not self._seconds:
            return []
        seconds, across, down = map(np.array, (self._seconds, self._across, self._down))
        if across.sum() == 0.0:
            return [WHOLE] * len(seconds)
        left, right = _span(_gathered(across, seconds))
        above, below = _span(_gathered(down, seconds))
        left, right, above, below = _smoothed(np.stack([left, right, above, below]), seconds)
        side = np.maximum(np.maximum((right - left) * shape, below - above) * MARGIN, LEAST_SIDE)
        high = np.minimum(side, min(1.0, shape))
        wide = high / shape
        x = np.clip((left + right - wide) / 2, 0.0, 1.0 - wide)
        y = np.clip((above + below - high) / 2, 0.0, 1.0 - high)
        return [tuple(row) for row in np.stack([x, y, wide, high], 1).tolist()]


def _gathered(profiles: Numbers, seconds: Numbers) -> Numbers:
    """Sums over the frames near in time, (T, S); where nothing moves, the sum of the whole clip."""
    sums = np.concatenate([np.zeros((1, profiles.shape[1])), np.cumsum(profiles, 0)])
    first = np.searchsorted(seconds, seconds - GATHER_SECONDS, side="left")
    last = np.searchsorted(seconds, seconds + GATHER_SECONDS, side="right")
    near = sums[last] - sums[first]
    near[near.sum(1) <= 0.0] = sums[-1]
    return near


def _span(profiles: Numbers) -> tuple[Numbers, Numbers]:
    """From where to where the middle 90 % of each row (T, S) lie, from 0 to 1."""
    shares = np.cumsum(profiles, 1) / profiles.sum(1, keepdims=True)
    low = (shares < (1 - INSIDE) / 2).sum(1)
    high = (shares < (1 + INSIDE) / 2 - 1e-9).sum(1) + 1
    return low / profiles.shape[1], high / profiles.shape[1]


def _smoothed(values: Numbers, seconds: Numbers) -> Numbers:
    """Rows (K, T) as means of their neighbours in time, nearer ones weighing more (Gaussian)."""
    if len(seconds) < 2:
        return values
    step = max(float(np.median(np.diff(seconds))), 1e-3)
    reach = min(int(3 * SMOOTH_SECONDS / step) + 1, len(seconds) - 1)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) * step / SMOOTH_SECONDS) ** 2)
    padded = np.pad(values, ((0, 0), (reach, reach)), mode="edge")
    return np.stack([np.convolve(row, weights / weights.sum(), mode="valid") for row in padded])
