"""Pictures of a character model's inside: gradients through time, gates, kinds of errors."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from kineograph.report.page.drawing import (
    ACCENT,
    INK,
    LINE,
    MUTED,
    SERIES,
    SMALL_PIXELS,
    TEXT_PIXELS,
    WIDE_PIXELS,
    WIDTH_PIXELS,
    add_axes,
    foot,
    grid,
    heading,
    key,
    key_height,
    new_plot,
    plain_style,
    put,
    to_svg,
)
from kineograph.report.page.words import percent

LEAST = 1e-12  # of an axis: below it, rounding
GATE_PIXELS, GATES_FOOT = 210, 44
BAR_PIXELS = 26


@plain_style()
def gradient_curves(curves: Mapping[str, Sequence[float]], bold: str = "") -> str:
    """Norms of gradients over characters back, each net's beside its own first, on a log axis.

    bold: the name of the curve that stands out.
    """
    below = key_height(len(curves), 3) if len(curves) > 1 else 0.0
    figure, axes = new_plot(300 + below, left=60, bottom=44 + below, width=WIDE_PIXELS * 0.72)
    styles, told = [], []
    others = iter(SERIES[1:])
    for name, values in curves.items():
        own = name == bold or len(curves) == 1
        style: dict[str, Any] = {
            "color": ACCENT if own else next(others),
            "linewidth": 3.0 if own else 1.6,
        }
        shares = np.maximum(np.asarray(values) / max(values[0], 1e-300), 1e-300)
        styles.append((name, style))
        axes.plot(shares, **style)
        told.append(f"{name} {shares[-1]:.0e} after {len(shares) - 1}")
    axes.set_yscale("log")
    axes.set_xlim(0, max(len(values) for values in curves.values()) - 1)
    low = min(line.get_ydata().min() for line in axes.lines)  # type: ignore[union-attr]
    axes.set_ylim(max(LEAST, low / 3), None)
    axes.yaxis.set_major_formatter(FuncFormatter(_power))
    axes.xaxis.set_major_locator(MaxNLocator(10, integer=True))
    grid(axes)
    heading(axes, "Gradient, the last character's is 1")
    foot(axes, "characters back")
    if len(curves) > 1:
        key(figure, styles, left=60, bottom=4, columns=3)
    return to_svg(figure, "gradient", f"Gradient through time: {', '.join(told)}")


def _power(share: float, _: object) -> str:
    """1, 0.1, 0.01, then powers of ten."""
    return f"{share:g}" if share >= 1e-3 else f"1e{round(np.log10(share))}".replace("-", "−")


@plain_style()
def saturation_plot(gates: Mapping[str, Sequence[NDArray[np.float64]]]) -> str:
    """Each unit as a point: how much of the time its gate is shut, and open; a gate beside another.

    gates: by name, of each layer (N, 2) shares of the time. A unit on the slanted line is always
    one or the other.
    """
    layers = len(next(iter(gates.values())))
    below = key_height(layers, 4) if layers > 1 else 0.0
    width = WIDTH_PIXELS * 0.75
    height = GATE_PIXELS + 36 + GATES_FOOT + below
    figure = Figure(figsize=(len(gates) * width / 72, height / 72), dpi=72)
    for column, (name, shares) in enumerate(gates.items()):
        left = column * width + 46
        axes = add_axes(figure, left, GATES_FOOT + below, width - 64, GATE_PIXELS)
        axes.plot([0, 1], [1, 0], color=LINE, linewidth=1)
        for number, each in enumerate(shares):
            colour = SERIES[number % len(SERIES)]
            axes.scatter(each[:, 0], each[:, 1], s=14, color=colour, alpha=0.6, linewidths=0)
        axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_ticks([0, 0.5, 1])
            axis.set_major_formatter(FuncFormatter(lambda share, _: percent(share, 0)))
        grid(axes, "both")
        heading(axes, f"{name} gate: open (> 0.9)")
        foot(axes, "shut (< 0.1)")
    if layers > 1:
        style = {"linewidth": 6, "alpha": 0.6}
        entries = [
            (f"layer {number + 1}", {"color": SERIES[number % len(SERIES)], **style})
            for number in range(layers)
        ]
        key(figure, entries, left=46, bottom=4, columns=4)
    said = f"Share of the time that each unit's gates are shut and open: {', '.join(gates)}"
    return to_svg(figure, "gates", said)


@plain_style()
def errors_plot(counts: Mapping[str, int]) -> str:
    """A bar for each kind of error, in the order that they were peeled off, with its share."""
    every = max(1, sum(counts.values()))
    most = max(counts.values()) / every or 1.0
    figure, axes = new_plot(
        BAR_PIXELS * len(counts) + 20, left=120, right=90, top=8, bottom=12, width=620
    )
    for place, (name, number) in enumerate(counts.items()):
        share = number / every
        axes.barh(place, share, height=0.62, color=ACCENT if name != "rest" else MUTED)
        told = f"{percent(share)}, {number}"
        apart = 0.015 * most
        put(axes, share + apart, place, told, va="center", size=SMALL_PIXELS, color=MUTED)
        put(axes, -apart, place, name, va="center", ha="right", size=TEXT_PIXELS, color=INK)
    axes.set(xlim=(0, most), ylim=(len(counts) - 0.5, -0.5))
    axes.set(xticks=[], yticks=[])
    said = ", ".join(f"{name} {number}" for name, number in counts.items())
    return to_svg(figure, "errors", f"Kinds of errors: {said}")
