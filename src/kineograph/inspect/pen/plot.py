"""One line of ink in one picture, as Graves 2013 draws it: the paper, and below it time.

the text     over the ink, each character where the pen was when the window looked at it
the paper    how likely the pen was to come there, warm; the ink; ends of strokes as rings
the window   which characters were seen, point by point
the pen      how likely it was to be lifted; where it was
Gaussians    which of them had the weight
"""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from kineograph.data.ink.known import KnownInk, in_units
from kineograph.data.ink.strokes import from_offsets
from kineograph.inspect.pen.followed import Followed, heat_map
from kineograph.report.page.drawing import (
    ACCENT,
    INK,
    MUTED,
    TEXT_PIXELS,
    WARN,
    WIDE_PIXELS,
    add_axes,
    foot,
    grid,
    heading,
    percent_axis,
    plain_style,
    put,
    to_svg,
)

LEFT, RIGHT = 62, 12
LETTERS, GAP, FOOT = 26, 34, 40  # heights
PAPER_PIXELS = (90, 260)  # at least, at most
ROW_PIXELS = (9, 13)  # of a character of the window
LIFT_PIXELS, WEIGHT_PIXELS = 90, 8  # the pen's curve; a Gaussian's row
WARM = (0.835, 0.369, 0.0)  # of heat, on paper that is light or dark
COOL = (0.0, 0.447, 0.698)
FAINT = 0.4  # a power: what is half as likely is seen nearly as well
BRIGHT = 99.5  # percentile of all that is warm: what lies above is as warm as it gets
SPACE_SEEN, END_SEEN = "\u2423", "end"


@dataclass(frozen=True)
class Heights:
    """Of the parts of the picture, in pixels; 0 for one that is not there."""

    paper: float
    window: float
    weights: float

    @property
    def whole(self) -> float:
        """Of all, with what stands between."""
        window = self.window + GAP if self.window else 0
        return LETTERS + self.paper + GAP + window + LIFT_PIXELS + GAP + self.weights + FOOT


@plain_style()
def line_plot(found: Followed, known: KnownInk, name: str) -> str:
    """The whole picture as SVG; `name` keeps its ids apart from other plots'."""
    inner = WIDE_PIXELS - LEFT - RIGHT
    heat = heat_map(found, known, inner)
    high, wide = heat.values.shape
    heights = _heights(found, inner * high / wide)
    figure = Figure(figsize=(WIDE_PIXELS / 72, heights.whole / 72), dpi=72)
    top = heights.whole - LETTERS - heights.paper
    shown = min(inner, heights.paper * wide / high)
    axes = add_axes(figure, LEFT, top, shown, heights.paper)
    _paper(axes, heat.values, heat.extent, found, known)
    count = len(found.points)
    if found.window is not None:
        top -= GAP + heights.window
        axes = add_axes(figure, LEFT, top, inner, heights.window)
        _window(axes, found.window, found.text)
        axes.set_xlim(0, count)
        axes.set_xticks([])
    top -= GAP + LIFT_PIXELS
    axes = add_axes(figure, LEFT, top, inner, LIFT_PIXELS)
    _lifts(axes, found)
    top -= GAP + heights.weights
    axes = add_axes(figure, LEFT, top, inner, heights.weights)
    _weights(axes, found.weights)
    said = f"{count} points of ink: {found.text}" if found.text else f"{count} points of ink"
    return to_svg(figure, name, said)


def _heights(found: Followed, paper: float) -> Heights:
    least, most = PAPER_PIXELS
    window = 0.0
    if found.window is not None:
        signs = found.window.shape[1]
        each = min(max(320 / signs, ROW_PIXELS[0]), ROW_PIXELS[1])
        window = signs * each
    weights = WEIGHT_PIXELS * found.weights.shape[1]
    return Heights(min(max(paper, least), most), window, weights)


def warmed(values: NDArray[np.float64], colour: tuple[float, float, float]) -> NDArray[np.float64]:
    """(rows, columns, 4): one colour, the more of it the larger the value; nothing at 0."""
    some = values[values > 0]
    most = float(np.percentile(some, BRIGHT)) if len(some) else 1.0
    strength = np.clip(values / max(most, 1e-300), 0, 1) ** FAINT
    return np.dstack([np.full(values.shape, part) for part in colour] + [strength])


def _paper(
    axes: Axes,
    values: NDArray[np.float64],
    extent: tuple[float, float, float, float],
    found: Followed,
    known: KnownInk,
) -> None:
    """Heat, ink, ends of strokes, and the text over them."""
    image = warmed(values, WARM)
    axes.imshow(image, extent=extent, aspect="auto", interpolation="bilinear")
    strokes = from_offsets(in_units(found.points, known))
    for stroke in strokes:
        axes.plot(stroke[:, 0], stroke[:, 1], color=INK, linewidth=1.1, solid_capstyle="round")
    ends = np.array([stroke[-1] for stroke in strokes])
    axes.plot(
        ends[:, 0], ends[:, 1], "o", markersize=4.5, color=ACCENT, fillstyle="none", clip_on=False
    )
    axes.set(xlim=extent[:2], ylim=extent[2:], xticks=[], yticks=[])
    looked = found.looks_at
    if looked is None:
        return
    places = np.concatenate(strokes)[:, 0]
    for character, sign in enumerate(found.text):
        here = places[looked == character]
        if len(here) and sign != " ":
            put(axes, here.mean(), extent[3], sign, ha="center", va="bottom", size=TEXT_PIXELS)


def _window(axes: Axes, window: NDArray[np.float64], text: str) -> None:
    """A row for each character, the first at the top; a column for each point."""
    points, signs = window.shape
    extent = (0, points, signs - 0.5, -0.5)
    image = warmed(window.T, COOL)
    axes.imshow(image, extent=extent, aspect="auto", interpolation="none")
    axes.set_yticks(range(signs), labels=[""] * signs)
    for place, sign in enumerate([*text, END_SEEN]):
        shown = SPACE_SEEN if sign == " " else sign
        colour = MUTED if shown in (SPACE_SEEN, END_SEEN) else INK
        put(axes, -0.006 * points, place, shown, ha="right", va="center", size=10, color=colour)
    heading(axes, "the window over the text")


def _lifts(axes: Axes, found: Followed) -> None:
    at = np.arange(len(found.lifts)) + 0.5
    axes.fill_between(at, found.lifts, color=WARN, alpha=0.25, linewidth=0, step="mid")
    axes.plot(at, found.lifts, color=WARN, linewidth=1.3, drawstyle="steps-mid")
    lifted = at[found.points[:, 2] > 0.5]
    axes.plot(
        lifted, np.full(len(lifted), 1.0), "o", markersize=4.5, color=ACCENT, fillstyle="none",
        clip_on=False,
    )  # fmt: skip
    percent_axis(axes, "y")
    axes.set(xlim=(0, len(at)))
    axes.xaxis.set_major_locator(MaxNLocator(10, integer=True))
    axes.set_xticklabels([])
    grid(axes)
    heading(axes, "how likely the pen was to be lifted; rings: where it was")


def _weights(axes: Axes, weights: NDArray[np.float64]) -> None:
    points, count = weights.shape
    extent = (0, points, count - 0.5, -0.5)
    image = np.dstack([np.full(weights.T.shape, part) for part in WARM] + [weights.T])
    axes.imshow(image, extent=extent, aspect="auto", interpolation="none")
    axes.set_yticks([])
    axes.set_xlim(0, points)
    axes.xaxis.set_major_locator(MaxNLocator(10, integer=True))
    heading(axes, f"the weights of its {count} Gaussians")
    foot(axes, "points of the pen")
