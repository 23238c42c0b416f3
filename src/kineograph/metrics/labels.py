"""Scores of answers that are labels: confusion counts, accuracy, precision / recall / F1 per class.

Every score follows from three tallies per class (3, C): how often it was answered rightly, how
often it was true, how often it was answered. So one definition serves a table and, with a leading
axis, all bootstrap draws at once.
A label per frame is scored over pooled frames: hand in every clip's frames one after another.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]  # (C, C): rows true, columns answered
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class ClassRow:
    """One row of the class table; None where a figure is not defined, never NaN."""

    label: str
    precision: float | None
    recall: float | None
    f1: float | None
    support: int


@dataclass(frozen=True)
class ClassTable:
    """Precision, recall, F1 and support per class, then accuracy, macro and weighted means.

    Source of the layout: Ospan et al., "Human Action Recognition with CNN-LSTM", Fig. 7.
    """

    rows: list[ClassRow]
    accuracy: float
    macro: ClassRow
    weighted: ClassRow
    notes: list[str]  # what is not defined, in words


def label_indices(labels: Sequence[str], classes: Sequence[str]) -> NDArray[np.int64]:
    """Places of labels in classes, (n,); a label that is no class is refused."""
    places = {label: place for place, label in enumerate(classes)}
    if len(places) != len(classes):
        twice = sorted({label for label in classes if list(classes).count(label) > 1})
        raise ValueError(f"classes: {twice[0]!r} stands twice. Give each class once.")
    unknown = sorted({str(label) for label in labels if label not in places})
    if unknown:
        raise ValueError(
            f"{unknown[0]!r} is not among the {len(classes)} classes. Add it to the classes, "
            "or leave its clips out."
        )
    return np.array([places[label] for label in labels], dtype=np.int64)


def confusion_counts(
    truths: Sequence[str], answers: Sequence[str], classes: Sequence[str]
) -> Counts:
    """How often each class was answered with each, (C, C): rows true, columns answered."""
    if len(truths) != len(answers):
        raise ValueError(
            f"{len(truths)} truths, {len(answers)} answers: one answer to each truth is needed. "
            "Pair them before scoring."
        )
    size = len(classes)
    cells = label_indices(truths, classes) * size + label_indices(answers, classes)
    return np.bincount(cells, minlength=size * size).reshape(size, size).astype(np.int64)


def confusion_rates(counts: Counts) -> Numbers:
    """Rows of counts as shares of their true class, (C, C); a class never true has a row of 0."""
    support = counts.sum(axis=-1, keepdims=True)
    return counts / np.maximum(support, 1)


def _ratio(above: Numbers, below: Numbers) -> Numbers:
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _mean_where(values: Numbers, defined: NDArray[np.bool_]) -> Numbers:
    return _ratio((values * defined).sum(axis=-1), defined.sum(axis=-1).astype(float))


def tallies(counts: Counts) -> Numbers:
    """Right, true and answered per class, (3, C), from confusion counts (C, C)."""
    return np.stack([np.diagonal(counts), counts.sum(axis=1), counts.sum(axis=0)]).astype(float)


def accuracy_of(tally: Numbers) -> Numbers:
    """Share of right answers, (...,) from tallies (..., 3, C)."""
    return _ratio(tally[..., 0, :].sum(axis=-1), tally[..., 1, :].sum(axis=-1))


def balanced_accuracy_of(tally: Numbers) -> Numbers:
    """Mean recall over the classes that occur in the truth, (...,) from tallies (..., 3, C)."""
    right, true = tally[..., 0, :], tally[..., 1, :]
    return _mean_where(_ratio(right, true), true > 0)


def macro_f1_of(tally: Numbers) -> Numbers:
    """Mean F1 over the classes that occur in truth or answers, (...,) from tallies (..., 3, C)."""
    right, either = tally[..., 0, :], tally[..., 1, :] + tally[..., 2, :]
    return _mean_where(_ratio(2 * right, either), either > 0)


SCORES: dict[str, Callable[[Numbers], Numbers]] = {
    "accuracy": accuracy_of,
    "balanced_accuracy": balanced_accuracy_of,
    "macro_f1": macro_f1_of,
}


def _score(name: str, truths: Sequence[str], answers: Sequence[str]) -> float:
    if not len(truths):
        raise ValueError(
            "0 answers: a score needs at least one. Check that the test side is not empty."
        )
    counts = confusion_counts(truths, answers, sorted({*truths, *answers}))
    return float(SCORES[name](tallies(counts)))


def accuracy(truths: Sequence[str], answers: Sequence[str]) -> float:
    """Share of right answers."""
    return _score("accuracy", truths, answers)


def balanced_accuracy(truths: Sequence[str], answers: Sequence[str]) -> float:
    """Mean recall over the classes that occur in the truth: rare classes weigh as frequent ones."""
    return _score("balanced_accuracy", truths, answers)


def macro_f1(truths: Sequence[str], answers: Sequence[str]) -> float:
    """Mean F1 over the classes that occur in truth or answers."""
    return _score("macro_f1", truths, answers)


def class_table(counts: Counts, classes: Sequence[str]) -> ClassTable:
    """Precision, recall, F1 and support of every class from counts (C, C).

    A class never answered has precision 0, as scikit-learn counts it: leaving it out would flatter.
    A class never true has no recall; one neither true nor answered has no figure at all. Each macro
    figure is the mean of its column's defined figures; weighted means weigh by support.
    """
    right, true, answered = tallies(counts)
    if true.sum() == 0:
        raise ValueError(
            "0 answers: a table needs at least one. Check that the test side is not empty."
        )
    precision = _ratio(right, answered)
    recall = _ratio(right, true)
    f1 = _ratio(2 * right, true + answered)
    seen = true + answered > 0
    rows = [
        ClassRow(
            label=label,
            precision=float(precision[i]) if seen[i] else None,
            recall=float(recall[i]) if true[i] else None,
            f1=float(f1[i]) if seen[i] else None,
            support=int(true[i]),
        )
        for i, label in enumerate(classes)
    ]
    total = int(true.sum())
    share = true / total
    return ClassTable(
        rows=rows,
        accuracy=float(accuracy_of(np.stack([right, true, answered]))),
        macro=ClassRow(
            "macro",
            float(_mean_where(precision, seen)),
            float(_mean_where(recall, true > 0)),
            float(_mean_where(f1, seen)),
            total,
        ),
        weighted=ClassRow(
            "weighted",
            float(precision @ share),
            float(recall @ share),
            float(f1 @ share),
            total,
        ),
        notes=absent_notes(counts, classes),
    )


def absent_notes(counts: Counts, classes: Sequence[str]) -> list[str]:
    """Which classes never occur in the truth or in the answers, in words."""
    _, true, answered = tallies(counts)
    notes = []
    for i, label in enumerate(classes):
        if true[i] == 0 and answered[i] == 0:
            notes.append(f"{label}: neither in the truth nor answered; it counts in no mean.")
        elif true[i] == 0:
            notes.append(
                f"{label}: not in the truth, so no recall; answered {int(answered[i])} times."
            )
        elif answered[i] == 0:
            notes.append(f"{label}: never answered; its precision is counted as 0.")
    return notes


def confused_pairs(
    counts: Counts, classes: Sequence[str], most: int = 5
) -> list[tuple[str, str, int, float]]:
    """The most frequent mistakes as (true, answered, count, share of the true class)."""
    rates = confusion_rates(counts)
    pairs = [
        (classes[i], classes[j], int(counts[i, j]), float(rates[i, j]))
        for i in range(len(classes))
        for j in range(len(classes))
        if i != j and counts[i, j]
    ]
    return sorted(pairs, key=lambda pair: (-pair[2], -pair[3], pair[0], pair[1]))[:most]
