"""kineograph prepare for pictures and what is said of them: what is there, what was left out."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from kineograph.commands.console import Screen

if TYPE_CHECKING:
    from kineograph.data.prepare.prepared_pictures import PreparedPictures

USUAL = {  # what a first training takes, by the kind of data or by the one source it is made for
    "captions": "flickr8k-small",
    "questions": "coattention-vqa",
    "regions": "dense-caption-scenes",
    "sort-of-clevr": "sort-of-clevr",
}
SAID = {"captions": "sentences", "regions": "regions"}  # of each record; a question is one itself


def tell_pictures(screen: Screen, done: "PreparedPictures", out: Path) -> None:
    """Tell what is there; what was left out makes the exit status 1."""
    folder = done.data_folder
    kind = folder.kind.name
    if folder.notes:
        screen.say(folder.notes)
    for problem in done.problems:
        screen.say(f"left out: {problem}")
    counted = "pictures" if kind in SAID else kind
    for side, count in done.counts.items():
        screen.say(f"  {side:<24} {count:>6} {counted}")
    said = SAID.get(kind, kind)
    many = _said(folder.records, said) if kind in SAID else len(folder.records)
    told = (
        f"{done.pictures} pictures with {many} {said}"
        if kind in SAID
        else f"{many} {said} about {done.pictures} pictures"
    )
    rest = f"{len(done.problems)} left out" if done.problems else "nothing left out"
    screen.say(f"{told} in {out}; {rest}.")
    prepared_from = folder.about["prepared"]["kind"]
    screen.say(f"Next: kineograph train {USUAL.get(prepared_from, USUAL[kind])} {out}")
    screen.result(
        {
            said: many,
            "pictures": done.pictures,
            "sides": done.counts,
            "left_out": done.problems,
            "notes": folder.notes,
            "folder": str(out),
        }
    )
    if done.problems:
        raise typer.Exit(1)


def _said(records: Sequence[Any], what: str) -> int:
    """How many sentences or regions the pictures have together."""
    return sum(len(getattr(record, what)) for record in records)
