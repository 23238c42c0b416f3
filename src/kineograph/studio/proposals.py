"""Windows to begin with: where something moves again and again, or where a detector saw people."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from kineograph.errors import InputError, nearest
from kineograph.media import Box, inspect, read_frames
from kineograph.studio.exchange.bring_in import square_around

SEEN_PIXELS = 160  # the longer side of the grey picture in which motion is looked for
SPOTS = 8  # places of a long video that are looked at,
SPOT_SECONDS = 3.0  # so long each
NOISE_LEVELS = 8.0  # grey levels of change between two looks that are no motion
LOOK_SECONDS = 0.1  # between two looks
LEVELS = [0.12, 0.2, 0.3]  # of the strongest place's motion: where one place is seen apart
LEAST_PART = 0.06  # of the picture's shorter side: what is smaller is no person
MARGIN = 1.25  # a window is so much wider than what moved
MOST = 12  # proposals
OVERLAP = 0.3  # intersection over union at which two boxes are of one person

BOX_COLUMNS = {
    "x": "x", "left": "x", "xmin": "x", "x1": "x", "xtl": "x", "bbox_left": "x",
    "y": "y", "top": "y", "ymin": "y", "y1": "y", "ytl": "y", "bbox_top": "y",
    "width": "width", "w": "width", "bbox_width": "width",
    "height": "height", "h": "height", "bbox_height": "height",
    "right": "right", "xmax": "right", "x2": "right", "xbr": "right",
    "bottom": "bottom", "ymax": "bottom", "y2": "bottom", "ybr": "bottom",
    "person": "person", "track": "person", "track_id": "person", "id": "person", "name": "person",
    "video": "video", "file": "video",
    "frame": "", "seconds": "", "time": "", "timestamp": "", "score": "score", "conf": "score",
    "confidence": "score", "class": "", "label": "",
}  # fmt: skip
LEAST_SCORE = 0.5


@dataclass(frozen=True)
class Proposal:
    """A square that a person may sit in; the name may be empty."""

    box: Box
    person: str = ""


def from_motion(path: Path, duration_seconds: float) -> list[Proposal]:
    """Squares around what moves, the strongest first; a still video has none.

    Differences between frames 0.1 s apart are summed over some spots of the video.
    """
    info = inspect(path)
    scale = min(1.0, SEEN_PIXELS / max(info.width, info.height))
    size = (max(1, round(info.height * scale)), max(1, round(info.width * scale)))
    energy = np.zeros(size, np.float64)
    for start, end in _spots(duration_seconds):
        energy += _change(path, size, start, end)
    boxes = _strong_places(energy)
    squares = [
        square_around(Box(*(round(n / scale) for n in box)), info.width, info.height, MARGIN)
        for box in boxes
    ]
    return [Proposal(box) for box in _apart(squares)][:MOST]


def _spots(duration_seconds: float) -> Iterator[tuple[float, float]]:
    if duration_seconds <= SPOTS * SPOT_SECONDS:
        yield 0.0, duration_seconds
        return
    for spot in range(SPOTS):
        start = (duration_seconds - SPOT_SECONDS) * spot / (SPOTS - 1)
        yield start, start + SPOT_SECONDS


def _change(path: Path, size: tuple[int, int], start: float, end: float) -> NDArray[np.float64]:
    """How much each place of the small picture changes in a stretch."""
    found = np.zeros(size, np.float64)
    before: NDArray[np.float32] | None = None
    looked = -1.0
    try:
        for frame in read_frames(path, start_seconds=start, end_seconds=end, size_pixels=size):
            if before is not None and frame.seconds - looked < LOOK_SECONDS - 1e-3:
                continue
            grey = cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
            if before is not None:
                found += np.maximum(np.abs(grey - before) - NOISE_LEVELS, 0.0)
            before, looked = grey, frame.seconds
    except InputError:
        pass  # a broken or empty stretch shows nothing; the others may
    return found


def _strong_places(energy: NDArray[np.float64]) -> list[Box]:
    """Boxes, in small pixels, of places that move, the strongest first.

    A place that falls apart into several at a higher level is those: people side by side touch.
    """
    if energy.max() <= 0.0:
        return []
    reach = max(3, round(0.03 * max(energy.shape))) | 1
    smooth = np.asarray(cv2.GaussianBlur(energy, (0, 0), reach / 2), dtype=np.float64)
    strong = float(np.percentile(smooth, 99.5))
    found = _split(smooth, [level * strong for level in LEVELS], np.ones(energy.shape, bool))
    return [box for _, box in sorted(found, reverse=True)]


def _split(
    smooth: NDArray[np.float64], levels: list[float], inside: NDArray[np.bool_]
) -> list[tuple[float, Box]]:
    """Strength and box of each connected place above the first level, or of its parts above."""
    reach = max(3, round(0.03 * max(smooth.shape))) | 1
    mask = ((smooth > levels[0]) & inside).astype(np.uint8)
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    count, places, stats, _ = cv2.connectedComponentsWithStats(closed)
    found: list[tuple[float, Box]] = []
    for place in range(1, count):
        x, y, width, height, _ = (int(number) for number in stats[place])
        if max(width, height) < LEAST_PART * min(smooth.shape):
            continue
        here = places == place
        parts = _split(smooth, levels[1:], here) if len(levels) > 1 else []
        if len(parts) > 1:
            found += parts
        else:
            found.append((float(smooth[here].sum()), Box(x, y, width, height)))
    return found


def _apart(boxes: Sequence[Box]) -> list[Box]:
    """Without those that lie on a stronger one."""
    kept: list[Box] = []
    for box in boxes:
        if all(overlap(box, other) < OVERLAP for other in kept):
            kept.append(box)
    return kept


def overlap(one: Box, other: Box) -> float:
    """Intersection over union of two boxes."""
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / (one.width * one.height + other.width * other.height - both)


@dataclass(frozen=True)
class DetectedBox:
    """One row of a detector's table. video: "" where the table has no such column."""

    row: int
    video: str
    person: str
    box: Box


def read_boxes(path: Path) -> list[DetectedBox]:
    """A detector's boxes, one a row: x,y,width,height or x1,y1,x2,y2, and a person or track.

    Rows under a score of 0.5 are passed over. Raises InputError naming the row or column.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}). Give a CSV table of boxes.") from None
    if not lines:
        raise InputError(f"{path}: it is empty. Begin with a row of names: x,y,width,height.")
    reader = csv.reader(lines, delimiter=max(",;\t", key=lines[0].count))
    names = [_column(name, path) for name in next(reader)]
    corner = {"x", "y", "right", "bottom"} <= set(names)
    if not corner and not {"x", "y", "width", "height"} <= set(names):
        raise InputError(
            f"{path}: the columns give no box. It needs x,y,width,height or x1,y1,x2,y2."
        )
    found = []
    for row in reader:
        if any(row):
            said = dict(zip(names, (cell.strip() for cell in row), strict=False))
            found += _detected(said, f"{path} row {reader.line_num}", reader.line_num, corner)
    return found


def _detected(said: dict[str, str], where: str, row: int, corner: bool) -> list[DetectedBox]:
    def number(column: str) -> float:
        try:
            return float(said.get(column, ""))
        except ValueError:
            raise InputError(
                f"{where}: {column} '{said.get(column, '')}' is not a number. Correct it."
            ) from None

    if said.get("score") and number("score") < LEAST_SCORE:
        return []
    x, y = number("x"), number("y")
    width, height = (
        (number("right") - x, number("bottom") - y)
        if corner
        else (number("width"), number("height"))
    )
    if width <= 0 or height <= 0:
        raise InputError(f"{where}: a box of {width:g}x{height:g} has no area. Remove the row.")
    box = Box(round(x), round(y), max(1, round(width)), max(1, round(height)))
    video = re.split(r"[\\/]", said.get("video", ""))[-1]
    return [DetectedBox(row, video, said.get("person", ""), box)]


def _column(given: str, path: Path) -> str:
    plain = re.sub(r"[\s-]+", "_", given.strip().lower())
    if plain not in BOX_COLUMNS:
        hint = nearest(plain, BOX_COLUMNS) or f"Known are {', '.join(BOX_COLUMNS)}."
        raise InputError(f"{path}: unknown column '{given}'. {hint} Rename or remove it.")
    return BOX_COLUMNS[plain]


def from_boxes(rows: Sequence[DetectedBox], video: str, width: int, height: int) -> list[Proposal]:
    """Squares for the people that a detector followed; without tracks, boxes that overlap are one.

    Each is the median of a person's boxes. Raises InputError for a box outside the picture.
    """
    groups: dict[str, list[Box]] = {}
    nobody: list[list[Box]] = []
    for each in rows:
        if each.video not in ("", video):
            continue
        box = each.box
        if box.x >= width or box.y >= height or box.x + box.width <= 0 or box.y + box.height <= 0:
            raise InputError(
                f"row {each.row}: the box {list(box)} lies outside the picture of {width}x{height}"
                f" of {video}. Check that the boxes are of this video, in its pixels."
            )
        if each.person:
            groups.setdefault(each.person, []).append(box)
            continue
        same = next((group for group in nobody if overlap(group[0], box) >= OVERLAP), None)
        if same is None:
            nobody.append([box])
        else:
            same.append(box)
    named = [(name, boxes) for name, boxes in groups.items()]
    counted = sorted(nobody, key=len, reverse=True)
    return [
        Proposal(square_around(_median(boxes), width, height), name)
        for name, boxes in [*named, *(("", boxes) for boxes in counted)]
    ][:MOST]


def _median(boxes: Sequence[Box]) -> Box:
    return Box(*(int(number) for number in np.median(np.array(boxes), axis=0)))
