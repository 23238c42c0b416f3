"""kineograph crossval RECIPE DATA: every clip tested once, fold by fold, and pooled."""

from typing import Annotated, Any

import typer

from kineograph.commands.console import (
    AllowLeakage,
    AsJson,
    Baselines,
    DataPath,
    LookForCopies,
    RecipeName,
    Resume,
    RunName,
    Screen,
    Set,
    Small,
)
from kineograph.commands.train_clips import print_outcome
from kineograph.commands.wishes import check_clips, run_to_use

By = Annotated[
    str | None,
    typer.Option(
        help="What stays together: group, person, source or clip; the first of these three that "
        "every clip names, if left away."
    ),
]
AtOnce = Annotated[
    int | None,
    typer.Option(min=1, help="Trainings at once, a thread each; one a core if left away."),
]


def crossval(
    recipe: RecipeName,
    data: DataPath,
    by: By = None,
    folds: Annotated[
        int | None, typer.Option(help="How many parts; each value is a part if left away.")
    ] = None,
    seeds: Annotated[
        str | None, typer.Option(help="Every fold is trained with each: 0,1,2.")
    ] = None,
    settings: Set = None,
    name: RunName = None,
    small: Small = False,
    resume: Resume = False,
    baselines: Baselines = True,
    allow_leakage: AllowLeakage = False,
    look_for_copies: LookForCopies = False,
    device: Annotated[str, typer.Option(help="cpu, cuda, cuda:1 or mps.")] = "cpu",
    workers: AtOnce = None,
    as_json: AsJson = False,
) -> None:
    """Train and test in folds, so that every clip is tested once; ends with one pooled report."""
    screen = Screen(as_json)
    screen.say("Loading …")
    from kineograph.data.dataset_folder import DataFolder
    from kineograph.evaluation.crossval import Crossval, run_crossval
    from kineograph.recipes import change_all, find_recipe
    from kineograph.training.reproduce import choose_device

    chosen = find_recipe(recipe)
    check_clips(chosen, "crossval")
    chosen = change_all(chosen.small() if small else chosen, settings or [])
    folder = DataFolder(data)
    numbers = seeds_of(seeds, chosen.training.seed)
    choose_device(device)  # here already: what it refuses is not refused by every fold
    named = name or f"crossval-{recipe}-{folder.path.resolve().name}"
    job = Crossval(
        recipe=chosen,
        data=folder,
        run=run_to_use(named, resume, renew=name is None),
        by=by,
        count=folds,
        seeds=numbers,
        workers=workers,
        with_baselines=baselines,
        look_for_copies=look_for_copies,
        allow_leakage=allow_leakage,
        resume=resume,
        device=device,
        stage=screen.stage,
        say=screen.say,
    )
    _finish(screen, run_crossval(job))


def seeds_of(text: str | None, otherwise: int) -> tuple[int, ...]:
    """ "0,1" as (0, 1); the recipe's own if none is given."""
    from kineograph.evaluation.crossval import check_seeds

    if text is None:
        return (otherwise,)
    words = [word.strip() for word in text.split(",")]
    found = tuple(int(word) for word in words if word.isdecimal())
    check_seeds(found if len(found) == len(words) else (), text)
    return found


def _finish(screen: Screen, done: dict[str, Any]) -> None:
    """The pooled figures and the status: not zero if a fold failed or a clip was left out."""
    from kineograph.evaluation.pooled import summarise_folds

    found = summarise_folds(done["run"])
    print_outcome(screen, found)
    shares = ", ".join(f"seed {r['seed']}: {100 * r['accuracy']:.1f} %" for r in found["seeds"])
    spread = "" if found["sd"] is None else f" ± {100 * found['sd']:.1f} (sd over seeds)"
    screen.say(f"pooled over {len(found['folds'])} folds: {100 * found['accuracy']:.1f} %{spread}")
    screen.say(shares)
    if found["sd"] is not None and found["sds"]:
        balanced, f1 = (
            f"{100 * found[name]:.1f} % ± {100 * found['sds'][name]:.1f}"
            for name in ("balanced_accuracy", "macro_f1")
        )
        screen.say(f"balanced accuracy {balanced}, macro F1 {f1}")
    screen.say(f"Report: {done['report']}")
    for kind, lines in (
        ("folds failed", done["failed"]),
        ("files were left out", done["left_out"]),
    ):
        if lines:
            screen.say(f"{len(lines)} {kind}: see the lines above.")
    screen.result(found | {"left_out": done["left_out"]})
    if done["failed"] or done["left_out"]:
        raise typer.Exit(1)
