"""The section of a report that tells a cross-validation fold by fold."""

from typing import Any

from kineograph.report.page import plots
from kineograph.report.page.blocks import Block, Picture, Say, Section, Table
from kineograph.report.page.material import Material
from kineograph.report.page.words import count, folds_words, percent, spread_words
from kineograph.report.run_files import number

MOST_DOTS = 30  # more than a page shows


def fold_by_fold(material: Material) -> Section:
    """Every fold with its test and validation part and its accuracy by seed."""
    found = material.run.crossval
    if not found:
        return Section("Fold by fold", [])
    seeds = [str(row["seed"]) for row in found["seeds"]]
    several = len(seeds) > 1
    head = ["fold", "test part", "validation part", "clips"]
    head += [f"seed {seed}" for seed in seeds] + (["mean"] if several else [])
    rows = [_row(fold, seeds, several) for fold in found["folds"]]
    pooled = ["pooled", "", "", count(sum(number(fold["n"]) or 0 for fold in found["folds"]))]
    pooled += [percent(number(row["accuracy"])) for row in found["seeds"]]
    pooled += [percent(number(found["accuracy"]))] if several else []
    table = Table(head, [*rows, pooled], ruled=len(rows), words=frozenset({1, 2}))
    blocks: list[Block] = [Say(f"{folds_words(material.run)}: {spread_words(material.run)}.")]
    picture = _picture(found)
    blocks += [table, picture] if picture else [table]
    if several:
        blocks += _seeds(found)
    failed = found.get("failed") or {}
    blocks += [
        Say(f"Failed, and not in any figure: {n}: {why}", "alarm") for n, why in failed.items()
    ]
    blocks.append(Say(_explained(several), "note"))
    return Section("Fold by fold", blocks)


def _seeds(found: dict[str, Any]) -> list[Block]:
    """The three figures of each seed, their mean and their spread; none of an older run."""
    names = {"accuracy": "accuracy", "balanced_accuracy": "balanced", "macro_f1": "macro F1"}
    if any(number(row.get(name)) is None for row in found["seeds"] for name in names):
        return []
    rows = [
        [f"seed {row['seed']}", *(percent(number(row[name])) for name in names)]
        for row in found["seeds"]
    ]
    spreads = found.get("sds") or {}
    rows.append(["mean", *(percent(number(found.get(name))) for name in names)])
    rows.append(["± sd, points", *(_points(number(spreads.get(name))) for name in names)])
    title = "Seed by seed, all folds pooled"
    return [Table(["", *names.values()], rows, ruled=len(rows) - 2, title=title)]


def _points(spread: float | None) -> str:
    return "–" if spread is None else f"{100 * spread:.1f}"


def _row(fold: dict[str, Any], seeds: list[str], several: bool) -> list[str]:
    each = [percent(number(fold["accuracy"].get(seed))) for seed in seeds]
    mean = [percent(number(fold["mean"]))] if several else []
    return [fold["fold"], fold["test"], fold["val"], count(number(fold["n"])), *each, *mean]


def _picture(found: dict[str, Any]) -> Picture | None:
    rows = [
        (str(fold["test"]), mean, int(fold["n"]))
        for fold in found["folds"]
        if (mean := number(fold["mean"])) is not None
    ]
    mean = number(found["accuracy"])
    if not rows or mean is None:
        return None
    shown = sorted(rows, key=lambda row: row[1])[:MOST_DOTS]
    shown.sort(key=lambda row: (-row[1], row[0]))
    which = (
        f"The {MOST_DOTS} weakest of {len(rows)} folds" if len(rows) > MOST_DOTS else "Each fold"
    )
    caption = f"{which}, the blue line all together. A larger dot holds more clips."
    return Picture(plots.group_dots(shown, mean, "accuracy by fold"), caption)


def _explained(several: bool) -> str:
    said = (
        "Every clip is tested once for each seed, by a network that neither learned from its part "
        "nor was chosen by it. The pooled figure counts all answers alike; folds differ in size."
    )
    if several:
        said += (
            " ± is the standard deviation of the pooled figure over seeds: how much chance in "
            "training moves it. How others would fare is what the interval tells."
        )
    return said
