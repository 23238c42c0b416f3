"""kineograph train and evaluate, for networks that write by hand."""

from pathlib import Path
from typing import Any

import typer

from kineograph.commands.console import Screen
from kineograph.commands.wishes import TrainWish


def train_ink(screen: Screen, wish: TrainWish) -> None:
    """Train on prepared ink; ends with a report in ./runs/NAME."""
    from kineograph.data.ink.line import INK
    from kineograph.data.prepared_folder import PreparedFolder
    from kineograph.evaluation.ink.experiment import run_ink_experiment
    from kineograph.evaluation.ink.job import InkExperiment
    from kineograph.training.parallel import joined

    folder = PreparedFolder(wish.data, INK)
    with joined() as parallel:
        job = InkExperiment(
            data=folder,
            **wish.shared(screen, parallel, folder.path),
        )
        done = run_ink_experiment(job, parallel)
    if done:  # the first of several processes has it
        finish_ink(screen, Path(done["run"]), done["left_out"])


def evaluate_ink(
    screen: Screen, run: str, data: Path, side: str | None, out: Path | None, device: str
) -> None:
    """Ask a trained network about prepared ink, and write the report."""
    from kineograph.commands.evaluate import evaluation_folder
    from kineograph.data.ink.line import INK
    from kineograph.data.prepared_folder import PreparedFolder
    from kineograph.evaluation.ink.again import evaluate_ink_again
    from kineograph.recipes.hand import load_hand
    from kineograph.training.reproduce import choose_device

    folder, trained = PreparedFolder(data, INK), load_hand(run)
    target = out or evaluation_folder(trained.folder, data, side or "ink")
    evaluate_ink_again(
        trained,
        folder,
        side,
        target,
        device=choose_device(device),
        stage=screen.stage,
        say=screen.say,
    )
    finish_ink(screen, target, [])


def finish_ink(screen: Screen, run: Path, left_out: list[str]) -> None:
    """The figures, where the report is, and the status: not zero if lines were left out."""
    from kineograph.report.ink.summary import summarise_ink

    found: dict[str, Any] = summarise_ink(run)
    control = found["baselines"]["without_memory"]["log_loss_per_point"]
    protocol = found["protocol"]
    screen.say(
        f"{found['log_loss_per_point']:.3f} nats a point, {found['log_loss_per_line']:.1f} a line "
        f"(one Gaussian without memory: {control:.3f} a point); lower is better"
    )
    screen.say(
        f"{protocol['n']} lines of {protocol['data']}, {protocol['points']} points, split "
        f"{protocol['split']} · {protocol['normalisation']}"
    )
    screen.say(f"Report: {found['report']}")
    if left_out:
        screen.say(f"{len(left_out)} lines were left out: see the lines above.")
    screen.result(found | {"left_out": left_out})
    if left_out:
        raise typer.Exit(1)
