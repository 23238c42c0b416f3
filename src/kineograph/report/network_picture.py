"""A network as a figure, drawn from its layer table: boxes from frames to answer, streams and
branches side by side.

    rgb                          motion
    ┌────────────────┐           ┌────────────────┐
    │     frames     │           │     frames     │
    └───────┬────────┘           └───────┬────────┘
      ┌───┬─┴─┬───┐                ┌───┬─┴─┬───┐
      2   4   8   16               2   4   8   16
      └───┴─┬─┴───┘                └───┴─┬─┴───┘
            ┌──────────── answer ────────┘
"""

import io
import itertools
from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from kineograph.nets.layer_table import Layer
from kineograph.report.page.drawing import plain_style

LANE, BOX, GAP, MARGIN, TOP = 200, 46, 22, 18, 76  # pixels of the drawing
BETWEEN = 8  # boxes of one row
INK, MUTED, EDGE, FILL, LEARNED = "#24282e", "#6b727c", "#b9c0c9", "#f4f6f8", "#dcebf7"

Stage = list[list[Layer]]  # lanes side by side, each with its layers from above


class Column(NamedTuple):
    """One stream: its name and its stages from the frames on."""

    name: str
    stages: list[Stage]

    @property
    def lanes(self) -> int:
        """How many boxes stand side by side at most."""
        return max(len(stage) for stage in self.stages)

    @property
    def rows(self) -> int:
        """How many boxes stand one below the other."""
        return sum(max(len(lane) for lane in stage) for stage in self.stages)


@plain_style()
def draw_network(rows: Sequence[Layer], title: str, kind: str = "svg") -> bytes:
    """The figure as "svg" or "png" bytes. The table's last row is its total."""
    columns, joined = columns_of(rows[:-1])
    widths = [max(column.lanes, 2) * LANE for column in columns]
    wide = sum(widths) + MARGIN * (len(widths) + 1)
    deep = max(column.rows for column in columns) + len(joined) + (len(columns) > 1)
    high = TOP + deep * (BOX + GAP) + MARGIN
    figure = Figure(figsize=(wide / 72, high / 72), dpi=72, facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, wide), ylim=(high, 0))
    axes.axis("off")
    _text(axes, MARGIN, 22, title, weight="bold", size=15)
    _text(axes, MARGIN, 40, f"{rows[-1].weights:,} weights", color=MUTED)
    left, ends = float(MARGIN), []
    for column, width in zip(columns, widths, strict=True):
        ends.append(_column(axes, column, left, width))
        left += width + MARGIN
    _join(axes, joined, ends, wide, several=len(columns) > 1)
    written = io.BytesIO()
    figure.savefig(written, format=kind, dpi=144 if kind == "png" else 72)
    return written.getvalue()


def columns_of(rows: Sequence[Layer]) -> tuple[list[Column], list[Layer]]:
    """Streams with their stages; and what comes after several streams are joined."""
    named = {row.stream for row in rows if row.stream}
    joined = [row for row in rows if named and not row.stream]
    own = [row for row in rows if row.stream or not named]
    columns = [
        Column(name, [_stage(list(stage)) for _, stage in itertools.groupby(found, _stage_key)])
        for name, found in itertools.groupby(own, key=lambda row: row.stream)
    ]
    return columns, joined


def _stage_key(row: Layer) -> object:
    """Branches that stand side by side have one key; every other layer has its own."""
    return row.lane.split()[0][0] if row.lane else id(row)


def _stage(rows: list[Layer]) -> Stage:
    return [list(lane) for _, lane in itertools.groupby(rows, key=lambda row: row.lane)]


def _column(axes: Axes, column: Column, left: float, width: float) -> tuple[float, float]:
    """All boxes of one stream; returns where it ends."""
    y, middle = float(TOP), left + width / 2
    if column.name:
        _text(axes, left, TOP - 8, column.name, weight="bold")
    above: list[tuple[float, float]] = []
    for stage in column.stages:
        each = width / max(len(stage), 1)
        below: list[tuple[float, float]] = []
        for place, lane in enumerate(stage):
            centre = left + each * (place + 0.5)
            wide = min(each - BETWEEN, 2 * LANE - BETWEEN)
            for row, layer in enumerate(lane):
                top = y + row * (BOX + GAP)
                _box(axes, layer, centre, top, wide)
                for start in above if row == 0 else [(centre, top - GAP)]:
                    axes.plot([start[0], centre], [start[1], top], color=EDGE, linewidth=1.2)
            below.append((centre, y + len(lane) * (BOX + GAP) - GAP))
        y += max(len(lane) for lane in stage) * (BOX + GAP)
        above = below
    return middle, y - GAP


def _join(
    axes: Axes,
    joined: Sequence[Layer],
    ends: Sequence[tuple[float, float]],
    wide: float,
    *,
    several: bool,
) -> None:
    """The answer of several streams: a layer of its own, or a mean."""
    if not several:
        return
    y = max(end for _, end in ends) + GAP
    rows = list(joined) or [Layer("mean of the streams' answers", (), 0)]
    for place, layer in enumerate(rows):
        top = y + place * (BOX + GAP)
        _box(axes, layer, wide / 2, top, 2 * LANE)
        for x, end in ends if place == 0 else [(wide / 2, top - GAP)]:
            axes.plot([x, wide / 2], [end, top], color=EDGE, linewidth=1.2)


def _box(axes: Axes, layer: Layer, centre: float, top: float, wide: float) -> None:
    """What it is, and below what leaves it; layers with weights are coloured."""
    fill = LEARNED if layer.weights else FILL
    axes.add_patch(
        FancyBboxPatch(
            (centre - wide / 2, top), wide, BOX,
            boxstyle="round,pad=0,rounding_size=6", facecolor=fill, edgecolor=EDGE, linewidth=1,
        )
    )  # fmt: skip
    name = layer.name.replace("convolution ", "conv ")
    shape = " × ".join(map(str, layer.shape))
    count = f"{layer.weights:,}" if layer.weights else ""
    said = " · ".join(part for part in (shape, count) if part)
    middle = top + (17 if said else BOX / 2)
    _text(axes, centre, middle, name, ha="center", size=min(12, 1.75 * wide / max(len(name), 1)))
    size = min(10, 1.75 * wide / max(len(said), 1))
    _text(axes, centre, top + 34, said, ha="center", size=size, color=MUTED)


def _text(axes: Axes, x: float, y: float, text: str, **more: object) -> None:
    axes.text(x, y, text, **{"color": INK, "size": 12, "va": "center", "parse_math": False, **more})  # type: ignore[arg-type]
