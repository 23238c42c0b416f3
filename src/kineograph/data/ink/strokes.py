"""The way of a pen: strokes as lists of points, and as steps from one point to the next.

x goes to the right, y up. A stroke of one point is a dot. Units are whatever the ink was written
in; a network divides them away (known.py).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]  # (N, 2)
Strokes = list[Points]
Offsets = NDArray[np.float32]  # (N, 3): right, up, and 1 where the pen is lifted after it, else 0

RADIAN = 0.5  # a turn by one radian takes so much of a point's distance: a pen slows in bends


def as_offsets(strokes: Sequence[Points]) -> Offsets:
    """Pen steps (N, 3): right, up, and 1 where the pen is lifted after it, else 0.

    The first step goes from (0, 0) to the first point. Source: Graves, arXiv 1308.0850, section 4.
    """
    points = np.concatenate(list(strokes))
    steps = np.diff(points, axis=0, prepend=np.zeros((1, 2)))
    lifted = np.zeros(len(points))
    lifted[np.cumsum([len(stroke) for stroke in strokes]) - 1] = 1
    return np.column_stack([steps, lifted]).astype(np.float32)


def from_offsets(offsets: NDArray[np.floating]) -> Strokes:
    """The strokes of pen steps (N, 3): the other way of as_offsets."""
    points = np.cumsum(offsets[:, :2].astype(np.float64), axis=0)
    ends = np.flatnonzero(offsets[:, 2] > 0.5) + 1
    return [stroke for stroke in np.split(points, ends) if len(stroke)]


def begun_at_origin(offsets: Offsets) -> Offsets:
    """The same way of the pen, its first point at (0, 0): where a line stands tells nothing."""
    moved = np.array(offsets, dtype=np.float32)
    moved[0, :2] = 0.0
    return moved


def ink_length(strokes: Sequence[Points]) -> float:
    """How long the way of the pen on paper is; jumps between strokes do not count."""
    return float(sum(np.linalg.norm(np.diff(each, axis=0), axis=1).sum() for each in strokes))


def paced(strokes: Sequence[Points], distance: float) -> Strokes:
    """The same strokes with points about `distance` apart, closer where the pen turns.

    First and last points of each stroke stay. A pen is slow in bends (Lacquaniti, Terzuolo and
    Viviani 1983): points of equal times are dense there, and few points then keep the form.
    """
    return [_paced(stroke, distance) for stroke in strokes]


def _paced(points: Points, distance: float) -> Points:
    steps = np.diff(points, axis=0)
    lengths = np.linalg.norm(steps, axis=1)
    steps, lengths = steps[lengths > 0], lengths[lengths > 0]
    if not len(steps):
        return points[:1]
    way = np.concatenate([points[:1], points[:1] + np.cumsum(steps, axis=0)])
    angles = np.arctan2(steps[:, 1], steps[:, 0])
    turns = np.abs((np.diff(angles) + np.pi) % (2 * np.pi) - np.pi)
    costs = lengths / distance
    costs[:-1] += RADIAN * turns / 2  # half of a turn before the corner, half after it
    costs[1:] += RADIAN * turns / 2
    spent = np.concatenate([[0.0], np.cumsum(costs)])
    wanted = np.linspace(0.0, spent[-1], max(1, round(float(spent[-1]))) + 1)
    return np.column_stack([np.interp(wanted, spent, way[:, axis]) for axis in range(2)])
