"""kineograph evaluate RUN DATA: a trained network on any prepared folder, with a report."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from kineograph.commands.console import AsJson, DataPath, Device, Screen
from kineograph.commands.train_clips import print_outcome


def evaluate(
    run: Annotated[str, typer.Argument(help="A run folder, or a shipped network's name.")],
    data: DataPath,
    side: Annotated[
        str | None,
        typer.Option(help="test, val, train or all; all of clips that were not trained on."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Where the report goes; RUN/evaluation-DATA-SIDE if left away."),
    ] = None,
    device: Device = "auto",
    as_json: AsJson = False,
) -> None:
    """Ask a trained network about what it was not trained on, and write the report."""
    screen = Screen(as_json)
    screen.say("Loading …")
    from kineograph.recipes.trained import kind_of

    _evaluator(kind_of(run))(screen, run, data, side, out, device)


def _evaluator(kind: str) -> Callable[[Screen, str, Path, str | None, Path | None, str], None]:
    """What asks a network of this kind of data."""
    match kind:
        case "clips":
            return _evaluate_clips
        case "lines":
            from kineograph.commands.evaluate_lines import evaluate_lines

            return evaluate_lines
        case "text":
            from kineograph.commands.train_text import evaluate_text

            return evaluate_text
        case "ink":
            from kineograph.commands.train_ink import evaluate_ink

            return evaluate_ink
        case "labels" | "pairs":
            from kineograph.commands.train_texts import evaluate_texts

            return evaluate_texts
        case _:
            from kineograph.commands.train_pictures import evaluate_pictures

            return evaluate_pictures


def _evaluate_clips(
    screen: Screen, run: str, data: Path, side: str | None, out: Path | None, device: str
) -> None:
    """Label clips of one side of a prepared folder."""
    from kineograph.data.dataset_folder import DataFolder
    from kineograph.evaluation.again import evaluate_again
    from kineograph.recipes import load
    from kineograph.report.summary import summarise
    from kineograph.training.reproduce import choose_device

    folder, trained = DataFolder(data), load(run)
    target = out or evaluation_folder(trained.folder, data, side or "clips")
    report = evaluate_again(
        trained,
        folder,
        side,
        target,
        device=choose_device(device),
        stage=screen.stage,
        say=screen.say,
    )
    found = summarise(target)
    print_outcome(screen, found)
    screen.say(f"Report: {report}")
    screen.result(found)


def evaluation_folder(run: Path, data: Path, what: str) -> Path:
    """Where a report goes if nobody says: into the run; of a shipped network under ./runs."""
    from kineograph.recipes.trained import shipped_networks

    home = Path("runs") / run.name if run in shipped_networks().values() else run
    return home / f"evaluation-{data.resolve().name}-{what}"
