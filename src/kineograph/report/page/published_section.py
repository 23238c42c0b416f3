"""The section of a report that sets published figures beside ours, and says what that is worth."""

from collections.abc import Sequence
from typing import Any

from kineograph.metrics.labels import confusion_counts
from kineograph.report.page.blocks import Beside, Block, Facts, Fold, Say, Section, Table
from kineograph.report.page.material import Material
from kineograph.report.page.percent_table import percent_table, percents_of
from kineograph.report.page.published_streams import (
    FUSED,
    other_classes,
    published_table,
    stream_tables,
)
from kineograph.report.page.words import (
    beside_published,
    differing_protocol,
    figures,
    percent,
)
from kineograph.report.run_files import number, within


def published(material: Material) -> Section:
    """Published figures with source and protocol, and whether ours can stand beside them."""
    found = material.run.recipe.get("published")
    listed = found if isinstance(found, list) else []
    own = _own_stream(listed, material)
    table = published_table(listed)
    streams = table if table and own in table.columns else None
    blocks: list[Block] = []
    for figure in listed:
        theirs = number(within(figure, "value"))
        stream = within(figure, "stream") or FUSED
        in_table = streams is not None and stream in streams.columns
        if theirs is None or (in_table and stream != own):
            continue
        name = str(figure.get("figure", "figure"))
        ours = number(material.scores.get(name)) if stream == own else None
        reasons = differing_protocol(figure, material.run)
        if streams and in_table:
            reasons += other_classes(streams, material)
        title = f"{name.replace('_', ' ')}{f', {stream} alone' if stream else ''}"
        rows = [
            (f"Published {title}", percent(theirs)),
            ("Ours", percent(ours)),
            ("Verdict", beside_published(ours, theirs, reasons)),
            ("Source", str(figure.get("source", "not named"))),
            ("Their protocol", str(figure.get("protocol", "not named"))),
        ]
        blocks.append(Facts(rows))
        table = figure.get("table")
        if isinstance(table, list) and table:
            theirs_rows = [
                [str(row[0]), *figures([number(value) for value in row[1:4]])]
                for row in table
                if isinstance(row, list) and row
            ]
            head = ["", "precision", "recall", "F1"]
            blocks.append(Fold("Their table", [Table(head, theirs_rows)]))
        if streams and in_table:
            blocks += stream_tables(streams, own, reasons, material)
        blocks += _confusions(figure, reasons, material)
    return Section("Beside the published figures", blocks)


def _own_stream(listed: Sequence[Any], material: Material) -> str:
    """Of a run of one input, that stream's name, if figures of streams alone were published."""
    inputs = within(material.run.recipe.get("data"), "inputs")
    alone = inputs[0] if isinstance(inputs, list) and len(inputs) == 1 else FUSED
    return alone if alone in {within(figure, "stream") for figure in listed} else FUSED


def _confusions(figure: dict[str, Any], reasons: Sequence[str], material: Material) -> list[Block]:
    """A published confusion table beside ours of the same classes, in the same layout."""
    found = within(figure, "confusion")
    theirs = _theirs(found)
    if theirs is None:
        return []
    classes = [str(label) for label in found["classes"]]
    pooled = material.pooled
    if pooled is None or set(pooled.classes) != set(classes):
        return [theirs, Say("Our classes are others, so no table of ours stands beside.", "note")]
    counts = confusion_counts(pooled.truths, pooled.answers, classes)
    ours = percent_table(
        "Ours", classes, percents_of(counts.tolist()), counts.sum(axis=1).tolist(), pooled.unit
    )
    said = "Data and kind of split are alike; what was tested may still differ."
    if reasons:
        said = f"The protocols differ: {'; '.join(reasons)}. Read each table for itself."
    protocol = within(found, "protocol")
    if protocol and protocol != figure.get("protocol"):  # else it stands above already
        said += f" Theirs: {protocol}."
    return [Beside([ours, theirs]), Say(said, "note")]


def _theirs(found: Any) -> Table | None:
    """The table as it was printed; None if recipe.json has none, or half of one."""
    classes, rows = within(found, "classes"), within(found, "rows_percent")
    if not isinstance(classes, list) or not isinstance(rows, list) or len(rows) != len(classes):
        return None
    if any(not isinstance(row, list) or len(row) != len(classes) for row in rows):
        return None
    counts = within(found, "row_counts")
    known = isinstance(counts, list) and len(counts) == len(classes)
    return percent_table(
        f"Published: {within(found, 'source') or 'source not named'}",
        [str(label) for label in classes],
        [[number(value) for value in row] for row in rows],
        [number(value) for value in counts] if known else [None] * len(classes),
        str(within(found, "unit") or "n"),
    )
