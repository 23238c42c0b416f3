"""Curves of probabilities as pictures: ROC, precision over recall, rank, calibration."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kineograph.metrics.curves import Calibration, PrecisionRecallCurve, Roc
from kineograph.report.page.drawing import (
    ACCENT,
    INK,
    MUTED,
    PAPER,
    QUIET,
    SERIES,
    SMALL_PIXELS,
    WARN,
    WIDTH_PIXELS,
    add_axes,
    foot,
    grid,
    heading,
    key,
    key_height,
    new_plot,
    percent_axis,
    plain_style,
    put,
    shorten_all,
    to_svg,
)
from kineograph.report.page.words import percent

COLOURED_CLASSES = len(SERIES)  # above it colours repeat and say nothing
CHANCE_LINES = 4  # classes of which each has its own line of guessing; of more they would cover all
NAMED = 3  # of many classes, the lowest


@plain_style()
def roc_curves(curves: Roc) -> str:
    """ROC per class with macro and micro means; of many classes only the lowest three are named."""
    drawn = [curve for curve in curves.classes if curve.area is not None]
    many = len(drawn) > COLOURED_CLASSES
    named = sorted(drawn, key=lambda curve: curve.area or 0)[:NAMED] if many else drawn
    entries: list[tuple[str, dict[str, Any]]] = []
    labels = shorten_all([curve.label for curve in named], 16)
    for place, (curve, label) in enumerate(zip(named, labels, strict=True)):
        dash = {} if place < 4 else {"dashes": (4, 2)}
        style = {"color": SERIES[place % len(SERIES)], "linewidth": 1.6, **dash}
        entries.append((f"{label} {curve.area:.3f}", style))
    thick: dict[str, Any] = {"color": INK, "linewidth": 2.4}
    more: dict[str, Any]
    for curve, more in ((curves.macro, {}), (curves.micro, {"dashes": (1.2, 1.2)})):
        if curve.area is not None:
            entries.append((f"{curve.label} mean {curve.area:.3f}", thick | more))
    below = key_height(len(entries)) + 52
    figure, axes = new_plot(300 + below, bottom=below, right=56)
    axes.plot([0, 1], [0, 1], color=QUIET, linewidth=1, dashes=(3, 3))
    if many:
        for curve in drawn:
            axes.plot(
                curve.false_positive_rate, curve.true_positive_rate, color=QUIET, linewidth=0.7
            )
    means = [curve for curve in (curves.macro, curves.micro) if curve.area is not None]
    for curve, (_, look) in zip([*named, *means], entries, strict=True):
        axes.plot(curve.false_positive_rate, curve.true_positive_rate, clip_on=False, **look)
    percent_axis(axes, "x")
    percent_axis(axes, "y")
    grid(axes, "both")
    heading(axes, "found, of the class")
    foot(axes, "false alarms, of all others")
    key(figure, entries, left=44, bottom=4)
    said = "ROC curves, area under each: " + ", ".join(
        f"{curve.label} {curve.area:.3f}" for curve in [*drawn, *means]
    )
    return to_svg(figure, "roc", said)


@plain_style()
def precision_recall_curves(curves: Sequence[PrecisionRecallCurve]) -> str:
    """Precision over recall per class, dashed what guessing gives; of many the lowest are named."""
    drawn = [curve for curve in curves if curve.average_precision is not None]
    many = len(drawn) > COLOURED_CLASSES
    named = sorted(drawn, key=lambda curve: curve.average_precision or 0)[:NAMED] if many else drawn
    entries: list[tuple[str, dict[str, Any]]] = []
    labels = shorten_all([curve.label for curve in named], 16)
    for place, (curve, label) in enumerate(zip(named, labels, strict=True)):
        dash = {} if place < 4 else {"dashes": (4, 2)}
        style = {"color": SERIES[place % len(SERIES)], "linewidth": 1.8, **dash}
        entries.append((f"{label} {curve.average_precision:.3f}", style))
    below = key_height(len(entries)) + 52
    figure, axes = new_plot(300 + below, bottom=below, right=56)
    for curve in drawn if many else ():
        axes.plot(*_steps(curve), color=QUIET, linewidth=0.7, drawstyle="steps-post")
    for curve, (_, look) in zip(named, entries, strict=True):
        if len(named) <= CHANCE_LINES:
            axes.plot([0, 1], [curve.share] * 2, color=look["color"], linewidth=1, dashes=(3, 3))
        axes.plot(*_steps(curve), drawstyle="steps-post", clip_on=False, **look)
    percent_axis(axes, "x")
    percent_axis(axes, "y")
    grid(axes, "both")
    heading(axes, "right, of what is called so")
    foot(axes, "found, of the class")
    key(figure, entries, left=44, bottom=4)
    said = ", ".join(
        f"{curve.label} {curve.average_precision:.3f} (guessing {curve.share:.3f})"
        for curve in drawn
    )
    return to_svg(figure, "precision-recall", f"Precision over recall, average precision: {said}")


def _steps(curve: PrecisionRecallCurve) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Recall and precision without the points at recall 0: where nothing is found, nothing is drawn
    but the first step, level to the edge.
    """
    found = curve.recall > 0
    precision = curve.precision[found]
    return np.append(curve.recall[found], 0.0), np.append(precision, precision[-1])


@plain_style()
def cmc_curve(shares: NDArray[np.float64]) -> str:
    """Rank-k curve (C,): share of answers whose true class is among the k likeliest."""
    figure, axes = new_plot(250)
    shown = shares[:10]
    ranks = np.arange(1, len(shown) + 1)
    axes.plot(ranks, np.arange(1, len(shown) + 1) / len(shares), color=QUIET, dashes=(3, 3))
    axes.plot(ranks, shown, color=ACCENT, linewidth=2, marker="o", markersize=6, clip_on=False)
    axes.set_xlim(0.7, len(shown) + 0.3)
    axes.set_xticks(ranks)
    percent_axis(axes, "y")
    told = (1, 2, 3) if len(shown) <= 6 else (1, 3, 5)  # labels need room
    for rank, share in zip(ranks, shown, strict=True):
        if rank not in told:
            continue
        put(axes, rank + 0.08, share - 0.035, percent(share, 1), va="top", size=SMALL_PIXELS)
    grid(axes)
    heading(axes, "true class among the k likeliest")
    foot(axes, "k (dashed: guessing)")
    said = ", ".join(f"top {k} {percent(s, 1)}" for k, s in zip(ranks, shown, strict=True))
    return to_svg(figure, "cmc", f"Rank curve: {said}")


@plain_style()
def calibration_diagram(found: Calibration) -> str:
    """How often answers of a stated probability are right; below, how many answers stand there."""
    figure, axes = new_plot(340, bottom=110, right=56)
    axes.plot([0, 1], [0, 1], color=QUIET, linewidth=1, dashes=(3, 3))
    for part in found.bins:
        axes.plot([part.confidence] * 2, [part.confidence, part.accuracy], color=WARN, linewidth=2)
    axes.plot(
        [part.confidence for part in found.bins],
        [part.accuracy for part in found.bins],
        "o",
        color=ACCENT,
        markersize=8,
        mec=PAPER,
        mew=1.2,
        clip_on=False,
    )
    percent_axis(axes, "x")
    percent_axis(axes, "y")
    grid(axes, "both")
    heading(axes, "how often right")
    below = add_axes(figure, 44, 44, WIDTH_PIXELS - 100, 42)
    most = max(part.count for part in found.bins)
    for part in found.bins:
        middle = (part.low + part.high) / 2
        below.bar(middle, part.count, (part.high - part.low) * 0.86, color=QUIET)
        put(below, middle, part.count + most * 0.06, str(part.count), ha="center", color=MUTED)
    below.set(xlim=(0, 1), ylim=(0, most * 1.3), xticks=[], yticks=[])
    foot(below, "probability of the answer, and how many answers have it")
    said = "; ".join(
        f"sure {percent(b.confidence, 0)}, right {percent(b.accuracy, 0)}" for b in found.bins
    )
    return to_svg(figure, "calibration", f"Calibration: {said}")
