"""kineograph tune-alerts RUN VIDEO… --marks: thresholds chosen on marked video, judged on other."""

from pathlib import Path
from typing import Annotated, Any

import typer

from kineograph.commands.console import AsJson, Device, Screen


def tune_alerts(
    run: Annotated[str, typer.Argument(help="A run folder, or a shipped network's name.")],
    videos: Annotated[list[Path], typer.Argument(help="Long videos, marked from end to end.")],
    marks: Annotated[Path, typer.Option(help="annotations.jsonl, as annotate writes it.")],
    label: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME[=A,B]", help="What to call for; several labels may be one."),
    ] = None,
    false_alerts_per_hour: Annotated[
        float, typer.Option(min=0, help="The most that may be, of watched video.")
    ] = 1.0,
    tolerance_seconds: Annotated[
        float, typer.Option(min=0, help="How far from a mark an alert is still for it.")
    ] = 2.0,
    by: Annotated[
        str, typer.Option(help="What is left out at a time: video, group or source.")
    ] = "video",
    write: Annotated[
        Path | None, typer.Option(metavar="TOML", help="The rules for watch.toml, and a picture.")
    ] = None,
    device: Device = "cpu",
    as_json: AsJson = False,
) -> None:
    """Choose when answers become alerts. The status is not zero if any video failed."""
    screen = Screen(as_json)
    screen.say("Loading …")
    from kineograph.data.annotation import read_annotations
    from kineograph.live.tuning.tune import fields_of_tuned, rules_for, watch_marked
    from kineograph.recipes import load
    from kineograph.training.reproduce import choose_device

    trained = load(run)
    annotations = read_annotations(marks)
    rules = rules_for(label or [], trained.classes, annotations, marks.name)
    with screen.stage("Watching", "videos") as progress:
        chosen = choose_device(device)
        watched = watch_marked(videos, annotations, trained, chosen, by=by, progress=progress)
    _say_left_out(screen, watched, marks.name)
    asked = {"false_alerts_per_hour": false_alerts_per_hour, "tolerance_seconds": tolerance_seconds}
    found = _tune(screen, rules, watched.videos, trained.classes, marks.name, asked)
    written = _write(screen, write, found, f"{run}, {marks.name}", false_alerts_per_hour)
    names = [video.name for video in watched.videos]
    protocol = {"left_out_by": by, "videos": names, **asked, "settings": len(found[0].settings)}
    fields = [fields_of_tuned(tuned) for tuned in found]
    screen.result(
        {
            "run": run,
            "rules": fields,
            "protocol": protocol,
            "failed": watched.failed,
            "written": written,
        }
    )
    if watched.failed:
        raise typer.Exit(1)


def _tune(
    screen: Screen,
    rules: list[Any],
    videos: list[Any],
    classes: tuple[str, ...],
    marks: str,
    asked: dict[str, float],
) -> list[Any]:
    """Every rule with its thresholds, each shown as soon as it is chosen."""
    from kineograph.live.tuning.marked import check_marked
    from kineograph.live.tuning.thresholds import tune

    check_marked(videos, {rule.label: rule.labels or (rule.label,) for rule in rules}, marks)
    found = []
    for rule in rules:
        with screen.stage(f"Trying {rule.label}", "videos") as progress:
            tuned = tune(rule, videos, classes, **asked, progress=progress)
        found.append(tuned)
        _show(screen, tuned, asked["false_alerts_per_hour"])
    return found


def _say_left_out(screen: Screen, watched: Any, marks: str) -> None:
    """What is not counted, and which videos are calm footage."""
    for name in watched.unknown:
        screen.say(f"left out: {name} is marked in {marks}, and not among the videos")
    for video in watched.videos:
        if not video.marks:
            screen.say(f"{video.name}: no mark in it, so every alert there is a false one")
    for reason in watched.failed.values():
        screen.say(f"failed: {reason}")


def _show(screen: Screen, tuned: Any, most_per_hour: float) -> None:
    """A row for each video left out, all of them together, and what to make of it."""
    from rich.table import Table

    from kineograph.live.tuning.words import length_in_words, rate_in_words, score_in_words
    from kineograph.metrics.events import HOUR_SECONDS, poisson_interval

    table = Table(box=None, pad_edge=False)
    for column in ("left out", "events", "found", "false/h", "after", "high", "low", "smooth", "≥"):
        table.add_column(column, justify="left" if column == "left out" else "right")
    for fold in tuned.folds:
        table.add_row(Path(fold.left_out).name, *_cells(fold.judged), *_numbers(fold.rule))
    table.add_row("all of them", *_cells(tuned.judged), *([""] * 4), style="bold")
    table.add_row("to write down", *_cells(tuned.chosen_by), *_numbers(tuned.rule))
    screen.show(table)
    screen.say(f"{tuned.rule.label}, left out: {score_in_words(tuned.judged)}")
    screen.say("The last row was chosen on the videos that it is counted on: expect the one above.")
    if not tuned.kept:
        screen.say(
            f"No setting kept to {most_per_hour:g} false alerts an hour; this has the fewest. "
            "Mark the false ones, and train with them."
        )
    watched = tuned.judged.watched_seconds
    room = poisson_interval(0)[1] * HOUR_SECONDS / watched
    if room > most_per_hour:
        screen.say(
            f"{length_in_words(watched)} of video cannot show {most_per_hour:g} an hour: none at "
            f"all in it leaves room for {rate_in_words(room)}. Give more, calm footage too."
        )


def _cells(score: Any) -> list[str]:
    from kineograph.live.tuning.words import rate_in_words

    recall = "–" if score.recall is None else f"{100 * score.recall:.0f} %"
    delay = score.delay()
    return [
        str(score.true),
        recall,
        rate_in_words(score.false_alerts_per_hour),
        "–" if delay is None else f"{delay:.1f} s",
    ]


def _numbers(rule: Any) -> list[str]:
    return [
        f"{rule.high:g}",
        f"{rule.low:g}",
        f"{rule.smooth_seconds:g} s",
        f"{rule.shortest_seconds:g} s",
    ]


def _write(
    screen: Screen, path: Path | None, found: list[Any], origin: str, most_per_hour: float
) -> list[str]:
    """The rules, and beside them a picture for each."""
    from kineograph.errors import InputError
    from kineograph.live.tuning.thresholds_picture import write_tuned_picture
    from kineograph.live.tuning.tune import toml_of
    from kineograph.whole_file import write_text_whole

    if path is None:
        return []
    heading = f"kineograph tune-alerts {origin}: at most {most_per_hour:g} false alerts an hour"
    try:
        write_text_whole(path, toml_of(found, heading))
    except OSError as error:
        raise InputError(
            f"--write {path}: cannot be written ({error.strerror or error}). Choose another place."
        ) from error
    written = [path]
    for number, tuned in enumerate(found):
        picture = path.with_name(f"{path.stem}{f'-{number + 1}' if number else ''}.png")
        write_tuned_picture(picture, tuned, most_per_hour)
        written.append(picture)
    for each in written:
        screen.say(f"Wrote {each}")
    return [str(each) for each in written]
