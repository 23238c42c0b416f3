"""kineograph export RUN: ONNX files of a trained network, checked against torch."""

from pathlib import Path
from typing import Annotated, Any

import typer

from kineograph.commands.console import AsJson, Screen


def export(
    run: Annotated[str, typer.Argument(help="A run folder, or a shipped network's name.")],
    out: Annotated[
        Path | None, typer.Option(help="Where the files go, if not into the run.")
    ] = None,
    small: Annotated[
        bool, typer.Option("--small", help="No ONNX: the run itself, weights in 8 bits, to share.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write clip.onnx and step.onnx, lines.onnx or pen.onnx, each compared with torch."""
    screen = Screen(as_json)
    if small:
        _share(screen, run, out)
        return
    screen.say("Exporting … (half a minute)")
    from kineograph.recipes.trained import kind_of, run_folder

    folder = out or run_folder(run)
    report = _written(run, kind_of(run), folder)
    for what, found in report.items():
        if "file" not in found:
            screen.say(f"{what}: {found['skipped']}")
            continue
        ratio = found["torch_milliseconds"] / found["onnx_milliseconds"]
        screen.say(
            f"{folder / found['file']}: differs from torch by {found['largest_difference']:.1e} "
            f"at most; {found['onnx_milliseconds']:.2f} ms, {ratio:.1f} times torch's speed"
        )
    screen.result({"run": str(run_folder(run)), "folder": str(folder), **report})


def _written(run: str, kind: str, folder: Path) -> dict[str, Any]:
    """The files, and what was checked of each."""
    if kind == "lines":
        from kineograph.export.lines import export_reader
        from kineograph.recipes.reader import load_reader

        return export_reader(load_reader(run), folder)
    if kind == "ink":
        from kineograph.export.ink import export_hand
        from kineograph.recipes.hand import load_hand

        return export_hand(load_hand(run), folder)
    from kineograph.export.onnx import export as write_onnx
    from kineograph.recipes import load

    return write_onnx(load(run), folder)


def _share(screen: Screen, run: str, out: Path | None) -> None:
    from kineograph.errors import InputError
    from kineograph.export.small import write_small

    if out is None:
        raise InputError("--small: writes a run beside the run. Say where: --out FOLDER.")
    found = write_small(run, out)
    for name, size in found["bytes"].items():
        screen.say(f"{out / name}: {size / 1000:,.0f} kB")
    screen.result(found)
