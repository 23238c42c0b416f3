"""Ink that was written for a person: rows of strokes, set below each other on a page."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kineograph.data.ink.strokes import Points, Strokes

PITCH = 1.12  # from row to row, in heights of the highest one


@dataclass(frozen=True, eq=False)
class Ink:
    """What was written: rows of strokes in the writer's own units, x right, y up.

    unit_mm: what a unit measures on paper where nobody asks for another size. finished: whether
    every row came to its end by itself; else it was cut off.
    """

    text: str
    rows: tuple[tuple[str, Strokes], ...]  # what a row says, and its strokes
    unit_mm: float
    finished: bool = True

    @cached_property
    def strokes(self) -> Strokes:
        """All strokes in the order of writing, rows below each other; the corner is (0, 0).

        The corner is the upper left one: y goes from 0 down to minus the height.
        """
        placed: Strokes = []
        pitch = PITCH * max((_height(strokes) for _, strokes in self.rows), default=0.0)
        for number, (_, strokes) in enumerate(self.rows):
            every = np.concatenate(strokes)
            corner = np.array([every[:, 0].min(), float(np.median(every[:, 1]))])
            placed += [stroke - corner - (0.0, pitch * number) for stroke in strokes]
        if not placed:
            return []
        every = np.concatenate(placed)
        return [stroke - (every[:, 0].min(), every[:, 1].max()) for stroke in placed]

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in units."""
        if not self.strokes:
            return 0.0, 0.0
        every = np.concatenate(self.strokes)
        wide, high = np.ptp(every, axis=0)
        return float(wide), float(high)


def smooth(stroke: Points, points: int = 6) -> Points:
    """A finer way through the same points: Catmull and Rom's spline, `points` for each step."""
    if len(stroke) < 3:
        return stroke
    padded = np.concatenate([2 * stroke[:1] - stroke[1:2], stroke, 2 * stroke[-1:] - stroke[-2:-1]])
    t = np.linspace(0, 1, points, endpoint=False)[None, :, None]
    a, b, c, d = (padded[at : len(padded) - 3 + at][:, None] for at in range(4))
    curve = 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )
    return np.concatenate([curve.reshape(-1, 2), stroke[-1:]])


def _height(strokes: Strokes) -> float:
    return float(np.ptp(np.concatenate(strokes)[:, 1]))
