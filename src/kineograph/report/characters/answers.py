"""predictions.jsonl of a character model: a stretch of text a line, nats of each character.

{"split": "val", "start": 1003854, "text": "Good morrow", "nats": [1.2, null, …], "windows": […]}

nats: with the state carried through the whole side; windows: with a state that begins anew every
so many characters. null: a character that the network cannot write.
"""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kineograph.errors import InputError
from kineograph.whole_file import write_text_whole

STRETCH = 1000  # characters a line
DIGITS = 4  # of a nat: a mean over a thousand characters is right to the fifth


@dataclass(frozen=True)
class TextAnswers:
    """A side's text and what each of its characters cost; nan where it is unknown."""

    split: str
    start: int  # in the whole text, in characters
    text: str
    nats: Sequence[float]
    windows: Sequence[float]


def write_text_answers(path: Path, found: TextAnswers) -> None:
    """Write them whole."""
    write_text_whole(path, "".join(_lines(found)))


def read_text_answers(path: Path) -> TextAnswers | None:
    """Read them back; None where there is no line. Raises InputError for a line that is none."""
    stretches: list[TextAnswers] = []
    lines = path.read_text(encoding="utf-8").split("\n")  # U+2028 and the like stand within a line
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            stretches.append(_stretch(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"{path}: line {number} is no stretch of text with its nats ({error}). "
                "Evaluate the run again."
            ) from None
    if not stretches:
        return None
    return TextAnswers(
        split=stretches[0].split,
        start=stretches[0].start,
        text="".join(each.text for each in stretches),
        nats=[nats for each in stretches for nats in each.nats],
        windows=[nats for each in stretches for nats in each.windows],
    )


def _stretch(row: dict[str, Any]) -> TextAnswers:
    nats, windows = (_floats(row[name]) for name in ("nats", "windows"))
    found = TextAnswers(str(row["split"]), int(row["start"]), str(row["text"]), nats, windows)
    if not len(found.text) == len(nats) == len(windows):
        raise ValueError("each character needs its figures")
    return found


def _lines(found: TextAnswers) -> Iterator[str]:
    for place in range(0, len(found.text), STRETCH):
        piece = slice(place, place + STRETCH)
        row = {
            "split": found.split,
            "start": found.start + place,
            "text": found.text[piece],
            "nats": _rounded(found.nats[piece]),
            "windows": _rounded(found.windows[piece]),
        }
        yield json.dumps(row, ensure_ascii=False) + "\n"


def _rounded(values: Sequence[float]) -> list[float | None]:
    return [None if math.isnan(value) else round(float(value), DIGITS) for value in values]


def _floats(values: Sequence[float | None]) -> list[float]:
    return [math.nan if value is None else float(value) for value in values]
