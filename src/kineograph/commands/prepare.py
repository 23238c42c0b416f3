"""kineograph prepare folder|csv SRC OUT: your files into annotations that every verb reads."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from kineograph.commands.console import AsJson, Screen


def prepare(
    kind: Annotated[str, typer.Argument(help="folder: one folder a class. csv: a table of clips.")],
    source: Annotated[Path, typer.Argument(help="The folder, or the CSV file.")],
    out: Annotated[Path, typer.Argument(help="Where the prepared folder goes.")],
    group: Annotated[
        str | None,
        typer.Option(
            help="folder: a regular expression; what its ( ) finds in a path is the group."
        ),
    ] = None,
    root: Annotated[
        Path | None, typer.Option(help="csv: the folder that its paths start from.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="THEIRS=OURS", help="csv: what a column is; THEIRS= leaves it out."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="The data set's name in reports.")] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a folder prepared from another source.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Look through the files, say what is there, and write OUT/annotations.jsonl."""
    screen = Screen(as_json)
    from kineograph.data.prepare import PREPARE, prepare_csv, prepare_folder
    from kineograph.errors import InputError, nearest

    if kind not in PREPARE:
        raise InputError(
            f"{kind}: cannot be prepared; known are {', '.join(PREPARE)}. "
            f"{nearest(kind, PREPARE)}".rstrip()
        )
    with screen.stage("Looking at the files", "clips") as progress:
        shared: dict[str, Any] = {
            "name": name,
            "overwrite": overwrite,
            "command": "kineograph " + " ".join(sys.argv[1:]),
            "progress": lambda done, total: progress(done, total, ""),
        }
        if kind == "csv":
            done = prepare_csv(source, out, root=root, columns=_columns(column or []), **shared)
        else:
            done = prepare_folder(source, out, group=group, **shared)
    for problem in done.problems:
        screen.say(f"left out: {problem}")
    clips = sum(done.counts.values())
    for label, count in done.counts.items():
        screen.say(f"  {label:<24} {count:>6} clips")
    screen.say(
        f"{clips} clips of {len(done.counts)} classes in {out}; {len(done.problems)} left out."
    )
    screen.say(f"Next: kineograph train lrcn-kth {out}")
    screen.result(
        {"clips": clips, "classes": done.counts, "left_out": done.problems, "folder": str(out)}
    )
    if done.problems:
        raise typer.Exit(1)


def _columns(pairs: list[str]) -> dict[str, str]:
    """["sequence=group", "fps="] -> {"sequence": "group", "fps": ""}."""
    from kineograph.errors import InputError

    for pair in pairs:
        if "=" not in pair:
            raise InputError(f"--column {pair}: write THEIRS=OURS, for example sequence=group.")
    return {theirs: ours for theirs, _, ours in (pair.partition("=") for pair in pairs)}
