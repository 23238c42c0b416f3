"""Windows round people in long videos: one JSON object a line, drawn once.

    {"video": "lecture1.mp4", "person": "p1", "window": [62, 180, 168, 168], "hand": "left"}

hand: with which the person writes, if known. sha256: of the video's bytes, when it was marked.
"""

from dataclasses import dataclass
from pathlib import Path

from kineograph.data.annotation import Annotation, annotation_from_fields
from kineograph.data.records import Fields, check_fields, parse_rows
from kineograph.errors import InputError

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
    found = parse_rows(
        path.name,
        _rows(path),
        _seat,
        example='{"video": "a.mp4", "person": "p1", "window": [0, 0, 90, 90]}',
        same=lambda seat: place_of(seat.at),
        twice=lambda seat, _: (
            f"{seat.at.person} has a window in {seat.at.video} already. Keep one of them."
        ),
    )
    seats = {place_of(seat.at): seat for seat in found}
    if not seats:
        raise InputError(f"{path}: is empty. Draw a window round each person.")
    return seats


def _rows(path: Path) -> list[str]:
    try:
        rows = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise InputError(
            f"{path}: is no text, so it holds no windows. Give windows.jsonl, as kineograph "
            "annotate writes it."
        ) from None
    if '"label"' in rows[0]:
        raise InputError(f"{path}: holds marks, not windows. Give the windows.jsonl beside it.")
    return rows


def _seat(values: Fields) -> Seat:
    check_fields(values, WINDOW_FIELDS, ("video", "person", "window"), "window")
    hand, digest = values.get("hand"), values.get("sha256")
    if hand is not None and hand not in HANDS:
        raise InputError(f"hand {hand!r} is not left or right. Write one, or leave it out.")
    shown = {name: values[name] for name in ("video", "person", "window")}
    return Seat(annotation_from_fields({**shown, "label": "window"}), hand, digest)
