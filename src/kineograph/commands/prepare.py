"""kineograph prepare KIND SRC OUT: your files into annotations that every verb reads."""

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kineograph.commands.console import AsJson, Screen

if TYPE_CHECKING:
    from kineograph.data.prepare.prepared import Prepared


def prepare(
    kind: Annotated[
        str,
        typer.Argument(
            help="folder: one folder a class. csv: a table of clips. Or a known data set: kth, "
            "ut-interaction, surveillance-fight, ucf101, hmdb51, ntu-rgbd, kinetics-csv."
        ),
    ],
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
    option: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="What a known data set asks for: list=1."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="The data set's name in reports.")] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a folder prepared from another source.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Look through the files, say what is there, and write OUT/annotations.jsonl."""
    screen = Screen(as_json)
    way = _way(kind)
    own = {"group": group, "root": root, "columns": _columns(column or []) or None}
    options = _options(kind, way, option or []) | _taken(kind, way, own)
    with screen.stage("Looking at the files", "clips") as progress:
        done = way(
            source,
            out,
            name=name,
            overwrite=overwrite,
            command="kineograph " + " ".join(sys.argv[1:]),
            progress=lambda done, total: progress(done, total, ""),
            **options,
        )
    _tell(screen, done, out)


def _way(kind: str) -> Callable[..., Any]:
    """The function that prepares this kind."""
    from kineograph.data.prepare import PREPARE
    from kineograph.errors import InputError, nearest

    if kind not in PREPARE:
        raise InputError(
            f"{kind}: cannot be prepared; known are {', '.join(PREPARE)}. "
            f"{nearest(kind, PREPARE)}".rstrip()
        )
    return PREPARE[kind]


def _tell(screen: Screen, done: "Prepared", out: Path) -> None:
    """What is there and what was left out; the latter makes the exit status 1."""
    notes = done.data_folder.notes
    if notes:
        screen.say(notes)
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
        {
            "clips": clips,
            "classes": done.counts,
            "left_out": done.problems,
            "notes": notes,
            "folder": str(out),
        }
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


def _own_options(way: Callable[..., Any]) -> list[str]:
    """What this way of preparing takes beside what all of them take."""
    shared = {"name", "command", "overwrite", "progress"}
    named = inspect.signature(way).parameters.values()
    return [p.name for p in named if p.kind is p.KEYWORD_ONLY and p.name not in shared]


def _options(kind: str, way: Callable[..., Any], pairs: list[str]) -> dict[str, Any]:
    """["list=2"] -> {"list": "2"}, if this way of preparing has such an option."""
    from kineograph.errors import InputError, nearest

    known = [name for name in _own_options(way) if name != "columns"]  # those are --column's
    options: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if name not in known:
            has = f"has {', '.join(known)}" if known else "has no options"
            hint = nearest(name, known) or "Leave it out."
            raise InputError(f"--option {pair}: {kind} {has}. {hint}")
        if not equals or not value:
            raise InputError(f"--option {pair}: it says no value. Write {name}=VALUE.")
        if name in options:
            raise InputError(f"--option {pair}: {name} is given twice. Keep one of them.")
        options[name] = value
    return options


def _taken(kind: str, way: Callable[..., Any], given: dict[str, Any]) -> dict[str, Any]:
    """What was given of --group, --root and --column; refused where it would do nothing."""
    from kineograph.errors import InputError

    said = {name: value for name, value in given.items() if value is not None}
    for name in said:
        if name not in _own_options(way):
            flag = {"columns": "column"}.get(name, name)
            raise InputError(f"--{flag}: {kind} does not use it. Leave it out.")
    return said
