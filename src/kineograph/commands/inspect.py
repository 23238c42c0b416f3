"""kineograph inspect RUN FILE…: what a network looked at, as one page that opens anywhere."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kineograph.commands.console import AsJson, Device, Screen
from kineograph.commands.many_files import counted

if TYPE_CHECKING:
    from kineograph.inspect.inspected import Inspected, Inspector

MOST_FILES = 50  # on one page

Files = Annotated[
    list[Path] | None,
    typer.Argument(help="Pictures, videos, pages, texts or ink, of the kind that RUN knows."),
]
Question = Annotated[str | None, typer.Option(help="Questions: what is asked about every picture.")]
FromSeconds = Annotated[
    float | None, typer.Option(help="Clips: where the window begins that is looked into.")
]
Cell = Annotated[
    str | None,
    typer.Option(metavar="LAYER,CELL", help="Text: the cell whose colours stand first."),
]
Written = Annotated[
    str | None, typer.Option("--text", help="By hand: a text that the network writes itself.")
]
Bias = Annotated[
    float | None,
    typer.Option(help="By hand: 0 as it learned, more is neater; 0 for ink, 0.5 for --text."),
]
Seed = Annotated[
    int | None, typer.Option(min=0, help="By hand: another one writes --text otherwise.")
]
Out = Annotated[Path, typer.Option(metavar="FILE.html", help="The page.")]


def inspect(
    run: Annotated[str, typer.Argument(help="A run folder, or a shipped network's name.")],
    files: Files = None,
    question: Question = None,
    from_seconds: FromSeconds = None,
    cell: Cell = None,
    text: Written = None,
    bias: Bias = None,
    seed: Seed = None,
    out: Out = Path("inspect.html"),
    device: Device = "cpu",
    as_json: AsJson = False,
) -> None:
    """Show what a network looked at: one page, a section a file. Status 1 if any file failed."""
    from kineograph.errors import InputError
    from kineograph.inspect.inspected import Wish
    from kineograph.inspect.kinds import INSPECTED
    from kineograph.inspect.page import write_inspected
    from kineograph.recipes.trained import kind_of

    if out.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"--out {out}: the page is HTML. Give it a name that ends with .html.")
    given = {
        "--question": question,
        "--from-seconds": from_seconds,
        "--cell": cell,
        "--text": text,
        "--bias": bias,
        "--seed": seed,
    }
    kind = kind_of(run)
    if kind not in INSPECTED:
        raise InputError(
            f"{run}: its data are {kind}, and no look inside is there for them. "
            f"There is one for {', '.join(INSPECTED)}."
        )
    _refuse_others(run, kind, [name for name, value in given.items() if value is not None])
    if not files and text is None:
        also = ", or a text for it to write: --text" if "--text" in INSPECTED[kind].options else ""
        raise InputError(f"{run}: nothing is given to look at. Give a file{also}.")
    inspector = INSPECTED[kind].open(
        run, Wish(device, question, from_seconds, cell, text, bias, seed)
    )
    paths = (inspector.spread or INSPECTED[kind].spread)(files or [])
    if len(paths) > MOST_FILES:
        raise InputError(
            f"{len(paths)} files: a page holds {MOST_FILES} at most. Give fewer, or several pages."
        )
    screen = Screen(as_json)
    found, failed = _look(screen, inspector, paths, text)
    _tell(screen, found, failed)
    if found:
        write_inspected(out, run, inspector, found, list(failed.values()))
        screen.say(f"Wrote {out}")
    screen.result(_as_object(run, kind, found, failed, out))
    if failed or any(each.problem for each in found.values()):
        raise typer.Exit(1)


def _look(
    screen: Screen, inspector: "Inspector", paths: list[Path], text: str | None
) -> tuple[dict[str, "Inspected"], dict[str, str]]:
    """By path, the text that is written first: what was found, and why nothing could be."""
    from kineograph.errors import InputError

    found: dict[str, Inspected] = {}
    failed: dict[str, str] = {}
    with screen.stage("Looking", "parts") as progress:
        if text is not None and inspector.write is not None:
            try:
                found[f"“{text}”"] = inspector.write(text, counted(progress, 1, 1))
            except InputError as error:
                failed[f"“{text}”"] = str(error)
        for number, path in enumerate(paths, start=1):
            try:
                found[str(path)] = inspector.look(path, counted(progress, number, len(paths)))
            except InputError as error:
                failed[str(path)] = str(error)
    return found, failed


def _tell(screen: Screen, found: dict[str, "Inspected"], failed: dict[str, str]) -> None:
    for each in found.values():
        screen.say(each.line)
        if each.problem:
            screen.say(f"read in part: {each.problem}")
    for reason in failed.values():
        screen.say(f"failed: {reason}")


def _as_object(
    run: str, kind: str, found: dict[str, "Inspected"], failed: dict[str, str], out: Path
) -> dict[str, Any]:
    return {
        "run": run,
        "kind": kind,
        "files": [{"path": path, **each.numbers} for path, each in found.items()],
        "failed": failed,
        "page": str(out) if found else None,
    }


def _refuse_others(run: str, kind: str, given: list[str]) -> None:
    """Raise InputError for an option that this kind of network does not know."""
    from kineograph.errors import InputError
    from kineograph.inspect.kinds import INSPECTED

    for said in given:
        if said not in INSPECTED[kind].options:
            others = " or ".join(each.does for each in INSPECTED.values() if said in each.options)
            raise InputError(
                f"{said}: is for a network that {others}, and {run} {INSPECTED[kind].does}. "
                "Leave it out, or give another network."
            )
