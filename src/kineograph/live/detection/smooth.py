"""Answers that come at any pace, smoothed over time and never over how many there are.

    value += (1 − exp(−passed / smooth_seconds)) × (answer − value)

An answer stands for the time since the one before it. Held so, the exponential filter is exact for
steps of any length: 5 and 50 answers a second of one scene give one curve. A mean over the last
second was the other choice; it would hold every answer of that second and let an event end because
a frame fell out of it. This holds one vector, forgets smoothly, and gathers no rounding in months.

It begins at nothing: a network that starts, or starts again after a gap, has to convince first.
"""

import math

import numpy as np
from numpy.typing import NDArray


class Smoother:
    """Probabilities (V,) at irregular times into smoothed ones."""

    def __init__(self, smooth_seconds: float, classes: int):
        self.smooth_seconds = smooth_seconds
        self.value = np.zeros(classes)
        self._last: float | None = None

    def see(self, seconds: float, probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
        """The smoothed probabilities (V,) once an answer at `seconds` is in; times go forward."""
        passed = 0.0 if self._last is None else seconds - self._last
        self._last = seconds
        self.value = self.value + self._share(passed) * (probabilities - self.value)
        return self.value

    def _share(self, passed: float) -> float:
        return -math.expm1(-passed / self.smooth_seconds) if self.smooth_seconds > 0 else 1.0

    def reset(self) -> None:
        """Forget: what comes next has nothing to do with what was."""
        self.value = np.zeros_like(self.value)
        self._last = None


def smoothed(
    seconds: NDArray[np.floating], probabilities: NDArray[np.floating], smooth_seconds: float
) -> NDArray[np.float64]:
    """All answers (N, V) at seconds (N,) at once, as `Smoother` gives them one by one."""
    smoother = Smoother(smooth_seconds, probabilities.shape[1])
    rows = [
        smoother.see(second, row)
        for second, row in zip(seconds.tolist(), probabilities, strict=True)
    ]
    return np.array(rows).reshape(probabilities.shape)
