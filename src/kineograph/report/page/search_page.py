"""The report of a search: every setting with its inner score, best first, and what was not used."""

from pathlib import Path
from typing import Any

from kineograph.report.page import as_html, as_markdown
from kineograph.report.page.blocks import (
    Block,
    Code,
    Facts,
    Fold,
    Report,
    Say,
    Section,
    Table,
)
from kineograph.report.page.words import NARROW, SPLITS, count, duration, percent
from kineograph.whole_file import write_text_whole

MOST_SETTINGS = 50  # more are folded away


def write_search_report(folder: Path, found: dict[str, Any]) -> Path:
    """report.html and report.md of what `run_search` found; returns the page's path."""
    report = Report(
        name=f"Search {folder.resolve().name}",
        alarms=[],
        outcome=_outcome(found),
        lead=[
            f"{count(found['protocol']['n_test_set_aside'])} test clips were set aside: no network "
            "learned from them, was chosen by them, or was asked about them.",
            "The best of many settings is flattered by being chosen. Its figure here is no result: "
            "train it, and quote what the test clips say.",
        ],
        notes=[],
        sections=[_settings(found), _protocol(found), _next(found)],
        made_by="Kineograph",
    )
    write_text_whole(folder / "report.md", as_markdown.page(report))
    write_text_whole(folder / "report.html", as_html.page(report))
    return folder / "report.html"


def _outcome(found: dict[str, Any]) -> str:
    best = found["best"]
    return (
        f"Best of {len(found['settings'])} settings: {best['name']}, {_spread(best)} over "
        f"{len(found['protocol']['inner_folds'])} inner folds of {found['protocol']['data']}."
    )


def _spread(row: dict[str, Any]) -> str:
    if row["mean"] is None:
        return "failed"
    spread = "" if row["sd"] is None else f"{NARROW}±{NARROW}{100 * row['sd']:.1f}"
    return percent(row["mean"]) + spread


def _settings(found: dict[str, Any]) -> Section:
    folds = [fold["fold"] for fold in found["protocol"]["inner_folds"]]
    head = ["setting", "mean ± sd", *folds, "trained for"]
    rows = [
        [
            row["name"],
            _spread(row),
            *(percent(row["folds"].get(fold)) for fold in folds),
            duration(row["seconds"]),
        ]
        for row in found["settings"]
    ]
    table = Table(head, rows[:MOST_SETTINGS], frozenset({0}))
    blocks: list[Block] = [table]
    if len(rows) > MOST_SETTINGS:
        blocks.append(
            Fold(f"The other {len(rows) - MOST_SETTINGS}", [Table(head, rows[MOST_SETTINGS:])])
        )
    blocks.append(
        Say(
            "± is the standard deviation over the inner folds. Settings whose means differ by less "
            "are not told apart.",
            "note",
        )
    )
    blocks += [Say(f"Failed: {why}", "alarm") for why in dict.fromkeys(found["failed"])]
    return Section("Settings, best first", blocks)


def _protocol(found: dict[str, Any]) -> Section:
    told = found["protocol"]
    rows = [
        ("Data", str(told["data"])),
        ("Test side", f"{count(told['n_test_set_aside'])} clips, not touched"),
        ("Split", SPLITS.get(told["split"], told["split"])),
        ("Searched on", f"{count(told['n'])} clips, the training and validation side"),
        ("Inner folds", f"{len(told['inner_folds'])} by {told['by']}"),
        ("Seeds", ", ".join(map(str, told["seeds"]))),
    ]
    table = Table(
        ["fold", "scored on", "validation part"],
        [[fold["fold"], fold["test"], fold["val"]] for fold in told["inner_folds"]],
        words=frozenset({1, 2}),
    )
    return Section("Protocol", [Facts(rows), table])


def _next(found: dict[str, Any]) -> Section:
    return Section("Train the best and test it once", [Code(found["best"]["command"])])
