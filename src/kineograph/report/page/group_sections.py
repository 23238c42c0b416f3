"""The section of a report that tells person by person, or recording by recording."""

import numpy as np

from kineograph.report.page import plots
from kineograph.report.page.blocks import Beside, Block, Picture, Say, Section, Table
from kineograph.report.page.material import Material
from kineograph.report.page.words import GROUPS, NARROW, count, percent
from kineograph.report.persons import PersonRow, person_rows
from kineograph.report.scores import Pooled

MOST_DOTS = 30
MOST_PERSONS = 40  # in the table; of more, the weakest


def group_by_group(material: Material) -> Section:
    """Accuracy of each person (or group, or recording) as dots; of persons also a table."""
    pooled = material.pooled
    if pooled is None:
        return Section("Person by person", [])
    title = f"{pooled.group_kind.capitalize()} by {pooled.group_kind}"
    dots = _dots(pooled, material.scores["accuracy"])
    blocks: list[Block] = [dots] if dots else []
    if not dots or pooled.group_kind != "person":
        return Section(title, blocks)
    rows = person_rows(material.run.answers, material.run.classes)
    blocks.append(_table(rows, pooled))
    notes = [Say(note, "note") for note in _notes(rows, pooled)]
    spread = any(row.sds["accuracy"] is not None for row in rows)  # too wide for half a page
    return Section(title, [*(blocks if spread else [Beside(blocks)]), *notes])


def _dots(pooled: Pooled, mean: float) -> Picture | None:
    alone = len(set(pooled.groups)) == pooled.clips  # a dot that is 0 % or 100 % says nothing
    if pooled.group_kind == "clip" or (alone and not pooled.per_frame):
        return None
    groups = np.array(pooled.groups)
    right = np.array(pooled.truths) == np.array(pooled.answers)
    names, sizes = np.unique(groups, return_counts=True)
    rows = [
        (str(name), float(right[groups == name].mean()), int(size))
        for name, size in zip(names, sizes, strict=True)
    ]
    if len(rows) > MOST_DOTS:  # the weakest are what a reader looks for
        rows = sorted(rows, key=lambda row: row[1])[:MOST_DOTS]
        which = f"The {MOST_DOTS} weakest of {len(names)} {GROUPS[pooled.group_kind]}."
    else:
        which = f"Each of the {len(names)} {GROUPS[pooled.group_kind]}, the blue line all together."
    rows.sort(key=lambda row: (-row[1], row[0]))
    caption = f"{which} A larger dot holds more {pooled.unit}."
    return Picture(plots.group_dots(rows, mean, f"accuracy by {pooled.group_kind}"), caption)


def _table(rows: list[PersonRow], pooled: Pooled) -> Table:
    """A row a person; of two classes the share of the rarer one stands before the figures."""
    rare = _rarer(pooled)
    unit = "frames" if pooled.per_frame else "clips"
    shown = rows
    if len(rows) > MOST_PERSONS:
        shown = sorted(rows, key=lambda row: row.accuracy)[:MOST_PERSONS]
    share = [] if rare is None else [f"{rare}, share"]
    head = ["person", unit, *share, "accuracy", "balanced", "macro F1"]
    return Table(head, [_cells(row, rare) for row in shown])


def _cells(row: PersonRow, rare: str | None) -> list[str]:
    share = [] if rare is None else [percent(row.shares[rare], 0)]
    figures = [
        _spread(value, row.sds[name])
        for name, value in (
            ("accuracy", row.accuracy),
            ("balanced_accuracy", row.balanced_accuracy),
            ("macro_f1", row.macro_f1),
        )
    ]
    return [row.person, count(row.n), *share, *figures]


def _spread(value: float, sd: float | None) -> str:
    if sd is None:
        return percent(value)
    return f"{100 * value:.1f}{NARROW}±{NARROW}{100 * sd:.1f}"


def _rarer(pooled: Pooled) -> str | None:
    """Of two classes the one that is rarer in the truth; of equals the second, else nothing."""
    if len(pooled.classes) != 2:
        return None
    first, second = pooled.counts.sum(axis=1)
    return pooled.classes[0] if first < second else pooled.classes[1]


def _notes(rows: list[PersonRow], pooled: Pooled) -> list[str]:
    notes = []
    if len(rows) > MOST_PERSONS:
        notes.append(f"The table has the {MOST_PERSONS} weakest of {len(rows)} persons.")
    if any(row.sds["accuracy"] is not None for row in rows):
        notes.append("Figures in percent: mean ± standard deviation over seeds.")
    lacking = [row.person for row in rows if 0 in row.shares.values()]
    if lacking:
        notes.append(
            f"{len(lacking)} of {len(rows)} persons were not seen in every class: their balanced "
            "accuracy is the mean over the classes they have."
        )
    return notes
