"""Whether a picture is one line of text, and not a page that lines must be found on.

A line that was cut out already is read as it is, as lines were when the network learned: finding it
once more could only lose some of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kineograph.data.lines.picture import LEAST_CONTRAST, count_lines
from kineograph.pages.text import Block, Bounds, PageText, TextLine, bounds, rectangle

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kineograph.pages.open import Page

    Grey = NDArray[np.uint8]

_FILLED = 0.4  # of the height; a line that fills less stands on a page
_WIDE, _LOW_PIXELS = 3, 200  # so wide for its height, and so low: a line though none was found


def is_prepared_line(path: Path) -> bool:
    """Whether a transcription lies beside it, as OCR programs lay them: line.png, line.gt.txt."""
    return path.with_suffix(".gt.txt").is_file()


def is_one_line(grey: Grey, found: PageText) -> bool:
    """Whether a picture (H, W) uint8 with the lines found on it is itself one line.

    Neither its rows of letters nor its bands of ink lie above each other, and the letters fill the
    height; or it is wide and low, with ink in which no line was found: small or blurred letters.
    """
    height, width = grey.shape
    if rows_of(found) > 1 or count_lines(grey) > 1:
        return False
    if found.lines:
        box = bounds([point for line in found.lines for point in line.polygon])
        return box.bottom - box.top >= _FILLED * height
    return width >= _WIDE * height and height <= _LOW_PIXELS and has_ink(grey)


def has_ink(grey: Grey) -> bool:
    """Whether anything at all stands in a picture (H, W) uint8: it is not one even grey."""
    return int(grey.max()) - int(grey.min()) >= LEAST_CONTRAST


def rows_of(found: PageText) -> int:
    """How many of the lines found lie above each other; those side by side are one row."""
    count, lowest = 0, -1.0
    boxes = [bounds(line.polygon) for line in found.lines]
    for box in sorted(boxes, key=lambda box: box.top + box.bottom):
        if (box.top + box.bottom) / 2 > lowest:
            count, lowest = count + 1, box.bottom
    return count


def whole_picture(page: Page) -> PageText:
    """A page whose one line is all of it."""
    height, width = page.pixels.shape[:2]
    line = TextLine(rectangle(Bounds(0, 0, width, height)), id="line_1")
    return PageText(width, height, (Block((line,)),), page.name, page.number, page.dots_per_inch)
