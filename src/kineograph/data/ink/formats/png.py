"""Ink as a picture: dark on white, drawn fine and made small."""

import cv2
import numpy as np
from numpy.typing import NDArray

from kineograph.data.ink.formats.sheet import Sheet
from kineograph.data.ink.ink import smooth

PIXELS_PER_MM = 12.0  # about 300 an inch
FINE = 3  # drawn so many times larger, then averaged
MOST_PIXELS = 60_000_000
COLOUR = (0x1B, 0x2A, 0x4A)


def picture_of(sheet: Sheet, pixels_per_mm: float = PIXELS_PER_MM) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB; coarser where the sheet is very large."""
    whole = sheet.wide_mm * sheet.high_mm * (pixels_per_mm * FINE) ** 2
    scale = FINE * pixels_per_mm * min(1.0, (FINE**2 * MOST_PIXELS / whole) ** 0.5)
    size = (int(np.ceil(sheet.wide_mm * scale / FINE)), int(np.ceil(sheet.high_mm * scale / FINE)))
    ink = np.zeros((size[1] * FINE, size[0] * FINE), dtype=np.uint8)
    width = max(1, round(sheet.pen_mm * scale))
    for stroke in sheet.strokes:
        way = np.rint(smooth(stroke) * scale * 16).astype(np.int32)
        if len(way) == 1:
            way = np.concatenate([way, way])
        cv2.polylines(ink, [way[:, None]], False, 255, width, cv2.LINE_AA, 4)
    share = cv2.resize(ink, size, interpolation=cv2.INTER_AREA).astype(np.float32)[..., None] / 255
    paper = 255.0 * (1 - share) + share * np.array(COLOUR, dtype=np.float32)
    return np.rint(paper).astype(np.uint8)
