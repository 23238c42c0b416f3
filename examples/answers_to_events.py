"""How an answer becomes an event, drawn: answers, smoothing, two thresholds, joining, cool-down.

python examples/answers_to_events.py docs/pictures/events.png
"""

import sys
from datetime import UTC, datetime, timedelta

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kineograph.live.detection.detect import Change, Detector
from kineograph.live.detection.rules import Rule
from kineograph.live.detection.smooth import smoothed

RULE = Rule("fight", cool_down_seconds=8.0)
BEGAN = datetime(2026, 2, 14, 18, 30, tzinfo=UTC)
INK, MUTED, GRID, DOTS = "#24282e", "#6b727c", "#e4e7eb", "#9aa1ab"
BLUE, ORANGE, GREEN = "#0072b2", "#d55e00", "#009e73"


def answers() -> tuple[np.ndarray, np.ndarray]:
    """Ten seconds (N,) of answers a second, and how sure each is of a fight (N,): made up."""
    rng = np.random.default_rng(8)
    seconds = np.arange(0, 34, 0.1)
    sure = np.full(len(seconds), 0.08)
    for start, end, height in (
        (2.0, 2.4, 0.95),  # a flash: too short to rise
        (6.0, 10.6, 0.94),  # a fight …
        (11.9, 15.0, 0.9),  # … that goes on after a breath
        (19.0, 21.2, 0.9),  # soon after it
        (26.0, 30.6, 0.88),
    ):
        sure[(seconds >= start) & (seconds < end)] = height
    return seconds, np.clip(sure + rng.normal(0, 0.05, len(seconds)), 0, 1)


def events(seconds: np.ndarray, sure: np.ndarray) -> list[Change]:
    """What a detector tells of them, one by one."""
    detector = Detector([RULE], "hall", classes=("calm", "fight"))
    changes: list[Change] = []
    for second, value in zip(seconds.tolist(), sure.tolist(), strict=True):
        time = BEGAN + timedelta(seconds=second)
        changes += detector.see(second, np.array([1 - value, value]), time)
    return changes + detector.finish()


def draw(path: str) -> None:
    """One picture: the curve, and what of it is an event."""
    seconds, sure = answers()
    curve = smoothed(seconds, sure[:, None], RULE.smooth_seconds)[:, 0]
    changes = events(seconds, sure)
    figure = Figure(figsize=(11, 5.2), dpi=72, facecolor="white")
    axes = figure.add_axes((0.06, 0.12, 0.89, 0.86))
    axes.plot(seconds, sure, ".", color=DOTS, markersize=4)
    axes.plot(seconds, curve, color=INK, linewidth=2.2)
    for value, name in ((RULE.high, "high"), (RULE.low, "low")):
        axes.axhline(value, color=MUTED, linewidth=1, dashes=(4, 3))
        axes.text(34.1, value, name, color=MUTED, va="center", size=12)
    for change in changes:
        if change.what == "begun":
            _told(axes, change, curve[np.searchsorted(seconds, change.told_seconds)])
        elif change.event.end_seconds is not None:
            _lasted(axes, change.event.start_seconds, change.event.end_seconds)
    _words(axes)
    axes.set(xlim=(0, 34), ylim=(-0.2, 1.24), xticks=range(0, 35, 5))
    axes.set_yticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])
    axes.set_xlabel("seconds", color=MUTED, size=12)
    axes.tick_params(length=0, colors=MUTED, labelsize=12)
    axes.grid(True, axis="x", color=GRID)
    axes.set_axisbelow(True)
    for side in axes.spines.values():
        side.set_visible(False)
    figure.savefig(path, dpi=144)


def _told(axes: Axes, change: Change, value: float) -> None:
    axes.plot(change.told_seconds, value, "o", color=ORANGE, markersize=10, zorder=5)
    axes.annotate(
        "told", (change.told_seconds, value), xytext=(10, -14), textcoords="offset points",
        color=ORANGE, size=13,
    )  # fmt: skip


def _lasted(axes: Axes, start: float, end: float) -> None:
    axes.axvspan(start, end, color=BLUE, alpha=0.09, linewidth=0)
    axes.broken_barh([(start, end - start)], (-0.15, 0.08), color=BLUE)
    axes.text((start + end) / 2, -0.11, "event", color="white", size=12, ha="center", va="center")
    cool = min(RULE.cool_down_seconds, 34 - end)
    axes.broken_barh([(end, cool)], (-0.15, 0.08), color=GREEN, alpha=0.25)
    if cool > 4:
        axes.text(end + cool / 2, -0.11, "cool-down", color=INK, size=12, ha="center", va="center")


def _words(axes: Axes) -> None:
    for x, y, text in (
        (2.4, 1.06, "a flash:\nnever over high"),
        (11.3, 1.06, "joined: high again\nwithin 2 s"),
        (20.1, 1.06, "none: it cools down"),
    ):
        axes.text(x, y, text, color=INK, size=12, ha="center", va="bottom", linespacing=1.25)


if __name__ == "__main__":
    draw(sys.argv[1])
