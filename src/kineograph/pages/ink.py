"""Which pixels are ink: a threshold for each pixel from its neighbourhood.

Sauvola & Pietikäinen, "Adaptive document image binarization", Pattern Recognition 33 (2000):
T = m (1 + k (s / R - 1)), with mean m and deviation s of a square window. Both come from integral
images, so that the cost does not depend on the window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]
    Mask = NDArray[np.bool_]

_K, _R = 0.25, 128.0
_BAND_ROWS = 128  # so many at a time, to stay in the processor's cache
_LEAST_CONTRAST = 24  # grey levels between paper and ink
DARK_PAPER = 96.0  # a page whose middle grey lies below is light text on dark paper
_NOISY = 9.0  # grey levels; more is smoothed before the threshold


def find_ink(grey: Grey, window_pixels: int | None = None) -> Mask:
    """(H, W) uint8 -> (H, W) bool, true where there is ink; nothing on a page of one even grey.

    Light text on dark paper is turned over first. `window_pixels` is odd; by default a fortieth of
    the shorter side, 25 to 101.
    """
    import cv2

    if window_pixels is None:
        window_pixels = int(np.clip(min(grey.shape) // 40, 25, 101)) | 1
    if _contrast(grey) < _LEAST_CONTRAST:
        return np.zeros(grey.shape, bool)
    if float(np.median(grey[::4, ::4])) < DARK_PAPER:
        grey = 255 - grey
    if _noise(grey) > _NOISY:
        grey = np.asarray(cv2.medianBlur(grey, 3), np.uint8)
    return grey < sauvola_threshold(grey, window_pixels)


def sauvola_threshold(grey: Grey, window_pixels: int, k: float = _K) -> NDArray[np.float32]:
    """(H, W) uint8 -> (H, W) float32 thresholds; the window is cut off at the page's edges."""
    import cv2

    height, width = grey.shape
    total, squares = (np.asarray(each) for each in cv2.integral2(grey, sdepth=cv2.CV_64F))
    half = window_pixels // 2
    columns = np.arange(width)
    across = np.minimum(columns + half + 1, width) - np.maximum(columns - half, 0)
    threshold = np.empty((height, width), np.float32)
    for first in range(0, height, _BAND_ROWS):
        rows = np.arange(first, min(first + _BAND_ROWS, height))
        top, bottom = np.maximum(rows - half, 0), np.minimum(rows + half + 1, height)
        count = (bottom - top)[:, None] * across[None, :].astype(np.float64)
        middle = _across(total[bottom] - total[top], half) / count
        spread = _across(squares[bottom] - squares[top], half) / count - middle**2
        spread = np.sqrt(np.maximum(spread, 0.0))
        threshold[rows] = middle * (1.0 + k * (spread / _R - 1.0))
    return threshold


def _across(sums: NDArray[np.float64], half: int) -> NDArray[np.float64]:
    """Running sums along rows (H, W + 1) -> sums of windows (H, W), cut off at both ends."""
    wide = np.pad(sums, ((0, 0), (half, half)), mode="edge")
    return wide[:, 2 * half + 1 :] - wide[:, : -2 * half - 1]


def _contrast(grey: Grey) -> float:
    """Grey levels between the darkest and the lightest pixels, specks aside."""
    shares = np.cumsum(np.bincount(grey[::2, ::2].ravel(), minlength=256))
    shares = shares / shares[-1]
    low, high = np.searchsorted(shares, [0.00005, 0.99995])
    return float(high - low)


def _noise(grey: Grey) -> float:
    """The deviation of a pixel from its neighbours in grey levels, as most pixels have it."""
    part = grey[: grey.shape[0] // 2 * 2, : grey.shape[1] // 2 * 2].astype(np.int16)
    differences = part[::2, 1::2] - part[::2, ::2]
    return float(np.median(np.abs(differences))) * 1.4826 / 2**0.5
