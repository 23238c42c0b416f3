"""kineograph evaluate RUN DATA: a trained network on any prepared folder, with a report."""

from pathlib import Path
from typing import Annotated

import typer

from kineograph.commands.console import AsJson, Device, Screen
from kineograph.commands.train import print_outcome


def evaluate(
    run: Annotated[str, typer.Argument(help="A run folder, or a shipped network's name.")],
    data: Annotated[Path, typer.Argument(help="A folder made by `kineograph prepare`.")],
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
    """Ask a trained network about clips it was not trained on, and write the report."""
    screen = Screen(as_json)
    screen.say("Loading …")
    from kineograph.data.dataset_folder import DataFolder
    from kineograph.evaluation.again import evaluate_again
    from kineograph.recipes import load
    from kineograph.report.summary import summarise
    from kineograph.training.reproduce import choose_device

    folder = DataFolder(data)
    trained = load(run)
    home = Path("runs") / trained.name if trained.shipped else trained.folder
    target = out or home / f"evaluation-{folder.path.resolve().name}-{side or 'clips'}"
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
