"""Whether a camera shows the same picture again and again: something in it hangs.

A sensor always has noise, so that two true pictures are never equal; a coder may swallow it between
two key frames, but hardly for half a minute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import av
    from numpy.typing import NDArray

_SAMPLES_A_SIDE = 160  # at most twice as many are compared
_SAME_LEVELS = 1  # of 255: a frozen picture that is coded again differs by rounding


class StillPicture:
    """Looks at pictures now and then, and knows since when they have been the same."""

    def __init__(self, look_every_seconds: float) -> None:
        self._look_every_seconds = look_every_seconds
        self._looked_seconds = float("-inf")
        self._since_seconds = 0.0
        self._samples: NDArray[np.uint8] | None = None

    def same_for(self, picture: av.VideoFrame, seconds: float) -> float:
        """For how many seconds nothing has moved, as far as was looked up to now."""
        if seconds - self._looked_seconds >= self._look_every_seconds:
            self._looked_seconds = seconds
            samples = _samples(picture)
            if self._samples is None or not _equal(samples, self._samples):
                self._since_seconds, self._samples = seconds, samples
        return self._looked_seconds - self._since_seconds


def _samples(picture: av.VideoFrame) -> NDArray[np.uint8]:
    """Bytes of the first plane (brightness, in most formats) at every few rows and columns."""
    plane = picture.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, abs(plane.line_size))[
        : plane.height
    ]
    step = max(1, min(plane.height, plane.width) // _SAMPLES_A_SIDE)
    shape = picture.format
    bits = shape.components[0].bits if shape.is_planar else shape.padded_bits_per_pixel
    return rows[::step, : plane.width * -(-bits // 8) : step].copy()


def _equal(samples: NDArray[np.uint8], others: NDArray[np.uint8]) -> bool:
    if samples.shape != others.shape:
        return False
    far = np.maximum(samples, others) - np.minimum(samples, others)
    return int(far.max(initial=0)) <= _SAME_LEVELS
