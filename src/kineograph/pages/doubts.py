"""What a finder of plain lines cannot do, told by simple measures: each doubt is one warning.

The measures are coarse. They are meant to be silent on plain pages and loud on pages of another
kind; none of them changes what is found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kineograph.pages.ink import DARK_PAPER
from kineograph.pages.outlines import feet, ink_boxes
from kineograph.pages.skew import MOST_DEGREES, sharpness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kineograph.pages.pieces import Boxes, Pieces
    from kineograph.pages.rows import Row

_LONG_ROW = 15  # letters
_SAGITTA = 0.25  # heights of the row between the middle of its curve and its chord
_CELL = 9.0  # heights of the row; a wider one is no cell
_SMALLEST = 9.0  # pixels
_UNEVEN, _UNEVEN_SHARE = 8.0, 0.2  # grey levels of the ground, and how much of it
_PAPER_REACH, _PAPER_SHARE = 40, 0.5  # grey levels around the paper's, and how much lies there


def find_doubts(
    grey: NDArray[np.uint8], pieces: Pieces, rows: list[Row], skew_degrees: float
) -> list[str]:
    """What may be wrong with the lines of a page, as sentences with a remedy; grey is (H, W)."""
    if not rows:
        return [_nothing(grey)]
    found = [
        (_is_photograph(grey, pieces), "it looks like a photograph or a scene: plain pages only "
         "are read; cut the page out, or scan it"),
        (_is_turned(pieces, rows), "its lines seem to run from top to bottom: turn it by 90 "
         "degrees"),
        (_is_curved(pieces.boxes, rows), "its lines are curved, and curves are not straightened: "
         "flatten the page, or take lines from PAGE or ALTO"),
        (_is_table(pieces, rows), "it seems to hold a table: cells are read as columns of lines, "
         "and which belong together is lost"),
        (pieces.letter_height < _SMALLEST, f"its letters are about {pieces.letter_height:.0f} "
         "pixels high: scan it with 300 dots per inch"),
        (abs(skew_degrees) >= MOST_DEGREES - 0.1, f"it is turned by {MOST_DEGREES:.0f} degrees or "
         "more: turn it upright"),
    ]  # fmt: skip
    return [words for is_so, words in found if is_so]


def _nothing(grey: NDArray[np.uint8]) -> str:
    low, high = int(grey.min()), int(grey.max())
    if high - low < 24:
        kind = "black" if high < 64 else "white" if low > 192 else "grey"
        return f"no line was found: the page is one even {kind}; scan it again if it is not blank"
    return "no line was found: give lines in PAGE or ALTO if there is text"


def _is_photograph(grey: NDArray[np.uint8], pieces: Pieces) -> bool:
    """Little of it is paper, large pieces that are no letters cover it, or the ground is uneven.

    The ground is what stays when letters are wiped out: the lightest pixel around each one. Paper
    changes slowly from place to place, a scene does not.
    """
    import cv2

    light = grey if np.median(grey[::4, ::4]) >= DARK_PAPER else 255 - grey
    shares = np.bincount(light[::3, ::3].ravel(), minlength=256) / light[::3, ::3].size
    paper = int(np.argmax(np.convolve(shares, np.ones(9), "same")))
    on_paper = shares[max(0, paper - _PAPER_REACH) : paper + _PAPER_REACH + 1].sum()
    if on_paper < _PAPER_SHARE or pieces.mask(pieces.pictures).mean() > 0.25:
        return True
    step = max(1, max(grey.shape) // 600)
    reach = max(3, round(2.5 * pieces.letter_height / step)) | 1
    ground = cv2.dilate(light[::step, ::step], np.ones((reach, reach), np.uint8))
    ground = cv2.medianBlur(ground, 5)
    slow = cv2.GaussianBlur(ground.astype(np.float32), (0, 0), 2.0 * reach)
    return bool(np.mean(np.abs(ground - slow) > _UNEVEN) > _UNEVEN_SHARE)


def _is_turned(pieces: Pieces, rows: list[Row]) -> bool:
    """Letters stand in sharper columns than rows."""
    if len(rows) < 5 or len(pieces.letters) < 40:
        return False
    boxes = pieces.boxes[pieces.letters]
    y, x = np.nonzero(pieces.mask(pieces.letters))
    each = np.ones(len(x))
    level = sharpness(x.astype(float), y.astype(float), each, 0.0) / np.ptp(boxes[:, [0, 2]])
    upright = sharpness(y.astype(float), x.astype(float), each, 0.0) / np.ptp(boxes[:, [1, 3]])
    return bool(upright > 2.0 * level)


def _is_curved(boxes: Boxes, rows: list[Row]) -> bool:
    """A third of the long rows bend by a quarter of their height."""
    bends = []
    for row in rows:
        x, y = feet(boxes, row)
        if len(x) >= _LONG_ROW:
            middle = (x - x.mean()) / max(float(np.ptp(x)), 1.0)
            bends.append(abs(float(np.polyfit(middle, y, 2)[0])) / 4 / row.height)
    return len(bends) >= 3 and float(np.mean(np.array(bends) > _SAGITTA)) >= 1 / 3


def _is_table(pieces: Pieces, rows: list[Row]) -> bool:
    """A grid of rules with letters in it, or three rows and more of three short cells and more."""
    letters = pieces.boxes[pieces.letters]
    for left, top, right, bottom in pieces.boxes[[*pieces.pictures, *pieces.rules]]:
        inside = (letters[:, 0] > left) & (letters[:, 2] < right)
        inside &= (letters[:, 1] > top) & (letters[:, 3] < bottom)
        if inside.sum() >= 10 and _crosses(pieces, left, top, right, bottom):
            return True
    cells = [(row, ink_boxes(pieces.boxes, row)) for row in rows]
    short = [
        row
        for row, own in cells
        if own[:, 2].max() - own[:, 0].min() < _CELL * max(row.height, pieces.letter_height)
    ]
    bases = np.array([row.baseline for row in short])
    beside = [int((np.abs(bases - base) < 0.3 * pieces.letter_height).sum()) for base in bases]
    return sum(1 for count in beside if count >= 3) >= 9


def _crosses(pieces: Pieces, left: int, top: int, right: int, bottom: int) -> bool:
    """Ink of what is no letter runs through the inside both ways, and not only around it."""
    no_letter = pieces.mask(np.concatenate([pieces.pictures, pieces.rules]))[top:bottom, left:right]
    edge = max(2, round(0.5 * pieces.letter_height))
    inside = no_letter[edge:-edge, edge:-edge]
    if not inside.size:
        return False
    return bool((inside.mean(0) > 0.7).any() and (inside.mean(1) > 0.7).any())
