"""A text laid over the columns it was read from: how probable in all, and which character where.

Graves et al. 2006 (*Connectionist Temporal Classification*), section 4.1: the text with a blank
before, between and after its characters, S = 2L + 1 symbols; a path goes from column to column by
staying, by one symbol, or over a blank between two characters that differ. Many lines go at once;
where a short one has ended, it waits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Line = NDArray[np.floating]  # (T, V) log-probabilities; index 0 is the blank
NOWHERE = -np.inf


@dataclass(frozen=True)
class Alignment:
    """Where each of L characters stands on the most probable path of its text.

    spans: (L, 2) first column, and the one after the last; characters in order, never overlapping.
    confidences: (L,) the character's probability in the column of its span that is surest of it.
    """

    spans: NDArray[np.int64]
    confidences: NDArray[np.float64]


def text_log_probabilities(
    lines: Sequence[Line], texts: Sequence[Sequence[int]]
) -> NDArray[np.float64]:
    """(N,) log-probability of each text on its line, all paths added up; -inf where none leads."""
    walk = _Walk(lines, texts)
    if not len(lines):
        return np.zeros(0)
    reach = walk.begin()
    for column in range(1, walk.columns):
        alive = walk.alive(column)
        stay, step, jump = walk.ways(reach[:alive])
        found = np.logaddexp(np.logaddexp(stay, step), jump)
        reach[:alive] = found + walk.emitted(column, alive)
    at_end = np.logaddexp(*walk.last_two(reach))
    return walk.in_given_order(np.where(walk.lengths == 0, walk.of_nothing(), at_end))


def align_best_path(line: Line) -> tuple[tuple[int, ...], Alignment, float]:
    """The text of each column's most probable symbol, where it stands, and that path's
    log-probability. No other path of any text is more probable, so nothing is searched.
    """
    best = line.argmax(axis=1)
    logs = np.take_along_axis(line, best[:, None], 1)[:, 0]
    begins = np.flatnonzero(np.append(True, best[1:] != best[:-1])[: len(best)])
    ends = np.append(begins[1:], len(best))[: len(begins)]
    sure = np.exp(np.maximum.reduceat(logs, begins)) if len(begins) else logs
    said = best[begins] != 0
    spans = np.stack([begins, ends], axis=1)[said].astype(np.int64)
    alignment = Alignment(spans, sure[said].astype(np.float64))
    return tuple(best[begins][said].tolist()), alignment, float(logs.sum(dtype=np.float64))


def align(lines: Sequence[Line], texts: Sequence[Sequence[int]]) -> list[Alignment]:
    """The most probable path of each text (Viterbi). Raises ValueError where there is none."""
    if not len(lines):
        return []
    walk = _Walk(lines, texts)
    reach = walk.begin()
    came = np.zeros((walk.columns, *reach.shape), np.int8)
    for column in range(1, walk.columns):
        alive = walk.alive(column)
        ways = np.stack(walk.ways(reach[:alive]))
        came[column, :alive] = ways.argmax(axis=0)
        reach[:alive] = ways.max(axis=0) + walk.emitted(column, alive)
    last = np.stack(walk.last_two(reach))
    paths = _back(came, 2 * walk.text_lengths - last.argmax(axis=0), walk.lengths)
    best = np.where(walk.lengths == 0, walk.of_nothing(), last.max(axis=0))
    found: list[Alignment] = []
    for row, number in enumerate(walk.order):
        if best[row] == NOWHERE:
            raise ValueError(f"text {number} cannot stand on its line: no path leads through it")
        found.append(_spans(paths[row, : walk.lengths[row]], lines[number], texts[number]))
    return [found[row] for row in np.argsort(walk.order)]


def widened(spans: NDArray[np.int64], columns: int) -> NDArray[np.float64]:
    """(L, 2) first column and end of each character's share of the line, for boxes round it.

    A network tells a character in a column or two of its ink, and says blank in the rest. Columns
    between two characters are halved between them; before the first and after the last, a character
    takes no more than it took on its other side.
    """
    if not len(spans):
        return np.zeros((0, 2))
    between = (spans[:-1, 1] + spans[1:, 0]) / 2
    low = np.append(spans[0, 0], between).astype(np.float64)
    high = np.append(between, spans[-1, 1]).astype(np.float64)
    low[0] = max(0.0, spans[0, 0] - (high[0] - spans[0, 1]))
    high[-1] = min(float(columns), spans[-1, 1] + (spans[-1, 0] - low[-1]))
    return np.stack([low, high], axis=1)


def _back(
    came: NDArray[np.int8], ends: NDArray[np.int64], lengths: NDArray[np.int64]
) -> NDArray[np.int64]:
    """(N, T) the symbol of each column, from the end backwards."""
    paths = np.zeros((len(ends), len(came)), np.int64)
    symbols, rows = ends.copy(), np.arange(len(ends))
    for column in range(len(came) - 1, -1, -1):
        alive = lengths > column
        paths[:, column] = symbols
        if column:
            symbols = symbols - np.where(alive, came[column, rows, symbols], 0)
    return paths


def _spans(path: NDArray[np.int64], line: Line, text: Sequence[int]) -> Alignment:
    numbers = 2 * np.arange(len(text)) + 1
    spans = np.stack(
        [np.searchsorted(path, numbers), np.searchsorted(path, numbers, side="right")], axis=1
    )
    sure = [
        float(np.exp(line[low:high, index].max()))
        for (low, high), index in zip(spans, text, strict=True)
    ]
    return Alignment(spans.astype(np.int64), np.array(sure))


class _Walk:
    """Lines and their texts as padded arrays, the longest lines first."""

    def __init__(self, lines: Sequence[Line], texts: Sequence[Sequence[int]]):
        self.order = np.argsort([-len(line) for line in lines], kind="stable")
        self.lengths = np.array([len(lines[i]) for i in self.order], np.int64)
        self.columns = int(self.lengths.max(initial=0))
        self.text_lengths = np.array([len(texts[i]) for i in self.order], np.int64)
        symbols = 2 * int(self.text_lengths.max(initial=0)) + 1
        self._labels = np.zeros((len(lines), symbols), np.int64)
        self._scores = np.full((self.columns, len(lines), _width(lines)), NOWHERE)
        for row, number in enumerate(self.order):
            self._labels[row, 1 : 2 * len(texts[number]) : 2] = texts[number]
            self._scores[: len(lines[number]), row] = lines[number]
        before = np.roll(self._labels, 2, axis=1)
        jumps = (self._labels != 0) & (self._labels != before)
        jumps[:, :2] = False
        self._jump_cost = np.where(jumps, 0.0, NOWHERE)

    def begin(self) -> NDArray[np.float64]:
        """(N, S) after the first column: at the first blank or the first character."""
        reach = np.full(self._labels.shape, NOWHERE)
        if self.columns:
            reach[:, :2] = self.emitted(0, len(reach))[:, :2]
        return reach

    def alive(self, column: int) -> int:
        """How many lines have that column."""
        return int((self.lengths > column).sum())

    def emitted(self, column: int, alive: int) -> NDArray[np.float64]:
        """(alive, S) the log-probability of each symbol in a column."""
        return np.take_along_axis(self._scores[column, :alive], self._labels[:alive], axis=1)

    def ways(self, reach: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        """Into each symbol: by staying, from the symbol before, and over a blank."""
        step, jump = np.full_like(reach, NOWHERE), np.full_like(reach, NOWHERE)
        step[:, 1:] = reach[:, :-1]
        jump[:, 2:] = reach[:, :-2] + self._jump_cost[: len(reach), 2:]
        return reach, step, jump

    def last_two(
        self, reach: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(N,) of the last blank, and of the last character; of no text there is only the blank."""
        rows, ends = np.arange(len(reach)), 2 * self.text_lengths
        character = np.where(ends > 0, reach[rows, np.maximum(ends - 1, 0)], NOWHERE)
        return reach[rows, ends], character

    def of_nothing(self) -> NDArray[np.float64]:
        """(N,) of a line without columns: the empty text is certain, all other texts impossible."""
        return np.where(self.text_lengths == 0, 0.0, NOWHERE)

    def in_given_order(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values of rows, back in the order in which the lines came."""
        found = np.zeros(len(values))
        found[self.order] = values
        return found


def _width(lines: Sequence[Line]) -> int:
    return int(lines[0].shape[1]) if len(lines) else 1
