"""A row of letters as an outline around its ink and the line that its letters stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kineograph.pages.pieces import Boxes
    from kineograph.pages.rows import Row

_STEP = 1.5  # heights of the row; the outline follows the ink in steps of this width
_MARGIN = 0.12  # heights of the row around the ink
_FEWEST = 8  # letters that say how a row slopes
_STEEPEST = 0.03  # what the page's skew may have left


def ink_boxes(boxes: Boxes, row: Row) -> Boxes:
    """The boxes of all that belongs to a row, (N, 4)."""
    own = boxes[[*row.letters, *row.marks]]
    return np.concatenate([own, np.array(row.parts, np.int64)]) if row.parts else own


def outline(boxes: Boxes, row: Row) -> NDArray[np.float64]:
    """(N, 2) points clockwise from the upper left one, a little outside of the row's ink."""
    own = ink_boxes(boxes, row)
    margin = (0.3 if row.is_first_letter else 1.0) * _MARGIN * row.height + 1
    left, right = float(own[:, 0].min()) - margin, float(own[:, 2].max()) + margin
    count = max(1, round((right - left) / (_STEP * max(row.height, 4.0))))
    edges = np.linspace(left, right, count + 1)
    top, bottom = np.full(count, row.top), np.full(count, row.baseline)
    first = np.searchsorted(edges, own[:, 0] - margin, side="right") - 1
    last = np.searchsorted(edges, own[:, 2] + margin, side="left") - 1
    for (_, upper, _, lower), a, b in zip(own, first, last, strict=True):
        piece = slice(max(int(a), 0), int(b) + 1)
        top[piece] = np.minimum(top[piece], upper)
        bottom[piece] = np.maximum(bottom[piece], lower)
    top, bottom = top - margin, bottom + margin
    xs = np.repeat(edges, 2)[1:-1]
    upper_side = np.column_stack([xs, np.repeat(top, 2)])
    lower_side = np.column_stack([xs, np.repeat(bottom, 2)])[::-1]
    return _without_flat(np.concatenate([upper_side, lower_side]))


def baseline(boxes: Boxes, row: Row) -> NDArray[np.float64]:
    """(2, 2): where the line that the letters stand on begins and ends."""
    own = ink_boxes(boxes, row)
    ends = np.array([own[:, 0].min(), own[:, 2].max()], float)
    x, y = feet(boxes, row)
    if len(x) < _FEWEST or np.ptp(x) < 4 * row.height:
        return np.column_stack([ends, [row.baseline, row.baseline]])
    slope, height = np.polyfit(x, y, 1)
    near = np.abs(y - slope * x - height) < 0.12 * row.height
    if near.sum() >= _FEWEST:
        slope, height = np.polyfit(x[near], y[near], 1)
    slope = float(np.clip(slope, -_STEEPEST, _STEEPEST))
    height = float(np.median(y - slope * x))
    return np.column_stack([ends, slope * ends + height])


def feet(boxes: Boxes, row: Row) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the letters without descenders stand: their middles and lower edges in pixels."""
    own = boxes[row.letters].astype(float)
    standing = np.abs(own[:, 3] - row.baseline) < 0.3 * row.height
    return (own[standing, 0] + own[standing, 2]) / 2, own[standing, 3]


def _without_flat(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Without points in the middle of a level or upright side, and without repeated ones."""
    kept: list[NDArray[np.float64]] = []
    for point in points:
        if kept and np.array_equal(point, kept[-1]):
            continue
        in_line = len(kept) > 1 and any(
            kept[-2][axis] == kept[-1][axis] == point[axis] for axis in (0, 1)
        )
        if in_line:
            kept.pop()
        kept.append(point)
    return np.array(kept)
