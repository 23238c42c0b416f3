"""kineograph prepare KIND SRC OUT: your files into annotations or lines that every verb reads."""

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kineograph.commands.console import AsJson, Screen
from kineograph.commands.prepare_ink import tell_ink
from kineograph.commands.prepare_lines import tell_lines
from kineograph.commands.prepare_pictures import tell_pictures
from kineograph.commands.prepare_texts import tell_pairs

if TYPE_CHECKING:
    from kineograph.data.prepare.neutral import Neutral
    from kineograph.data.prepare.prepared import Prepared

WRITTEN = "written"  # lines by a trained network, so of a higher floor than the other ways
FLAGS = {"columns": "column", "joined": "with", "none_label": "none-label"}  # where names differ

Kind = Annotated[
    str,
    typer.Argument(
        help="folder: one folder a class. csv: a table of clips. lecture: videos with windows and "
        "marks, as annotate writes them. reviewed: alerts marked by review. Or a known "
        "data set: kth, ut-interaction, surveillance-fight, ucf101, hmdb51, ntu-rgbd, "
        "kinetics-csv. Lines of text: lines, lines-csv, page-xml, alto, iam-lines, archiscribe; "
        "drawn ones: fonts, cursive; by a network that writes by hand: written. Pictures or clips "
        "with sentences: captions-csv, flickr8k, coco-captions, karpathy; drawn clips: "
        "described-actors. Pen strokes: ink-drawn, iam-ondb, inkml, strokes-jsonl, svg-strokes. "
        "Pairs of words of a text, or of the built-in list: transliteration."
    ),
]
Group = Annotated[
    str | None,
    typer.Option(
        help="folder, lines, ink: a regular expression; what its ( ) finds in a path is the group."
    ),
]
Root = Annotated[
    Path | None, typer.Option(help="csv, lines-csv: the folder that its paths start from.")
]
Column = Annotated[
    list[str] | None,
    typer.Option(metavar="THEIRS=OURS", help="csv: what a column is; THEIRS= leaves it out."),
]
NoneLabel = Annotated[
    str | None,
    typer.Option(help="reviewed: what wrong alerts show that were given no other label: none."),
]
Joined = Annotated[
    Path | None,
    typer.Option("--with", metavar="DATA", help="reviewed: a prepared data set to join with."),
]
Own = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=VALUE", help="What a known data set asks for: list=1."),
]
WantNeutral = Annotated[
    bool,
    typer.Option(
        "--neutral",
        help="Write a copy in which size, rate, length and bytes tell nothing: the control "
        "against shortcuts.",
    ),
]
WantFlow = Annotated[
    bool, typer.Option("--flow", help="Measure what moves now: optical flow, at 60x60.")
]
FlowMethod = Annotated[str, typer.Option(help="dis-fast, dis-medium or farneback.")]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace a folder prepared from another source.")
]


def prepare(
    kind: Kind,
    sources: Annotated[
        list[Path],
        typer.Argument(metavar="SRC", help="The folder, or the CSV file; reviewed: one or more."),
    ],
    out: Annotated[Path, typer.Argument(help="Where the prepared folder goes.")],
    group: Group = None,
    root: Root = None,
    column: Column = None,
    none_label: NoneLabel = None,
    joined: Joined = None,
    option: Own = None,
    neutral: WantNeutral = False,
    flow: WantFlow = False,
    flow_method: FlowMethod = "dis-fast",
    name: Annotated[str | None, typer.Option(help="The data set's name in reports.")] = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Look through the files, say what is there, and write OUT/annotations.jsonl."""
    screen = Screen(as_json)
    way, made = _way(kind), _made(kind, neutral, flow)
    source = _source(kind, sources)
    own: dict[str, Any] = {"group": group, "root": root, "none_label": none_label, "joined": joined}
    own |= {"columns": _columns(column or []) or None}
    options = _options(kind, way, option or []) | _taken(kind, way, own)
    _check_flow(flow_method)
    command = "kineograph " + " ".join(sys.argv[1:])

    def prepare_in(folder: Path, *, replace: bool) -> Any:
        with screen.stage("Looking at the files", made) as progress:
            return way(
                source,
                folder,
                name=name,
                overwrite=replace,
                command=command,
                progress=lambda done, total: progress(done, total, ""),
                **options,
            )

    method = flow_method if flow else None
    if made != "clips":
        tells: dict[str, Callable[..., None]] = {
            "lines": tell_lines,
            "ink": tell_ink,
            "pairs of words": tell_pairs,
        }
        tells.get(made, tell_pictures)(screen, prepare_in(out, replace=overwrite), out)
        return
    if not neutral:
        _tell(screen, prepare_in(out, replace=overwrite), out, method)
        return
    for each in sources:
        _refuse_inside(each, out)
    with TemporaryDirectory(prefix="kineograph-") as first:
        done = prepare_in(Path(first) / "data", replace=False)
        _tell_neutral(screen, _copy(screen, done, out, command, overwrite), out, method)


def _way(kind: str) -> Callable[..., Any]:
    """The function that prepares this kind."""
    from kineograph.data.prepare import (
        PREPARE,
        PREPARE_INK,
        PREPARE_LINES,
        PREPARE_PICTURES,
        PREPARE_TEXTS,
    )
    from kineograph.errors import InputError, nearest

    if kind == WRITTEN:
        from kineograph.predict.written import prepare_written

        return prepare_written
    ways: dict[str, Callable[..., Any]] = {
        **PREPARE,
        **PREPARE_LINES,
        **PREPARE_PICTURES,
        **PREPARE_INK,
        **PREPARE_TEXTS,
    }
    if kind not in ways:
        raise InputError(
            f"{kind}: cannot be prepared; known are {', '.join([*ways, WRITTEN])}. "
            f"{nearest(kind, [*ways, WRITTEN])}".rstrip()
        )
    return ways[kind]


def _made(kind: str, neutral: bool, flow: bool) -> str:
    """What comes out: clips, or lines, pictures or ink, which neither move nor have a length."""
    from kineograph.data.prepare import PREPARE, PREPARE_INK, PREPARE_LINES, PREPARE_TEXTS
    from kineograph.errors import InputError

    if kind in PREPARE:
        return "clips"
    rooms = {
        "lines": (*PREPARE_LINES, WRITTEN),
        "ink": PREPARE_INK,
        "pairs of words": PREPARE_TEXTS,
    }
    made = next((name for name, kinds in rooms.items() if kind in kinds), "pictures")
    for flag, said in (("neutral", neutral), ("flow", flow)):
        if said:
            told = "lines of text" if made == "lines" else made
            raise InputError(f"--{flag}: {kind} makes {told}, not clips. Leave it out.")
    return made


def _source(kind: str, sources: list[Path]) -> Path | list[Path]:
    """One folder or file, or, where several make one data set, all of them."""
    from kineograph.errors import InputError

    if kind == "reviewed":
        return sources
    if len(sources) > 1:
        raise InputError(
            f"{kind}: is made from one source, and {len(sources)} were given. "
            f"Prepare {sources[1]} by itself."
        )
    return sources[0]


def _check_flow(method: str) -> None:
    """Refuse an unknown method before hours are spent on the files."""
    from kineograph.data.inputs import Look

    Look((1, 1), input="flow", flow_method=method)


def _refuse_inside(source: Path, out: Path) -> None:
    """A copy inside its own source would be taken for clips the next time."""
    from kineograph.errors import InputError

    if out.resolve().is_relative_to(source.resolve()):
        raise InputError(
            f"{out}: lies in {source}, whose clips are copied. Choose a folder outside of it."
        )


def _copy(screen: Screen, done: "Prepared", out: Path, command: str, overwrite: bool) -> "Neutral":
    from kineograph.data.prepare.neutral import neutral_copy

    with screen.stage("Neutral copy", "readings") as progress:  # each clip is read twice
        return neutral_copy(
            done.data_folder,
            out,
            problems=done.problems,
            command=command,
            overwrite=overwrite,
            progress=lambda done, total: progress(done, total, ""),
        )


def _measure_flow(screen: Screen, done: "Prepared", method: str) -> list[str]:
    """Fill the cache with pictures and flow, at the recipes' 60x60; returns the problems."""
    from kineograph.data.cache import build_cache
    from kineograph.data.clips import DataConfig

    config = DataConfig(inputs=("rgb", "flow"), flow_method=method)
    folder = done.data_folder
    with screen.stage("Optical flow", "clips") as progress:
        _, problems = build_cache(
            folder,
            folder.annotations,
            size_pixels=config.size_pixels,
            inputs=config.inputs,
            flow_method=method,
            progress=lambda done, total: progress(done, total, ""),
        )
    return problems


def _tell_neutral(screen: Screen, copy: "Neutral", out: Path, flow_method: str | None) -> None:
    """What the classes gave away before; what is left to tell is as of any folder."""
    from dataclasses import asdict

    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("before the copy", "duplicate frames", "clips with > 5 %", "enlarged", "held"):
        table.add_column(column, justify="left" if column.startswith("before") else "right")
    for label, of in copy.classes.items():
        share = f"{100 * of.duplicate_share:.1f} %"
        some = f"{of.clips_with_duplicates} of {of.clips}"
        table.add_row(label, share, some, str(of.enlarged), str(of.held))
    screen.show(table)
    classes = {
        label: asdict(of) | {"duplicate_share": round(of.duplicate_share, 4)}
        for label, of in copy.classes.items()
    }
    shared = {
        "seconds": copy.seconds,
        "frames_per_second": copy.frames_per_second,
        "frames_per_clip": copy.frames_per_clip,
        "file_bytes": copy.file_bytes,
    }
    _tell(screen, copy.prepared, out, flow_method, {"neutral": shared | {"classes": classes}})


def _tell(
    screen: Screen,
    done: "Prepared",
    out: Path,
    flow_method: str | None,
    more: dict[str, Any] | None = None,
) -> None:
    """What is there and what was left out; the latter makes the exit status 1."""
    unseen = _measure_flow(screen, done, flow_method) if flow_method else []
    problems = [*done.problems, *unseen]
    notes = done.data_folder.notes
    if notes:
        screen.say(notes)
    for problem in problems:
        screen.say(f"left out: {problem}")
    clips = sum(done.counts.values())
    for label, count in done.counts.items():
        screen.say(f"  {label:<24} {count:>6} clips")
    told = {0: "nothing left out", 1: "the line above was left out or not used"}
    rest = told.get(len(problems), f"the {len(problems)} lines above were left out or not used")
    screen.say(f"{clips} clips of {len(done.counts)} classes in {out}; {rest}.")
    kind = done.data_folder.about["prepared"]["kind"]
    usual = "writing-gru-small" if kind == "lecture" else "lrcn-kth"
    recipe = "two-stream-lrcn" if flow_method else usual
    screen.say(f"Next: kineograph train {recipe} {out}")
    screen.result(
        {
            "clips": clips,
            "classes": done.counts,
            "left_out": problems,
            "notes": notes,
            "folder": str(out),
        }
        | (more or {})
    )
    if problems:
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
    settled = getattr(way, "keywords", {})  # of a partial: what the kind itself says
    named = inspect.signature(way).parameters.values()
    taken = shared | settled.keys()
    return [p.name for p in named if p.kind is p.KEYWORD_ONLY and p.name not in taken]


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
            flag = {"columns": "column", "joined": "with", "none_label": "none-label"}.get(
                name, name
            )
            raise InputError(f"--{flag}: {kind} does not use it. Leave it out.")
    return said
