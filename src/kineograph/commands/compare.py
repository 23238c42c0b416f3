"""kineograph compare RUN RUN: on the same clips, who is right more often, and on which."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from kineograph.commands.console import AsJson, Screen


def compare(
    first: Annotated[str, typer.Argument(metavar="RUN_A", help="A run: runs/NAME, or its name.")],
    second: Annotated[str, typer.Argument(metavar="RUN_B", help="The run to hold against it.")],
    out: Annotated[
        Path | None,
        typer.Option(help="Where the page goes; ./runs/compare-A-B if left away."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare two evaluated runs on the clips that both answered, and write a page of it."""
    screen = Screen(as_json)
    from rich.table import Table

    from kineograph.report.compare import compare as compare_runs
    from kineograph.report.compare import summarise_comparison
    from kineograph.report.page.compare_page import caution, verdict
    from kineograph.report.write_comparison import write_comparison

    found = compare_runs(first, second)
    plain = [side.name.replace("/", "-") for side in found.sides]
    target = out or Path("runs") / f"compare-{plain[0]}-{plain[1]}"
    command = "kineograph " + " ".join(sys.argv[1:])
    page = write_comparison(found, target, command=command, stage=screen.stage)
    table = Table(box=None, pad_edge=False)
    for column in ("", "accuracy", "balanced", "macro F1"):
        table.add_column(column, justify="left" if not column else "right")
    for side in found.sides:
        figures = [side.scores[name] for name in ("accuracy", "balanced_accuracy", "macro_f1")]
        table.add_row(side.name, *(f"{100 * figure:.1f} %" for figure in figures))
    screen.show(table)
    for line in (verdict(found), *caution(found)):
        screen.say(line)
    screen.say(f"{len(found.gained)} clips gained, {len(found.lost)} lost. Page: {page}")
    screen.result(summarise_comparison(found) | {"verdict": verdict(found), "page": str(page)})
