"""kineograph predict RUN FILE…: what a network says of files; which files, depends on the network.

One that labels clips answers for videos (`label_files.py`), or for people in them (`people.py`);
one that reads lines of text for pages (`read_pages.py`); one that describes pictures with sentences
(`describe_pictures.py`), answers questions about them (`answer_questions.py`), or says what stands
where (`describe_regions.py`). One that is shown whole texts labels them, or writes them otherwise
(`answer_texts.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

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
        (
            "--lines-from",
            "--one-line",
            "--picture",
            "--password",
            "--language",
            "--lexicon",
            "--alternatives",
        ),
    ),
    "captions": Does("describes pictures", ("json",), ("--beam", "--best")),
    "questions": Does("answers questions about pictures", ("json",), ("--question",)),
    "regions": Does("describes regions of pictures", ("json", "png"), ()),
    "labels": Does("labels texts", ("json",), ("--text",)),
    "pairs": Does("writes texts otherwise", ("json",), ("--text", "--beam")),
}

TEXTS = ("labels", "pairs")  # that may be given without a file

Files = Annotated[
    list[Path] | None,
    typer.Argument(
        help="Videos, GIFs, pictures, folders of them; or scans, TIFFs and PDFs; or text files."
    ),
]
Write = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FORMAT",
        help="Of clips csv, json, srt (subtitles), mp4 (labelled video), png with --windows; of "
        "pages text, hocr, alto, page, json, pdf (searchable), png; of regions json, png. Several "
        "with commas.",
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
Beam = Annotated[int | None, typer.Option(help="Sentences: how many the search keeps (5).")]
Best = Annotated[int | None, typer.Option(help="Sentences: how many are told of a picture (3).")]
Question = Annotated[str | None, typer.Option(help="Questions: what is asked about every picture.")]
Text = Annotated[str | None, typer.Option(help="Texts: one that stands in no file.")]
Password = Annotated[str | None, typer.Option(help="Pages: of encrypted PDFs.")]
Language = Annotated[
    str | None,
    typer.Option(
        metavar="FILE|none",
        help="Pages: another model of characters than the run's, as lm writes it (.lm, .arpa); or "
        "none.",
    ),
]
Lexicon = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Pages: a list of the only words to read, one a line."),
]
Alternatives = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=100,
        metavar="N",
        help="Pages: the N best readings of each line, in --json and in json, page and alto.",
    ),
]


@dataclass(frozen=True)
class Wish:
    """What a person asks for; options by the names they are written by, those that were given."""

    run: str
    files: list[Path]
    formats: list[str]
    out: Path
    device: str
    as_json: bool
    options: dict[str, Any]


def predict(
    ctx: typer.Context,
    run: Annotated[str, typer.Argument(help="A run folder, or a shipped network's name.")],
    files: Files = None,
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
    question: Question = None,
    language: Language = None,
    lexicon: Lexicon = None,
    alternatives: Alternatives = None,
    beam: Beam = None,
    best: Best = None,
    text: Text = None,
    device: Device = "cpu",
    as_json: AsJson = False,
) -> None:
    """Say what files show or say: labels, when; text; sentences. Status 1 if any of them failed."""
    from kineograph.recipes.trained import WRITE, kind_of

    kind = kind_of(run)
    if kind in WRITE:
        raise _writes(run, kind)
    formats = [name for several in write or [] for name in several.split(",") if name]
    if picture and "png" not in formats:
        formats.append("png")
    # What only some networks know, whichever it is: their tables say whose it is.
    of_all = {name for does in KINDS.values() for name in does.options}
    named = {"--" + name.replace("_", "-"): value for name, value in ctx.params.items()}
    options = {
        name: value
        for name, value in named.items()
        if name in of_all and value is not None and value is not False  # 0 was given
    }
    _refuse_others(run, kind, list(options))
    _check_formats(formats, kind)
    _check_files(run, kind, files)
    wish = Wish(run, files or [], formats, out, device, as_json, options)
    match kind:
        case "lines":
            _read(wish)
        case "captions":
            _describe(wish)
        case "questions":
            _answer(wish)
        case "regions":
            _find_regions(wish)
        case "labels" | "pairs":
            _answer_texts(wish, kind)
        case _:
            _label(wish)


def _label(wish: Wish) -> None:
    """Labels of videos, or of people in them."""
    windows, formats, device = wish.options.get("--windows"), wish.formats, wish.device
    of_windows = [name for name in ("--blur", "--tested") if name in wish.options]
    of_files = [
        name for name in ("--features", "--window-seconds", "--hop-seconds") if name in wish.options
    ]
    _check_windows(formats, windows, of_windows, of_files)
    screen = Screen(wish.as_json)
    if formats or "--features" in of_files:
        make_folder(wish.out)
    from kineograph.commands import label_files, people
    from kineograph.media.listing import clips_of

    run, paths = wish.run, clips_of(wish.files)
    if windows is not None:
        blur, tested = "--blur" in of_windows, wish.options.get("--tested")
        of_people = people.Wish(windows, formats, wish.out, blur, tested)
        people.predict_people(screen, run, paths, of_people, device)
    elif "--features" in of_files:
        label_files.write_features(screen, run, paths, wish.out, device, formats)
    else:
        spans = {
            "window_seconds": wish.options.get("--window-seconds"),
            "hop_seconds": wish.options.get("--hop-seconds"),
        }
        label_files.predict_files(screen, run, paths, formats, wish.out, spans, device)


def _writes(run: str, kind: str) -> Exception:
    """Why a network that writes has no answer about files."""
    from kineograph.errors import InputError

    if kind == "ink":
        return InputError(
            f"{run}: writes by hand and says nothing of files. Let it write: kineograph sample "
            f'{run} --text "…" --out ink.svg.'
        )
    return InputError(
        f"{run}: writes text and says nothing of files. Let it write: kineograph sample {run}; or "
        f"measure it on a text: kineograph evaluate {run} TEXT."
    )


def _read(wish: Wish) -> None:
    """Texts of pages and lines."""
    from kineograph.commands.read_pages import PageWish, read_pages

    said = wish.options
    pages = PageWish(
        wish.formats,
        wish.out,
        said.get("--lines-from"),
        said.get("--one-line", False),
        said.get("--password"),
        said.get("--language"),
        said.get("--lexicon"),
        said.get("--alternatives"),
    )
    read_pages(wish.run, wish.files, pages, wish.device, wish.as_json)


def _describe(wish: Wish) -> None:
    """Sentences for pictures or clips."""
    from kineograph.commands.describe_pictures import SentenceWish, describe_pictures

    beam, best = (_counted(wish, name) for name in ("--beam", "--best"))
    width = beam or max(5, best or 1)
    sentences = SentenceWish(wish.formats, wish.out, width, best or min(3, width))
    describe_pictures(wish.run, wish.files, sentences, wish.device, wish.as_json)


def _counted(wish: Wish, name: str) -> int | None:
    """A number of sentences, if it was given. Raises InputError for none at all."""
    from kineograph.errors import InputError

    number: int | None = wish.options.get(name)
    if number is not None and number < 1:
        raise InputError(f"{name} {number}: no sentence would be kept. Write 1 or more.")
    return number


def _answer(wish: Wish) -> None:
    """Answers to a question about pictures."""
    from kineograph.commands.answer_questions import answer_questions

    asked = wish.options.get("--question")
    answer_questions(wish.run, wish.files, asked, wish.formats, wish.out, wish.device, wish.as_json)


def _find_regions(wish: Wish) -> None:
    """Boxes of pictures, and a sentence for each."""
    from kineograph.commands.describe_regions import describe_regions

    describe_regions(wish.run, wish.files, wish.formats, wish.out, wish.device, wish.as_json)


def _answer_texts(wish: Wish, kind: str) -> None:
    """Labels of texts, or texts written otherwise."""
    from kineograph.commands.answer_texts import label_texts, rewrite_texts

    text, beam = wish.options.get("--text"), wish.options.get("--beam")
    rest = (wish.formats, wish.out, wish.device, wish.as_json)
    if kind == "labels":
        label_texts(wish.run, wish.files, text, *rest)
    else:
        rewrite_texts(wish.run, wish.files, text, 5 if beam is None else beam, *rest)


def _check_files(run: str, kind: str, files: list[Path] | None) -> None:
    """Raise InputError where a network is shown files and none was given."""
    from kineograph.errors import InputError

    if not files and kind not in TEXTS:
        raise InputError(
            f"{run}: {KINDS[kind].says}, and no file was given. Add one: kineograph predict {run} "
            "FILE."
        )


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
    formats: list[str], windows: Path | None, of_windows: Sequence[str], of_files: Sequence[str]
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
