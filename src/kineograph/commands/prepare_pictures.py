"""kineograph prepare for pictures and what is said of them: what is there, what was left out."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kineograph.commands.console import Screen

if TYPE_CHECKING:
    from kineograph.data.prepare.prepared_pictures import PreparedPictures

USUAL = {  # what a first training of each kind takes
    "captions": "flickr8k-small",
    "questions": "coattention-vqa",
    "regions": "dense-caption-scenes",
}


def tell_pictures(screen: Screen, done: "PreparedPictures", out: Path) -> None:
    """Tell what is there; what was left out makes the exit status 1."""
    folder = done.data_folder
    kind, records = folder.kind.name, folder.records
    if folder.notes:
        screen.say(folder.notes)
    for problem in done.problems:
        screen.say(f"left out: {problem}")
    for side, count in done.counts.items():
        screen.say(f"  {side:<24} {count:>6} {kind}")
    rest = f"{len(done.problems)} left out" if done.problems else "nothing left out"
    screen.say(f"{len(records)} {kind} of {done.pictures} pictures in {out}; {rest}.")
    screen.say(f"Next: kineograph train {USUAL[kind]} {out}")
    screen.result(
        {
            kind: len(records),
            "pictures": done.pictures,
            "sides": done.counts,
            "left_out": done.problems,
            "notes": folder.notes,
            "folder": str(out),
        }
    )
    if done.problems:
        raise typer.Exit(1)
