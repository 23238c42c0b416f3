"""Pictures that a report shows, with words below: RUN/pictures/NAME_01.png … and NAME.json."""

import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kineograph.report.run_files import Strip, number, within
from kineograph.whole_file import write_bytes_whole, write_text_whole

LEAST_SIDE_PIXELS = 192  # a smaller picture is enlarged, without smoothing
FOLDER = "pictures"


def write_shown(
    run: Path, name: str, shown: Iterable[tuple[NDArray[np.uint8], dict[str, Any]]]
) -> None:
    """Write pictures (H, W, 3), each with what is said of it, anew.

    Of what is said "id", "truth", "answer", "probability" and "where" are read back.
    """
    folder = run / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for old in [*folder.glob(f"{name}_*.png"), folder / f"{name}.json"]:
        old.unlink(missing_ok=True)
    listed = []
    for place, (picture, said) in enumerate(shown, start=1):
        file = f"{name}_{place:02}.png"
        write_bytes_whole(folder / file, _png(picture))
        listed.append({"file": file, **said})
    text = json.dumps(listed, ensure_ascii=False, indent=1) + "\n"
    write_text_whole(folder / f"{name}.json", text)


def read_shown(run: Path, name: str) -> list[Strip]:
    """What `write_shown` wrote, as far as it is there."""
    try:
        rows = json.loads((run / FOLDER / f"{name}.json").read_text(encoding="utf-8"))
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
                    where=str(within(row, "where") or ""),
                )
            )
    return strips


def _png(picture: NDArray[np.uint8]) -> bytes:
    times = max(1, -(-LEAST_SIDE_PIXELS // min(picture.shape[:2])))
    shown = cv2.resize(picture, None, fx=times, fy=times, interpolation=cv2.INTER_NEAREST)
    content = io.BytesIO()
    Image.fromarray(np.asarray(shown, dtype=np.uint8)).save(content, "PNG")
    return content.getvalue()
