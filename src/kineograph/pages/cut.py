"""Line pictures cut out of a page: level along the line's own baseline, its neighbours painted out.

A straight turn is all that is done: a curved line stays curved.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, cos, hypot, sin
from typing import TYPE_CHECKING

import numpy as np

from kineograph.pages.text import Polygon, TextLine

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kineograph.pages.text import Point

_LEVEL_PIXELS = 0.5  # a line that rises less over its whole length is cut without a turn
_LONGEST_SIDE = 32_000  # OpenCV's warp ends at 32767


@dataclass(frozen=True, slots=True, eq=False)
class LinePicture:
    """A line (H, W) uint8 grey, and the way back: x and y of the picture -> x and y of the page."""

    pixels: NDArray[np.uint8]
    along: Point  # one pixel to the right in the picture, in pixels of the page
    origin: Point  # the picture's upper left corner on the page
    top: float  # of the line's outline in the picture, without the margin
    bottom: float

    def to_page(self, x: float, y: float) -> Point:
        """A point of the picture -> of the page."""
        c, s = self.along
        return (
            round(self.origin[0] + c * x - s * y, 2),
            round(self.origin[1] + s * x + c * y, 2),
        )


def cut_line(grey: NDArray[np.uint8], line: TextLine, *, margin: float = 0.1) -> LinePicture | None:
    """One line of a page (H, W) uint8, level; None where its outline lies outside of the page.

    margin: around the outline, in heights of the outline. What lies outside of outline and margin
    becomes paper: the grey that most of the line's surroundings have.
    """
    angle = _angle(line)
    c, s = cos(angle), sin(angle)
    points = np.array(line.polygon, float)
    level = points @ np.array([[c, -s], [s, c]])  # turned back by the angle
    low, high = level.min(0), level.max(0)
    around = margin * float(high[1] - low[1])
    corner = np.floor(low - around)
    size = np.ceil(high + around - corner).astype(int)
    if angle == 0.0:  # nothing is resampled: cut inside of the page
        corner = np.maximum(corner, 0)
        size = np.minimum(np.ceil(high + around), grey.shape[::-1]).astype(int) - corner.astype(int)
    inside = (points[:, 0].max() > 0) & (points[:, 1].max() > 0)
    inside &= (points[:, 0].min() < grey.shape[1]) & (points[:, 1].min() < grey.shape[0])
    if not inside or size.min() < 1:
        return None
    origin = (float(c * corner[0] - s * corner[1]), float(s * corner[0] + c * corner[1]))
    pixels = _turned_cut(grey, origin, (c, s), (int(size[0]), int(size[1])))
    pixels = _alone(pixels, level - corner, around)
    return LinePicture(
        pixels, (c, s), origin, float(low[1] - corner[1]), float(high[1] - corner[1])
    )


def _angle(line: TextLine) -> float:
    """Radians by which the line falls to the right; 0 for one that is level to half a pixel."""
    along: Polygon = line.baseline
    if len(along) < 2 and len(line.polygon) == 4:
        along = line.polygon[:2]
    if len(along) < 2:
        return 0.0
    (x0, y0), (x1, y1) = along[0], along[-1]
    if x1 <= x0 or abs(y1 - y0) <= _LEVEL_PIXELS or hypot(x1 - x0, y1 - y0) > _LONGEST_SIDE:
        return 0.0
    return atan2(y1 - y0, x1 - x0)


def _turned_cut(
    grey: NDArray[np.uint8], origin: Point, along: Point, size: tuple[int, int]
) -> NDArray[np.uint8]:
    """(height, width) pixels from `origin` on, the page's edge repeated outside of it."""
    width, height = size
    if along == (1.0, 0.0):
        left, top = round(origin[0]), round(origin[1])
        return grey[top : top + height, left : left + width].copy()
    import cv2

    c, s = along
    # only the part of the page that is needed, since OpenCV counts to 32767
    corners = [(0, 0), (width, 0), (0, height), (width, height)]
    xs = [origin[0] + c * x - s * y for x, y in corners]
    ys = [origin[1] + s * x + c * y for x, y in corners]
    left, top = max(0, int(min(xs)) - 2), max(0, int(min(ys)) - 2)
    part = grey[top : int(max(ys)) + 3, left : int(max(xs)) + 3]
    back = np.array([[c, -s, origin[0] - left], [s, c, origin[1] - top]])
    back[:, 2] += back[:, :2] @ np.array([0.5, 0.5]) - 0.5
    cut = cv2.warpAffine(
        part,
        back,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(cut, np.uint8)


def _alone(
    pixels: NDArray[np.uint8], outline: NDArray[np.float64], around: float
) -> NDArray[np.uint8]:
    """The picture with paper outside of an outline grown by `around` pixels."""
    import cv2

    mask = np.zeros(pixels.shape, np.uint8)
    cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], (1,))
    grow = max(0, round(around))
    if grow:
        mask = np.asarray(cv2.dilate(mask, np.ones((1, 2 * grow + 1), np.uint8)), np.uint8)
        upright = max(1, grow // 2)  # less, since the next line lies there
        mask = np.asarray(cv2.dilate(mask, np.ones((2 * upright + 1, 1), np.uint8)), np.uint8)
    if mask.all():
        return pixels
    paper = _paper(pixels)
    return np.where(mask > 0, pixels, np.uint8(paper)).astype(np.uint8)


def _paper(pixels: NDArray[np.uint8]) -> int:
    """The grey in the middle of those that most pixels are near to."""
    shares = np.bincount(pixels.ravel(), minlength=256)
    peak = int(np.argmax(np.convolve(shares, np.ones(9), "same")))
    near = pixels[(pixels >= max(0, peak - 8)) & (pixels <= min(255, peak + 8))]
    return int(np.median(near))
