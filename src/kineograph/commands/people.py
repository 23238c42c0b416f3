"""kineograph predict --windows: what each person in a video does, second by second."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import typer

from kineograph.commands.console import Screen
from kineograph.commands.many_files import counted, stems_of

NOTHING_KNOWN = 0.8  # an interval as wide as this


@dataclass(frozen=True)
class Wish:
    """What to make of the timelines."""

    windows: Path
    formats: list[str]
    out: Path
    blur: bool
    tested: str | None  # a run whose errors are known


def predict_people(screen: Screen, run: str, paths: list[Path], wish: Wish, device: str) -> None:
    """Timelines of every video; the status is not zero if a video or a person has none."""
    from kineograph.data.windows import read_windows
    from kineograph.errors import InputError
    from kineograph.predict.model import load
    from kineograph.predict.shares import known_errors_of, shares_of
    from kineograph.predict.write_people import as_object
    from kineograph.recipes.trained import run_folder

    read_windows(wish.windows)  # what is wrong with them is wrong for every video
    model = load(run, device=device)
    if wish.tested:
        check_tested(model, wish.tested)
    tested = known_errors_of(run_folder(wish.tested) if wish.tested else model.trained.folder)
    found: list[Any] = []
    failed: dict[str, str] = {}
    with screen.stage("Watching", "seconds") as progress:
        for number, path in enumerate(paths, 1):
            here = counted(progress, number, len(paths))
            try:
                found.append(model.predict_people(path, wish.windows, progress=here))
            except InputError as error:
                failed[str(path)] = str(error)
    shares = [
        {each.person: shares_of(each, model.classes, tested) for each in video.people}
        for video in found
    ]
    _print(screen, found, shares, len(tested))
    for path in _write(screen, wish, found, shares, model.classes, failed):
        screen.say(f"Wrote {path}")
    left_out = [line for video in found for line in video.left_out.values()]
    for line in left_out:
        screen.say(f"left out: {line}")
    for reason in failed.values():
        screen.say(f"failed: {reason}")
    files = [as_object(video, own) for video, own in zip(found, shares, strict=True)]
    screen.result({"run": run, "engine": model.engine, "files": files, "failed": failed})
    if failed or left_out or any(video.problem for video in found):
        raise typer.Exit(1)


def check_tested(model: Any, tested: str) -> None:
    """Raise InputError if a run's errors are those of another network."""
    from kineograph.errors import InputError
    from kineograph.recipes.trained import read_recipe_file, run_folder

    told = read_recipe_file(run_folder(tested), ("recipe", "classes"))
    name, ours = told["recipe"].get("name"), model.trained.recipe.name
    if name != ours or tuple(told["classes"]) != model.classes:
        raise InputError(
            f"--tested {tested}: is of {name} and {', '.join(told['classes'])}, and the run is "
            f"{ours} with {', '.join(model.classes)}: its errors say nothing of this network's. "
            f"Give a cross-validation of {ours} on the same labels."
        )


def _print(screen: Screen, found: list[Any], shares: list[Any], tested: int) -> None:
    """One row a person; then what the intervals are."""
    from rich.table import Table

    from kineograph.metrics.shares import LEAST_PEOPLE

    if not found:
        return
    table = Table(box=None, pad_edge=False)
    for column, justify in (("video", "left"), ("person", "left"), ("seconds", "right"),
                            ("share of time", "left"), ("with known errors", "left")):  # fmt: skip
        table.add_column(column, justify=justify)  # type: ignore[arg-type]
    corrected = False
    for video, own in zip(found, shares, strict=True):
        for person in video.people:
            for place, share in enumerate(own[person.person]):
                who = [Path(video.path).name, person.person, str(len(person.seconds))]
                known = share.corrected
                corrected = corrected or known is not None
                text = f"{known.low:.0%} to {known.high:.0%}" if known else "unknown"
                if known and known.high - known.low > NOTHING_KNOWN:
                    text += ", so next to nothing is known"
                table.add_row(
                    *(who if place == 0 else ["", "", ""]), f"{share.share:.0%} {share.label}", text
                )
    screen.show(table)
    for video in found:
        if video.problem:
            screen.say(f"read in part: {video.problem}")
    people = "1 person" if tested == 1 else f"{tested} people"
    told = f"Known errors: a 95 % interval from the {people} that the network was tested on."
    if not corrected and tested < LEAST_PEOPLE:
        told = (
            f"Errors are known of {people} only, and {LEAST_PEOPLE} are needed: give --tested a "
            "cross-validation by person."
        )
    elif not corrected:
        told = (
            f"Of the {people} it was tested on, the answers hardly follow the truth: no interval."
        )
    screen.say(told)


def _write(
    screen: Screen,
    wish: Wish,
    found: list[Any],
    shares: list[Any],
    classes: tuple[str, ...],
    failed: dict[str, str],
) -> list[Path]:
    """What was asked for; a file that cannot be written is said and the rest goes on."""
    from kineograph.errors import InputError
    from kineograph.predict import write_people as write

    tasks: list[tuple[Path, Callable[[Path], None]]] = []
    if found and "csv" in wish.formats:
        tasks.append((wish.out / "seconds.csv", lambda path: write.write_seconds_csv(path, found)))
    if found and "json" in wish.formats:
        objects = partial(write.write_people_json, found=found, shares=shares)
        tasks.append((wish.out / "people.json", objects))
    for stem, video, own in zip(
        stems_of([Path(video.path) for video in found]), found, shares, strict=True
    ):
        if "srt" in wish.formats:
            subtitles = partial(write.write_people_srt, video=video)
            tasks.append((wish.out / f"{stem}.srt", subtitles))
        if "png" in wish.formats:
            picture = partial(_write_picture, video=video, classes=classes, shares=own)
            tasks.append((wish.out / f"{stem}.timeline.png", picture))
        if "mp4" in wish.formats:
            labelled = partial(
                _write_video, screen=screen, video=video, classes=classes, blur=wish.blur
            )
            tasks.append((wish.out / f"{stem}.labelled.mp4", labelled))
    written: list[Path] = []
    for path, act in tasks:
        try:
            act(path)
            written.append(path)
        except (InputError, OSError) as error:
            failed[str(path)] = str(error)
    return written


def _write_picture(path: Path, *, video: Any, classes: tuple[str, ...], shares: Any) -> None:
    from kineograph.predict.people_picture import write_people_picture

    write_people_picture(path, video, classes, shares)


def _write_video(
    path: Path, *, screen: Screen, video: Any, classes: tuple[str, ...], blur: bool
) -> None:
    from kineograph.predict.write_people import write_people_video

    with screen.stage(f"Labelling {path.name}", "frames") as progress:
        write_people_video(path, video, classes, blur=blur, progress=progress)
