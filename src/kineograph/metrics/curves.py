"""Curves of answers with probabilities: ROC, precision-recall, CMC (rank k), calibration.

Probabilities are (n, C) with columns in the order of the classes. ROC and precision-recall by
scikit-learn.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kineograph.metrics.labels import label_indices

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RocCurve:
    """One ROC curve; without an area there is a note that says why."""

    label: str
    false_positive_rate: Numbers  # (points,)
    true_positive_rate: Numbers  # (points,)
    area: float | None
    note: str | None = None


@dataclass(frozen=True, eq=False)
class Roc:
    """One-vs-rest curves per class, their macro mean over defined classes, and the micro curve."""

    classes: list[RocCurve]
    macro: RocCurve
    micro: RocCurve


@dataclass(frozen=True, eq=False)
class PrecisionRecallCurve:
    """One class against the rest; without an average precision there is a note that says why.

    Recall falls from 1 to 0 along the points. share: of the class in the truth, which is the
    precision of guessing.
    """

    label: str
    precision: Numbers  # (points,)
    recall: Numbers  # (points,)
    average_precision: float | None
    share: float
    note: str | None = None


@dataclass(frozen=True)
class ReliabilityBin:
    """Answers whose highest probability lies in (low, high]: how sure, and how often right."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Calibration:
    """Reliability bins that hold answers, expected calibration error, Brier score (0 to 2)."""

    bins: list[ReliabilityBin]
    expected_error: float
    brier: float


def _matrix(truths: Sequence[str], probabilities: ArrayLike, classes: Sequence[str]) -> Numbers:
    matrix = np.asarray(probabilities, dtype=float)
    if matrix.shape != (len(truths), len(classes)):
        raise ValueError(
            f"probabilities of shape {matrix.shape}: {len(truths)} truths and {len(classes)} "
            f"classes need ({len(truths)}, {len(classes)}). One row an answer, one column a class."
        )
    if not len(matrix):
        raise ValueError(
            "0 answers: a curve needs at least one. Check that the test side is not empty."
        )
    if not np.isfinite(matrix).all():
        row = int(np.argwhere(~np.isfinite(matrix))[0, 0])
        raise ValueError(
            f"probabilities of answer {row}: not all are finite numbers. "
            "Look for a diverged training in the log."
        )
    return matrix


def _roc_curve(label: str, positive: NDArray[np.bool_], scores: Numbers) -> RocCurve:
    if positive.all() or not positive.any():
        why = "every truth" if positive.all() else "absent from the truth"
        note = f"{label}: {why}; a ROC curve needs clips with and without it."
        return RocCurve(label, np.empty(0), np.empty(0), None, note)
    from sklearn.metrics import auc, roc_curve  # about a second: only when a curve is drawn

    false_positive, true_positive, _ = roc_curve(positive, scores)
    return RocCurve(label, false_positive, true_positive, float(auc(false_positive, true_positive)))


def _limits(curve: RocCurve, grid: Numbers) -> tuple[Numbers, Numbers]:
    """The curve's height just before and just after each place of the grid: it jumps upright."""
    places = np.unique(curve.false_positive_rate)
    first = np.searchsorted(curve.false_positive_rate, places, side="left")
    last = np.searchsorted(curve.false_positive_rate, places, side="right") - 1
    low, high = curve.true_positive_rate[first], curve.true_positive_rate[last]
    # doubled places, so that the straight piece after a jump starts at its top
    doubled = np.repeat(places, 2)
    heights = np.stack([low, high], axis=1).ravel()
    at = np.searchsorted(places, grid).clip(0, len(places) - 1)
    on_place = places[at] == grid
    between = np.interp(grid, doubled, heights)
    return np.where(on_place, low[at], between), np.where(on_place, high[at], between)


def _macro(curves: Sequence[RocCurve]) -> RocCurve:
    """The mean curve over defined classes; its area is the mean of their areas, exactly."""
    defined = [curve for curve in curves if curve.area is not None]
    areas = [curve.area for curve in curves if curve.area is not None]
    if not defined:
        return RocCurve("macro", np.empty(0), np.empty(0), None, "macro: no class has a ROC curve.")
    grid = np.unique(np.concatenate([curve.false_positive_rate for curve in defined]))
    limits = [_limits(curve, grid) for curve in defined]
    low = np.mean([before for before, _ in limits], axis=0)
    high = np.mean([after for _, after in limits], axis=0)
    heights = np.stack([low, high], axis=1).ravel()
    note: str | None = None
    if len(defined) < len(curves):
        note = (
            f"macro: mean of {len(defined)} classes; {len(curves) - len(defined)} without a curve."
        )
    return RocCurve("macro", np.repeat(grid, 2), heights, float(np.mean(areas)), note)


def roc(truths: Sequence[str], probabilities: ArrayLike, classes: Sequence[str]) -> Roc:
    """ROC curves, one class against the rest, macro and micro means, from probabilities (n, C).

    A class absent from the truth (or the only one in it) has no area and says so in its note.
    """
    matrix = _matrix(truths, probabilities, classes)
    is_true = label_indices(truths, classes)[:, None] == np.arange(len(classes))  # (n, C)
    curves = [_roc_curve(label, is_true[:, i], matrix[:, i]) for i, label in enumerate(classes)]
    return Roc(curves, _macro(curves), _roc_curve("micro", is_true.ravel(), matrix.ravel()))


def precision_recall(
    truths: Sequence[str], probabilities: ArrayLike, classes: Sequence[str]
) -> list[PrecisionRecallCurve]:
    """Precision over recall, one class against the rest, from probabilities (n, C).

    The average precision is a sum of steps, precision times what recall gains, with nothing drawn
    between the points: straight lines between them would flatter (Davis & Goadrich 2006). A class
    absent from the truth has none and says so in its note.
    """
    from sklearn.metrics import average_precision_score, precision_recall_curve  # about a second

    matrix = _matrix(truths, probabilities, classes)
    is_true = label_indices(truths, classes)[:, None] == np.arange(len(classes))  # (n, C)
    curves = []
    for place, label in enumerate(classes):
        positive, scores = is_true[:, place], matrix[:, place]
        if not positive.any():
            note = f"{label}: absent from the truth; there is nothing to find."
            curves.append(PrecisionRecallCurve(label, np.empty(0), np.empty(0), None, 0.0, note))
            continue
        precision, recall, _ = precision_recall_curve(positive, scores)
        average = float(average_precision_score(positive, scores))
        share = float(positive.mean())
        curves.append(PrecisionRecallCurve(label, precision, recall, average, share))
    return curves


def cmc(truths: Sequence[str], probabilities: ArrayLike, classes: Sequence[str]) -> Numbers:
    """Cumulative match curve, (C,): share of answers whose true class is among the k likeliest.

    Classes of equal probability share their ranks evenly, so the order of classes changes nothing.
    """
    matrix = _matrix(truths, probabilities, classes)
    of_truth = matrix[np.arange(len(matrix)), label_indices(truths, classes)][:, None]
    above = (matrix > of_truth).sum(axis=1)[:, None]
    equal = (matrix == of_truth).sum(axis=1)[:, None]  # itself included
    ranks = np.arange(1, len(classes) + 1)
    return np.clip((ranks - above) / equal, 0, 1).mean(axis=0)


def calibration(
    truths: Sequence[str], probabilities: ArrayLike, classes: Sequence[str], bins: int = 10
) -> Calibration:
    """How often an answer of a stated probability is right, from probabilities (n, C).

    Expected calibration error after Guo et al. 2017 (highest probability, bins of equal width);
    Brier score over all classes (Brier 1950): 0 is perfect, 2 is sure and always wrong.
    """
    matrix = _matrix(truths, probabilities, classes)
    sums = matrix.sum(axis=1)
    if matrix.min() < -1e-6 or np.abs(sums - 1).max() > 0.02:
        row = int(np.argmax(np.maximum(np.abs(sums - 1), -matrix.min(axis=1))))
        raise ValueError(
            f"probabilities of answer {row} sum to {sums[row]:.3f}: calibration needs shares of 1. "
            "Give the softmax, not the logits."
        )
    places = label_indices(truths, classes)
    confidence = matrix.max(axis=1)
    right = matrix.argmax(axis=1) == places
    bin_of = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    found = [
        ReliabilityBin(
            low=place / bins,
            high=(place + 1) / bins,
            count=int((bin_of == place).sum()),
            confidence=float(confidence[bin_of == place].mean()),
            accuracy=float(right[bin_of == place].mean()),
        )
        for place in np.unique(bin_of)
    ]
    error = sum(b.count * abs(b.accuracy - b.confidence) for b in found) / len(matrix)
    is_true = places[:, None] == np.arange(len(classes))
    brier = ((matrix - is_true) ** 2).sum(axis=1).mean()
    return Calibration(found, float(error), float(brier))
