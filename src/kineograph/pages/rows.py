"""Letters of a column into rows: each letter is chained to the next one on its right.

Two letters are neighbours in a line if they share half of the lower one's height. What is much
taller than its neighbours is kept out of the chains, since it would tie two lines together: letters
that touch across lines, and large first letters, which are told apart by where they stand. Then
dots, accents and commas go to the nearest row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kineograph.pages.pieces import Boxes

    Chosen = NDArray[np.int64]

_SHARED = 0.45  # of the lower letter's height
_REACH = 4.0  # heights of the letter to the next one
_APART = 8.0  # a wider gap parts two lines of one row
_TOO_TALL = 1.75  # times its neighbours' height
_PIECE, _MOST_PIECES = 0.7, 4  # a row so much lower than the next, of so few letters, is none
_LEAST_ROW = 0.6  # heights of a letter; a lower row is dirt


@dataclass(slots=True, eq=False)
class Row:
    """One line of letters (indices of boxes), the marks on it, and the band of most letters."""

    letters: list[int]
    top: float
    baseline: float
    marks: list[int] = field(default_factory=list)
    parts: list[tuple[int, int, int, int]] = field(default_factory=list)  # of what touches two rows
    is_first_letter: bool = False

    @property
    def height(self) -> float:
        """Pixels from the top of most letters to the line they stand on."""
        return self.baseline - self.top


def find_rows(boxes: Boxes, chosen: Chosen, letter_height: float) -> list[Row]:
    """The rows of one column from top to bottom; a large first letter comes before its paragraph.

    boxes: of all pieces; chosen: the letters of this column.
    """
    order = chosen[np.argsort(boxes[chosen, 0], kind="stable")]
    tall = _taller_than_neighbours(boxes, order)
    groups = _chained(boxes, order[~tall])
    rows = [_row(boxes, group) for group in groups]
    rows = [row for row in rows if row.height >= _LEAST_ROW * letter_height]
    rows = _joined(boxes, sorted(rows, key=lambda row: row.top))
    rows = _without_pieces(boxes, rows)
    for index in order[tall].tolist():
        _place_tall(boxes, index, rows)
    return _in_order(boxes, rows)


def give_marks(boxes: Boxes, marks: Chosen, rows: list[Row]) -> None:
    """Give each small mark to the row whose letters it stands at, if there is one."""
    rows = [row for row in rows if not row.is_first_letter]  # the dots beside it are its lines
    if not rows:
        return
    tops = np.array([row.top for row in rows])
    bases = np.array([row.baseline for row in rows])
    heights = np.maximum(bases - tops, 1.0)
    lefts = np.array([boxes[row.letters, 0].min() for row in rows])
    rights = np.array([boxes[row.letters, 2].max() for row in rows])
    for mark in marks.tolist():
        left, top, right, bottom = boxes[mark]
        x, y = (left + right) / 2, (top + bottom) / 2
        away = np.maximum(0, np.maximum(tops - y, y - bases)) / heights
        beside = np.maximum(0, np.maximum(lefts - x, x - rights)) / heights
        away[(away > 0.9) | (beside > 1.5)] = np.inf
        nearest = int(np.argmin(away + 0.1 * beside))
        if np.isfinite(away[nearest]):
            rows[nearest].marks.append(mark)


def _neighbours(boxes: Boxes, order: Chosen, place: int, reach: float) -> Chosen:
    """Places in `order` (by left edge) of letters that share height with one and lie near it."""
    left, top, right, bottom = boxes[order[place]]
    lefts = boxes[order, 0]
    low, high = np.searchsorted(lefts, [left - 3 * reach, right + reach])
    near = np.arange(low, high)
    others = boxes[order[near]]
    shared = np.minimum(others[:, 3], bottom) - np.maximum(others[:, 1], top)
    lower = np.minimum(others[:, 3] - others[:, 1], bottom - top)
    ok = (shared >= _SHARED * lower) & (near != place) & (others[:, 2] >= left - reach)
    return near[ok]


def _taller_than_neighbours(boxes: Boxes, order: Chosen) -> NDArray[np.bool_]:
    heights = boxes[order, 3] - boxes[order, 1]
    tall = np.zeros(len(order), bool)
    middle = float(np.median(heights)) if len(order) else 0.0
    for place in np.flatnonzero(heights > 1.3 * middle):
        near = _neighbours(boxes, order, int(place), 2.0 * heights[place])
        if len(near) >= 3:
            tall[place] = heights[place] > _TOO_TALL * np.percentile(heights[near], 70)
    return tall


def _chained(boxes: Boxes, order: Chosen) -> list[list[int]]:
    """Groups of letters, each tied to the nearest one that follows it in its line."""
    owner = np.arange(len(order))

    def root(place: int) -> int:
        while owner[place] != place:
            owner[place] = owner[owner[place]]
            place = int(owner[place])
        return place

    heights = boxes[order, 3] - boxes[order, 1]
    for place in range(len(order)):
        near = _neighbours(boxes, order, place, _REACH * heights[place])
        near = near[(near > place) & (heights[near] * 3 > heights[place])]
        if len(near):
            root_here = root(place)
            gap = boxes[order[near], 0] - boxes[order[place], 2]
            owner[root(int(near[np.argmin(gap)]))] = root_here
    groups: dict[int, list[int]] = {}
    for place in range(len(order)):
        groups.setdefault(root(place), []).append(int(order[place]))
    return list(groups.values())


def _row(boxes: Boxes, letters: list[int]) -> Row:
    """Its band: from the middle top to the line on which the letters without descenders stand."""
    mine = boxes[letters]
    top, bottom = float(np.median(mine[:, 1])), float(np.median(mine[:, 3]))
    standing = mine[:, 3] < bottom + 0.2 * (bottom - top)
    return Row(letters, top, float(np.median(mine[standing, 3])) if standing.any() else bottom)


def _joined(boxes: Boxes, rows: list[Row]) -> list[Row]:
    """Join pieces of one line that no letter chained: their bands share most of their height."""
    done: list[Row] = []
    for row in rows:
        for place, other in enumerate(done):
            shared = min(row.baseline, other.baseline) - max(row.top, other.top)
            alike = shared >= 0.6 * min(row.height, other.height)
            if alike and _gap(boxes, row, other) < _APART * max(row.height, other.height):
                done[place] = _row(boxes, sorted([*row.letters, *other.letters]))
                break
        else:
            done.append(row)
    return done if len(done) == len(rows) else _joined(boxes, done)


def _without_pieces(boxes: Boxes, rows: list[Row]) -> list[Row]:
    """Without small rows that lie within the reach of a higher one: its accents, or cut-off tails.

    What belongs to the higher row becomes a mark of it.
    """
    kept = []
    for row in rows:
        left, right = boxes[row.letters, 0].min(), boxes[row.letters, 2].max()
        owners = [
            other
            for other in rows
            if row.height < _PIECE * other.height
            and left > boxes[other.letters, 0].min() - other.height
            and right < boxes[other.letters, 2].max() + other.height
            and min(row.baseline, other.baseline + 0.5 * other.height)
            - max(row.top, other.top - 0.8 * other.height)
            > 0.5 * row.height
        ]
        if owners and len(row.letters) <= _MOST_PIECES:
            nearest = min(owners, key=lambda other: abs(other.top - row.baseline))
            nearest.marks += row.letters
        else:
            kept.append(row)
    return kept


def _gap(boxes: Boxes, row: Row, other: Row) -> float:
    a, b = boxes[row.letters], boxes[other.letters]
    return float(max(a[:, 0].min() - b[:, 2].max(), b[:, 0].min() - a[:, 2].max()))


def _place_tall(boxes: Boxes, index: int, rows: list[Row]) -> None:
    """A large first letter becomes a row of its own; what ties lines is cut between them."""
    left, top, right, bottom = (int(value) for value in boxes[index])
    beside = [
        row for row in rows if not row.is_first_letter and row.top < bottom and row.baseline > top
    ]
    if not beside:
        rows.append(Row([index], top, bottom))
        return
    starts = min(int(boxes[row.letters, 0].min()) for row in beside)
    if len(beside) >= 2 and right <= starts + 0.3 * (right - left):
        rows.append(Row([index], top, bottom, is_first_letter=True))
        return
    beside.sort(key=lambda row: row.top)
    edges = [top, *((a.baseline + b.top) / 2 for a, b in zip(beside, beside[1:], strict=False))]
    for row, upper, lower in zip(beside, edges, [*edges[1:], bottom], strict=True):
        if lower - upper >= 0.3 * row.height:
            row.parts.append((left, round(upper), right, round(lower)))


def _in_order(boxes: Boxes, rows: list[Row]) -> list[Row]:
    """From top to bottom; rows side by side from left to right; first letters before their rows."""
    levels: list[list[Row]] = []
    for row in sorted((row for row in rows if not row.is_first_letter), key=lambda row: row.top):
        if levels:
            first = levels[-1][0]
            shared = min(row.baseline, first.baseline) - max(row.top, first.top)
            if shared >= 0.5 * min(row.height, first.height):
                levels[-1].append(row)
                continue
        levels.append([row])
    ordered = [
        row
        for level in levels
        for row in sorted(level, key=lambda row: int(boxes[row.letters, 0].min()))
    ]
    for large in (row for row in rows if row.is_first_letter):
        beside = [place for place, row in enumerate(ordered) if row.baseline > large.top]
        ordered.insert(beside[0] if beside else len(ordered), large)
    return ordered
