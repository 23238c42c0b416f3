"""How far a page is turned, and the turning: sharp rows of ink say when lines lie level."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kineograph.pages.text import Point

MOST_DEGREES = 10.0
_COARSE_DEGREES, _FINE_DEGREES = 0.25, 0.05
_AROUND_DEGREES, _STEP_DEGREES = 0.3, 0.03  # of the parabola through the sharpest angles
_LARGE_DEGREES, _CLEARLY = 1.0, 1.4  # so much sharper than level, or it is chance: a short line
_BLOCK_PIXELS = 8  # side by side, taken together: at 10 degrees they differ by a pixel
_FEWEST_BLOCKS = 60


def find_skew(ink: NDArray[np.bool_]) -> float:
    """Degrees by which lines rise to the right, -10 to 10; 0 where there is too little ink.

    The ink is projected along each angle onto the vertical; along the lines' own angle the profile
    jumps most between lines and gaps (sum of squared differences of neighbouring rows). The
    sharpest angle alone is off by a tenth of a degree by chance; a parabola through those around it
    is not.
    """
    across = -(-ink.shape[1] // _BLOCK_PIXELS)
    padded = np.pad(ink, ((0, 0), (0, across * _BLOCK_PIXELS - ink.shape[1])))
    blocks = padded.reshape(len(ink), across, _BLOCK_PIXELS).sum(2)
    rows, columns = np.nonzero(blocks)
    if len(rows) < _FEWEST_BLOCKS:
        return 0.0
    weights = blocks[rows, columns].astype(np.float64)
    # a place anywhere in its pixel: on the grid itself, level would always look sharpest
    anywhere = np.random.default_rng(0).random((2, len(rows)))
    x = (columns - across / 2 + anywhere[0]) * _BLOCK_PIXELS
    y = rows + anywhere[1]
    best, best_sharp = 0.0, 0.0
    for reach, width in ((MOST_DEGREES, _COARSE_DEGREES), (_COARSE_DEGREES, _FINE_DEGREES)):
        angles = best + _steps(reach, width)
        sharp = [sharpness(x, y, weights, angle) for angle in angles]
        best, best_sharp = float(angles[int(np.argmax(sharp))]), max(sharp)
    unlikely = abs(best) > _LARGE_DEGREES
    if unlikely and best_sharp < _CLEARLY * sharpness(x, y, weights, 0.0):
        return 0.0
    around = _steps(_AROUND_DEGREES, _STEP_DEGREES)
    bend, rise, _ = np.polyfit(
        around, [sharpness(x, y, weights, best + angle) for angle in around], 2
    )
    if bend < 0:
        best += float(np.clip(-rise / (2 * bend), -_AROUND_DEGREES, _AROUND_DEGREES))
    return round(best, 3)


def _steps(reach: float, width: float) -> NDArray[np.float64]:
    """Angles from -reach to reach."""
    count = round(reach / width)
    return np.linspace(-count * width, count * width, 2 * count + 1)


def sharpness(
    x: NDArray[np.float64], y: NDArray[np.float64], weights: NDArray[np.float64], degrees: float
) -> float:
    """How much the profile of points jumps when lines that rise by `degrees` are taken as level."""
    places = y * cos(radians(degrees)) + x * sin(radians(degrees))
    bins = np.floor(places - places.min()).astype(np.int64)
    profile = np.bincount(bins, weights)
    return float(np.square(np.diff(profile)).sum())


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """A page turned until its lines are level, on paper large enough to hold all of it."""

    matrix: NDArray[np.float64]  # (2, 3), page -> level
    width_pixels: int
    height_pixels: int

    @classmethod
    def level(cls, width_pixels: int, height_pixels: int, degrees: float) -> Turn:
        """The turn that lays lines level which rise by `degrees` to the right."""
        c, s = cos(radians(degrees)), sin(radians(degrees))
        turn = np.array([[c, -s], [s, c]])
        corners = np.array(
            [[0, 0], [width_pixels, 0], [0, height_pixels], [width_pixels, height_pixels]], float
        )
        turned = corners @ turn.T
        low, high = turned.min(0), turned.max(0)
        size = np.ceil(np.round(high - low, 6)).astype(int)
        return cls(np.column_stack([turn, -low]), int(size[0]), int(size[1]))

    def apply(self, pixels: NDArray[np.uint8], background: int) -> NDArray[np.uint8]:
        """(H, W) of the page -> (H, W) of the level page."""
        import cv2

        turned = cv2.warpAffine(
            pixels,
            _for_pixels(self.matrix),
            (self.width_pixels, self.height_pixels),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=background,
        )
        return np.asarray(turned, np.uint8)

    def to_page(self, points: NDArray[np.float64]) -> tuple[Point, ...]:
        """Points (N, 2) of the level page -> of the page."""
        turn, shift = self.matrix[:, :2], self.matrix[:, 2]
        back = (points - shift) @ turn  # its inverse is its transpose
        return tuple((round(float(x), 2), round(float(y), 2)) for x, y in back)


def _for_pixels(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same map for OpenCV, which counts from the middle of a pixel and not from its corner."""
    shifted = matrix.copy()
    shifted[:, 2] += matrix[:, :2] @ np.array([0.5, 0.5]) - 0.5
    return shifted
