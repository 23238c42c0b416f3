"""From a page to pictures of one line: cut out, turned straight, scaled, judged."""

import cv2
import numpy as np
from numpy.typing import NDArray

from kineograph.data.lines.line import Line, Points
from kineograph.errors import InputError

Grey = NDArray[np.uint8]  # (H, W), ink dark on light

LEAST_PIXELS = 4  # of height: below, no character can be told from another
MOST_ASPECT = 250  # width by height; 500 characters in one line is more than any page has
LEAST_CONTRAST = 24  # grey levels between paper and ink; a faint pencil has about 40
DARK_PAGE = 64  # where 995 of 1000 pixels are darker than this, a lid was shut
BAND_HEIGHT, BAND_INK, BAND_WIDTH = 0.1, 0.12, 0.4  # a line: of the picture, of all ink
UNSURE = 0.1  # of the height: a baseline so near the middle does not tell top from bottom
EMPTY_ROW = 0.02  # of the fullest row's ink


def paper_grey(picture: Grey) -> int:
    """The grey of the paper: its median, since ink fills less than half of a line."""
    return int(np.median(picture))


def cut_line(page: Grey, line: Line) -> Grey:
    """The line's part of a page (H, W), turned so that its baseline is level, paper around it.

    Without a polygon it is the whole picture. Raises InputError if it lies outside of the page.
    """
    picture = page if line.polygon is None else cut_region(page, line.polygon, line.baseline)
    if picture.size == 0:
        height, width = page.shape
        raise InputError(
            f"{line.picture}: the line lies outside of the page of {width}x{height} pixels. "
            "Correct its polygon."
        )
    if line.white_above is not None:
        picture = np.where(picture > line.white_above, np.uint8(255), picture)
    return picture


def cut_region(page: Grey, polygon: Points, baseline: Points | None = None) -> Grey:
    """A polygon's part of a page (H, W), its baseline level, the rest paper; empty if outside."""
    points = np.array(polygon, dtype=np.float64)
    cos, sin = _direction(points, baseline)
    turned = points @ np.array([[cos, -sin], [sin, cos]])
    left, top = np.floor(turned.min(axis=0))
    width, height = (np.ceil(turned.max(axis=0)) - (left, top)).astype(int) + 1
    limit = 2 * sum(page.shape)
    inside = (points >= 0).all(axis=1) & (points < page.shape[::-1]).all(axis=1)
    if not inside.any() or max(width, height) > limit:
        return page[:0]
    matrix = np.array([[cos, sin, -left], [-sin, cos, -top]])
    size = (int(width), int(height))
    cut = cv2.warpAffine(page, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    on_page = cv2.warpAffine(np.full_like(page, 255), matrix, size, flags=cv2.INTER_NEAREST)
    mask = np.zeros((height, width), dtype=np.uint8)
    cv2.fillPoly(mask, [np.rint(turned - (left, top)).astype(np.int32)], 255)
    shown = (mask > 0) & (on_page > 0)
    if not shown.any():
        return page[:0]
    paper = np.uint8(np.median(cut[shown]))
    return np.where(shown, cut, paper)


def _direction(polygon: NDArray[np.float64], baseline: Points | None) -> tuple[float, float]:
    """Cosine and sine of where the baseline runs to, by least squares.

    Letters stand on it, so most of the polygon lies above; which end was drawn first says nothing,
    since Hebrew and Arabic are drawn from the right.
    """
    if baseline is None:
        return 1.0, 0.0
    points = np.array(baseline, dtype=np.float64)
    along = np.linalg.svd(points - points.mean(axis=0))[2][0]
    up = np.array([along[1], -along[0]])  # of a page, whose y goes down
    heights = (polygon - points.mean(axis=0)) @ up
    above, below = float(heights.max()), float(-heights.min())
    if abs(above - below) > UNSURE * (above + below):
        along *= np.sign(above - below)
    else:
        along *= 1.0 if along @ (points[-1] - points[0]) >= 0 else -1.0
    return float(along[0]), float(along[1])


def scale_line(picture: Grey, height_pixels: int) -> Grey:
    """(H, W) to `height_pixels`, the aspect kept: area averaging, and linear where it grows."""
    height, width = picture.shape
    if height == height_pixels:
        return picture
    size = (max(1, round(width * height_pixels / height)), height_pixels)
    way = cv2.INTER_AREA if height > height_pixels else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, size, interpolation=way), dtype=np.uint8)


def fault_in_picture(picture: Grey) -> str | None:
    """Why (H, W) cannot be a picture of one line, with a remedy; None if it can."""
    height, width = picture.shape
    if min(height, width) < LEAST_PIXELS:
        return f"{width}x{height} pixels are too few for a character. Leave it out, or scan again."
    if width > MOST_ASPECT * height:
        return (
            f"{width}x{height} pixels: {width // height} times as wide as high, and a line is at "
            f"most {MOST_ASPECT} times. Cut it into lines."
        )
    if np.percentile(picture, 99.5) < DARK_PAGE:
        return "it is black throughout. Scan it again, or leave it out."
    low, high = int(picture.min()), int(picture.max())
    if high - low < LEAST_CONTRAST:
        return f"no ink: all grey levels lie between {low} and {high}. Leave it out."
    count = count_lines(picture)
    if count > 1:
        return f"{count} lines of text above each other are suspected. Cut it into its lines."
    return None


def count_lines(picture: Grey) -> int:
    """How many lines of text stand above each other: bands of ink with empty rows between.

    Dots, accents and rules make bands, too: a line's band is high, wide, and holds much of the ink.
    """
    height, width = picture.shape
    if width < 1.5 * height:
        return 1  # a lone ÷ or Ξ has bands as well
    _, ink = cv2.threshold(picture, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    rows = ink.sum(axis=1, dtype=np.int64)
    full = np.concatenate([[0], rows > EMPTY_ROW * rows.max(), [0]]).astype(np.int8)
    starts, ends = np.flatnonzero(np.diff(full) == 1), np.flatnonzero(np.diff(full) == -1)
    bands = 0
    for start, end in zip(starts, ends, strict=True):
        columns = np.flatnonzero(ink[start:end].any(axis=0))
        wide = columns[-1] - columns[0] >= BAND_WIDTH * width and len(columns) < 0.98 * width
        much = rows[start:end].sum() >= BAND_INK * rows.sum()
        bands += bool(wide and much and end - start >= BAND_HEIGHT * height)
    return max(1, bands)
