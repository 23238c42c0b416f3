"""kineograph train and evaluate, for networks that answer whole texts."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kineograph.commands.console import Screen
from kineograph.commands.wishes import TrainWish

if TYPE_CHECKING:
    from kineograph.evaluation.texts.experiment import TextsKind


def train_texts(screen: Screen, wish: TrainWish) -> None:
    """Train on texts and their answers; ends with a report in ./runs/NAME."""
    from kineograph.data.texts.record import read_texts
    from kineograph.evaluation.texts.experiment import TextsExperiment, run_texts_experiment
    from kineograph.evaluation.texts.kinds import TEXTS_KINDS
    from kineograph.training.parallel import joined

    kind, config = TEXTS_KINDS[wish.recipe.kind], wish.recipe.data
    texts = read_texts(wish.data, config.given, config.asked)
    with joined() as parallel:
        job = TextsExperiment(
            data=texts,
            with_baselines=wish.baselines,
            **wish.shared(screen, parallel, Path(texts.name)),
        )
        done = run_texts_experiment(job, kind, parallel)
    if done:  # the first of several processes has it
        _finish(screen, kind, Path(done["run"]), done["report"], done["left_out"])


def evaluate_texts(
    screen: Screen, run: str, data: Path, side: str | None, out: Path | None, device: str
) -> None:
    """Ask a trained network about texts, and write the report."""
    from kineograph.commands.evaluate import evaluation_folder
    from kineograph.data.texts.record import read_texts
    from kineograph.evaluation.texts.experiment import TextsExperiment, evaluate_texts_again
    from kineograph.evaluation.texts.kinds import TEXTS_KINDS
    from kineograph.recipes.trained import kind_of, run_folder
    from kineograph.recipes.trained_texts import load_texts
    from kineograph.training.reproduce import choose_device

    name = kind_of(run)
    recipe = load_texts(run, name).recipe
    texts = read_texts(data, recipe.data.given, recipe.data.asked)
    target = out or evaluation_folder(run_folder(run), Path(texts.name), side or name)
    job = TextsExperiment(
        recipe=recipe,
        data=texts,
        run=target,
        device=choose_device(device),
        start_from=run,
        stage=screen.stage,
        say=screen.say,
    )
    report = evaluate_texts_again(job, TEXTS_KINDS[name], side)
    _finish(screen, TEXTS_KINDS[name], target, str(report), list(texts.left_out))


def _finish(screen: Screen, kind: "TextsKind", run: Path, report: str, left_out: list[str]) -> None:
    """The figures, where the report is, and the status: not zero if texts were left out."""
    from kineograph.commands.train_pictures import show_table

    found = kind.summarise(run)
    show_table(screen, kind.tell(found))
    told = found["protocol"]
    screen.say(f"{told['n']:,} texts of {told['data']}, by {told['split']}.")
    screen.say(f"Report: {report}")
    if left_out:
        screen.say(f"{len(left_out)} texts were left out: see the lines above.")
    screen.result(found | {"left_out": left_out})
    if left_out:
        raise typer.Exit(1)
