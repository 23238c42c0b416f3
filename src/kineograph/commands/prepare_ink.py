"""kineograph prepare for pen strokes and what is said of them."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kineograph.commands.console import Screen

if TYPE_CHECKING:
    from kineograph.data.prepare.prepared_ink import PreparedInk


def tell_ink(screen: Screen, done: "PreparedInk", out: Path) -> None:
    """Tell what is there; what was left out makes the exit status 1."""
    folder = done.data_folder
    if folder.notes:
        screen.say(folder.notes)
    for problem in done.problems:
        screen.say(f"left out: {problem}")
    for side, count in done.counts.items():
        screen.say(f"  {side:<24} {count:>6} lines")
    lines = len(folder.records)
    rest = f"{len(done.problems)} left out" if done.problems else "nothing left out"
    screen.say(
        f"{lines} lines of ink by {done.writers} writers, {done.points / lines:.0f} points a line, "
        f"in {out}; {rest}."
    )
    screen.say(f"Next: kineograph train handwriting-demo {out}")
    screen.result(
        {
            "lines": lines,
            "writers": done.writers,
            "points": done.points,
            "sides": done.counts,
            "left_out": done.problems,
            "notes": folder.notes,
            "folder": str(out),
        }
    )
    if done.problems:
        raise typer.Exit(1)
