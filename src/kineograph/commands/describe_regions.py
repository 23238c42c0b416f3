"""kineograph predict RUN PICTURE…: what a picture shows, box by box, in a table, JSON or drawn."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from kineograph.commands.console import Screen
from kineograph.commands.many_files import make_folder, stems_of

if TYPE_CHECKING:
    from kineograph.predict.regions import RegionFinder
    from kineograph.report.regions.answers import DescribedBox

WRITTEN = ".regions"  # before the suffix of what is written: photo.regions.png


def describe_regions(
    run: str, files: list[Path], formats: list[str], out: Path, device: str, as_json: bool
) -> None:
    """The regions of every picture; the status is not zero if any could not be read."""
    from kineograph.predict.regions import RegionFinder

    screen = Screen(as_json)
    if formats:
        make_folder(out)
    paths = _spread(files)
    finder = RegionFinder.load(run, device=device)
    found: dict[str, list[DescribedBox]] = {}
    failed: dict[str, str] = {}
    written: list[str] = []
    with screen.stage("Describing", "pictures") as progress:
        for number, (path, stem) in enumerate(zip(paths, stems_of(paths), strict=True), start=1):
            _describe_file(finder, path, out / f"{stem}{WRITTEN}", formats, found, failed, written)
            progress(number, len(paths), "")
    for name, regions in found.items():
        _show(screen, name, regions)
    for name in written:
        screen.say(f"Wrote {name}")
    for reason in failed.values():
        screen.say(f"failed: {reason}")
    objects = [_as_object(name, regions) for name, regions in found.items()]
    screen.result({"run": run, "files": objects, "written": written, "failed": failed})
    if failed:
        raise typer.Exit(1)


def _spread(files: list[Path]) -> list[Path]:
    """A folder stands for the pictures in it, but those that this verb has written."""
    from kineograph.media.listing import pictures_of

    return [file for file in pictures_of(files) if file in files or not _is_written(file)]


def _is_written(file: Path) -> bool:
    return file.stem.endswith(WRITTEN)


def _describe_file(
    finder: "RegionFinder",
    path: Path,
    target: Path,
    formats: list[str],
    found: dict[str, list["DescribedBox"]],
    failed: dict[str, str],
    written: list[str],
) -> None:
    """One picture, written as soon as it is described; what cannot be read is lost alone."""
    from kineograph.errors import InputError
    from kineograph.media.image import rgb_picture
    from kineograph.report.regions.answers import surest
    from kineograph.report.regions.drawing import save_regions

    try:
        picture = rgb_picture(path)
        (regions,) = finder.find([picture])
        found[str(path)] = regions
        for form in formats:
            file = target.with_name(f"{target.name}.{form}")
            if form == "png":
                save_regions(file, picture, surest(tuple(regions)))
            else:
                text = json.dumps(_as_object(str(path), regions), indent=2, ensure_ascii=False)
                file.write_text(text + "\n", encoding="utf-8")
            written.append(str(file))
    except InputError as error:
        failed[str(path)] = str(error)
    except OSError as error:
        failed[str(path)] = (
            f"{path}: its answer cannot be written ({error.strerror or error}). Make room, or "
            "choose another --out."
        )


def _show(screen: Screen, name: str, regions: list["DescribedBox"]) -> None:
    """A table of the regions worth showing, the surest first."""
    from rich.table import Table

    from kineograph.report.regions.answers import surest

    shown = surest(tuple(regions))
    rest = len(regions) - len(shown)
    more = f", and {rest} less sure ones (all with --write json)" if rest else ""
    screen.say(f"{name}: {len(shown)} regions{more}")
    table = Table(box=None, pad_edge=False)
    table.add_column("sentence")
    for head in ("x", "y", "width", "height", "sure"):
        table.add_column(head, justify="right")
    for region in shown:
        left, top, right, bottom = region.box
        places = (left, top, right - left, bottom - top)
        table.add_row(
            region.sentence, *(f"{place:.0f}" for place in places), f"{region.confidence:.0%}"
        )
    screen.show(table)


def _as_object(name: str, regions: list["DescribedBox"]) -> dict[str, Any]:
    """A picture's regions; boxes as x, y, width and height in its pixels."""
    return {
        "path": name,
        "regions": [
            {
                "x": left,
                "y": top,
                "width": round(right - left, 1),
                "height": round(bottom - top, 1),
                "confidence": region.confidence,
                "sentence": region.sentence,
            }
            for region in regions
            for left, top, right, bottom in [region.box]
        ],
    }
