"""kineograph prepare for lines of text: what was read, in which alphabet, and what was left out."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kineograph.commands.console import Screen

if TYPE_CHECKING:
    from kineograph.data.prepare.prepared_lines import PreparedLines


def tell_lines(screen: Screen, done: "PreparedLines", out: Path) -> None:
    """Tell what is there; what was left out makes the exit status 1."""
    from kineograph.data.lines.split import split_lines
    from kineograph.data.text import report_alphabet
    from kineograph.errors import InputError

    lines = done.data_folder.lines
    try:
        split = split_lines(lines)
        sides = split.sides
        how = f"split: {split.how}"
    except InputError as error:
        sides, how = {"train": lines}, str(error)
    report = report_alphabet(
        {side: [(line.text, line.group) for line in of] for side, of in sides.items()}
    )
    if done.data_folder.notes:
        screen.say(done.data_folder.notes)
    for problem in done.problems:
        screen.say(f"left out: {problem}")
    for side, of in sides.items():
        groups = len({line.group for line in of if line.group})
        screen.say(f"  {side:<24} {len(of):>6} lines of {groups} groups")
    characters = sum(len(line.text) for line in lines)
    screen.say(f"{len(report.counts)} different characters, {characters} in all; {how}")
    for count in report.unseen:
        screen.say(f"never in training, so always wrong: {count}")
    rest = f"{len(done.problems)} left out" if done.problems else "nothing left out"
    screen.say(f"{len(lines)} lines of {done.groups} groups in {out}; {rest}.")
    screen.result(
        {
            "lines": len(lines),
            "groups": done.groups,
            "sides": {side: len(of) for side, of in sides.items()},
            "characters": len(report.counts),
            "unseen": [count.character for count in report.unseen],
            "left_out": done.problems,
            "notes": done.data_folder.notes,
            "folder": str(out),
        }
    )
    if done.problems:
        raise typer.Exit(1)
