"""The pictures of a report, each a function from figures to one inline <svg>."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from kineograph.metrics.labels import confusion_rates
from kineograph.report.page.drawing import (
    ACCENT,
    DARK,
    INK,
    LINE,
    MUTED,
    PAPER,
    QUIET,
    SERIES,
    SMALL_PIXELS,
    WARN,
    WIDE_PIXELS,
    WIDTH_PIXELS,
    foot,
    grid,
    heading,
    key,
    key_height,
    new_plot,
    percent_axis,
    plain_style,
    put,
    shorten,
    shorten_all,
    text_width,
    to_svg,
)
from kineograph.report.page.words import count as count_words
from kineograph.report.page.words import percent

WIDE_CLASSES = 12  # above it a confusion matrix takes the whole page
COUNTED_CLASSES = 30  # above it a cell is too small for its count


@plain_style()
def training_curve(
    name: str,
    lines: Mapping[str, Sequence[tuple[int, float]]],
    *,
    best_epoch: int | None = None,
    shares: bool = False,
) -> str:
    """A figure over epochs, {"training": [(epoch, value)], "validation": ...}, the best marked."""
    figure, axes = new_plot(240, right=76)
    drawn = [(label, points) for label, points in lines.items() if points]
    for (_, points), colour in zip(drawn, (MUTED, ACCENT), strict=False):
        epochs, values = np.array(points, dtype=float).T
        axes.plot(epochs, values, color=colour, linewidth=2 if colour == ACCENT else 1.5)
        if len(points) == 1:
            axes.plot(epochs, values, "o", color=colour, markersize=5, clip_on=False)
        if best_epoch is not None and best_epoch in epochs and colour == ACCENT:
            best = float(values[list(epochs).index(best_epoch)])
            axes.plot([best_epoch], [best], "o", color=ACCENT, markersize=8, mec=PAPER, mew=1.5)
    if best_epoch not in {epoch for _, points in drawn for epoch, _ in points}:
        best_epoch = None
    last = max(points[-1][0] for _, points in drawn)
    axes.set_xlim(min(1, last - 0.5), last)
    top = max(value for _, points in drawn for _, value in points)
    percent_axis(axes, "y") if shares else axes.set_ylim(0, top * 1.06 or 1)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10], integer=True))
    _line_ends(axes, drawn)
    if best_epoch is not None:
        axes.axvline(best_epoch, color=ACCENT, linewidth=1, dashes=(2, 3))
        height = axes.get_ylim()[1]
        right_half = best_epoch > last / 2
        put(
            axes,
            best_epoch + (-0.015 if right_half else 0.015) * last,
            height * (0.06 if shares else 0.97),
            f"kept: epoch {best_epoch}",
            color=ACCENT,
            size=SMALL_PIXELS,
            ha="right" if right_half else "left",
            va="bottom" if shares else "top",
        )
    grid(axes)
    heading(axes, name)
    foot(axes, "epoch")
    ends = ", ".join(f"{label} ends at {points[-1][1]:.3g}" for label, points in drawn)
    return to_svg(figure, f"curve-{name.lower()}", f"{name} over {last} epochs: {ends}")


def _line_ends(axes: Axes, drawn: Sequence[tuple[str, Sequence[tuple[int, float]]]]) -> None:
    """Names at the lines' ends, pushed apart where the lines meet."""
    low, high = axes.get_ylim()
    apart = (high - low) * 0.085
    ends = [points[-1][1] for _, points in drawn]
    if len(ends) == 2 and abs(ends[0] - ends[1]) < apart:
        middle, sign = sum(ends) / 2, 1 if ends[0] >= ends[1] else -1
        middle = min(max(middle, low + apart / 2), high - apart / 2)
        ends = [middle + sign * apart / 2, middle - sign * apart / 2]
    left, right = axes.get_xlim()
    gap = (right - left) * 0.03
    for (label, _), place, colour in zip(drawn, ends, (MUTED, ACCENT), strict=False):
        put(axes, right + gap, place, label, color=colour, va="center", size=SMALL_PIXELS)


@plain_style()
def confusion_matrix(counts: NDArray[np.int64], classes: Sequence[str]) -> str:
    """Counts (C, C), rows true: rates as colour (right blue, wrong orange), counts printed."""
    size, rates = len(classes), confusion_rates(counts)
    names = shorten_all(classes, 24 if size > WIDE_CLASSES else 16)
    page = WIDE_PIXELS if size > WIDE_CLASSES else WIDTH_PIXELS
    widest = max(text_width(label) for label in names)
    left, turned = widest + 26, size > 2
    bottom = 0.75 * widest + 18 if turned else 34
    cell = min(max((page - left - 12) / size, 7), 40 if size > WIDE_CLASSES else 78)
    width, height = left + 12 + cell * size, 30 + bottom + cell * size
    # a small matrix keeps the width of the other plots, so that its letters are as large
    spare = max(0.0, page - width)
    figure, axes = new_plot(
        height, width=width + spare, left=left, right=12 + spare, top=30, bottom=bottom
    )
    axes.set(xlim=(0, size), ylim=(size, 0), xticks=[], yticks=[])
    for i in range(size):
        axes.add_patch(_square(i, i, LINE, 0.55))
        for j in range(size):
            if counts[i, j]:
                _cell(axes, i, j, rates[i, j], int(counts[i, j]), size <= COUNTED_CLASSES)
        if not counts[i].sum():
            put(axes, size / 2, i + 0.5, "not in the truth", color=MUTED, ha="center", va="center")
    every = max(1, int(np.ceil(17 / cell)))
    for i in range(0, size, every):
        put(axes, -8 / cell, i + 0.5, names[i], ha="right", va="center")
        turn = (
            {"rotation": 45, "rotation_mode": "anchor", "ha": "right", "va": "center"}
            if turned
            else {"ha": "center", "va": "top"}
        )
        put(axes, i + 0.5, size + 9 / cell, names[i], **turn)
    put(axes, -8 / cell, -14 / cell, "true ↓", color=MUTED, ha="right", va="center")
    put(axes, 0, -14 / cell, "answered →", color=MUTED, va="center")
    worst = [f"{label} {percent(rates[i, i], 0)}" for i, label in enumerate(classes)]
    said = "Confusion matrix; right per class: " + ", ".join(worst[:30])
    return to_svg(figure, "confusion", said)


def _square(i: int, j: int, colour: str, alpha: float) -> Rectangle:
    return Rectangle((j + 0.02, i + 0.02), 0.96, 0.96, facecolor=colour, alpha=alpha, linewidth=0)


def _cell(axes: Axes, i: int, j: int, rate: float, count: int, counted: bool) -> None:
    strength = 0.1 + 0.9 * rate
    axes.add_patch(_square(i, j, ACCENT if i == j else WARN, strength))
    if counted:
        ink = INK if strength < 0.58 else DARK if strength < 0.75 else PAPER
        put(
            axes, j + 0.5, i + 0.5, count_words(count), color=ink, ha="center", va="center", size=12
        )


@plain_style()
def bars(
    rows: Sequence[tuple[str, float, tuple[float, float] | None]], title: str, ours: int = 0
) -> str:
    """Shares as level bars, (label, share, interval) a row; one of them, ours, in colour."""
    left = max(text_width(label, 12) for label, _, _ in rows) + 16
    figure, axes = new_plot(30 + 34 * len(rows) + 34, left=left, right=58, bottom=34)
    for place, (label, share, interval) in enumerate(rows):
        colour = ACCENT if place == ours else QUIET
        axes.barh(place, share, 0.62, color=colour)
        end = share
        if interval:
            axes.plot(interval, [place, place], color=INK, linewidth=1.6, solid_capstyle="butt")
            for edge in interval:
                axes.plot([edge] * 2, [place - 0.13, place + 0.13], color=INK, linewidth=1.6)
            end = max(share, interval[1])
        put(axes, -0.02, place, label, ha="right", va="center", size=12)
        weight = "bold" if place == ours else "normal"
        put(axes, end + 0.04, place, percent(share, 1), va="center", size=12, weight=weight)
    percent_axis(axes, "x")
    axes.set(ylim=(len(rows) - 0.5, -0.5), yticks=[])
    grid(axes, "x")
    heading(axes, title)
    said = ", ".join(f"{label} {percent(share, 1)}" for label, share, _ in rows)
    return to_svg(figure, "bars", f"{title}: {said}")


@plain_style()
def group_dots(rows: Sequence[tuple[str, float, int]], mean: float, title: str) -> str:
    """Accuracy of each person or recording, (name, share, n) a row, beside the pooled one."""
    names = shorten_all([name for name, _, _ in rows], 18)
    left = max(text_width(name) for name in names) + 16
    figure, axes = new_plot(30 + 22 * len(rows) + 34, left=left, right=58, bottom=34)
    axes.axvline(mean, color=ACCENT, linewidth=1, dashes=(2, 3))
    most = max(n for _, _, n in rows)
    for place, ((_, share, n), name) in enumerate(zip(rows, names, strict=True)):
        size = 5 + 5 * (n / most) ** 0.5
        axes.plot([share], [place], "o", color=ACCENT, markersize=size, clip_on=False)
        put(axes, -0.03, place, name, ha="right", va="center")
        put(axes, 1.04, place, f"{percent(share, 0)}", va="center", color=MUTED)
    percent_axis(axes, "x")
    axes.set(ylim=(len(rows) - 0.4, -0.6), yticks=[])
    grid(axes, "x")
    heading(axes, title)
    said = ", ".join(f"{name} {percent(share, 0)} of {n}" for name, share, n in rows)
    return to_svg(figure, "groups", f"{title}: {said}")


@plain_style()
def timelines(
    clips: Sequence[tuple[str, Sequence[str], Sequence[str], float | None]],
    classes: Sequence[str],
    name: str = "timelines",
) -> str:
    """Frames of some clips as two strips, truth over answer: (name, truths, answers, seconds)."""
    entries: list[tuple[str, dict[str, Any]]] = [
        (label, {"color": _of_class(place), "linewidth": 8})
        for place, label in enumerate(shorten_all(classes, 18))
    ]
    below = key_height(len(entries)) + 14
    figure, axes = new_plot(8 + 62 * len(clips) + below, left=56, right=8, top=8, bottom=below)
    axes.set(xlim=(0, 1), ylim=(62 * len(clips), 0), xticks=[], yticks=[])
    colours = {label: _of_class(place) for place, label in enumerate(classes)}
    for place, (clip, truths, answers, seconds) in enumerate(clips):
        top = 62 * place
        right = sum(t == a for t, a in zip(truths, answers, strict=True)) / max(len(truths), 1)
        put(axes, 0, top + 10, shorten(clip, 30), va="center", size=SMALL_PIXELS)
        long = f"{len(truths)} frames" if seconds is None else f"{seconds:.1f}\u00a0s"
        facts = f"{long}, {percent(right, 0)} right"
        put(axes, 1, top + 10, facts, va="center", ha="right", color=MUTED, size=SMALL_PIXELS)
        for row, (word, labels) in enumerate((("truth", truths), ("answer", answers))):
            up = top + 20 + 16 * row
            put(axes, -0.015, up + 7, word, va="center", ha="right", color=MUTED)
            for start, end, label in _runs(labels):
                axes.broken_barh(
                    [(start / len(labels), (end - start) / len(labels))],
                    (up, 14),
                    facecolor=colours[label],
                    linewidth=0,
                )
    key(figure, entries, left=56, bottom=4)
    said = ", ".join(clip for clip, *_ in clips)
    return to_svg(figure, name, f"Truth over answer in {said}; classes {', '.join(classes)}")


def _of_class(place: int) -> str:
    return SERIES[place % len(SERIES)]


def _runs(labels: Sequence[str]) -> list[tuple[int, int, str]]:
    """Stretches of the same label as (start, end, label)."""
    edges = [0, *(i for i in range(1, len(labels)) if labels[i] != labels[i - 1]), len(labels)]
    return [
        (start, end, labels[start])
        for start, end in zip(edges, edges[1:], strict=False)
        if end > start
    ]
