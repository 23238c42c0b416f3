"""kineograph train RECIPE DATA: learn, test, compare with baselines, report."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from kineograph.commands.wishes import TrainWish

if TYPE_CHECKING:
    from kineograph.recipes import Recipe


StartFrom = Annotated[
    str | None, typer.Option("--from", metavar="RUN", help="Begin with a run's weights.")
]
Freeze = Annotated[
    str | None, typer.Option(help="Parts that stay as they are, for example: encoder.")
]
Threads = Annotated[
    int | None, typer.Option(min=1, help="CPU threads; the fastest number is measured otherwise.")
]
Also = Annotated[
    list[Path] | None,
    typer.Option(metavar="DATA", help="Lines: more that are learned from, never tested."),
]
Language = Annotated[
    bool, typer.Option("--language/--no-language", help="Lines: learn the texts' order, too.")
]
Curve = Annotated[
    str | None, typer.Option(metavar="PARTS", help="Lines: train on parts of them, too: 0.25,0.5.")
]


def train(
    recipe: RecipeName,
    data: DataPath,
    settings: Set = None,
    name: RunName = None,
    start_from: StartFrom = None,
    freeze: Freeze = None,
    small: Small = False,
    resume: Resume = False,
    baselines: Baselines = True,
    allow_leakage: AllowLeakage = False,
    look_for_copies: LookForCopies = False,
    device: Device = "auto",
    threads: Threads = None,
    workers: Workers = None,
    also: Also = None,
    language: Language = True,
    curve: Curve = None,
    as_json: AsJson = False,
) -> None:
    """Train a recipe on a prepared folder, or a text; ends with a report in ./runs/NAME."""
    screen = Screen(as_json)
    screen.say("Loading …")
    wish = TrainWish(
        recipe=_chosen(recipe, small, settings or [], freeze),
        data=data,
        name=name,
        start_from=start_from,
        resume=resume,
        baselines=baselines,
        allow_leakage=allow_leakage,
        look_for_copies=look_for_copies,
        device=device,
        threads=threads,
        workers=workers,
        also=also or [],
        language=language,
        curve=_parts(curve),
    )
    wish.check()
    _trainer(wish.recipe.kind)(screen, wish)


def _trainer(kind: str) -> Callable[[Screen, TrainWish], None]:
    """What trains a recipe of this kind of data."""
    if kind == "clips":
        from kineograph.commands.train_clips import train_clips

        return train_clips
    if kind == "lines":
        from kineograph.commands.train_lines import train_lines

        return train_lines
    if kind == "text":
        from kineograph.commands.train_text import train_text

        return train_text
    if kind == "ink":
        from kineograph.commands.train_ink import train_ink

        return train_ink
    if kind in ("labels", "pairs"):
        from kineograph.commands.train_texts import train_texts

        return train_texts
    from kineograph.commands.train_pictures import train_pictures

    return train_pictures


def _chosen(recipe: str, small: bool, settings: list[str], freeze: str | None) -> "Recipe":
    """The recipe of that name with everything changed that was asked for."""
    from kineograph.recipes import change, change_all, find_recipe

    found = find_recipe(recipe)
    found = change_all(found.small() if small else found, settings)
    return change(found, "training.freeze", freeze) if freeze else found


def _parts(said: str | None) -> list[float]:
    """The numbers of --curve."""
    from kineograph.errors import InputError

    try:
        return [float(part) for part in (said or "").split(",") if part.strip()]
    except ValueError:
        raise InputError(
            f"--curve {said}: parts of the training lines are asked for. Write --curve 0.25,0.5."
        ) from None
