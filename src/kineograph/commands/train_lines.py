"""kineograph train, for recipes that read lines."""

from typing import Any

import typer

from kineograph.commands.console import Screen
from kineograph.commands.wishes import TrainWish


def train_lines(screen: Screen, wish: TrainWish) -> None:
    """Train a reader on prepared lines; ends with a report in ./runs/NAME."""
    from kineograph.data.lines.folder import LinesFolder
    from kineograph.evaluation.lines.curve import check_shares, run_curve
    from kineograph.evaluation.lines.experiment import run_lines_experiment
    from kineograph.evaluation.lines.job import LinesExperiment
    from kineograph.training.parallel import joined

    check_shares(wish.curve)
    folder, more = LinesFolder(wish.data), [LinesFolder(path) for path in wish.also]
    with joined() as parallel:
        job = LinesExperiment(
            data=folder,
            also=more,
            allow_leakage=wish.allow_leakage,
            with_language=wish.language,
            **wish.shared(screen, parallel, folder.path),
        )
        done = run_lines_experiment(job, parallel)
    if done and wish.curve:
        run_curve(job, wish.curve)
    if done:  # the first of several processes has it
        finish_lines(screen, done["run"], done["left_out"])


def finish_lines(screen: Screen, run: str, left_out: list[str]) -> None:
    """The figures, where the report is, and the status: not zero if lines were left out."""
    from kineograph.report.lines.summary import summarise_lines

    found = summarise_lines(run)
    print_lines_outcome(screen, found)
    screen.say(f"Report: {found['report']}")
    if left_out:
        screen.say(f"{len(left_out)} lines were left out: see the lines above.")
    screen.result(found | {"left_out": left_out})
    if left_out:
        raise typer.Exit(1)


def print_lines_outcome(screen: Screen, found: dict[str, Any]) -> None:
    """Error rates with and without the language model, and what they are of."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("", "CER", "WER", "exact lines"):
        table.add_column(column, justify="left" if not column else "right")
    rows = {"with the language model": found} if found.get("language") else {}
    rows["best path"] = found["best_path"]
    for title, row in rows.items():
        cells = (row["cer"], row["wer"], row["exact"])
        table.add_row(title, *(f"{100 * cell:.2f} %" for cell in cells))
    screen.show(table)
    protocol = found["protocol"]
    spread = "no interval: all lines are of one work"
    if found["interval"]:
        low, high = found["interval"]
        spread = f"95 % interval of the CER {100 * low:.2f}–{100 * high:.2f} %"
    screen.say(
        f"{spread} · {protocol['n']} test lines of {protocol['groups']} works of "
        f"{protocol['data']}, split {protocol['split']} · {found['policy']}"
    )
