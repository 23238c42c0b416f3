"""kineograph train and evaluate, for networks that are shown single pictures."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from kineograph.commands.console import Screen
from kineograph.commands.wishes import TrainWish

if TYPE_CHECKING:
    from kineograph.evaluation.pictures.kind import PictureKind


def train_pictures(screen: Screen, wish: TrainWish) -> None:
    """Train on prepared pictures; ends with a report in ./runs/NAME."""
    from kineograph.data.prepared_folder import PreparedFolder
    from kineograph.evaluation.pictures.experiment import run_picture_experiment
    from kineograph.evaluation.pictures.kind import PictureExperiment
    from kineograph.evaluation.pictures.kinds import PICTURE_KINDS
    from kineograph.training.parallel import joined

    kind = PICTURE_KINDS[wish.recipe.kind]
    folder = PreparedFolder(wish.data, kind.folder)
    with joined() as parallel:
        job = PictureExperiment(
            data=folder,
            with_baselines=wish.baselines,
            allow_leakage=wish.allow_leakage,
            **wish.shared(screen, parallel, folder.path),
        )
        done = run_picture_experiment(job, kind, parallel)
    if done:  # the first of several processes has it
        _finish(screen, kind, Path(done["run"]), done["report"], done["left_out"])


def evaluate_pictures(
    screen: Screen, run: str, data: Path, side: str | None, out: Path | None, device: str
) -> None:
    """Ask a trained network about prepared pictures, and write the report."""
    from kineograph.commands.evaluate import evaluation_folder
    from kineograph.data.prepared_folder import PreparedFolder
    from kineograph.evaluation.pictures.again import evaluate_pictures_again
    from kineograph.evaluation.pictures.kinds import PICTURE_KINDS
    from kineograph.recipes.trained import kind_of, run_folder
    from kineograph.training.reproduce import choose_device

    kind = PICTURE_KINDS[kind_of(run)]
    folder = PreparedFolder(data, kind.folder)
    target = out or evaluation_folder(run_folder(run), data, side or kind.name)
    report = evaluate_pictures_again(
        run,
        kind,
        folder,
        side,
        target,
        device=choose_device(device),
        stage=screen.stage,
        say=screen.say,
    )
    _finish(screen, kind, target, report, [])


def _finish(
    screen: Screen, kind: "PictureKind", run: Path, report: Path, left_out: list[str]
) -> None:
    """The figures, where the report is, and the status: not zero if pictures were left out."""
    found: dict[str, Any] = kind.summarise(run)
    show_table(screen, kind.tell(found))
    screen.say(f"Report: {report}")
    if left_out:
        screen.say(f"{len(left_out)} pictures were left out: see the lines above.")
    screen.result(found | {"left_out": left_out})
    if left_out:
        raise typer.Exit(1)


def show_table(screen: Screen, rows: list[list[str]]) -> None:
    """A table, its heads first; the first column is words, the others are figures."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for number, head in enumerate(rows[0]):
        table.add_column(head, justify="right" if number else "left")
    for row in rows[1:]:
        table.add_row(*row)
    screen.show(table)
