"""kineograph annotate VIDEO… or --lines PAGE…: a page on this machine for marks, or for texts."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kineograph.commands.annotate_lines import annotate_lines
from kineograph.commands.console import AsJson, Screen

if TYPE_CHECKING:
    from kineograph.studio.project import Project

LABELS = "writing"


def annotate(
    videos: Annotated[
        list[Path],
        typer.Argument(
            metavar="SRC…", help="Videos to mark; with --lines pages, or a folder of lines."
        ),
    ],
    lines: Annotated[
        bool, typer.Option("--lines", help="Correct the text of lines on pages instead.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Where all is kept, if not beside what was named.")
    ] = None,
    labels: Annotated[
        str, typer.Option(metavar="LABEL,…", help="What can be marked; the first has key W.")
    ] = LABELS,
    boxes: Annotated[
        Path | None, typer.Option(metavar="CSV", help="A detector's boxes, to propose windows.")
    ] = None,
    run: Annotated[
        str | None,
        typer.Option(help="A trained network: which seconds to mark next, or what lines say."),
    ] = None,
    export: Annotated[
        str | None, typer.Option(metavar="page|alto", help="With --lines: XML of each page, too.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any that is free.")] = 0,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address and open nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Open a page for this machine alone: windows and marks in videos, or the texts of lines."""
    screen = Screen(as_json)
    _refuse_mixed(lines, labels, boxes, export)
    if lines:
        annotate_lines(
            screen, videos, out=out, run=run, export=export, port=port, no_browser=no_browser
        )
    else:
        _annotate_videos(screen, videos, out, _labels(labels), boxes, run, port, no_browser)


def _annotate_videos(
    screen: Screen,
    videos: list[Path],
    out: Path | None,
    labels: list[str],
    boxes: Path | None,
    run: str | None,
    port: int,
    no_browser: bool,
) -> None:
    """Serve the page for windows and marks until Ctrl-C, and tell what was marked."""
    from kineograph.studio.auth import new_token
    from kineograph.studio.listen import listen, serve
    from kineograph.studio.project import Project, common_folder
    from kineograph.studio.proposals import read_boxes
    from kineograph.studio.server import make_app

    out = out or common_folder([str(video.absolute()) for video in videos])
    rows = read_boxes(boxes) if boxes else []
    unsure = _unsure(run) if run else None
    with screen.stage("Reading the videos", "MB") as progress:
        project = Project(out, videos, progress=progress)
    try:
        listener = listen(port)
        token = new_token()
        number = listener.getsockname()[1]
        app = make_app(project, labels=labels, token=token, port=number, boxes=rows, unsure=unsure)
        address = f"http://127.0.0.1:{number}/#{token}"
        _greet(screen, project, address, out)
        serve(app, listener, _opener(address, no_browser))
    finally:
        project.close()
    _part(screen, project, out)


def _refuse_mixed(lines: bool, labels: str, boxes: Path | None, export: str | None) -> None:
    """An option of the other page would do nothing, so it is refused."""
    from kineograph.errors import InputError

    if lines and (labels != LABELS or boxes):
        name = "--boxes" if boxes else "--labels"
        raise InputError(f"{name}: is for videos, and --lines was asked for. Leave one away.")
    if export and not lines:
        raise InputError(f"--export {export}: is for pages of text. Give --lines, too.")


def _labels(text: str) -> list[str]:
    """The labels of --labels, and behind them the one for time in which the first does not hold."""
    from kineograph.errors import InputError

    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names or len(set(names)) < len(names) or len(names) > 10:
        raise InputError(
            f"--labels {text}: one to ten different names, parted by commas. "
            "Write --labels writing,drinking."
        )
    negative = f"not {names[0]}"
    return names if negative in names else [*names, negative]


def _unsure(run: str) -> Any:
    from kineograph.predict.model import load
    from kineograph.studio.unsure import ask

    model = load(run)
    return lambda path, box, seconds: ask(model, path, box, seconds)


def _greet(screen: Screen, project: "Project", address: str, out: Path) -> None:
    if project.journal.torn:
        screen.say("The last edit of the journal was cut off before it was saved; it is dropped.")
    for note in project.notes:
        screen.say(note)
    marks = project.marks
    if marks.windows:
        screen.say(f"{out}: {len(marks.windows)} windows and {len(marks.marks)} marks so far.")
    screen.say(f"Open  {address}")
    screen.say(f"Every edit is saved in {out} at once. Ctrl-C ends the server.")


def _opener(address: str, no_browser: bool) -> Any:
    if no_browser:
        return lambda: None
    import webbrowser

    return lambda: webbrowser.open(address)


def _part(screen: Screen, project: "Project", out: Path) -> None:
    marks = project.marks
    seconds: dict[str, float] = {}
    for mark in marks.marks.values():
        length = mark.end_seconds - mark.start_seconds
        seconds[mark.label] = seconds.get(mark.label, 0.0) + length
    screen.say(f"{out}: {len(marks.windows)} windows, {len(marks.marks)} marks.")
    screen.result(
        {
            "folder": str(out),
            "windows": len(marks.windows),
            "marks": len(marks.marks),
            "seconds": {label: round(length, 3) for label, length in sorted(seconds.items())},
            "annotations": str(out / "annotations.jsonl"),
        }
    )
