"""kineograph export RUN: ONNX files of a trained network, checked against torch."""

from pathlib import Path
from typing import Annotated

import typer

from kineograph.commands.console import AsJson, Screen


def export(
    run: Annotated[str, typer.Argument(help="A run folder, or a shipped network's name.")],
    out: Annotated[
        Path | None, typer.Option(help="Where the files go, if not into the run.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write clip.onnx and step.onnx, each run once beside torch and compared."""
    screen = Screen(as_json)
    screen.say("Exporting … (half a minute)")
    from kineograph.export.onnx import export as write_onnx
    from kineograph.recipes import load

    trained = load(run)
    folder = out or trained.folder
    report = write_onnx(trained, folder)
    for what, found in report.items():
        if "file" not in found:
            screen.say(f"{what}: {found['skipped']}")
            continue
        ratio = found["torch_milliseconds"] / found["onnx_milliseconds"]
        screen.say(
            f"{folder / found['file']}: differs from torch by {found['largest_difference']:.1e} "
            f"at most; {found['onnx_milliseconds']:.2f} ms, {ratio:.1f} times torch's speed"
        )
    screen.result({"run": str(trained.folder), "folder": str(folder), **report})
