"""kineograph predict RUN FILE… or --text "…": labels of texts, or texts written otherwise."""

import json
from pathlib import Path
from typing import Any

import typer

from kineograph.commands.console import Screen
from kineograph.commands.many_files import make_folder

RESULTS = "texts.json"
SHOWN = 3  # labels in a line
SAID = "--text"


def label_texts(
    run: str,
    files: list[Path],
    text: str | None,
    formats: list[str],
    out: Path,
    device: str,
    as_json: bool,
) -> None:
    """A label for each text, a file being one; the status is not zero if one could not be read."""
    from kineograph.errors import InputError
    from kineograph.predict.text_labeller import TextLabels

    given, failed = _given(run, files, text)
    labeller, screen = TextLabels.load(run, device=device), Screen(as_json)
    found: dict[str, Any] = {}
    for name, told in given.items():
        try:
            (answer,) = labeller.label([told])
        except InputError as error:
            failed[name] = f"{name}: {error}"
            continue
        shares = ", ".join(f"{label} {100 * part:.0f} %" for label, part in answer.shares[:SHOWN])
        screen.say(f"{name}: {shares}")
        if answer.unknown:
            more = ", …" if len(answer.unknown) > SHOWN else ""
            screen.say(f"  never learned: {', '.join(answer.unknown[:SHOWN])}{more}")
        found[name] = {
            "label": answer.label,
            "shares": {label: round(part, 4) for label, part in answer.shares},
            "unknown": list(answer.unknown),
        }
    _finish(screen, run, found, failed, formats, out)


def rewrite_texts(
    run: str,
    files: list[Path],
    text: str | None,
    beam: int,
    formats: list[str],
    out: Path,
    device: str,
    as_json: bool,
) -> None:
    """What each text becomes; the status is not zero if one could not be read."""
    from kineograph.predict.rewriter import Rewriter

    given, failed = _given(run, files, text)
    rewriter, screen = Rewriter.load(run, device=device), Screen(as_json)
    found: dict[str, Any] = {}
    for name, told in given.items():
        if not told.strip():
            why = "the text is empty: there is nothing to write otherwise. Give some words."
            failed[name] = f"{name}: {why}"
            continue
        unknown, long = rewriter.unknown(told), rewriter.too_long(told)
        if unknown:
            screen.say(f"{name}: never learned, so left as they are: {' '.join(unknown)}")
        if long:
            most = rewriter.trained.recipe.data.longest
            screen.say(f"{name}: {long} words are longer than the {most} letters it learned from.")
        answer = rewriter.write(told, beam=beam)
        screen.say(answer)
        found[name] = {"text": answer, "unknown": unknown}
    _finish(screen, run, found, failed, formats, out)


def _given(run: str, files: list[Path], text: str | None) -> tuple[dict[str, str], dict[str, str]]:
    """Each text by its file's name, or by --text; and why a file could not be read."""
    from kineograph.data.characters.corpus import read_text
    from kineograph.errors import InputError

    if not files and text is None:
        raise InputError(f'{run}: is shown texts, and none was given. Add --text "…", or files.')
    given = {} if text is None else {SAID: text}
    failed: dict[str, str] = {}
    for file in files:
        try:
            given[str(file)] = read_text(file)
        except InputError as error:
            failed[str(file)] = str(error)
    return given, failed


def _finish(
    screen: Screen,
    run: str,
    found: dict[str, Any],
    failed: dict[str, str],
    formats: list[str],
    out: Path,
) -> None:
    from kineograph.whole_file import write_text_whole

    for reason in failed.values():
        screen.say(f"failed: {reason}")
    if "json" in formats:
        make_folder(out)
        text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
        write_text_whole(out / RESULTS, text)
        screen.say(f"Wrote {out / RESULTS}")
    screen.result({"run": run, "texts": found, "failed": failed})
    if failed:
        raise typer.Exit(1)
