"""kineograph predict RUN VIDEO…: a label for a clip, a timeline for a long video, features."""

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import typer

from kineograph.commands.console import Screen
from kineograph.commands.many_files import counted, stems_of


def predict_files(
    screen: Screen,
    run: str,
    paths: list[Path],
    formats: list[str],
    out: Path,
    spans: dict[str, float | None],
    device: str,
) -> None:
    """A label or a timeline a file; the status is not zero if any failed."""
    from kineograph.errors import InputError
    from kineograph.predict.model import load

    model = load(run, device=device)
    found: list[Any] = []
    failed: dict[str, str] = {}
    with screen.stage("Reading", "frames") as progress:
        for number, path in enumerate(paths, 1):
            here = counted(progress, number, len(paths))
            try:
                _refuse_page(path, run)
                found.append(model.predict(path, **spans, progress=here))
            except InputError as error:
                failed[str(path)] = str(error)
    _print(screen, found)
    for prediction in found:
        if prediction.problem:
            screen.say(f"read in part: {prediction.problem}")
    for path in _write(screen, formats, out, found, failed):
        screen.say(f"Wrote {path}")
    for reason in failed.values():
        screen.say(f"failed: {reason}")
    screen.result(
        {"run": run, "engine": model.engine, "files": [asdict(p) for p in found], "failed": failed}
    )
    if failed or any(prediction.problem for prediction in found):
        raise typer.Exit(1)


def write_features(
    screen: Screen, run: str, paths: list[Path], out: Path, device: str, formats: list[str]
) -> None:
    """One .features.npy and .features.json a file; the status is not zero if any failed."""
    from kineograph.errors import InputError
    from kineograph.predict.features import write_features as write
    from kineograph.predict.model import load

    if formats:
        raise InputError(
            f"--write {formats[0]}: writes labels, and --features writes none. Ask for one of them."
        )
    model = load(run, device=device)
    written: list[dict[str, Any]] = []
    failed: dict[str, str] = {}
    partly = False
    with screen.stage("Reading", "frames") as progress:
        for number, (path, stem) in enumerate(zip(paths, stems_of(paths), strict=True), 1):
            try:
                _refuse_page(path, run)
                found = model.features(path, progress=counted(progress, number, len(paths)))
                written.append(write(out / stem, found, run))
            except InputError as error:
                failed[str(path)] = str(error)
                continue
            if found.problem:
                partly = True
                screen.say(f"read in part: {found.problem}")
    for each in written:
        count, size = each["shape"]
        screen.say(f"Wrote {each['features']}: {count} frames, {size} features each")
    for reason in failed.values():
        screen.say(f"failed: {reason}")
    screen.result({"run": run, "files": written, "failed": failed})
    if failed or partly:
        raise typer.Exit(1)


def _refuse_page(path: Path, run: str) -> None:
    """A PDF has no frames. A picture is a clip of one frame: it may be asked for."""
    from kineograph.errors import InputError

    if path.suffix.lower() == ".pdf":
        raise InputError(
            f"{path}: a PDF holds pages, and {run} labels clips. "
            "Give a video, or a network that reads lines of text."
        )


def _print(screen: Screen, found: list[Any]) -> None:
    from rich.table import Table

    if not found:
        return
    table = Table(box=None, pad_edge=False)
    for column, justify in (("file", "left"), ("from", "right"), ("to", "right"),
                            ("label", "left"), ("probability", "right")):  # fmt: skip
        table.add_column(column, justify=justify)  # type: ignore[arg-type]
    names = [Path(prediction.path).name for prediction in found]
    for name, prediction in zip(names, found, strict=True):
        shown = name if names.count(name) == 1 else prediction.path
        for segment in prediction.segments:
            table.add_row(
                shown,
                f"{segment.start_seconds:.2f} s",
                f"{segment.end_seconds:.2f} s",
                segment.label,
                f"{segment.probability:.0%}",
            )
    screen.show(table)


def _write(
    screen: Screen, formats: list[str], out: Path, found: list[Any], failed: dict[str, str]
) -> list[Path]:
    """What was asked for, file by file; one that cannot be written is said and the rest goes on."""
    from kineograph.errors import InputError
    from kineograph.predict import write

    stems = stems_of([Path(prediction.path) for prediction in found])
    tasks: list[tuple[str, Path, Any]] = []
    if "csv" in formats:
        path = out / "predictions.csv"
        tasks.append((str(path), path, lambda path: write.write_csv(path, found)))
    if "json" in formats:
        path = out / "predictions.json"
        tasks.append((str(path), path, lambda path: write.write_json(path, found)))
    for stem, each in zip(stems, found, strict=True):
        if "srt" in formats:
            act = partial(write.write_srt, prediction=each)
            tasks.append((each.path, out / f"{stem}.srt", act))
        if "mp4" in formats:
            act = partial(_write_video, screen, stem, each)
            tasks.append((each.path, out / f"{stem}.labelled.mp4", act))
    written: list[Path] = []
    for name, path, act in tasks:
        try:
            act(path)
            written.append(path)
        except (InputError, OSError) as error:
            failed[name] = str(error)
    return written


def _write_video(screen: Screen, stem: str, prediction: Any, path: Path) -> None:
    from kineograph.predict.write import write_labelled_video

    with screen.stage(f"Labelling {stem}", "frames") as progress:
        write_labelled_video(path, prediction, progress)
