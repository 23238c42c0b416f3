"""Columns in reading order: where white runs down between letters, a page is read in two parts.

A page is cut into strips by white rows. Strips that share a white gap lie in columns: all strips of
the left column are read before those of the right one. A strip that crosses the gap (a heading, a
footer) ends it. Each column is looked at again, so columns may lie within columns (an XY-cut:
Nagy & Seth, "Hierarchical representation of optically scanned documents", ICPR 1984).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kineograph.pages.pieces import Boxes

    Chosen = NDArray[np.int64]

_GAP = 1.3  # heights of a letter that a gap is wide at least; words lie closer
_WIDE_GAP = 3.0  # so wide a gap needs fewer lines beside it
_NARROWEST = 5.0  # a narrower column is numbers of a list or of lines
_TALLEST_ROW = 2.6  # a column is taller than one line
_FEWEST_LETTERS = 6  # fewer are a large first letter, or a number
_DEEPEST = 4


def in_columns(boxes: Boxes, letter_height: float) -> list[Chosen]:
    """Boxes (N, 4) of letters -> index arrays, one for each column part, in reading order."""
    everything = np.arange(len(boxes))
    return _parts(boxes, everything, letter_height, 0) if len(boxes) else []


def _parts(boxes: Boxes, chosen: Chosen, unit: float, depth: int) -> list[Chosen]:
    """Cut some letters into parts; a part without a gap stays whole."""
    if depth == _DEEPEST:
        return [chosen]
    strips = _strips(boxes, chosen)
    parts: list[Chosen] = []
    plain: list[Chosen] = []
    place = 0
    while place < len(strips):
        end, cuts = _columned(boxes, strips, place, unit)
        if not cuts:
            plain.append(strips[place])
            place += 1
            continue
        if plain:
            parts.append(np.concatenate(plain))
            plain = []
        together = np.concatenate(strips[place:end])
        middle = (boxes[together, 0] + boxes[together, 2]) / 2
        column = np.searchsorted(np.array(cuts), middle)
        for number in range(len(cuts) + 1):
            parts += _parts(boxes, together[column == number], unit, depth + 1)
        place = end
    if plain:
        parts.append(np.concatenate(plain))
    return parts


def _strips(boxes: Boxes, chosen: Chosen) -> list[Chosen]:
    """Letters between white rows, from top to bottom."""
    order = chosen[np.argsort(boxes[chosen, 1], kind="stable")]
    reached = np.maximum.accumulate(boxes[order, 3])
    starts = np.flatnonzero(boxes[order[1:], 1] >= reached[:-1]) + 1
    return np.split(order, starts)


def _columned(
    boxes: Boxes, strips: list[Chosen], start: int, unit: float
) -> tuple[int, list[float]]:
    """The furthest end such that strips[start:end] lie in columns, and where these are cut."""
    left = min(int(boxes[strip, 0].min()) for strip in strips[start:])
    right = max(int(boxes[strip, 2].max()) for strip in strips[start:])
    taken = np.zeros(right - left, bool)
    found: tuple[int, list[float]] = (start, [])
    for end in range(start + 1, len(strips) + 1):
        for first, last in boxes[strips[end - 1]][:, [0, 2]]:
            taken[first - left : last - left] = True
        gaps = [(a + left, b + left) for a, b in _white(taken) if b - a >= _GAP * unit]
        if not gaps:
            break
        cuts = _true_cuts(boxes, np.concatenate(strips[start:end]), gaps, unit)
        if cuts:
            found = (end, cuts)
    return found


def _true_cuts(
    boxes: Boxes, together: Chosen, gaps: list[tuple[int, int]], unit: float
) -> list[float]:
    """The middles of those gaps that part two columns, each wide and tall enough."""
    cuts: list[float] = []
    middle = (boxes[together, 0] + boxes[together, 2]) / 2
    begin = -np.inf
    for place, (first, last) in enumerate(gaps):
        cut = (first + last) / 2
        after = gaps[place + 1][0] if place + 1 < len(gaps) else np.inf
        before_cut = together[(middle > begin) & (middle < cut)]
        behind_cut = together[(middle > cut) & (middle < max(after, cut + _NARROWEST * unit))]
        tall = _TALLEST_ROW * (1.0 if last - first >= _WIDE_GAP * unit else 2.0) * unit
        if _is_column(boxes, before_cut, tall, unit) and _is_column(boxes, behind_cut, tall, unit):
            cuts.append(cut)
            begin = cut
    return cuts


def _is_column(boxes: Boxes, chosen: Chosen, tall: float, unit: float) -> bool:
    if len(chosen) < _FEWEST_LETTERS:
        return False
    width = boxes[chosen, 2].max() - boxes[chosen, 0].min()
    height = boxes[chosen, 3].max() - boxes[chosen, 1].min()
    return bool(width >= _NARROWEST * unit and height >= tall)


def _white(taken: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs of false between the first and the last true: (first, one past the last)."""
    edges = np.diff(np.concatenate([[True], taken, [True]]).astype(np.int8))
    return list(
        zip(np.flatnonzero(edges == -1).tolist(), np.flatnonzero(edges == 1).tolist(), strict=True)
    )
