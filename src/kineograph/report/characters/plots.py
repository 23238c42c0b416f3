"""The picture of gradients through time: how much a character depends on those long before it."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from kineograph.report.page.drawing import (
    SERIES,
    foot,
    grid,
    heading,
    key,
    key_height,
    new_plot,
    plain_style,
    to_svg,
)

LEAST = 1e-8  # of an axis: below it, float rounding


@plain_style()
def gradient_curves(curves: Mapping[str, Sequence[float]]) -> str:
    """Norms of gradients over characters back, each net's beside its own first, on a log axis."""
    below = key_height(len(curves)) if len(curves) > 1 else 0.0
    figure, axes = new_plot(250 + below, left=52, bottom=44 + below)
    styles, told = [], []
    for colour, (name, values) in zip(SERIES, curves.items(), strict=False):
        shares = np.maximum(np.asarray(values) / values[0], LEAST)
        styles.append((name, {"color": colour, "linewidth": 2}))
        axes.plot(shares, color=colour, linewidth=2)
        told.append(f"{name} {shares[-1]:.0e} after {len(shares) - 1}")
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share:g}"))
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    grid(axes)
    heading(axes, "Gradient, the last character's is 1")
    foot(axes, "characters back")
    if len(curves) > 1:
        key(figure, styles, left=52, bottom=4)
    return to_svg(figure, "gradient", f"Gradient through time: {', '.join(told)}")
