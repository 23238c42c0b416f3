"""kineograph search RECIPE DATA --set …: settings compared inside the training side."""

from typing import Annotated, Any

import typer

from kineograph.commands.console import (
    AllowLeakage,
    AsJson,
    DataPath,
    RecipeName,
    Resume,
    RunName,
    Screen,
    Small,
)
from kineograph.commands.crossval import AtOnce, By, seeds_of
from kineograph.commands.wishes import check_clips, run_to_use

Alternatives = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PART.FIELD=A,B",
        help="Values to try, apart by commas; lists apart by semicolons; one value is kept.",
    ),
]
Drawn = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="N settings of the grid, drawn at random."),
]
SHOWN = 20  # settings in the terminal; the report has all


def search(
    recipe: RecipeName,
    data: DataPath,
    settings: Alternatives = None,
    by: By = None,
    inner: Annotated[int, typer.Option(help="Inner folds of the training side.")] = 3,
    random: Drawn = None,
    seeds: Annotated[
        str | None, typer.Option(help="Every setting is trained with each: 0,1,2.")
    ] = None,
    name: RunName = None,
    small: Small = False,
    resume: Resume = False,
    allow_leakage: AllowLeakage = False,
    device: Annotated[str, typer.Option(help="cpu, cuda, cuda:1 or mps.")] = "cpu",
    workers: AtOnce = None,
    as_json: AsJson = False,
) -> None:
    """Try settings on inner folds of the training side; the test clips are left alone."""
    screen = Screen(as_json)
    screen.say("Loading …")
    from kineograph.data.dataset_folder import DataFolder
    from kineograph.evaluation.grid import grid
    from kineograph.evaluation.search import Search, run_search
    from kineograph.recipes import find_recipe
    from kineograph.training.reproduce import choose_device

    chosen = find_recipe(recipe)
    check_clips(chosen, "search")
    chosen = chosen.small() if small else chosen
    grid(chosen, settings or [])  # before a folder is made: nothing to search is refused
    folder = DataFolder(data)
    numbers = seeds_of(seeds, chosen.training.seed)
    choose_device(device)
    named = name or f"search-{recipe}-{folder.path.resolve().name}"
    words = ["kineograph", "train", recipe, str(data)]
    words += ["--small"] * small + ["--allow-leakage"] * allow_leakage
    job = Search(
        recipe=chosen,
        data=folder,
        run=run_to_use(named, resume, renew=name is None),
        settings=settings or [],
        by=by,
        inner=inner,
        chance=random,
        seeds=numbers,
        workers=workers,
        allow_leakage=allow_leakage,
        resume=resume,
        device=device,
        words=words,
        stage=screen.stage,
        say=screen.say,
    )
    _finish(screen, run_search(job))


def _finish(screen: Screen, found: dict[str, Any]) -> None:
    """The settings, best first, the command of the best; the status says if a training failed."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("setting", "mean", "± sd"):
        table.add_column(column, justify="left" if column == "setting" else "right")
    for row in found["settings"][:SHOWN]:
        mean = "failed" if row["mean"] is None else f"{100 * row['mean']:.1f} %"
        table.add_row(row["name"], mean, "" if row["sd"] is None else f"{100 * row['sd']:.1f}")
    screen.show(table)
    if len(found["settings"]) > SHOWN:
        screen.say(f"and {len(found['settings']) - SHOWN} more: see the report")
    told = found["protocol"]
    screen.say(
        f"means over {len(told['inner_folds'])} inner folds by {told['by']} of {told['n']} clips; "
        f"{told['n_test_set_aside']} test clips were not touched"
    )
    screen.say(f"Report: {found['report']}")
    screen.say(f"Best: {found['best']['command']}")
    screen.result(found)
    if found["failed"] or found["left_out"]:
        raise typer.Exit(1)
