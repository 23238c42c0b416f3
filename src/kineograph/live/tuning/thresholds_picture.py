"""Recall against false alerts an hour: every setting tried, the best of them, the one chosen."""

import io
from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from kineograph.errors import InputError
from kineograph.live.tuning.thresholds import Tuned
from kineograph.live.tuning.words import length_in_words
from kineograph.metrics.events import EventScore
from kineograph.report.page.drawing import plain_style
from kineograph.whole_file import write_bytes_whole

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 460, 64, 28, 56, 56  # pixels of the drawing
DOTS_PER_PIXEL = 2
INK, MUTED, GRID, DOTS = "#24282e", "#6b727c", "#e4e7eb", "#b8bec6"
BLUE, ORANGE = "#0072b2", "#d55e00"


def best_curve(scores: Sequence[EventScore]) -> list[tuple[float, float]]:
    """False alerts an hour and recall of the settings that no other beats in both, in order."""
    points = sorted({(s.false_alerts_per_hour, -(s.recall or 0.0)) for s in scores})
    best: list[tuple[float, float]] = []
    for rate, minus_recall in points:
        if not best or -minus_recall > best[-1][1]:
            best.append((rate, -minus_recall))
    return best


@plain_style()
def draw_tuned(tuned: Tuned, most_per_hour: float) -> bytes:
    """A PNG; rates are drawn on a scale that is level up to the asked one and logarithmic above."""
    figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72), dpi=72, facecolor="white")
    box = (LEFT, BOTTOM, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM)
    axes = figure.add_axes((box[0] / WIDTH, box[1] / HEIGHT, box[2] / WIDTH, box[3] / HEIGHT))
    scores = [score for _, score in tuned.settings]
    level = most_per_hour or 1.0
    axes.set_xscale("symlog", linthresh=level, linscale=1.2)
    axes.axvspan(-level, most_per_hour, color=BLUE, alpha=0.06, linewidth=0)
    axes.plot(
        [score.false_alerts_per_hour for score in scores],
        [score.recall or 0.0 for score in scores],
        ".", color=DOTS, markersize=5, clip_on=False, label="a setting, on all videos",
    )  # fmt: skip
    curve = best_curve(scores)
    top = max([level * 3, *(score.false_alerts_per_hour for score in scores)]) * 1.15
    axes.plot(
        *zip(*curve, (top, curve[-1][1]), strict=True), color=BLUE, linewidth=2,
        drawstyle="steps-post", clip_on=False, label="the best of them",
    )  # fmt: skip
    for score, colour, mark, size, label in (
        (tuned.chosen_by, BLUE, "o", 15, "chosen, on the videos it was chosen by"),
        (tuned.judged, ORANGE, "D", 8, "chosen without a video, on that video"),
    ):
        axes.plot(
            score.false_alerts_per_hour, score.recall or 0.0, mark, color=colour, markersize=size,
            mec="white", mew=1.5, clip_on=False, zorder=5, label=label,
        )  # fmt: skip
    _whiskers(axes, tuned.judged)
    axes.set(xlim=(-0.04 * level, top), ylim=(-0.02, 1.02))
    _frame(figure, axes, tuned, level, top)
    written = io.BytesIO()
    figure.savefig(written, format="png", dpi=72 * DOTS_PER_PIXEL)
    return written.getvalue()


def write_tuned_picture(path: Path, tuned: Tuned, most_per_hour: float) -> None:
    """`draw_tuned` into a file. Raises InputError where the disk refuses."""
    try:
        write_bytes_whole(path, draw_tuned(tuned, most_per_hour))
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error.strerror or error}). Choose another place."
        ) from error


def _whiskers(axes: Axes, score: EventScore) -> None:
    """How far both figures may be off, 95 %."""
    rate, recall = score.false_alerts_per_hour, score.recall or 0.0
    low, high = score.false_alerts_per_hour_interval()
    axes.plot([low, high], [recall, recall], color=ORANGE, linewidth=1.2, alpha=0.7, zorder=4)
    if interval := score.recall_interval():
        axes.plot([rate, rate], interval, color=ORANGE, linewidth=1.2, alpha=0.7, zorder=4)


def _frame(figure: Figure, axes: Axes, tuned: Tuned, level: float, top: float) -> None:
    """Title, axes and key."""
    for side in axes.spines.values():
        side.set_visible(False)
    axes.tick_params(length=0, colors=MUTED, labelsize=11, pad=6, which="both")
    ticks = [0.0, level]
    while ticks[-1] * 10 <= top:
        ticks.append(ticks[-1] * 10)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share:.0%}"))
    axes.grid(True, color=GRID, linewidth=1)
    axes.set_axisbelow(True)
    axes.set_xlabel("false alerts an hour of watched video", color=MUTED, size=11, labelpad=8)
    length = length_in_words(tuned.judged.watched_seconds)
    title = f"{tuned.rule.label}: events found, of {tuned.judged.true} in {length}"
    figure.text(
        LEFT / WIDTH, 1 - 30 / HEIGHT, title, color=INK, size=14, parse_math=False, va="center"
    )
    axes.legend(
        loc="lower right", frameon=True, facecolor="white", edgecolor=GRID, labelcolor=INK,
        fontsize=11, numpoints=1, borderpad=0.8, labelspacing=0.7,
    )  # fmt: skip
