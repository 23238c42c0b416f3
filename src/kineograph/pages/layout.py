"""The lines of a plain page in reading order: ink, skew, pieces, columns, rows, paragraphs.

Plain means printed or written lines, level but for the skew of the scan, in one or several columns.
What is not plain is found as well as it goes, and `warnings` says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kineograph.pages.columns import in_columns
from kineograph.pages.doubts import find_doubts
from kineograph.pages.ink import find_ink
from kineograph.pages.outlines import baseline, ink_boxes, outline
from kineograph.pages.pieces import find_pieces
from kineograph.pages.rows import Row, find_rows, give_marks
from kineograph.pages.skew import Turn, find_skew
from kineograph.pages.text import DROP_CAPITAL, PARAGRAPH, Block, PageText, Point, TextLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kineograph.pages.open import Page, Pixels
    from kineograph.pages.pieces import Boxes, Pieces

_LARGEST_SIDE_PIXELS = 3600  # a larger page is looked at smaller; its lines are cut from the large
_LEAST_TURN_DEGREES = 0.03
_FEWEST_LETTERS = 12  # fewer do not say how a page lies
_PARAGRAPH_GAP = 1.45  # times the usual way from line to line
_INDENT = 0.7  # heights of the row
_OTHER_SIZE = 1.35  # times the height of the row before: a heading


def find_lines(page: Page) -> PageText:
    """The lines of a page, not yet read, in reading order, in pixels of the page as it is.

    Never raises for what is on the page: where there is no line, or no plain page, `warnings` of
    the answer says it.
    """
    grey, scale = _looked_at(page.grey)
    height, width = grey.shape
    pieces = find_pieces(find_ink(grey))
    many = len(pieces.letters) >= _FEWEST_LETTERS
    degrees = find_skew(pieces.mask(pieces.letters)) if many else 0.0
    turn = Turn.level(width, height, degrees)
    if abs(degrees) >= _LEAST_TURN_DEGREES:
        pieces = find_pieces(turn.apply(pieces.mask(pieces.all).astype(np.uint8) * 255, 0) > 127)
    else:
        turn = Turn.level(width, height, 0.0)
    columns = _rows_in_columns(pieces)
    rows = [row for column in columns for row in column]
    lines = {id(row): _line(pieces.boxes, row, turn, scale, page.pixels) for row in rows}
    blocks, count = [], 0
    for column in columns:
        for group in _paragraphs(pieces.boxes, column):
            kind = DROP_CAPITAL if group[0].is_first_letter else PARAGRAPH
            made = []
            for row in group:
                count += 1
                polygon, base = lines[id(row)]
                made.append(TextLine(polygon, base, id=f"line_{count}"))
            blocks.append(Block(tuple(made), kind))
    return PageText(
        width_pixels=page.pixels.shape[1],
        height_pixels=page.pixels.shape[0],
        blocks=tuple(blocks),
        picture_name=page.name,
        number=page.number,
        dots_per_inch=page.dots_per_inch,
        warnings=tuple(find_doubts(grey, pieces, rows, degrees)),
    )


def _looked_at(grey: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float]:
    """The page, or a smaller one, and by what its pixels are multiplied to be the page's."""
    scale = max(1.0, grey.shape[0] / _LARGEST_SIDE_PIXELS)  # a wide page may be one long line
    if scale == 1.0:
        return grey, 1.0
    import cv2

    size = (max(1, round(grey.shape[1] / scale)), max(1, round(grey.shape[0] / scale)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8), scale


def _rows_in_columns(pieces: Pieces) -> list[list[Row]]:
    """The rows of each column part, marks given out, dirt left away."""
    letters = pieces.letters
    parts = in_columns(pieces.boxes[letters], pieces.letter_height)
    columns = [find_rows(pieces.boxes, letters[part], pieces.letter_height) for part in parts]
    give_marks(pieces.boxes, pieces.marks, [row for column in columns for row in column])
    return [column for column in columns if column]


def _line(
    boxes: Boxes, row: Row, turn: Turn, scale: float, page: Pixels
) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Outline and baseline in pixels of the page, inside it."""

    def placed(points: NDArray[np.float64]) -> tuple[Point, ...]:
        back = np.array(turn.to_page(points)) * scale
        inside = np.round(np.clip(back, 0, [page.shape[1], page.shape[0]]), 2)
        return tuple((float(x), float(y)) for x, y in inside)

    return placed(outline(boxes, row)), placed(baseline(boxes, row))


def _paragraphs(boxes: Boxes, rows: Sequence[Row]) -> list[list[Row]]:
    """Rows of a column in groups, parted by a wider gap, an indented line or another size."""
    plain = [row for row in rows if not row.is_first_letter]
    ways = [below.baseline - above.baseline for above, below in zip(plain, plain[1:], strict=False)]
    usual = float(np.median([way for way in ways if way > 0] or [0.0]))
    margin = min((int(ink_boxes(boxes, row)[:, 0].min()) for row in plain), default=0)
    groups: list[list[Row]] = []
    last: Row | None = None
    for row in rows:
        apart = (
            last is None
            or row.is_first_letter
            or last.is_first_letter
            or row.baseline - last.baseline > _PARAGRAPH_GAP * usual
            or max(row.height, last.height) > _OTHER_SIZE * min(row.height, last.height)
            or _is_indented(boxes, row, last, margin)
        )
        if apart:
            groups.append([])
        groups[-1].append(row)
        last = row
    return groups


def _is_indented(boxes: Boxes, row: Row, last: Row, margin: int) -> bool:
    """It begins to the right of the column's edge, and the line before it does not."""
    here = int(ink_boxes(boxes, row)[:, 0].min()) - margin
    before = int(ink_boxes(boxes, last)[:, 0].min()) - margin
    return here - before > _INDENT * row.height and before < 0.6 * row.height
