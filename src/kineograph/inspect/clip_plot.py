"""A clip in one picture: its frames, the answer after each, and how much each one moved it."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from kineograph.inspect.occlusion import Watched
from kineograph.report.page.drawing import (
    ACCENT,
    LINE,
    MUTED,
    SERIES,
    SMALL_PIXELS,
    WARN,
    WIDE_PIXELS,
    add_axes,
    foot,
    grid,
    heading,
    percent_axis,
    plain_style,
    put,
    shorten,
    to_svg,
)

THUMBNAILS = 9  # frames in the strip
CLASSES = 4  # curves at most
LEFT, RIGHT = 60, 130
CURVE_PIXELS, BARS_PIXELS = 170, 110
GAP, FOOT = 36, 44
LEAST_DROP = 0.1  # of log-odds at the axis' end: below, nothing moved


def spread_over(count: int) -> list[int]:
    """At most `THUMBNAILS` of `count` places: the middles of equal parts."""
    most = min(THUMBNAILS, count)
    return [int((place + 0.5) * count / most) for place in range(most)]


@plain_style()
def clip_plot(found: Watched, pictures: Sequence[NDArray[np.uint8]], classes: Sequence[str]) -> str:
    """The strip of `pictures` (those of `spread_over`), then the curve, then the bars."""
    inner = WIDE_PIXELS - LEFT - RIGHT
    strip = _strip_height(pictures, inner)
    has_curve, has_bars = found.curve is not None, found.drops is not None
    height = strip + FOOT + has_curve * (CURVE_PIXELS + GAP) + has_bars * (BARS_PIXELS + GAP)
    figure = Figure(figsize=(WIDE_PIXELS / 72, height / 72), dpi=72)
    top = height - strip
    _strip(figure, pictures, top, inner)
    axes: list[Axes] = []
    if has_curve:
        top -= CURVE_PIXELS + GAP
        axes.append(add_axes(figure, LEFT, top, inner, CURVE_PIXELS))
        _curve(axes[-1], found, classes)
    if has_bars:
        top -= BARS_PIXELS + GAP
        axes.append(add_axes(figure, LEFT, top, inner, BARS_PIXELS))
        _bars(axes[-1], found, classes[found.label])
    for each in axes:
        _seconds(each, found, told=each is axes[-1])
    return to_svg(figure, f"clip-{found.seconds[0]:.3f}-{len(found.places)}", _said(found, classes))


def _strip_height(pictures: Sequence[NDArray[np.uint8]], width: float) -> float:
    """Of pictures beside each other over all of the width."""
    high, wide = pictures[0].shape[:2]
    return _picture_width(len(pictures), width) * high / wide


def _picture_width(count: int, width: float) -> float:
    return width / max(count, 4) - 3


def _strip(
    figure: Figure, pictures: Sequence[NDArray[np.uint8]], bottom: float, width: float
) -> None:
    """Pictures over the middles of equal parts, which is where their frames are."""
    high, wide = pictures[0].shape[:2]
    each, part = _picture_width(len(pictures), width), width / len(pictures)
    for place, picture in enumerate(pictures):
        left = LEFT + (place + 0.5) * part - each / 2
        axes = add_axes(figure, left, bottom, each, each * high / wide)
        axes.imshow(picture, interpolation="none", aspect="auto")
        axes.set(xticks=[], yticks=[])


def _curve(axes: Axes, found: Watched, classes: Sequence[str]) -> None:
    """The likeliest classes, anywhere along the clip; the answer's own stands out."""
    curve = found.curve
    assert curve is not None
    percent_axis(axes, "y")
    heading(axes, "probability")
    others = [each for each in np.argsort(-curve.max(0), kind="stable") if each != found.label]
    shown = [found.label, *others[: CLASSES - 1]]
    colours = [ACCENT, *SERIES[1:]]
    at = np.arange(len(curve)) + 0.5
    for label, colour in reversed(list(zip(shown, colours, strict=False))):
        own = label == found.label
        axes.plot(at, curve[:, label], color=colour, linewidth=2.5 if own else 1.5, clip_on=False)
        if len(at) == 1:
            axes.plot(at, curve[:, label], "o", color=colour, clip_on=False)
    ends = _apart([float(curve[-1, label]) for label in shown], 0.1)
    for label, colour, end in zip(shown, colours, ends, strict=False):
        name = shorten(classes[label], 18)
        put(axes, len(at) + len(at) * 0.012, end, name, color=colour, va="center")
    grid(axes)


def _apart(ends: list[float], least: float) -> list[float]:
    """Heights of names at the curves' ends, in the same order, none over another, all in 0 to 1."""
    order = np.argsort(ends, kind="stable")
    placed = np.array(ends)[order]
    for place in range(len(placed) - 2, -1, -1):
        placed[place] = min(placed[place], placed[place + 1] - least)
    placed[0] = max(placed[0], 0.0)
    for place in range(1, len(placed)):
        placed[place] = max(placed[place], placed[place - 1] + least)
    found = np.empty(len(placed))
    found[order] = placed
    return [float(height) for height in found]


def _bars(axes: Axes, found: Watched, label: str) -> None:
    drops = found.drops
    assert drops is not None
    at = np.arange(len(drops)) + 0.5
    colours = np.where(drops >= 0, ACCENT, WARN)
    for (first, end), drop in zip(found.parts, found.part_drops, strict=True):
        colour = ACCENT if drop >= 0 else WARN
        axes.bar((first + end) / 2, drop, width=end - first - 0.16, color=colour, alpha=0.22)
    axes.bar(at, drops, width=0.5, color=list(colours))
    every = np.concatenate([drops, found.part_drops])
    most = max(LEAST_DROP, float(np.abs(every).max()) * 1.08)
    low = min(0.0, float(every.min()) * 1.08)
    low = low if low < -0.02 * most else 0.0
    high = max(float(every.max()) * 1.08, LEAST_DROP if low == 0 else 0.12 * -low)
    axes.set_ylim(low, high)
    axes.axhline(0, color=MUTED, linewidth=1)
    axes.yaxis.set_major_locator(MaxNLocator(4))
    pale = " (pale: without the part)" if found.parts else ""
    heading(axes, f"log-odds of {shorten(label, 24)} lost without the frame{pale}")
    grid(axes)
    names = [("spoke for it", ACCENT, high / 2), ("spoke against it", WARN, low / 2)]
    for name, colour, height in names[: 2 if low else 1]:
        put(axes, len(at) * 1.012, height, name, color=colour, va="center", size=SMALL_PIXELS)


def _seconds(axes: Axes, found: Watched, told: bool) -> None:
    """Frames side by side, as they were shown; the times of some below, if they are to be told."""
    count = len(found.places)
    axes.set_xlim(0, count)
    ticks = spread_over(count)
    axes.set_xticks([place + 0.5 for place in ticks])
    axes.set_xticklabels([f"{found.seconds[place]:.2f}" if told else "" for place in ticks])
    if told:
        foot(axes, "seconds")
    axes.axhline(axes.get_ylim()[0], color=LINE, linewidth=1)


def _said(found: Watched, classes: Sequence[str]) -> str:
    words = f"{len(found.places)} frames, answered as {classes[found.label]}"
    if found.drops is not None:
        most = int(np.abs(found.drops).argmax())
        words += f"; moved most by the frame at {found.seconds[most]:.2f} s"
    return words
