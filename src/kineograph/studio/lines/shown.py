"""Pictures for a person: a line with a little of its surroundings, dimmed, and its whole page."""

from dataclasses import dataclass
from math import ceil
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kineograph.errors import InputError
from kineograph.pages.cut import LinePicture, cut_line
from kineograph.pages.open import Page
from kineograph.pages.text import Polygon
from kineograph.studio.lines.book import Entry
from kineograph.studio.lines.gather import margin_of
from kineograph.studio.lines.sheet import text_line

Grey = NDArray[np.uint8]

ROOM = 0.45  # heights of the line above and below it
DIMMED = 0.3  # of the ink's darkness that surroundings keep
LARGEST_LINE_PIXELS = (4096, 400)  # width and height as sent
LARGEST_PAGE_PIXELS = 1400
_LARGEST_WARP_PIXELS = 30_000  # OpenCV's ends at 32767
_JPEG_QUALITY = 85


@dataclass(frozen=True)
class LineView:
    """A line as it is shown; `ink` is from where to where it has ink, as shares of the width."""

    pixels: Grey
    width_pixels: int  # of the picture that a reader gets; characters are told in these
    ink: tuple[float, float]


def view_line(entry: Entry, page: Page) -> LineView:
    """A line, level, as wide as the picture that is read. Raises InputError if it is no picture."""
    line = text_line(entry.spot, page)
    cut = cut_line(page.grey, line, margin=margin_of(entry.spot))
    if cut is None:
        raise InputError(f"{entry.sheet.name}: this line lies outside of the picture. Skip it.")
    height, width = cut.pixels.shape
    pixels = cut.pixels
    if entry.spot.polygon is not None and max(width, 2 * height) < _LARGEST_WARP_PIXELS:
        pixels = _with_surroundings(page.grey, cut, line.polygon)
    return LineView(_shrunk(pixels, LARGEST_LINE_PIXELS), width, _ink(cut.pixels))


def as_png(pixels: Grey) -> bytes:
    """(H, W) grey as PNG."""
    return bytes(cv2.imencode(".png", pixels)[1])


def page_jpeg(page: Page) -> bytes:
    """A page as JPEG, small enough for a screen."""
    pixels = _shrunk(page.pixels, (LARGEST_PAGE_PIXELS, LARGEST_PAGE_PIXELS))
    bgr = pixels if pixels.ndim == 2 else np.ascontiguousarray(pixels[..., ::-1])
    return bytes(cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1])


def characters_of(entry: Entry, width_pixels: int) -> list[list[Any]]:
    """What a reader said of each character: text, left and right as shares of the width, how sure.

    Only where they spell its text, so that each place in the text has its character.
    """
    reading = entry.reading
    if reading is None or "".join(each.text for each in reading.characters) != reading.text:
        return []
    return [
        [
            each.text,
            round(each.left_pixels / width_pixels, 5),
            round(each.right_pixels / width_pixels, 5),
            each.confidence,
        ]
        for each in reading.characters
    ]


def _with_surroundings(grey: Grey, cut: LinePicture, polygon: Polygon) -> Grey:
    """The cut, higher, with what lies around the outline paler."""
    height, width = cut.pixels.shape
    room = ceil(ROOM * height)
    c, s = cut.along
    left, top = cut.origin[0] + s * room, cut.origin[1] - c * room
    size = (width, height + 2 * room)
    corners = np.array([[0, 0], [size[0], 0], [0, size[1]], size]) @ [[c, s], [-s, c]] + [left, top]
    low = np.maximum(np.floor(corners.min(0)).astype(int) - 2, 0)
    high = np.ceil(corners.max(0)).astype(int) + 3
    part = grey[low[1] : high[1], low[0] : high[0]]  # OpenCV counts to 32767
    way = np.array([[c, -s, left - low[0]], [s, c, top - low[1]]])
    shown = cv2.warpAffine(
        part,
        way,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    outline = (np.array(polygon) - [left, top]) @ [[c, -s], [s, c]]
    mask = np.zeros(shown.shape, np.uint8)
    cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], (255,))
    reach = 2 * max(1, round(0.06 * height)) + 1
    mask = np.asarray(cv2.dilate(mask, np.ones((reach, reach), np.uint8)))
    share = cv2.blur(mask, (reach, reach)).astype(np.float32) / 255
    paper = float(np.median(shown))
    pale = paper + (shown.astype(np.float32) - paper) * (DIMMED + (1 - DIMMED) * share)
    return np.asarray(np.clip(np.round(pale), 0, 255), np.uint8)


def _ink(pixels: Grey) -> tuple[float, float]:
    """From where to where columns have ink, as shares of the width; all of it for none."""
    _, ink = cv2.threshold(pixels, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    columns = np.flatnonzero(ink.sum(axis=0) > 1)
    if not len(columns) or ink.mean() > 0.6:
        return 0.0, 1.0
    width = pixels.shape[1]
    return round(int(columns[0]) / width, 5), round((int(columns[-1]) + 1) / width, 5)


def _shrunk(pixels: Grey, largest: tuple[int, int]) -> Grey:
    """No wider and no higher than `largest`, the aspect kept."""
    height, width = pixels.shape[:2]
    scale = min(1.0, largest[0] / width, largest[1] / height)
    if scale == 1.0:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
