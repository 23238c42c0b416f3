"""Changes of a training picture that its boxes follow: cut out, mirrored, in another light.

A part of the picture is taken and made as large as the whole; each box moves and grows with what it
holds. A box of which less than `LEAST_LEFT` of its area stays in sight is left out: its sentence
may speak of what cannot be seen. Where all boxes would be lost, the whole picture stays.
"""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from kineograph.data.pictures.augment import PictureAugmentation

LEAST_LEFT = 0.7  # of a box's area
Picture = NDArray[np.uint8]  # (S, S, 3)
Boxes = NDArray[np.float32]  # (R, 4): left, top, right, bottom in pixels


class Changed(NamedTuple):
    """A picture, its boxes, and which of the boxes given these are (R,)."""

    picture: Picture
    boxes: Boxes
    kept: NDArray[np.intp]


def change_regions(
    picture: Picture, boxes: Boxes, rng: np.random.Generator, augmentation: PictureAugmentation
) -> Changed:
    """The same picture otherwise. What is drawn depends on `rng` alone."""
    kept = np.arange(len(boxes))
    if augmentation.least_side < 1:
        picture, boxes, kept = _cut(picture, boxes, rng, augmentation.least_side)
    if augmentation.mirror and rng.random() < 0.5:
        picture = np.ascontiguousarray(picture[:, ::-1])
        boxes = boxes.copy()
        boxes[:, [0, 2]] = picture.shape[1] - boxes[:, [2, 0]]
    return Changed(_lit(picture, rng, augmentation), boxes, kept)


def _cut(picture: Picture, boxes: Boxes, rng: np.random.Generator, least_side: float) -> Changed:
    size = picture.shape[0]
    side = round(size * rng.uniform(least_side, 1))
    left, top = (int(place) for place in rng.integers(0, size - side + 1, 2))
    corner = np.array([left, top, left, top], np.float32)
    inside = np.clip(boxes - corner, 0, side)
    shares = _areas(inside) / np.maximum(_areas(boxes), 1e-6)
    kept = np.flatnonzero(shares >= LEAST_LEFT)
    if not len(kept):
        return Changed(picture, boxes, np.arange(len(boxes)))
    part = picture[top : top + side, left : left + side]
    resized = cv2.resize(part, (size, size), interpolation=cv2.INTER_LINEAR)
    return Changed(resized.astype(np.uint8), inside[kept] * np.float32(size / side), kept)


def _lit(picture: Picture, rng: np.random.Generator, augmentation: PictureAugmentation) -> Picture:
    """Brightness, contrast and each channel's strength, as parts of what they were."""
    bright, contrast = (
        rng.uniform(-most, most) for most in (augmentation.brightness, augmentation.contrast)
    )
    colours = rng.uniform(-augmentation.colour, augmentation.colour, 3)
    if not (augmentation.brightness or augmentation.contrast or augmentation.colour):
        return picture
    values = picture.astype(np.float32)
    mean = values.mean()
    values = (values - mean) * (1 + contrast) + mean * (1 + bright)
    return np.clip(values * (1 + colours), 0, 255).astype(np.uint8)


def _areas(boxes: Boxes) -> Boxes:
    found: Boxes = np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0), axis=1)
    return found
