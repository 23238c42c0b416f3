"""Everyone's timeline as one picture: a band of labels a person, how sure, and the share of time.

anna   ▁▂▇▇▇▅▁▁▂▇▇▇      how probable writing is
       ░░▓▓▓▓░░░▓▓▓      what is answered            52 % writing (44–61 %)
       0:00    0:30
"""

import io
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from kineograph.errors import InputError
from kineograph.media.draw_windows import COLOURS
from kineograph.predict.answer import PersonTimeline
from kineograph.predict.people import Watched
from kineograph.predict.shares import Share, colour_of, label_in_question
from kineograph.report.page.drawing import plain_style
from kineograph.whole_file import write_bytes_whole

WIDTH, ROW, HEAD, FOOT = 1100, 74, 56, 64  # pixels of the drawing
LOW_ROW = 44  # where no probability stands over the band
LEFT, RIGHT = 120, 196
DOTS_PER_PIXEL = 2
KEYS_IN_A_ROW = 6
INK, MUTED, GRID = "#24282e", "#6b727c", "#e4e7eb"


@plain_style()
def draw_people(video: Watched, classes: Sequence[str], shares: dict[str, list[Share]]) -> bytes:
    """A PNG; seconds without an answer stay white."""
    asked = label_in_question(classes)
    rows = (ROW if asked else LOW_ROW) * len(video.people)
    height = HEAD + rows + FOOT
    figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72, facecolor="white")
    axes = figure.add_axes(
        (LEFT / WIDTH, FOOT / height, (WIDTH - LEFT - RIGHT) / WIDTH, rows / height)
    )
    until = max((p.seconds[-1].second + 1 for p in video.people if p.seconds), default=1)
    axes.set(xlim=(0, until), ylim=(len(video.people), 0), yticks=[])
    for place, person in enumerate(video.people):
        _row(axes, place, person, classes, asked)
        share = "\n".join(_words(each) for each in shares[person.person][:3])
        axes.annotate(
            share,
            (1, place + 0.5),
            xycoords=("axes fraction", "data"),
            xytext=(14, 0),
            textcoords="offset points",
            va="center",
            color=INK,
            size=12,
            parse_math=False,
        )
    _frame(figure, axes, video, classes, height)
    written = io.BytesIO()
    figure.savefig(written, format="png", dpi=72 * DOTS_PER_PIXEL)
    return written.getvalue()


def write_people_picture(
    path: Path, video: Watched, classes: Sequence[str], shares: dict[str, list[Share]]
) -> None:
    """`draw_people` into a file. Raises InputError where the disk refuses."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes_whole(path, draw_people(video, classes, shares))
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error.strerror or error}). Choose another place."
        ) from error


def _row(
    axes: Axes, place: int, person: PersonTimeline, classes: Sequence[str], asked: str | None
) -> None:
    """One person: how probable the label in question is, over the band of what is answered."""
    top, high = (0.5, 0.3) if asked else (0.2, 0.6)
    for segment in person.segments:
        axes.broken_barh(
            [(segment.start_seconds, segment.end_seconds - segment.start_seconds)],
            (place + top, high),
            facecolor=_colour(segment.label, classes),
            linewidth=0,
        )
    if asked:
        colour = _colour(asked, classes)
        for second in person.seconds:
            share = second.probabilities[asked]
            axes.broken_barh(
                [(second.second, 1)], (place + 0.48 - 0.34 * share, 0.34 * share),
                facecolor=colour, alpha=0.45, linewidth=0,
            )  # fmt: skip
        axes.plot(axes.get_xlim(), [place + 0.48] * 2, color=GRID, linewidth=1, zorder=0)
    axes.annotate(
        person.person,
        (0, place + 0.5),
        xycoords=("axes fraction", "data"),
        xytext=(-12, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        color=INK,
        size=13,
        parse_math=False,
    )


def _frame(
    figure: Figure, axes: Axes, video: Watched, classes: Sequence[str], height: float
) -> None:
    """Title, time axis and key."""
    for side in axes.spines.values():
        side.set_visible(False)
    axes.tick_params(length=0, colors=MUTED, labelsize=11, pad=6)
    axes.xaxis.set_major_locator(MaxNLocator(10, steps=[1, 1.5, 2, 3, 6, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(_clock))
    axes.grid(True, axis="x", color=GRID, linewidth=1)
    axes.set_axisbelow(True)
    title = Path(video.path).name
    figure.text(
        LEFT / WIDTH, 1 - 26 / height, title, color=INK, size=15, weight="bold", parse_math=False
    )
    asked = label_in_question(classes)
    if asked:
        said = f"band: what is answered · above it, pale: how probable '{asked}' is, to 100\u00a0%"
        place = 1 - (LEFT + 10 + 9 * len(title)) / WIDTH
        figure.text(1 - place, 1 - 25 / height, said, color=MUTED, size=11, parse_math=False)
    marks = [Patch(facecolor=_colour(label, classes), label=label) for label in classes]
    figure.legend(
        handles=marks,
        loc="lower left",
        bbox_to_anchor=((LEFT - 8) / WIDTH, 2 / height),
        ncols=min(len(marks), KEYS_IN_A_ROW),
        frameon=False,
        fontsize=12,
        labelcolor=INK,
        handlelength=1.2,
    )


def _colour(label: str, classes: Sequence[str]) -> tuple[float, float, float]:
    red, green, blue = COLOURS[colour_of(label, classes) % len(COLOURS)]
    return red / 255, green / 255, blue / 255


def _words(share: Share) -> str:
    """52 % writing, and in the next line what its interval is."""
    text = f"{share.share:.0%} {share.label}".replace("%", "\u00a0%", 1)
    if share.corrected is None:
        return text
    low, high = share.corrected.low, share.corrected.high
    return f"{text}\n{100 * low:.0f}–{100 * high:.0f}\u00a0% by known errors"


def _clock(seconds: float, _: int) -> str:
    """75 -> "01:15"; 4000 -> "1:06:40"."""
    return str(timedelta(seconds=round(seconds))).removeprefix("0:")
