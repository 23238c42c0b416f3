"""Wrong answers as pictures: pictures/wrong_01.png … and wrong.json, the surest first."""

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kineograph.errors import InputError
from kineograph.report.questions.answers import QuestionAnswer
from kineograph.report.run_files import Strip, number, within
from kineograph.whole_file import write_bytes_whole, write_text_whole

SHOWN = 12
LEAST_SIDE_PIXELS = 192  # a smaller picture is enlarged, without smoothing
FOLDER, LIST = "pictures", "wrong.json"


def draw_wrong(
    run: Path,
    answers: Sequence[QuestionAnswer],
    pictures: Callable[[str], NDArray[np.uint8]],
    count: int = SHOWN,
) -> None:
    """Draw wrong answers into RUN/pictures, no picture twice. pictures: (S, S, 3) by its path."""
    folder = run / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for old in [*folder.glob("wrong_*.png"), folder / LIST]:
        old.unlink(missing_ok=True)
    listed: list[dict[str, object]] = []
    wrong = [answer for answer in answers if answer.truth is not None and not answer.right]
    seen: set[str] = set()
    for answer in sorted(wrong, key=lambda answer: (-(answer.share or 0), answer.id)):
        if answer.picture in seen or len(listed) == count:
            continue
        seen.add(answer.picture)
        try:
            png = _png(pictures(answer.picture))
        except InputError:
            continue  # one picture fewer
        name = f"wrong_{len(listed) + 1:02}.png"
        write_bytes_whole(folder / name, png)
        listed.append(
            {
                "file": name,
                "id": answer.id,
                "question": answer.question,
                "truth": answer.truth,
                "answer": answer.answer,
                "probability": answer.share,
            }
        )
    write_text_whole(folder / LIST, json.dumps(listed, ensure_ascii=False, indent=1) + "\n")


def read_wrong(run: Path) -> list[Strip]:
    """What `draw_wrong` drew, as far as it is there."""
    path = run / FOLDER / LIST
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    strips = []
    for row in rows if isinstance(rows, list) else []:
        picture = run / FOLDER / Path(str(within(row, "file") or "")).name  # nothing outside it
        if picture.is_file() and picture.suffix == ".png":
            strips.append(
                Strip(
                    png=picture.read_bytes(),
                    id=str(within(row, "id") or "?"),
                    truth=str(within(row, "truth") or "?"),
                    answer=str(within(row, "answer") or "?"),
                    probability=number(within(row, "probability")),
                    where=str(within(row, "question") or ""),
                )
            )
    return strips


def _png(picture: NDArray[np.uint8]) -> bytes:
    times = max(1, -(-LEAST_SIDE_PIXELS // min(picture.shape[:2])))
    way = cv2.INTER_NEAREST
    shown = cv2.resize(picture, None, fx=times, fy=times, interpolation=way)
    content = io.BytesIO()
    Image.fromarray(np.asarray(shown, dtype=np.uint8)).save(content, "PNG")
    return content.getvalue()
