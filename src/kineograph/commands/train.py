"""kineograph train RECIPE DATA: learn, test, compare with baselines, report."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kineograph.commands.console import (
    AllowLeakage,
    AsJson,
    Baselines,
    DataPath,
    Device,
    LookForCopies,
    RecipeName,
    Resume,
    RunName,
    Screen,
    Set,
    Small,
    Workers,
)

if TYPE_CHECKING:
    from kineograph.recipes import Recipe

SPLITS = {"given": "split as given", "group": "split by group", "clip": "split by clip"}


def train(
    recipe: RecipeName,
    data: DataPath,
    settings: Set = None,
    name: RunName = None,
    start_from: Annotated[
        str | None,
        typer.Option("--from", metavar="RUN", help="Begin with a run's weights."),
    ] = None,
    freeze: Annotated[
        str | None, typer.Option(help="Parts that stay as they are, for example: encoder.")
    ] = None,
    small: Small = False,
    resume: Resume = False,
    baselines: Baselines = True,
    allow_leakage: AllowLeakage = False,
    look_for_copies: LookForCopies = False,
    device: Device = "auto",
    threads: Annotated[
        int | None,
        typer.Option(min=1, help="CPU threads; the fastest number is measured otherwise."),
    ] = None,
    workers: Workers = None,
    also: Annotated[
        list[Path] | None,
        typer.Option(metavar="DATA", help="Lines: more that are learned from, never tested."),
    ] = None,
    language: Annotated[
        bool, typer.Option("--language/--no-language", help="Lines: learn the texts' order, too.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Train a recipe on a prepared folder; ends with a report in ./runs/NAME."""
    screen = Screen(as_json)
    screen.say("Loading …")
    from kineograph.data.dataset_folder import DataFolder
    from kineograph.data.lines.config import LinesConfig
    from kineograph.evaluation.experiment import run_experiment
    from kineograph.evaluation.job import Experiment
    from kineograph.training.parallel import joined
    from kineograph.training.reproduce import choose_device

    chosen = _chosen(recipe, small, settings or [], freeze)
    if isinstance(chosen.data, LinesConfig):
        from kineograph.commands.train_lines import LinesWish, train_lines

        wish = LinesWish(
            recipe=chosen,
            data=data,
            also=also or [],
            language=language,
            name=name,
            start_from=start_from,
            resume=resume,
            allow_leakage=allow_leakage,
            device=device,
            threads=threads,
        )
        train_lines(screen, wish)
        return
    folder = DataFolder(data)
    named = name or f"{recipe}-{folder.path.resolve().name}"
    with joined() as parallel:
        parallel.check_batch(chosen.training.batch)
        run = str(run_to_use(named, resume, renew=name is None)) if parallel.first else ""
        job = Experiment(
            recipe=chosen,
            data=folder,
            run=Path(parallel.from_first(run)),
            device=parallel.device(choose_device(device)),
            resume=resume,
            start_from=start_from,
            with_baselines=baselines,
            look_for_copies=look_for_copies,
            allow_leakage=allow_leakage,
            workers=workers,
            threads=threads,
            stage=screen.stage,
            say=screen.say,
        )
        done = run_experiment(job, parallel)
    _finish(screen, done)


def _chosen(recipe: str, small: bool, settings: list[str], freeze: str | None) -> "Recipe":
    """The recipe of that name with everything changed that was asked for."""
    from kineograph.recipes import change, change_all, find_recipe

    found = find_recipe(recipe)
    found = change_all(found.small() if small else found, settings)
    return change(found, "training.freeze", freeze) if freeze else found


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


def run_to_use(name: str, resume: bool, *, renew: bool) -> Path:
    """./runs/NAME; another training's run is never overwritten.

    renew: the name was not chosen, so a number may follow it. Then a resume takes the newest
    training that has not come to its report, or else the newest.
    """
    from kineograph.errors import InputError

    run = Path("runs") / name
    if resume and renew:
        run = _newest(name)
    used = (run / "recipe.json").exists()
    if resume and not used:
        raise InputError(f"{run}: nothing to resume. Leave --resume away, or name the run: --name.")
    if used and not resume:
        if not renew:
            raise InputError(
                f"{run}: is there already. Choose another --name, or go on with --resume."
            )
        number = 2
        while (Path("runs") / f"{name}-{number}" / "recipe.json").exists():
            number += 1
        run = Path("runs") / f"{name}-{number}"
    try:
        run.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{run}: cannot be made ({error.strerror}). Run where you may write, or free space."
        ) from error
    return run


def _newest(name: str) -> Path:
    """Of runs NAME, NAME-2, NAME-3 … the last one without a report; the last one if all have."""
    numbered: list[Path] = []
    while True:
        number = len(numbered) + 1
        run = Path("runs") / (name if number == 1 else f"{name}-{number}")
        if not (run / "recipe.json").exists():
            break
        numbered.append(run)
    unfinished = [run for run in numbered if not (run / "report.html").exists()]
    return [Path("runs") / name, *numbered, *unfinished][-1]


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
