"""A confusion matrix as papers print it: rows true, columns answered, percent of the row."""

from collections.abc import Sequence

from kineograph.report.page.blocks import Table
from kineograph.report.page.words import count

FEW_CLASSES = 4  # above it the coloured matrix says more than a table of figures


def percent_table(
    title: str,
    classes: Sequence[str],
    rows_percent: Sequence[Sequence[float | None]],
    row_counts: Sequence[float | None],
    unit: str,
) -> Table:
    """One row a true class: percents of it answered as each class, one decimal, and how many."""
    rows = [
        [label, *("–" if value is None else f"{value:.1f}" for value in percents), count(n)]
        for label, percents, n in zip(classes, rows_percent, row_counts, strict=True)
    ]
    return Table(["true ↓ answered →, %", *classes, unit], rows, title=title)


def percents_of(counts: Sequence[Sequence[float]]) -> list[list[float | None]]:
    """Counts (C, C), rows true, as percents of their rows; nothing where a class is never true."""
    return [
        [100 * value / total if total else None for value in row]
        for row in counts
        for total in [sum(row)]
    ]
