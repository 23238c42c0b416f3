"""The worst lines as pictures: worst/worst_01.png … and worst.json, most errors first.

The pictures are those that the network was shown; truth and reading are written under them by the
page, as text that follows the reader's light, size and alphabet.
"""

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kineograph.errors import InputError
from kineograph.metrics.text import character_edits
from kineograph.report.lines.answers import LineAnswer
from kineograph.report.run_files import within
from kineograph.whole_file import write_bytes_whole, write_text_whole

Grey = NDArray[np.uint8]  # (H, W), ink dark on light

SHOWN = 12
MOST_HEIGHT_PIXELS, MOST_WIDTH_PIXELS = 96, 3000  # a higher or wider picture is shrunk
FOLDER, LIST = "worst", "worst.json"


@dataclass(frozen=True)
class WorstLine:
    """A picture of worst/, as a PNG file's bytes, and what was read in it."""

    png: bytes
    answer: LineAnswer


def draw_worst_lines(
    run: Path,
    answers: Sequence[LineAnswer],
    pictures: Callable[[LineAnswer], Grey],
    count: int = SHOWN,
) -> list[str]:
    """Draw the `count` lines with most errors into RUN/worst; returns what could not be drawn.

    pictures: the picture of a line, (H, W) uint8 grey; an InputError of it leaves out that line
    alone, with a word, and the next one is drawn.
    """
    folder = run / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for old in [*folder.glob("worst_*.png"), folder / LIST]:
        old.unlink(missing_ok=True)
    listed: list[dict[str, str]] = []
    problems = []
    for answer in worst_first(answers):
        if len(listed) == count:
            break
        try:
            png = _png(pictures(answer))
        except InputError as error:
            problems.append(str(error))
            continue
        name = f"worst_{len(listed) + 1:02}.png"
        write_bytes_whole(folder / name, png)
        listed.append(
            {"file": name, "id": answer.id, "truth": answer.truth, "read": answer.read},
        )
    write_text_whole(folder / LIST, json.dumps(listed, indent=2, ensure_ascii=False) + "\n")
    return problems


def worst_first(answers: Sequence[LineAnswer]) -> list[LineAnswer]:
    """The lines with errors: the most of them first, as they weigh in the error rate.

    Of equals the shorter line is worse, then the one whose id comes first.
    """
    counted = [(character_edits(each.truth, each.read), each) for each in answers]
    wrong = [(edits, each) for edits, each in counted if edits.count]
    wrong.sort(key=lambda pair: (-pair[0].count, pair[0].length, pair[1].id))
    return [answer for _, answer in wrong]


def read_worst(
    run: Path, answers: Sequence[LineAnswer], notes: list[str], most: int = SHOWN
) -> list[WorstLine]:
    """The pictures of RUN/worst beside the answers of their lines; what is missing goes to notes.

    A picture of a line that was answered otherwise since, or not at all, is left out with a word.
    """
    folder = run / FOLDER
    try:
        rows = json.loads((folder / LIST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        notes.append(f"{FOLDER}/{LIST} is not there: no pictures of the worst lines.")
        return []
    known = {answer.id: answer for answer in answers}
    found = []
    for row in rows if isinstance(rows, list) else []:
        picture = folder / Path(str(within(row, "file") or "")).name  # nothing outside the folder
        if not picture.is_file() or picture.suffix.lower() != ".png":
            notes.append(f"{FOLDER}/{picture.name} is not there: one picture fewer.")
            continue
        answer = known.get(str(within(row, "id")))
        if answer is None or answer.read != within(row, "read"):
            notes.append(f"{FOLDER}/{picture.name} is of another evaluation: one picture fewer.")
            continue
        found.append(WorstLine(picture.read_bytes(), answer))
    return found[:most]


def _png(grey: Grey) -> bytes:
    image = Image.fromarray(np.ascontiguousarray(grey))
    image.thumbnail((MOST_WIDTH_PIXELS, MOST_HEIGHT_PIXELS))
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()
