"""An annotation says what happens where and when: one interval of one video, one line of JSONL.

    {"video": "walking/person01_d1.avi", "label": "walking", "start_seconds": 0.4, "person": "01"}

Folders, tables and known data sets are all turned into this plain file, and training reads
nothing else, so that preparing and training can be tested alone (after nanoGPT's prepare.py).
"""

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from kineograph.data.records import check_fields, parse_rows, read_rows, write_records
from kineograph.errors import InputError, nearest
from kineograph.media.frame import Box

SIDES = ("train", "val", "test")


@dataclass(frozen=True)
class Annotation:
    """One labelled interval `[start_seconds, end_seconds)` of one video.

    video: posix path relative to the data set's source root: a video file or a folder of pictures.
    end_seconds: None is the end of the video. Seconds count from the first shown frame.
    window: the part of the picture that is looked at, in pixels; None is the whole picture.
    person, group, source: who is seen; what must stay on one side of a split; the recording that
    the video was cut from. split: the side that the data set's authors gave it.
    copy_of: the id of the original, where this is a changed copy of it for training: mirrored,
    noised (standard deviation, as a part of white), or both; copy_number tells noises apart.
    marks: labels that hold through it one after another, at equal steps; None: label throughout.
    """

    video: str
    label: str
    start_seconds: float = 0.0
    end_seconds: float | None = None
    window: Box | None = None
    person: str | None = None
    group: str | None = None
    split: str | None = None
    source: str | None = None
    copy_of: str | None = None
    mirrored: bool = False
    noise: float = 0.0
    copy_number: int = 0
    marks: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be a labelled interval, in one line."""
        for find in (
            _fault_in_texts,
            _fault_in_times,
            _fault_in_window,
            _fault_in_copy,
            _fault_in_marks,
        ):
            fault = find(self)
            if fault:
                raise InputError(fault)

    @cached_property
    def id(self) -> str:
        """A short name such as `person01_walking_d1-3fa9c1d2`, fit for a file name.

        It depends on video, times, window and label, and on how a copy was changed; on nothing
        else, so it stays the same when a person or a group is written in later.
        """
        if self.copy_of is None:
            return _name(self)
        return _name(self, bool(self.mirrored), float(self.noise), int(self.copy_number))

    @property
    def original_id(self) -> str:
        """The id of the original: its own, or that of what it is a copy of. Both share frames."""
        return self.copy_of or self.id


def _name(annotation: Annotation, *more: float) -> str:
    end = None if annotation.end_seconds is None else float(annotation.end_seconds)
    window = None if annotation.window is None else [int(number) for number in annotation.window]
    start = float(annotation.start_seconds)
    key = json.dumps([annotation.video, start, end, window, annotation.label, *more])
    digest = hashlib.sha256(key.encode()).hexdigest()[:8]
    stem = re.sub(r"[^\w.-]+", "_", PurePosixPath(annotation.video).stem)[:60]
    return f"{stem}-{digest}"


FIELDS = tuple(field.name for field in fields(Annotation))


def annotation_from_fields(values: Mapping[str, Any]) -> Annotation:
    """An Annotation from names and JSON values. Raises InputError for unknown or mistyped ones."""
    given = check_fields(values, FIELDS, ("video", "label"), "annotation")
    if "window" in given:
        given["window"] = _window_from(given["window"])
    if isinstance(given.get("marks"), list):
        given["marks"] = tuple(given["marks"])
    return Annotation(**given)


def fields_of(annotation: Annotation) -> dict[str, Any]:
    """Names and JSON values of what was said; what is left at its default is left out."""
    said: dict[str, Any] = {}
    for field in fields(Annotation):
        value = getattr(annotation, field.name)
        if value != field.default:
            said[field.name] = list(value) if field.name in ("window", "marks") else value
    return said


def read_annotations(path: str | Path) -> list[Annotation]:
    """Read a JSONL file; empty lines are skipped.

    Raises InputError naming every bad line with its number and remedy, also an interval that is
    there twice.
    """
    path = Path(path)
    return parse_rows(
        path.name,
        read_rows(path),
        annotation_from_fields,
        example='{"video": "a.mp4", "label": "walking"}',
        same=lambda annotation: annotation.id,
        twice=lambda _, line: f"the same interval as line {line}. Remove one of them.",
    )


def write_annotations(path: str | Path, annotations: Iterable[Annotation]) -> None:
    """Write a JSONL file, whole or not at all. Raises InputError if an interval is there twice."""
    annotations = list(annotations)
    check_annotations(annotations)
    write_records(Path(path), map(fields_of, annotations))


def check_annotations(annotations: Sequence[Annotation]) -> None:
    """Raise InputError if two annotations are the same interval with the same label."""
    first_with: dict[str, int] = {}
    for number, annotation in enumerate(annotations, start=1):
        first = first_with.setdefault(annotation.id, number)
        if first != number:
            raise InputError(
                f"{annotation.video}: annotations {first} and {number} are the same "
                f"interval with the same label. Remove one of them."
            )


def fault_in_side(split: str | None) -> str | None:
    """What is wrong with the side that a data set's authors gave a sample, if something is."""
    if split is None or split in SIDES:
        return None
    return f"split '{split}' is not one of train, val, test. {nearest(split, SIDES)}".rstrip()


def _window_from(value: Any) -> Box:
    whole = isinstance(value, list | tuple) and all(
        isinstance(number, int | float) and float(number).is_integer() for number in value
    )
    if not whole or len(value) != 4:
        raise InputError(
            f"window {value!r} is not four whole numbers of pixels. Write [x, y, width, height]."
        )
    return Box(*(int(number) for number in value))


def _fault_in_texts(annotation: Annotation) -> str | None:
    for name in ("video", "label", "person", "group", "split", "source", "copy_of"):
        value = getattr(annotation, name)
        needed = name in ("video", "label")
        if value is None and not needed:
            continue
        if not isinstance(value, str):
            return f"{name} {value!r} is not a text. Put it in quotes."
        if not value.strip():
            return f"{name} is empty. " + ("Write one." if needed else "Leave the field out.")
        if value != value.strip():
            return f"{name} {value!r} begins or ends with a space. Remove it."
    return fault_in_side(annotation.split)


def _fault_in_times(annotation: Annotation) -> str | None:
    start, end = annotation.start_seconds, annotation.end_seconds
    for name, value in (("start_seconds", start), ("end_seconds", end)):
        if value is None and name == "end_seconds":
            continue
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value):  # type: ignore[arg-type]
            return f"{name} {value!r} is not a number of seconds. Write one such as 4.2."
    if start < 0:
        return f"start_seconds {start:g} lies before the first frame. Write 0 or more."
    if end is not None and end <= start:
        return f"end_seconds {end:g} is not after start_seconds {start:g}. Correct one of them."
    return None


def _fault_in_copy(annotation: Annotation) -> str | None:
    mirrored, noise, number = annotation.mirrored, annotation.noise, annotation.copy_number
    if not isinstance(mirrored, bool):
        return f"mirrored {mirrored!r} is not true or false. Write one of them."
    is_number = isinstance(noise, int | float) and not isinstance(noise, bool)
    if not is_number or not 0 <= noise <= 1:
        return f"noise {noise!r} is not a part of white. Write a number from 0 to 1."
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        return f"copy_number {number!r} is not a whole number. Write 0 or more."
    changed = mirrored or noise > 0
    if annotation.copy_of is None:
        if changed or number:
            return (
                "mirrored, noise and copy_number are of copies. Write copy_of, or leave them out."
            )
        return None
    if not changed:
        return f"copy_of {annotation.copy_of}: a copy is mirrored, noised or both. Write how."
    if annotation.copy_of != _name(annotation):
        return (
            f"copy_of {annotation.copy_of}: what these times, window and label name is "
            f"{_name(annotation)}. Correct it; a copy has its original's."
        )
    return None


def _fault_in_window(annotation: Annotation) -> str | None:
    if annotation.window is None:
        return None
    x, y, width, height = annotation.window
    if width < 1 or height < 1:
        return f"window {width}x{height} pixels has no area. Write [x, y, width, height]."
    if x < 0 or y < 0:
        return f"window starts at ({x}, {y}), outside of the picture. Write x and y of 0 or more."
    return None


def _fault_in_marks(annotation: Annotation) -> str | None:
    marks = annotation.marks
    if marks is None:
        return None
    if not isinstance(marks, tuple) or not marks:
        return f"marks {marks!r} is not a list of labels. Write one for each step, or leave it out."
    for mark in marks:
        if not isinstance(mark, str) or not mark.strip() or mark != mark.strip():
            return f"marks: {mark!r} is not a label. Write a word in quotes."
    return None
