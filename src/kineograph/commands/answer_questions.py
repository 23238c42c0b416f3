"""kineograph predict RUN PICTURE… --question "…": the likeliest answers about each picture."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from kineograph.commands.console import Screen
from kineograph.commands.many_files import make_folder

if TYPE_CHECKING:
    from kineograph.predict.answerer import PictureAnswer

RESULTS = "answers.json"


def answer_questions(
    run: str,
    files: list[Path],
    question: str | None,
    formats: list[str],
    out: Path,
    device: str,
    as_json: bool,
) -> None:
    """Ask the same of every picture; the status is not zero if one could not be read."""
    from kineograph.errors import InputError
    from kineograph.media.listing import pictures_of
    from kineograph.predict.answerer import Answerer

    if question is None or not question.strip():
        raise InputError(
            f"{run}: answers questions about pictures, and none was asked. Add --question "
            '"what is the blue shape?".'
        )
    answerer = Answerer.load(run, device=device)
    unknown = answerer.check(question)
    screen = Screen(as_json)
    if formats:
        make_folder(out)
    if unknown:
        screen.say(f"never learned, so not understood: {', '.join(unknown)}")
    found, failed = answerer.answer_all(pictures_of(files), question)
    for told in found:
        screen.say(f"{told.picture}: {_in_words(told)}")
    for reason in failed.values():
        screen.say(f"failed: {reason}")
    if "json" in formats:
        screen.say(f"Wrote {_write(out / RESULTS, found)}")
    screen.result(
        {
            "run": run,
            "question": question,
            "unknown_words": list(unknown),
            "pictures": {told.picture: _as_object(told) for told in found},
            "failed": failed,
        }
    )
    if failed:
        raise typer.Exit(1)


def _in_words(told: "PictureAnswer") -> str:
    """rectangle (99 %; circle 1 %)."""
    (answer, share), *others = told.shares
    rest = "".join(f"; {name} {100 * part:.0f} %" for name, part in others)
    return f"{answer} ({100 * share:.0f} %{rest})"


def _as_object(told: "PictureAnswer") -> dict[str, Any]:
    return {
        "answer": told.answer,
        "shares": [{"answer": name, "share": round(share, 4)} for name, share in told.shares],
    }


def _write(path: Path, found: list["PictureAnswer"]) -> Path:
    """As VQA's results are written, the picture in place of the question's number."""
    from kineograph.whole_file import write_text_whole

    rows = [{"picture": told.picture, "question": told.question, **_as_object(told)}
            for told in found]  # fmt: skip
    write_text_whole(path, json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    return path
