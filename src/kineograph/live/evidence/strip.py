"""An event as one picture: a film strip, and below it how probable it was, on the same clock.

Each picture stands above its own stretch of the curve, so the eye goes straight down from what was
seen to how sure the network was of it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from kineograph.report.page.drawing import plain_style

if TYPE_CHECKING:
    from kineograph.media.frame import Frame

PICTURES = 8
HEIGHT_PIXELS = 240  # of each picture before it is drawn
WIDTH, LEFT, RIGHT, HEAD, CURVE, FOOT, GAP, CAPTION = 1280, 64, 110, 74, 150, 56, 6, 30
DOTS_PER_PIXEL = 1.5
INK, MUTED, GRID, TRACK = "#24282e", "#6b727c", "#e4e7eb", "#f3f5f7"
LINE, ALARM, SPAN, FILL = "#0072b2", "#c2410c", "#fdeee5", "#f8c9ad"  # dark enough to read on white


@dataclass(frozen=True)
class Curve:
    """How probable the label was: `seconds` rising, on the camera's clock; thresholds or None."""

    seconds: Sequence[float]
    probabilities: Sequence[float]
    high: float | None = None
    low: float | None = None


@dataclass(frozen=True)
class Title:
    """What is written above, and which part of the strip is the event."""

    label: str
    where: str
    start_seconds: float
    end_seconds: float | None  # None: it still lasted
    start_time: datetime
    peak: float
    peak_seconds: float


def moments(start_seconds: float, end_seconds: float, peak_seconds: float) -> list[float]:
    """When to look: the middle of each picture's stretch, and at the peak in the peak's own."""
    edges = np.linspace(start_seconds, end_seconds, PICTURES + 1)
    chosen = (edges[:-1] + edges[1:]) / 2
    place = int(np.searchsorted(edges, peak_seconds, side="right")) - 1
    if 0 <= place < PICTURES:
        chosen[place] = peak_seconds
    return [float(second) for second in chosen]


@plain_style()
def draw_strip(
    frames: Sequence[Frame], curve: Curve, title: Title, start_seconds: float, end_seconds: float
) -> bytes:
    """A PNG of `frames` (those of `moments`, or none) over the curve from start to end."""
    zero = title.start_seconds  # the axis counts from the event's begin
    across = WIDTH - LEFT - RIGHT
    cell = across / PICTURES
    shape = frames[0].pixels.shape if frames else (1, 1)
    high = round((cell - GAP) * shape[0] / shape[1]) + CAPTION if frames else 0
    height = HEAD + high + CURVE + FOOT
    figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72, facecolor="white")
    peak_place = _nearest(frames, title.peak_seconds)
    for place, frame in enumerate(frames):
        left, bottom = LEFT + place * cell + GAP / 2, FOOT + CURVE + CAPTION
        box = (left / WIDTH, bottom / height, (cell - GAP) / WIDTH, (high - CAPTION) / height)
        _picture(figure.add_axes(box), frame, title, place == peak_place)
    axes = figure.add_axes((LEFT / WIDTH, FOOT / height, across / WIDTH, CURVE / height))
    axes.set(xlim=(start_seconds - zero, max(end_seconds - zero, 1e-3)), ylim=(0, 1.04))
    _draw_curve(axes, curve, title)
    _frame(figure, axes, title, height)
    written = io.BytesIO()
    figure.savefig(written, format="png", dpi=72 * DOTS_PER_PIXEL)
    return written.getvalue()


def _picture(axes: Axes, frame: Frame, title: Title, is_peak: bool) -> None:
    """One picture with its time since the begin of the event; the peak's in a frame."""
    axes.imshow(frame.pixels, aspect="auto", interpolation="antialiased")
    axes.set(xticks=[], yticks=[])
    for side in axes.spines.values():
        side.set(color=ALARM if is_peak else GRID, linewidth=3 if is_peak else 1)
    since = frame.seconds - title.start_seconds
    axes.set_xlabel(
        f"{since:+.1f} s".replace("-", "\u2212") + (" · peak" if is_peak else ""),
        color=ALARM if is_peak else MUTED,
        size=12,
        weight="bold" if is_peak else "normal",
        labelpad=6,
    )


def _draw_curve(axes: Axes, curve: Curve, title: Title) -> None:
    """The probability, its thresholds, and the stretch that is the event."""
    first, last = axes.get_xlim()
    zero, peak = title.start_seconds, title.peak_seconds - title.start_seconds
    span = axes.axvspan(
        0,
        last if title.end_seconds is None else title.end_seconds - zero,
        color=SPAN,
        linewidth=0,
        zorder=0,
    )
    for name, level in (("begins", curve.high), ("ends", curve.low)):
        if level is not None:
            axes.axhline(level, color=MUTED, linewidth=1.2, linestyle=(0, (4, 3)), zorder=2)
            axes.annotate(
                f"{name} {level:.0%}".replace("%", "\u00a0%"),
                (1, level),
                xycoords=("axes fraction", "data"),
                xytext=(8, 0),
                textcoords="offset points",
                va="center",
                color=MUTED,
                size=12,
            )
    if len(curve.seconds):
        since = [second - zero for second in curve.seconds]
        axes.fill_between(since, curve.probabilities, color=LINE, alpha=0.14, linewidth=0, zorder=1)
        inside = axes.fill_between(since, curve.probabilities, color=FILL, linewidth=0, zorder=1.5)
        inside.set_clip_path(span)
        axes.plot(since, curve.probabilities, color=LINE, linewidth=2.2, zorder=3)
    if first <= peak <= last:
        axes.plot([peak], [title.peak], "o", color=ALARM, markersize=8, zorder=4)


def _frame(figure: Figure, axes: Axes, title: Title, height: int) -> None:
    """Title, axes and grid."""
    for side in axes.spines.values():
        side.set_visible(False)
    axes.set_facecolor(TRACK)
    axes.tick_params(length=0, colors=MUTED, labelsize=12, pad=6)
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[2.5, 5, 10]))
    axes.set_yticks([0, 0.5, 1])
    axes.yaxis.set_major_formatter(PercentFormatter(1, symbol="\u00a0%"))
    axes.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda at, _: (f"{at:+.6g} s" if at else "0 s").replace("-", "\u2212"))
    )
    axes.grid(True, axis="y", color="white", linewidth=1.5)
    axes.set_axisbelow(True)
    when = title.start_time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    lasted = (
        "still going on"
        if title.end_seconds is None
        else f"{title.end_seconds - title.start_seconds:.1f} s long"
    )
    figure.text(
        LEFT / WIDTH, 1 - 32 / height, title.label, color=INK, size=20, weight="bold",
        parse_math=False,
    )  # fmt: skip
    said = f"{title.where} · {when} · {lasted} · {title.peak:.0%} at its peak"
    figure.text(
        LEFT / WIDTH, 1 - 56 / height, said.replace("%", "\u00a0%"), color=MUTED, size=13,
        parse_math=False,
    )  # fmt: skip


def _nearest(frames: Sequence[Frame], seconds: float) -> int | None:
    """Which picture stands nearest to the peak, if it is near at all."""
    if not frames:
        return None
    apart = [abs(frame.seconds - seconds) for frame in frames]
    place = int(np.argmin(apart))
    step = (frames[-1].seconds - frames[0].seconds) / max(1, len(frames) - 1)
    return place if apart[place] <= max(step, 0.1) else None
