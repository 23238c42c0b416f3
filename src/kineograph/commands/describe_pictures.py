"""kineograph predict RUN PICTURE…: sentences for pictures, on the screen or as COCO's results; for
clips where the network is shown clips.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from kineograph.commands.console import Screen
from kineograph.commands.many_files import make_folder

if TYPE_CHECKING:
    from kineograph.predict.describe import Describer, Description

RESULTS = "captions.json"
FRAMES_AT_ONCE = 32  # pictures, or moments of clips: read, described, and let go


@dataclass(frozen=True)
class SentenceWish:
    """What a person asks for."""

    formats: list[str]
    out: Path
    beam: int
    best: int  # sentences a picture


def describe_pictures(
    run: str, files: list[Path], wish: SentenceWish, device: str, as_json: bool
) -> None:
    """Sentences of every picture; the status is not zero if one could not be read."""
    from kineograph.media.listing import clips_of, pictures_of
    from kineograph.predict.describe import Describer

    screen = Screen(as_json)
    if wish.formats:
        make_folder(wish.out)
    describer = Describer.load(run, device=device)
    paths = pictures_of(files) if describer.frames == 1 else clips_of(files)
    found, failed = _describe(screen, describer, paths, wish)
    for path, told in found.items():
        _show(screen, path, told)
    for reason in failed.values():
        screen.say(f"failed: {reason}")
    if "json" in wish.formats:
        screen.say(f"Wrote {_write(wish.out / RESULTS, found)}")
    screen.result(
        {
            "run": run,
            "pictures": {path: _as_object(told) for path, told in found.items()},
            "failed": failed,
        }
    )
    if failed:
        raise typer.Exit(1)


def _describe(
    screen: Screen, describer: "Describer", paths: list[Path], wish: SentenceWish
) -> tuple[dict[str, "Description"], dict[str, str]]:
    """By path: what was said, and why nothing could be."""
    from kineograph.errors import InputError

    at_once = max(1, FRAMES_AT_ONCE // describer.frames)
    found: dict[str, Description] = {}
    failed: dict[str, str] = {}
    with screen.stage("Describing", "pictures") as progress:
        for begin in range(0, len(paths), at_once):
            read = {}
            for path in paths[begin : begin + at_once]:
                try:
                    read[str(path)] = describer.read(path)
                except InputError as error:
                    failed[str(path)] = str(error)
            told = describer.describe(list(read.values()), beam=wish.beam, alternatives=wish.best)
            found |= dict(zip(read, told, strict=True))
            progress(min(begin + at_once, len(paths)), len(paths), "")
    return found, failed


def _show(screen: Screen, path: str, told: "Description") -> None:
    begun = "" if told.finished else " …"
    screen.say(f"{path}: {told.sentence}{begun}  ({told.log_probability:.2f})")
    for sentence, log_probability in told.alternatives:
        screen.say(f"    {sentence}  ({log_probability:.2f})")


def _write(path: Path, found: dict[str, "Description"]) -> Path:
    """COCO's results: a number and a sentence of each picture. Numbers are those in COCO's names;
    pictures that are called otherwise are named by their files.
    """
    from kineograph.whole_file import write_text_whole

    rows = [{"image_id": _number(path), "caption": told.sentence} for path, told in found.items()]
    write_text_whole(path, json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    return path


def _number(path: str) -> int | str:
    digits = re.fullmatch(r"(?:COCO_\w+_)?(\d{12})", Path(path).stem)
    return int(digits[1]) if digits else Path(path).name


def _as_object(told: "Description") -> dict[str, Any]:
    return {
        "sentence": told.sentence,
        "log_probability": told.log_probability,
        "finished": told.finished,
        "alternatives": [
            {"sentence": sentence, "log_probability": log_probability}
            for sentence, log_probability in told.alternatives
        ],
    }
