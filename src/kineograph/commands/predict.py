"""kineograph predict RUN FILE…: what a network says of files; which files, depends on the network.

One that labels clips answers for videos (`label_files.py`), or for people in them (`people.py`);
one that reads lines of text for pages (`read_pages.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from kineograph.commands.console import AsJson, Device, Screen
from kineograph.commands.many_files import make_folder


@dataclass(frozen=True)
class Does:
    """What a network of one kind of data does, in words; the forms it writes; its own options."""

    says: str
    formats: tuple[str, ...]
    options: tuple[str, ...]


KINDS = {
    "clips": Does(
        "labels clips",
        ("csv", "json", "srt", "png", "mp4"),
        ("--windows", "--blur", "--tested", "--features", "--window-seconds", "--hop-seconds"),
    ),
    "lines": Does(
        "reads lines of text",
        ("text", "hocr", "alto", "page", "json", "pdf", "png"),
        ("--lines-from", "--one-line", "--picture", "--password"),
    ),
}

Files = Annotated[
    list[Path],
    typer.Argument(help="Videos, GIFs, pictures, folders of them; or scans, TIFFs and PDFs."),
]
Write = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FORMAT",
        help="Of clips csv, json, srt (subtitles), mp4 (labelled video), png with --windows; of "
        "pages text, hocr, alto, page, json, pdf (searchable), png. Several with commas.",
    ),
]
Out = Annotated[Path, typer.Option(help="The folder that written files go to.")]
WindowSeconds = Annotated[float | None, typer.Option(help="Length of a window on a long video.")]
HopSeconds = Annotated[
    float | None, typer.Option(help="From one window's start to the next one's.")
]
Features = Annotated[
    bool,
    typer.Option("--features", help="Write what the encoder makes of every frame, no labels."),
]
Windows = Annotated[
    Path | None,
    typer.Option(help="windows.jsonl of annotate: a timeline for everyone who has a window."),
]
Blur = Annotated[
    bool, typer.Option("--blur", help="With --windows: blur all heads in the labelled video.")
]
Tested = Annotated[
    str | None,
    typer.Option(metavar="RUN", help="With --windows: a crossval whose errors widen shares."),
]
LinesFrom = Annotated[
    str | None,
    typer.Option(
        metavar="FILE|FOLDER|none",
        help="Pages: PAGE or ALTO that says where lines stand; none: find them, whatever lies "
        "beside.",
    ),
]
OneLine = Annotated[
    bool, typer.Option("--one-line", help="Pages: every picture is one line, and no page.")
]
Picture = Annotated[
    bool, typer.Option("--picture", help="Pages: draw the lines found, as --write png.")
]
Password = Annotated[str | None, typer.Option(help="Pages: of encrypted PDFs.")]


def predict(
    run: Annotated[str, typer.Argument(help="A run folder, or a shipped network's name.")],
    files: Files,
    write: Write = None,
    out: Out = Path("."),
    window_seconds: WindowSeconds = None,
    hop_seconds: HopSeconds = None,
    features: Features = False,
    windows: Windows = None,
    blur: Blur = False,
    tested: Tested = None,
    lines_from: LinesFrom = None,
    one_line: OneLine = False,
    picture: Picture = False,
    password: Password = None,
    device: Device = "cpu",
    as_json: AsJson = False,
) -> None:
    """Say what files show or say: labels, when; or text. The status is not zero if any failed."""
    from kineograph.recipes.trained import kind_of

    kind = kind_of(run)
    if kind == "text":
        raise _writes(run)
    formats = [name for several in write or [] for name in several.split(",") if name]
    if picture and "png" not in formats:
        formats.append("png")
    of_windows = _given({"--blur": blur, "--tested": tested})
    spans = {"window_seconds": window_seconds, "hop_seconds": hop_seconds}
    of_files = _given({"--features": features, "--window-seconds": window_seconds,
                       "--hop-seconds": hop_seconds})  # fmt: skip
    of_pages = _given({"--lines-from": lines_from, "--one-line": one_line, "--picture": picture,
                       "--password": password})  # fmt: skip
    of_clips = [*_given({"--windows": windows}), *of_windows, *of_files]
    _refuse_others(run, kind, [*of_clips, *of_pages])
    _check_formats(formats, kind)
    if kind == "lines":
        from kineograph.commands.read_pages import Wish, read_pages

        read_pages(run, files, Wish(formats, out, lines_from, one_line, password), device, as_json)
        return
    _check_windows(formats, windows, of_windows, of_files)
    screen = Screen(as_json)
    if formats or features:
        make_folder(out)
    from kineograph.commands import label_files, people

    if windows is not None:
        wish = people.Wish(windows, formats, out, blur, tested)
        people.predict_people(screen, run, label_files.spread(files), wish, device)
    elif features:
        label_files.write_features(screen, run, label_files.spread(files), out, device, formats)
    else:
        paths = label_files.spread(files)
        label_files.predict_files(screen, run, paths, formats, out, spans, device)


def _writes(run: str) -> Exception:
    """Why a network that writes text has no answer about files."""
    from kineograph.errors import InputError

    return InputError(
        f"{run}: writes text and says nothing of files. Let it write: kineograph sample {run}; or "
        f"measure it on a text: kineograph evaluate {run} TEXT."
    )


def _given(options: Mapping[str, object]) -> list[str]:
    return [name for name, value in options.items() if value]


def _refuse_others(run: str, kind: str, given: Sequence[str]) -> None:
    """Raise InputError for the first option that belongs to another kind of network."""
    from kineograph.errors import InputError

    for said in given:
        if said not in KINDS[kind].options:
            others = " or ".join(does.says for does in KINDS.values() if said in does.options)
            raise InputError(
                f"{said}: is for a network that {others}, and {run} {KINDS[kind].says}. "
                "Leave it out, or give another network."
            )


def _check_formats(formats: list[str], kind: str) -> None:
    """Raise InputError for a form that this kind of network does not write."""
    from kineograph.errors import InputError, nearest

    known = KINDS[kind].formats
    for name in formats:
        if name not in known:
            hint = nearest(name, known) or "Choose one of them."
            raise InputError(f"--write {name}: known formats are {', '.join(known)}. {hint}")


def _check_windows(
    formats: list[str], windows: Path | None, of_windows: list[str], of_files: list[str]
) -> None:
    """Refuse options of clips that would do nothing."""
    from kineograph.errors import InputError

    if windows is None:
        for said in [*(["--write png"] if "png" in formats else []), *of_windows]:
            raise InputError(f"{said}: is for people in windows. Give --windows windows.jsonl.")
        return
    for said in of_files:
        raise InputError(f"{said}: is not for people in windows. Leave it out, or --windows.")
    if "--blur" in of_windows and "mp4" not in formats:
        raise InputError("--blur: is for the labelled video. Add --write mp4.")
