"""kineograph train and evaluate, for networks that write text character by character."""

from pathlib import Path
from typing import Any

import typer

from kineograph.commands.console import Screen
from kineograph.commands.wishes import TrainWish


def train_text(screen: Screen, wish: TrainWish) -> None:
    """Train on a text; ends with a report in ./runs/NAME."""
    from kineograph.data.characters.corpus import read_corpus
    from kineograph.evaluation.characters.experiment import TextExperiment, run_text_experiment
    from kineograph.training.parallel import joined

    corpus = read_corpus(wish.data)
    with joined() as parallel:
        job = TextExperiment(
            data=corpus,
            with_baselines=wish.baselines,
            **wish.shared(screen, parallel, Path(corpus.name)),
        )
        done = run_text_experiment(job, parallel)
    if done:  # the first of several processes has it
        _finish(screen, Path(done["run"]), done["report"], done["left_out"])


def evaluate_text(
    screen: Screen, run: str, data: Path, side: str | None, out: Path | None, device: str
) -> None:
    """Ask a trained network about a text, and write the report."""
    from kineograph.commands.evaluate import evaluation_folder
    from kineograph.data.characters.corpus import read_corpus
    from kineograph.evaluation.characters.experiment import TextExperiment, evaluate_text_again
    from kineograph.recipes.trained import run_folder
    from kineograph.recipes.writer import load_writer
    from kineograph.training.reproduce import choose_device

    corpus = read_corpus(data)
    target = out or evaluation_folder(run_folder(run), Path(corpus.name), side or "text")
    job = TextExperiment(
        recipe=load_writer(run).recipe,
        data=corpus,
        run=target,
        device=choose_device(device),
        start_from=run,
        stage=screen.stage,
        say=screen.say,
    )
    report = evaluate_text_again(job, side)
    _finish(screen, target, str(report), list(corpus.left_out))


def _finish(screen: Screen, run: Path, report: str, left_out: list[str]) -> None:
    """The figures, where the report is, and the status: not zero if files were left out."""
    from kineograph.report.characters.page import summarise_text

    found = summarise_text(run)
    _print_outcome(screen, found)
    screen.say(f"Report: {report}")
    if left_out:
        screen.say(f"{len(left_out)} files were left out: see the lines above.")
    screen.result(found | {"left_out": left_out})
    if left_out:
        raise typer.Exit(1)


def _print_outcome(screen: Screen, found: dict[str, Any]) -> None:
    """Nats and bits, n-grams beside, and what they are of."""
    import math

    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("", "nats a character", "bits"):
        table.add_column(column, justify="right" if column else "left")
    told = found["protocol"]
    rows = {"memory carried": found["nats"]}
    rows[f"windows of {told['window_characters']}"] = found["nats_in_windows"]
    rows |= {name: row["nats"] for name, row in found["baselines"].items()}
    for title, nats in rows.items():
        if nats is not None:
            table.add_row(title, f"{nats:.4f}", f"{nats / math.log(2):.3f}")
    screen.show(table)
    screen.say(
        f"{told['n']:,} characters of the {told['side']} side of {told['data']}, {told['split']} · "
        f"{told['policy']}"
    )
