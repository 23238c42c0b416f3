"""Windows round people in long videos: one JSON object a line, drawn once.

    {"video": "lecture1.mp4", "person": "p1", "window": [62, 180, 168, 168], "hand": "left"}

hand: with which the person writes, if known. sha256: of the video's bytes, when it was marked.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from kineograph.data.annotation import Annotation, annotation_from_fields, describe_bad_lines
from kineograph.errors import InputError, nearest

WINDOW_FIELDS = ("video", "person", "window", "hand", "sha256")
HANDS = ("left", "right")

Place = tuple[str, str]  # video, person


@dataclass(frozen=True)
class Seat:
    """One person's window in one video."""

    at: Annotation  # video, person, window
    hand: str | None = None
    sha256: str | None = None


def place_of(annotation: Annotation) -> Place:
    """Whose time it speaks of, in which video."""
    return annotation.video, annotation.person or ""


def read_windows(path: Path) -> dict[Place, Seat]:
    """Windows by video and person. Raises InputError naming every bad line."""
    if path.is_dir():
        raise InputError(
            f"{path}: is a folder, and windows are one file, windows.jsonl, as kineograph annotate "
            f"writes it. Give {path / 'windows.jsonl'}."
        )
    if not path.is_file():
        raise InputError(
            f"{path}: there is no such file, and it says who is seen where. Draw the windows with "
            f"kineograph annotate."
        )
    seats: dict[Place, Seat] = {}
    faults: dict[int, str] = {}
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            seat = _seat(line)
            place = place_of(seat.at)
            if place in seats:
                raise InputError(
                    f"{place[1]} has a window in {place[0]} already. Keep one of them."
                )
            seats[place] = seat
        except InputError as error:
            faults[number] = str(error)
    if faults:
        raise InputError(describe_bad_lines(path.name, faults))
    if not seats:
        raise InputError(f"{path}: is empty. Draw a window round each person.")
    return seats


def _lines(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise InputError(
            f"{path}: is no text, so it holds no windows. Give windows.jsonl, as kineograph "
            "annotate writes it."
        ) from None
    if '"label"' in lines[0]:
        raise InputError(f"{path}: holds marks, not windows. Give the windows.jsonl beside it.")
    return lines


def _seat(line: str) -> Seat:
    try:
        values = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(
            f"not JSON ({error.msg}, column {error.colno}). Write one object a line."
        ) from None
    if not isinstance(values, dict):
        raise InputError(f"{line.strip()[:40]} is not a JSON object. Write {{...}}.")
    for name in values:
        if name not in WINDOW_FIELDS:
            hint = nearest(name, WINDOW_FIELDS) or f"The fields are {', '.join(WINDOW_FIELDS)}."
            raise InputError(f"unknown field '{name}'. {hint}")
    for name in ("video", "person", "window"):
        if values.get(name) is None:
            raise InputError(f"no '{name}': every window needs one. Add it.")
    hand, digest = values.get("hand"), values.get("sha256")
    if hand is not None and hand not in HANDS:
        raise InputError(f"hand {hand!r} is not left or right. Write one, or leave it out.")
    shown = {name: values[name] for name in ("video", "person", "window")}
    return Seat(annotation_from_fields({**shown, "label": "window"}), hand, digest)
