"""The two pictures of a reader's report: error by group, and error over the number of lines."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from kineograph.report.lines.material import CurvePoint
from kineograph.report.lines.words import error_percent
from kineograph.report.page.drawing import (
    ACCENT,
    INK,
    LINE,
    MUTED,
    QUIET,
    SMALL_PIXELS,
    TEXT_PIXELS,
    foot,
    grid,
    heading,
    new_plot,
    plain_style,
    put,
    shorten_all,
    text_width,
    to_svg,
)
from kineograph.report.page.words import NARROW, count

LEAST_TOP = 0.001  # of an axis of error rates: a reader without faults has an axis, too


@plain_style()
def error_dots(
    rows: Sequence[tuple[str, float, float | None]], mean: float, title: str, names: tuple[str, str]
) -> str:
    """Error rates by group, (group, as read, by the best path or None) a row, beside the pooled.

    names: of the two, for the line above the plot and those who cannot see it.
    """
    groups = shorten_all([name for name, _, _ in rows], 22)
    left = max(text_width(name) for name in groups) + 16
    figure, axes = new_plot(46 + 24 * len(rows) + 34, left=left, right=62, top=46, bottom=34)
    top = max(max(read, other or 0.0) for _, read, other in rows)
    axes.axvline(mean, color=ACCENT, linewidth=1, dashes=(2, 3))
    _rate_axis(axes, "x", max(top, mean))
    for place, ((_, read, other), name) in enumerate(zip(rows, groups, strict=True)):
        if other is not None:
            axes.plot([read, other], [place, place], color=LINE, linewidth=3, zorder=1)
            axes.plot([other], [place], "o", color=QUIET, markersize=6, clip_on=False, zorder=2)
        axes.plot([read], [place], "o", color=ACCENT, markersize=8, clip_on=False, zorder=3)
        put(axes, -0.03 * axes.get_xlim()[1], place, name, ha="right", va="center")
        put(axes, 1.04 * axes.get_xlim()[1], place, error_percent(read), va="center", color=MUTED)
    axes.set(ylim=(len(rows) - 0.4, -0.6), yticks=[])
    grid(axes, "x")
    _above(axes, title, 0, 28, color=INK, size=TEXT_PIXELS)
    if any(other is not None for _, _, other in rows):
        _key_above(axes, names)
    told = ", ".join(
        f"{name} {error_percent(read)}"
        + ("" if other is None else f" ({error_percent(other)} {names[1]})")
        for name, read, other in rows
    )
    return to_svg(figure, "errors", f"{title}: {told}")


def _key_above(axes: Axes, names: tuple[str, str]) -> None:
    """Which dot is which, in one line between the title and the plot."""
    place = 0.0
    for name, colour, size in zip(names, (ACCENT, QUIET), (14, 11), strict=True):
        _above(axes, "●", place, 10.5, color=colour, size=size)
        _above(axes, name, place + 12, 11, color=MUTED, size=SMALL_PIXELS)
        place += text_width(name) + 28


def _above(axes: Axes, text: str, right: float, up: float, **look: Any) -> None:
    """A text so many pixels from the upper left corner of the plot."""
    axes.annotate(
        text,
        xy=(0, 1),
        xycoords="axes fraction",
        xytext=(right, up),
        textcoords="offset points",
        **look,
    )


@plain_style()
def lines_curve(points: Sequence[CurvePoint]) -> str:
    """Character error rate over the number of lines learned from, a dot a training, means joined.

    Each step of the lower axis doubles the lines.
    """
    sizes = sorted({point.lines for point in points})
    means = [float(np.mean([p.cer for p in points if p.lines == size])) for size in sizes]
    figure, axes = new_plot(260, left=48, right=58)
    axes.set_xscale("log", base=2)
    axes.plot(sizes, means, color=ACCENT, linewidth=2)
    axes.plot([p.lines for p in points], [p.cer for p in points], "o", color=ACCENT, markersize=6)
    _rate_axis(axes, "y", max(p.cer for p in points))
    axes.set_xlim(sizes[0] / 1.15, sizes[-1] * 1.15)
    axes.xaxis.set_major_locator(FixedLocator(_apart(sizes)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda size, _: count(size)))
    last = (sizes[-1] * 1.2, means[-1])
    put(axes, *last, error_percent(means[-1]), color=ACCENT, va="center", size=SMALL_PIXELS)
    grid(axes)
    heading(axes, "Character error rate")
    foot(axes, "lines learned from")
    told = ", ".join(
        f"{size} lines {error_percent(mean)}" for size, mean in zip(sizes, means, strict=True)
    )
    return to_svg(figure, "lines-curve", f"Character error rate over lines learned from: {told}")


def _apart(sizes: Sequence[int], ratio: float = 1.5) -> list[int]:
    """The sizes that have room for their figures on an axis, the last one first of all."""
    kept = [sizes[-1]]
    for size in reversed(sizes[:-1]):
        if kept[-1] / size >= ratio:
            kept.append(size)
    return kept[::-1]


def _rate_axis(axes: Axes, which: str, top: float) -> None:
    """Error rates from 0 to a little above the largest, with three to six ticks in percent."""
    top = max(top * 1.08, LEAST_TOP)
    steps = [size * 10.0**power for power in range(-5, 3) for size in (1, 2, 5)]
    step = next(each for each in steps if top / each <= 5)
    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_ticks(list(np.arange(0, top + 1e-12, step)))
    axis.set_major_formatter(FuncFormatter(lambda rate, _: f"{100 * rate:g}{NARROW}%"))
    (axes.set_ylim if which == "y" else axes.set_xlim)(0, top)
