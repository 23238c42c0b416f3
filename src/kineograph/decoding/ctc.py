"""From a line's log-probabilities to its text: the best path, or a prefix beam with judges.

A *reading* has the text as alphabet indices, where each character stands, how sure it is, and what
else it might be. It always has a text, be it the empty one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kineograph.decoding.alignment import (
    Alignment,
    Line,
    align,
    align_best_path,
    text_log_probabilities,
)
from kineograph.decoding.judges import Judge, Remembered
from kineograph.decoding.prefix_beam import Beam, search

MOST_LINES = 64  # decoded at once: more are no faster, and take memory
MOST_NUMBERS = 1 << 23  # of one batch's log-probabilities, when lines are long
OVER_ONE = 1e-3  # what rounding may do to the log of a probability


@dataclass(frozen=True)
class Alternative:
    """A text that a line may have; logarithms are natural.

    log_probability: the network's, all paths of the text added up; read by the best path, that
    path's alone. score: with what judges add.
    """

    text_indices: tuple[int, ...]
    score: float
    log_probability: float


@dataclass(frozen=True)
class Reading:
    """What a line says.

    text_indices, score, log_probability: of the best alternative. spans (L, 2): the columns
    [first, end) of each character on its most probable path; confidences (L,): its probability in
    the surest column of them. alternatives: best first, the reading itself among them.
    """

    text_indices: tuple[int, ...]
    score: float
    log_probability: float
    spans: NDArray[np.int64]
    confidences: NDArray[np.float64]
    alternatives: tuple[Alternative, ...]


def best_path(lines: Sequence[Line]) -> list[Reading]:
    """Take each column's most probable symbol; doubles become one, blanks go (Graves 2006, §3.2).

    lines: (T, V) log-probabilities each, index 0 the blank, only columns that are real. Scores and
    log-probabilities are those of that path alone, not of all paths of its text, which would take
    as long again. Raises ValueError for arrays that are no log-probabilities.
    """
    check_lines(lines)
    found = []
    for line in lines:
        text, alignment, log = align_best_path(line)
        found.append(_reading([Alternative(text, log, log)], alignment))
    return found


def prefix_beam(
    lines: Sequence[Line], beam: Beam | None = None, judges: Sequence[Judge | Remembered] = ()
) -> list[Reading]:
    """The texts of greatest score: probability of all paths, and what judges add.

    lines: as for `best_path`. judges: a language model, a lexicon (`judges.py`); `Remembered`
    ones keep what they have worked out for the next call. Found texts are scored again with all
    characters of all columns, so that their log-probabilities are true, whatever was not tried. A
    line of which the judges forbid everything is read by its best path. Raises ValueError.
    """
    check_lines(lines)
    beam = beam or Beam()
    kept = [judge if isinstance(judge, Remembered) else Remembered(judge) for judge in judges]
    found: dict[int, Reading] = {}
    for numbers in _batches(lines):
        few = [lines[number] for number in numbers]
        searched = search(few, beam, kept)
        several = [
            texts or [(_collapsed(line), 0.0)] for texts, line in zip(searched, few, strict=True)
        ]
        ranked = _scored(few, several)
        alignments = align(few, [alternatives[0].text_indices for alternatives in ranked])
        for number, alternatives, alignment in zip(numbers, ranked, alignments, strict=True):
            found[number] = _reading(alternatives, alignment)
    return [found[number] for number in range(len(lines))]


def check_lines(lines: Sequence[Line]) -> None:
    """Refuse what is no (T, V) log-probabilities, of one alphabet."""
    for number, line in enumerate(lines):
        if line.ndim != 2 or line.shape[1] != lines[0].shape[1] or not line.shape[1]:
            raise ValueError(f"line {number}: shape {line.shape}, and (T, V) of one V is needed")
        most = line.max(axis=1)
        if np.isnan(line).any() or (most > OVER_ONE).any() or (most == -np.inf).any():
            raise ValueError(f"line {number}: no log-probabilities; take log_softmax of the logits")


def _batches(lines: Sequence[Line]) -> Iterator[list[int]]:
    """Numbers of lines of about one length, few enough for memory."""
    batch: list[int] = []
    for number in np.argsort([-len(line) for line in lines], kind="stable").tolist():
        numbers = lines[batch[0]].size * (len(batch) + 1) if batch else 0  # the first is longest
        if len(batch) == MOST_LINES or numbers > MOST_NUMBERS:
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def _collapsed(line: Line) -> tuple[int, ...]:
    """The best path's text."""
    return align_best_path(line)[0]


def _scored(
    lines: Sequence[Line], several: list[list[tuple[tuple[int, ...], float]]]
) -> list[list[Alternative]]:
    """Each line's texts with their true log-probabilities, best first.

    First the best text of every line, then the second one, and so on: so no line is held twice.
    """
    found: list[list[Alternative]] = [[] for _ in lines]
    for place in range(max(map(len, several))):
        rows = [row for row, texts in enumerate(several) if len(texts) > place]
        texts = [several[row][place][0] for row in rows]
        logs = text_log_probabilities([lines[row] for row in rows], texts)
        for row, text, log in zip(rows, texts, logs.tolist(), strict=True):
            found[row].append(Alternative(text, log + several[row][place][1], log))
    return [sorted(one, key=lambda alternative: -alternative.score) for one in found]


def _reading(alternatives: list[Alternative], alignment: Alignment) -> Reading:
    best = alternatives[0]
    return Reading(
        best.text_indices,
        best.score,
        best.log_probability,
        alignment.spans,
        alignment.confidences,
        tuple(alternatives),
    )
