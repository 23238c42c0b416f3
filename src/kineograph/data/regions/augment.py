"""Change a training picture as a clip is changed (data/augment.py), and its boxes along with it.

Each box moves and grows with what it holds. Of a closer view, a box of which less than `LEAST_LEFT`
stays in sight is left out: its sentence may speak of what cannot be seen. Where all boxes would be
lost, the picture stays as it is. Sentences that say left or right are wrong in a mirror, and sizes
in a closer view: such data are changed in their colours only.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kineograph.data.augment import Augmentation, Draw, apply, draw
from kineograph.data.pictures.cache import Picture

LEAST_LEFT = 0.7  # of a box's area
NOTHING = Augmentation()
Boxes = NDArray[np.float32]  # (R, 4): left, top, right, bottom in pixels


class Changed(NamedTuple):
    """A picture, its boxes, and which of the boxes given these are (R,)."""

    picture: Picture
    boxes: Boxes
    kept: NDArray[np.intp]


def change_regions(
    picture: Picture, boxes: Boxes, rng: np.random.Generator, augmentation: Augmentation
) -> Changed:
    """A changed copy of (S, S, 3) with its boxes; the same for the same numbers of `rng`."""
    drawn = draw(rng, augmentation)
    size = picture.shape[0]
    seen = _seen(boxes, drawn, size)
    inside = np.clip(seen, 0, size)
    kept = np.flatnonzero(_areas(inside) >= LEAST_LEFT * _areas(seen))
    if not len(kept):
        return Changed(picture, boxes, np.arange(len(boxes)))
    return Changed(apply(picture[None], drawn)[0], inside[kept], kept)


def _seen(boxes: Boxes, drawn: Draw, size: int) -> Boxes:
    """Where the boxes are in the view that was drawn, also beyond its border."""
    left, top, wide, high = drawn.view
    corner = np.array([left, top, left, top], np.float32) * np.float32(size)
    seen = np.asarray((boxes - corner) / np.array([wide, high, wide, high]), dtype=np.float32)
    if drawn.mirrored:
        seen[:, [0, 2]] = size - seen[:, [2, 0]]
    return seen


def _areas(boxes: Boxes) -> Boxes:
    found: Boxes = np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0), axis=1)
    return found
