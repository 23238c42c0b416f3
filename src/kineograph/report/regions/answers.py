"""predictions.jsonl of dense captions: what was found in a picture beside what is there.

    {"picture": "scenes.tar/1.png", "split": "test", "group": null, "source": null,
     "found": [{"box": [12.1, 30.4, 52.0, 68.3], "confidence": 0.98, "sentence": "a red circle"}],
     "true": [{"box": [12, 30, 52, 68], "sentence": "a red circle"}]}

Boxes are left, top, right, bottom in pixels of the picture as it lies in its file.
"""

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kineograph.errors import InputError
from kineograph.report.answers import read_rows
from kineograph.whole_file import write_text_whole

LEAST_SHARE = 0.5  # of the surest region's confidence: what a person is shown of an answer
MOST_SHOWN = 12
Corners = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class DescribedBox:
    """A box and its sentence. confidence: 0 to 1; 1 of what is true."""

    box: Corners
    sentence: str
    confidence: float = 1.0


@dataclass(frozen=True)
class RegionAnswer:
    """One picture: the regions found, the surest first, and the true ones."""

    picture: str
    found: tuple[DescribedBox, ...]
    true: tuple[DescribedBox, ...]
    group: str | None = None
    source: str | None = None
    split: str | None = None


def surest(found: tuple[DescribedBox, ...]) -> tuple[DescribedBox, ...]:
    """What a person is shown of an answer: regions about as sure as the surest, not too many."""
    if not found:
        return ()
    least = LEAST_SHARE * found[0].confidence
    return tuple(each for each in found if each.confidence >= least)[:MOST_SHOWN]


def write_region_answers(path: Path | str, answers: Iterable[RegionAnswer]) -> Path:
    """Write answers to a JSONL file, whole or not at all; returns its path."""
    path = Path(path)
    rows = [json.dumps(asdict(answer), ensure_ascii=False) + "\n" for answer in answers]
    write_text_whole(path, "".join(rows))
    return path


def read_region_answers(path: Path | str, notes: list[str] | None = None) -> list[RegionAnswer]:
    """Read answers from a JSONL file.

    A last line that was cut short is left out with a word: added to `notes` where given, else a
    warning. Any other bad line is an InputError with its number.
    """
    return [_answer(row, where) for row, where in read_rows(Path(path), notes)]


def _answer(row: Any, where: str) -> RegionAnswer:
    if not isinstance(row, dict) or not isinstance(row.get("picture"), str):
        raise InputError(f"{where}: names no picture, so it is no answer. Evaluate the run again.")
    found, true = (
        tuple(_box(each, where) for each in row.get(name) or ()) for name in ("found", "true")
    )
    names = {name: row.get(name) for name in ("group", "source", "split")}
    return RegionAnswer(row["picture"], found, true, **names)


def _box(values: Any, where: str) -> DescribedBox:
    try:
        left, top, right, bottom = map(float, values["box"])
        sentence, sure = str(values["sentence"]), float(values.get("confidence", 1.0))
    except (KeyError, TypeError, ValueError):
        raise InputError(
            f"{where}: {str(values)[:60]} is no box with its sentence. Evaluate the run again."
        ) from None
    box = (left, top, right, bottom)
    if not all(map(math.isfinite, (*box, sure))):
        raise InputError(f"{where}: a box of {box} is not finite. Look for a diverged training.")
    return DescribedBox(box, sentence, sure)
