"""A published table of streams and classes (Du 2020, Table 1) beside ours in the same layout."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kineograph.report.page.blocks import Beside, Block, Say, Table
from kineograph.report.page.material import Material
from kineograph.report.page.words import percent
from kineograph.report.run_files import number, within
from kineograph.report.scores import pool, right_by_class
from kineograph.report.streams import read_alone

FUSED = ""  # the stream of a figure that is of all streams together
NAMES = {FUSED: "fused", "rgb": "spatial (rgb)", "flow": "temporal (flow)"}
ALL = "all"
Column = Mapping[str, float | None]  # ALL, then each class: shares of right answers


@dataclass(frozen=True)
class PublishedTable:
    """Columns by stream, as the source printed them, and where."""

    source: str
    columns: Mapping[str, Column]

    @property
    def classes(self) -> list[str]:
        """Its rows below the first."""
        return [label for label in next(iter(self.columns.values())) if label != ALL]


def published_table(listed: Sequence[Any]) -> PublishedTable | None:
    """The table that a recipe's figures hold; None if none of them tells its classes."""
    columns = {}
    for figure in listed:
        recalls = within(figure, "recalls")
        rows = [row for row in recalls if _is_row(row)] if isinstance(recalls, list) else []
        if rows:
            column = {ALL: number(figure.get("value"))}
            column |= {str(label): number(share) for label, share in rows}
            columns[str(figure.get("stream") or FUSED)] = column
    if len({tuple(column) for column in columns.values()}) != 1:
        return None
    table, _, _ = str(next(f for f in listed if within(f, "recalls")).get("source")).partition(",")
    return PublishedTable(table, columns)


def other_classes(table: PublishedTable, material: Material) -> list[str]:
    """Why classes alone forbid to compare; empty where ours are theirs."""
    ours = material.pooled.classes if material.pooled else material.run.classes
    return [] if set(ours) == set(table.classes) else [f"other classes (ours: {len(ours)})"]


def stream_tables(
    table: PublishedTable, own: str, reasons: Sequence[str], material: Material
) -> list[Block]:
    """Their table and ours: cell beside cell if the protocols agree, else each for itself.

    own: the stream of this run's own answers; FUSED for several streams.
    """
    theirs = _alone(f"Published: {table.source}", table.columns, table.columns)
    if material.pooled is None:
        return [theirs]
    if other_classes(table, material):
        return [theirs, Say("Our classes are others, so no table of ours stands beside.", "note")]
    asked = {own: material.run.answers} | read_alone(material.run.folder)
    ours: dict[str, Column] = {}
    for stream, answers in asked.items():
        pooled = pool(answers, table.classes)
        share = pooled.right / len(pooled.truths) if pooled.truths else None
        ours[stream] = {ALL: share} | right_by_class(pooled)
    if reasons:
        said = f"Another protocol: {'; '.join(reasons)}. Read each table for itself."
        return [Beside([_alone("Ours", ours, table.columns), theirs]), Say(said, "note")]
    title = f"Ours, and what {table.source} has, share of right answers"
    return [_paired(title, ours, table.columns)]


def _alone(title: str, columns: Mapping[str, Column], order: Mapping[str, Column]) -> Table:
    """One side's columns in the published order; a stream that the side has not is left out."""
    shown = [stream for stream in order if stream in columns]
    return Table(
        ["right, of each", *(_name(stream) for stream in shown)],
        [[row, *(_share(columns[stream].get(row)) for stream in shown)] for row in _rows(order)],
        frozenset({0}),
        title=title,
    )


def _paired(title: str, ours: Mapping[str, Column], theirs: Mapping[str, Column]) -> Table:
    """Ours, then theirs, of every stream that both have."""
    shown = [stream for stream in theirs if stream in ours]
    head = [words for stream in shown for words in (f"{_name(stream)}, ours", "theirs")]
    rows = [
        [row, *(_share(side[stream].get(row)) for stream in shown for side in (ours, theirs))]
        for row in _rows(theirs)
    ]
    return Table(["right, of each", *head], rows, frozenset({0}), title=title)


def _rows(columns: Mapping[str, Column]) -> list[str]:
    return list(next(iter(columns.values())))


def _name(stream: str) -> str:
    return NAMES.get(stream, f"{stream} alone")


def _share(share: float | None) -> str:
    return percent(share, 2)  # as many decimals as the paper prints


def _is_row(row: Any) -> bool:
    return isinstance(row, list) and len(row) == 2
