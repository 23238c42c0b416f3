"""A line's picture over the probability of every character at each of its columns."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from kineograph.report.page.drawing import (
    INK,
    MUTED,
    QUIET,
    SERIES,
    SMALL_PIXELS,
    TEXT_PIXELS,
    WIDE_PIXELS,
    add_axes,
    foot,
    grid,
    percent_axis,
    plain_style,
    put,
    to_svg,
)

LEFT, RIGHT, TOP, GAP, FOOT = 44, 10, 4, 30, 40
PLOT_PIXELS, MOST_PICTURE_PIXELS = 130, 72  # heights
LIKELY = 0.1  # a character that is nowhere so likely is not drawn
NOTHING = 0.004  # of a probability: a spike begins and ends there
SPACE_SEEN = "\u2423"


@dataclass(frozen=True, eq=False)
class Spikes:
    """probabilities (T, V), the blank first; names (V) of the characters; read: index, first
    column and the one after the last of each character of the best path, in order.
    """

    probabilities: NDArray[np.float64]
    names: list[str]
    read: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Spike:
    """A stretch of columns [first, end) in which a character is not impossible."""

    index: int
    first: int
    end: int
    peak: int
    is_read: bool


def spikes_of(found: Spikes) -> Iterator[Spike]:
    """Every stretch in which a character is likely somewhere, the blank left out."""
    read = {(index, column) for index, first, end in found.read for column in range(first, end)}
    for index in np.flatnonzero(found.probabilities.max(0) >= LIKELY):
        if index == 0:
            continue
        curve = found.probabilities[:, index]
        edges = np.diff(np.concatenate([[0], curve > NOTHING, [0]]).astype(np.int8))
        for first, end in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True):
            if curve[first:end].max() >= LIKELY:
                peak = int(first + curve[first:end].argmax())
                is_read = any((int(index), column) in read for column in range(first, end))
                yield Spike(int(index), int(first), int(end), peak, is_read)


@plain_style()
def spikes_plot(picture: NDArray[np.uint8], found: Spikes, name: str) -> str:
    """(H, W) grey and its spikes, column under column; short lines keep to the left."""
    high, wide = picture.shape
    width = min(WIDE_PIXELS - LEFT - RIGHT, max(260.0, MOST_PICTURE_PIXELS * wide / high))
    shown = width * high / wide
    height = TOP + shown + GAP + PLOT_PIXELS + FOOT
    figure = Figure(figsize=(WIDE_PIXELS / 72, height / 72), dpi=72)
    image = add_axes(figure, LEFT, height - TOP - shown, width, shown)
    image.imshow(picture, cmap="gray", vmin=0, vmax=255, interpolation="none", aspect="auto")
    image.set(xticks=[], yticks=[])
    axes = add_axes(figure, LEFT, FOOT, width, PLOT_PIXELS)
    _draw(axes, found)
    return to_svg(figure, name, _said(found))


def _draw(axes: Axes, found: Spikes) -> None:
    columns = len(found.probabilities)
    at = np.arange(columns) + 0.5
    blank = found.probabilities[:, 0]
    axes.fill_between(at, blank, color=QUIET, alpha=0.18, linewidth=0)
    axes.plot(at, blank, color=QUIET, linewidth=0.6)
    axes.xaxis.set_major_locator(MaxNLocator(10, integer=True))
    order = list(dict.fromkeys(index for index, _, _ in found.read))
    for spike in spikes_of(found):
        colour = SERIES[order.index(spike.index) % 7] if spike.is_read else MUTED
        first, end = max(spike.first - 1, 0), min(spike.end + 1, columns)
        curve = found.probabilities[first:end, spike.index]
        axes.fill_between(at[first:end], curve, color=colour, alpha=0.25, linewidth=0)
        axes.plot(
            at[first:end],
            curve,
            color=colour,
            linewidth=1.6 if spike.is_read else 1.2,
            linestyle="solid" if spike.is_read else (0, (2, 2)),
        )
        top = float(found.probabilities[spike.peak, spike.index])
        shown = SPACE_SEEN if found.names[spike.index] == " " else found.names[spike.index]
        put(
            axes,
            spike.peak + 0.5,
            top + 0.04,
            shown,
            color=INK if spike.is_read else MUTED,
            ha="center",
            va="bottom",
            size=TEXT_PIXELS if spike.is_read else SMALL_PIXELS,
        )
    percent_axis(axes, "y")
    axes.set_xlim(0, columns)
    grid(axes)
    foot(axes, f"column, of {columns}; grey: the blank")


def _said(found: Spikes) -> str:
    text = "".join(found.names[index] for index, _, _ in found.read) or "nothing"
    return f"{len(found.probabilities)} columns, {len(found.read)} characters: {text}"
