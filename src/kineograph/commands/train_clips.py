"""kineograph train, for recipes that are shown clips."""

from typing import Any

import typer

from kineograph.commands.console import Screen
from kineograph.commands.wishes import TrainWish

SPLITS = {"given": "split as given", "group": "split by group", "clip": "split by clip"}


def train_clips(screen: Screen, wish: TrainWish) -> None:
    """Train on prepared clips; ends with a report in ./runs/NAME."""
    from kineograph.data.dataset_folder import DataFolder
    from kineograph.evaluation.experiment import run_experiment
    from kineograph.evaluation.job import Experiment
    from kineograph.training.parallel import joined

    folder = DataFolder(wish.data)
    with joined() as parallel:
        job = Experiment(
            data=folder,
            with_baselines=wish.baselines,
            look_for_copies=wish.look_for_copies,
            allow_leakage=wish.allow_leakage,
            workers=wish.workers,
            **wish.shared(screen, parallel, folder.path),
        )
        done = run_experiment(job, parallel)
    _finish(screen, done)


def _finish(screen: Screen, done: dict[str, Any]) -> None:
    """The figures, where the report is, and the status: not zero if clips were left out."""
    if not done:  # the first of several processes has it
        return
    from kineograph.report.summary import summarise

    found, left_out = summarise(done["run"]), done["left_out"]
    print_outcome(screen, found)
    screen.say(f"Report: {done['report']}")
    if left_out:
        screen.say(f"{len(left_out)} files were left out: see the lines above.")
    screen.result(found | {"left_out": left_out})
    if left_out:
        raise typer.Exit(1)


def print_outcome(screen: Screen, found: dict) -> None:
    """The figure with its interval, and the three baselines beside it."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("", "accuracy", "balanced", "macro F1"):
        table.add_column(column, justify="left" if not column else "right")
    rows = {"this network": found, **found["baselines"]}
    for title, row in rows.items():
        if "accuracy" in row:
            title = f"{title}: always '{row['always']}'" if "always" in row else title
            cells = (row["accuracy"], row["balanced_accuracy"], row["macro_f1"])
            table.add_row(title, *(f"{100 * cell:.1f} %" for cell in cells))
    screen.show(table)
    protocol = found["protocol"]
    spread = "no interval: all clips are of one person or recording"
    if found["interval"]:
        low, high = found["interval"]
        spread = f"95 % interval {100 * low:.1f}–{100 * high:.1f} %"
    screen.say(
        f"{spread} · {protocol['n']} test samples of {protocol['data']}, "
        f"{SPLITS.get(protocol['split'], protocol['split'])}"
    )
