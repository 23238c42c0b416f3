"""kineograph predict RUN FILE…: a label for a clip, a timeline for a long video."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from kineograph.commands.console import AsJson, Device, Screen

FORMATS = ("csv", "json", "srt", "mp4")


def predict(
    run: Annotated[str, typer.Argument(help="A run folder, or a shipped network's name.")],
    files: Annotated[
        list[Path], typer.Argument(help="Videos, GIFs, pictures, folders of pictures or of videos.")
    ],
    write: Annotated[
        list[str] | None,
        typer.Option(metavar="FORMAT", help="csv, json, srt (subtitles) or mp4 (labelled video)."),
    ] = None,
    out: Annotated[Path, typer.Option(help="The folder that written files go to.")] = Path("."),
    window_seconds: Annotated[
        float | None, typer.Option(help="Length of a window on a long video.")
    ] = None,
    hop_seconds: Annotated[
        float | None, typer.Option(help="From one window's start to the next one's.")
    ] = None,
    device: Device = "cpu",
    as_json: AsJson = False,
) -> None:
    """Say what happens in files, when. The status is not zero if any file failed."""
    screen = Screen(as_json)
    _check(write or [])
    from kineograph.errors import InputError
    from kineograph.predict.model import load

    model = load(run, device=device)
    found: list[Any] = []
    failed: dict[str, str] = {}
    with screen.stage("Reading", "frames") as progress:
        for path in _spread(files):
            try:
                found.append(
                    model.predict(
                        path,
                        window_seconds=window_seconds,
                        hop_seconds=hop_seconds,
                        progress=progress,
                    )
                )
            except InputError as error:
                failed[str(path)] = str(error)
    _print(screen, found)
    for prediction in found:
        if prediction.problem:
            screen.say(f"read in part: {prediction.problem}")
    for reason in failed.values():
        screen.say(f"failed: {reason}")
    for path in _write(screen, write or [], out, found, failed):
        screen.say(f"Wrote {path}")
    screen.result(
        {"run": run, "engine": model.engine, "files": [asdict(p) for p in found], "failed": failed}
    )
    if failed or any(prediction.problem for prediction in found):
        raise typer.Exit(1)


def _check(formats: list[str]) -> None:
    from kineograph.errors import InputError, nearest

    for name in formats:
        if name not in FORMATS:
            raise InputError(
                f"--write {name}: known formats are {', '.join(FORMATS)}. "
                f"{nearest(name, FORMATS)}".rstrip()
            )


def _spread(files: list[Path]) -> list[Path]:
    """A folder with videos in it stands for its videos; one of pictures is a clip itself."""
    from kineograph.media import VIDEO_SUFFIXES, list_media

    spread: list[Path] = []
    for path in files:
        videos = (
            [p for p in list_media(path) if p.suffix.lower() in VIDEO_SUFFIXES]
            if path.is_dir()
            else []
        )
        spread += videos or [path]
    return spread


def _print(screen: Screen, found: list[Any]) -> None:
    from rich.table import Table

    if not found:
        return
    table = Table(box=None, pad_edge=False)
    for column, justify in (("file", "left"), ("from", "right"), ("to", "right"),
                            ("label", "left"), ("probability", "right")):  # fmt: skip
        table.add_column(column, justify=justify)  # type: ignore[arg-type]
    for prediction in found:
        for segment in prediction.segments:
            table.add_row(
                Path(prediction.path).name,
                f"{segment.start_seconds:.2f} s",
                f"{segment.end_seconds:.2f} s",
                segment.label,
                f"{segment.probability:.0%}",
            )
    screen.show(table)


def _write(
    screen: Screen, formats: list[str], out: Path, found: list[Any], failed: dict[str, str]
) -> list[Path]:
    from kineograph.errors import InputError
    from kineograph.predict import write

    written: list[Path] = []
    if "csv" in formats:
        write.write_csv(out / "predictions.csv", found)
        written.append(out / "predictions.csv")
    if "json" in formats:
        write.write_json(out / "predictions.json", found)
        written.append(out / "predictions.json")
    for prediction in found:
        stem = Path(prediction.path).stem
        try:
            if "srt" in formats:
                write.write_srt(out / f"{stem}.srt", prediction)
                written.append(out / f"{stem}.srt")
            if "mp4" in formats:
                with screen.stage(f"Labelling {stem}", "frames") as progress:
                    write.write_labelled_video(out / f"{stem}.labelled.mp4", prediction, progress)
                written.append(out / f"{stem}.labelled.mp4")
        except InputError as error:
            failed[prediction.path] = str(error)
    return written
