"""predictions.jsonl of a line reader: what stands in each line and what was read, one a line.

    {"id": "p7-3", "picture": "p7.png", "group": "faust", "source": null, "split": "test",
     "truth": "Habe nun, ach!", "read": "Habe nun, ach!", "best_path": "Habe nnn, ach!",
     "confidence": 0.93}

Truth and readings are spelled by the run's text policy; reports print which it is.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from kineograph.errors import InputError
from kineograph.report.answers import read_rows
from kineograph.whole_file import write_text_whole


@dataclass(frozen=True)
class LineAnswer:
    """What a reader read in one line, beside what stands there. Texts may be empty.

    group, source: the work, writer or page, and where it comes from. read: what the reader answers,
    with its language model where it has one; best_path: without it. confidence: 0 to 1.
    """

    id: str
    picture: str
    group: str | None
    source: str | None
    split: str | None
    truth: str
    read: str
    best_path: str
    confidence: float | None = None

    def __post_init__(self) -> None:
        """Refuse what is no reading."""
        for name in ("truth", "read", "best_path"):
            if not isinstance(getattr(self, name), str):
                raise InputError(
                    f"line {self.id}: {name} {getattr(self, name)!r} is not a text. "
                    "Give an empty text for a line in which nothing was read."
                )
        sure = self.confidence
        if sure is not None and (not isinstance(sure, int | float) or not 0 <= sure <= 1):
            raise InputError(
                f"line {self.id}: confidence {sure!r} is not a number from 0 to 1. Give null where "
                "none is known; look for a diverged training in log.jsonl."
            )


FIELDS = tuple(field.name for field in fields(LineAnswer))


def write_line_answers(path: Path | str, answers: Iterable[LineAnswer]) -> Path:
    """Write answers to a JSONL file, whole or not at all; returns its path."""
    path = Path(path)
    rows = [{name: getattr(answer, name) for name in FIELDS} for answer in answers]
    write_text_whole(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return path


def read_line_answers(path: Path | str, notes: list[str] | None = None) -> list[LineAnswer]:
    """Read answers from a JSONL file.

    A last line that was cut short (a stopped run, a full disk) is left out with a word: added to
    `notes` where given, else a warning. Any other bad line is an InputError with its number.
    """
    return [_answer(row, where) for row, where in read_rows(Path(path), notes)]


def language_helped(answers: Sequence[LineAnswer]) -> bool:
    """Whether anything was read otherwise than by the best path."""
    return any(answer.read != answer.best_path for answer in answers)


def _answer(row: object, where: str) -> LineAnswer:
    if not isinstance(row, dict):
        raise InputError(f"{where}: not a JSON object. One answer a line: {', '.join(FIELDS)}.")
    if "answer" in row and "read" not in row:
        raise InputError(f"{where}: an answer to a clip, not a line that was read. Give its run.")
    missing = [name for name in ("id", "truth", "read") if name not in row]
    if missing:
        raise InputError(f"{where}: no {missing[0]!r}. One answer a line: {', '.join(FIELDS)}.")
    known: dict[str, Any] = {name: row.get(name) for name in FIELDS}  # newer files may say more
    known["best_path"] = row.get("best_path", row["read"])
    known["picture"] = row.get("picture") or row["id"]
    known["split"] = row.get("split", "test")
    for name in ("id", "picture", "group", "source", "split"):
        if not isinstance(known[name], str | None):
            raise InputError(f"{where}: {name} {known[name]!r} is not a text. Put it in quotes.")
    sure = known["confidence"]
    if isinstance(sure, float) and not math.isfinite(sure):
        raise InputError(f"{where}: the confidence is not a finite number. Evaluate the run again.")
    try:
        return LineAnswer(**known)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
