"""Connected pieces of ink, sorted by what they may be: letters, small marks, rules, pictures.

Everything is measured in heights of a letter, which the page itself says: the height that half of
its ink has or falls below. So a page may be of any resolution.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Boxes = NDArray[np.int64]  # (N, 4): left, top, right, bottom; the last two lie outside

_SPECK = 0.13  # all sizes from here on in heights of a letter
_SMALL = 0.45  # lower than this: a dot, an accent, a comma, a dash
_CUT_OFF = 0.75  # at the upper or lower edge, what is lower is no whole letter
_TALL = 8.0  # a letter is not taller
_LONG = 5.0  # a rule is longer
_THIN = 0.2  # a rule is thinner, on the mean
_SLIM = 14.0  # or longer than its thickness by this
_LEAST_PIXELS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """The pieces of a page, as rows of `boxes`; each index array names some of them."""

    labels: NDArray[np.int32]  # (H, W): 0 is paper, k + 1 is piece k
    boxes: Boxes
    letter_height: float
    letters: NDArray[np.int64]
    marks: NDArray[np.int64]  # small things that may belong to a letter
    rules: NDArray[np.int64]
    pictures: NDArray[np.int64]

    @property
    def all(self) -> NDArray[np.int64]:
        """The pieces of every group: the page without specks, borders and what is cut off."""
        return np.concatenate([self.letters, self.marks, self.rules, self.pictures])

    def mask(self, chosen: NDArray[np.int64]) -> Mask:
        """(H, W), true where the chosen pieces have ink."""
        wanted = np.zeros(len(self.boxes) + 1, bool)
        wanted[chosen + 1] = True
        return wanted[self.labels]


def find_pieces(ink: Mask) -> Pieces:
    """(H, W) bool -> its pieces; specks are in none of the groups."""
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    table: NDArray[np.int64] = np.asarray(stats[1:], np.int64)
    boxes = np.column_stack(
        [table[:, 0], table[:, 1], table[:, 0] + table[:, 2], table[:, 1] + table[:, 3]]
    )
    width, height, area = table[:, 2], table[:, 3], table[:, 4]
    unit = _letter_height(width, height, ink.shape)
    longer, thickness = np.maximum(width, height), area / np.maximum(1, np.maximum(width, height))
    shorter = np.maximum(1, np.minimum(width, height))
    rule = (longer > _LONG * unit) & ((thickness < _THIN * unit) | (longer / shorter > _SLIM))
    at_edge = (boxes[:, 0] == 0) | (boxes[:, 1] == 0)
    at_edge |= (boxes[:, 2] == ink.shape[1]) | (boxes[:, 3] == ink.shape[0])
    border = at_edge & (longer > 3 * unit)
    above_or_below = (boxes[:, 1] == 0) | (boxes[:, 3] == ink.shape[0])
    border |= above_or_below & (height < _CUT_OFF * unit)  # tails of a line that is not here
    speck = (longer < max(_SPECK * unit, 2)) | (area < _LEAST_PIXELS)
    large = (height > _TALL * unit) & ~rule
    small = (height < _SMALL * unit) & ~rule & ~speck & (width < 3 * unit)
    other = rule | large | small | speck | border
    return Pieces(
        np.asarray(labels, np.int32),
        boxes,
        unit,
        letters=np.flatnonzero(~other),
        marks=np.flatnonzero(small & ~border),
        rules=np.flatnonzero(rule & ~border),
        pictures=np.flatnonzero(large & ~border),
    )


def _letter_height(
    width: NDArray[np.int64], height: NDArray[np.int64], page: tuple[int, ...]
) -> float:
    """The middle height of pieces that can be letters, the taller counting more than specks."""
    can_be = (height >= 5) & (height < page[0] / 2) & (width < 12 * height) & (height < 8 * width)
    heights = np.sort(height[can_be])
    if not len(heights):
        return float(max(5, height.max(initial=5)))
    weights = np.cumsum(heights)
    return float(heights[int(np.searchsorted(weights, weights[-1] / 2))])
