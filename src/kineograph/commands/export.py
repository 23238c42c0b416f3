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
    int8: Annotated[
        Path | None,
        typer.Option(
            metavar="DATA",
            help="Readers: convolutions in 8 bits, faster; their ranges are learned from these "
            "prepared lines.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a network's ONNX files, the step of those that step too, each compared with torch."""
    screen = Screen(as_json)
    if small:
        _share(screen, run, out, int8)
        return
    screen.say("Exporting … (half a minute)")
    from kineograph.errors import InputError
    from kineograph.recipes.trained import kind_of, run_folder

    folder = out or run_folder(run)
    kind = kind_of(run)
    if int8 and kind != "lines":
        raise InputError(
            f"--int8: is for networks that read lines, and {run} is none. Leave it out."
        )
    report = _written(run, kind, folder, int8)
    for what, found in report.items():
        if "file" not in found:
            screen.say(f"{what}: {found['skipped']}")
            continue
        if "bits" in found:
            _tell_int8(screen, folder, found)
            continue
        ratio = found["torch_milliseconds"] / found["onnx_milliseconds"]
        screen.say(
            f"{folder / found['file']}: differs from torch by {found['largest_difference']:.1e} "
            f"at most; {found['onnx_milliseconds']:.2f} ms, {ratio:.1f} times torch's speed"
        )
    screen.result({"run": str(run_folder(run)), "folder": str(folder), **report})


def _tell_int8(screen: Screen, folder: Path, found: dict[str, Any]) -> None:
    ratio = found["floats_milliseconds"] / found["onnx_milliseconds"]
    screen.say(
        f"{folder / found['file']}: convolutions in 8 bits, their ranges learned from "
        f"{found['learned_from_lines']} lines; {found['characters_changed']:.2%} of their "
        f"characters read otherwise; {ratio:.1f} times the speed of floats"
    )


def _written(run: str, kind: str, folder: Path, int8: Path | None) -> dict[str, Any]:
    """The files, and what was checked of each."""
    if kind == "lines":
        from kineograph.export.lines import export_reader
        from kineograph.recipes.reader import load_reader

        trained = load_reader(run)
        report = export_reader(trained, folder)
        return report if int8 is None else {"lines": _in_8_bits(trained, folder, int8)}
    if kind == "text":
        from kineograph.export.characters import export_writer
        from kineograph.recipes.writer import load_writer

        return export_writer(load_writer(run), folder)
    if kind in ("labels", "pairs"):
        from kineograph.errors import InputError

        raise InputError(
            f"{run}: answers whole texts, and no ONNX of such a network is written yet. Ask it "
            f'here: kineograph predict {run} --text "…".'
        )
    if kind == "ink":
        from kineograph.export.ink import export_hand
        from kineograph.recipes.hand import load_hand

        return export_hand(load_hand(run), folder)
    if kind == "clips":
        from kineograph.export.onnx import export as write_onnx
        from kineograph.recipes import load

        return write_onnx(load(run), folder)
    return _of_pictures(run, kind, folder)


def _of_pictures(run: str, kind: str, folder: Path) -> dict[str, Any]:
    """The files of a network that is shown single pictures."""
    from kineograph.export import pictures

    if kind == "captions":
        from kineograph.recipes.captioner import load_captioner

        return pictures.export_captioner(load_captioner(run), folder)
    if kind == "questions":
        from kineograph.recipes.answerer import load_answerer

        return pictures.export_answerer(load_answerer(run), folder)
    from kineograph.recipes.dense_captioner import load_dense_captioner

    return pictures.export_dense_captioner(load_dense_captioner(run), folder)


def _in_8_bits(trained: Any, folder: Path, data: Path) -> dict[str, Any]:
    """The ranges learned from lines of the training side, where the data have one."""
    from kineograph.data.lines.folder import LinesFolder
    from kineograph.export.lines_int8 import quantise_reader

    lines = LinesFolder(data)
    height = trained.network.height_pixels
    cache, _ = lines.build_cache(height_pixels=height)
    learned = [line for line in lines.lines if line in cache and line.split in ("train", None)]
    return quantise_reader(folder, [cache[line] for line in learned], height)


def _share(screen: Screen, run: str, out: Path | None, int8: Path | None) -> None:
    from kineograph.errors import InputError
    from kineograph.export.small import write_small

    if int8:
        raise InputError("--small: writes no ONNX, so --int8 says nothing. Leave one of them out.")

    if out is None:
        raise InputError("--small: writes a run beside the run. Say where: --out FOLDER.")
    found = write_small(run, out)
    for name, size in found["bytes"].items():
        screen.say(f"{out / name}: {size / 1000:,.0f} kB")
    screen.result(found)
