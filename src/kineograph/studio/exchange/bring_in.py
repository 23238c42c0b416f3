"""Marks <-> sheets: what one video gives out, and what another program's file changes in it."""

import copy
from collections.abc import Sequence

from kineograph.errors import InputError
from kineograph.media.frame import Box
from kineograph.studio.exchange.sheet import Person, Sheet
from kineograph.studio.marks import Change, Marks, Video, check_interval, check_no_overlaps


def sheet_of(marks: Marks, video: Video, moments: Sequence[float]) -> Sheet:
    """One video's windows and marks, ready to be written."""
    people = tuple(
        Person(
            window.person,
            window.box,
            window.hand,
            tuple((m.start_seconds, m.end_seconds, m.label) for m in marks.of_window(window.id)),
        )
        for window in marks.of_video(video.id)
    )
    return Sheet(video.name, video.width, video.height, video.duration_seconds, moments, people)


def plan_import(
    marks: Marks, video: Video, people: Sequence[Person]
) -> tuple[list[Change], list[str]]:
    """The changes that lay a file's marks over those that are there, and what a person must know.

    A person known by name keeps the window unless the file has one; a new one without a window
    gets a square in the middle, to be moved. Raises InputError for marks past the end, windows
    outside the picture and overlaps of two labels: then nothing is changed.
    """
    if not people:
        raise InputError(f"the file says nothing about {video.name}. Check that it is this video.")
    trial = copy.deepcopy(marks)
    changes: list[Change] = []
    notes: list[str] = []

    def take(planned: list[Change]) -> None:
        trial.apply(planned)
        changes.extend(planned)

    for person in people:
        check_no_overlaps(person.name, person.intervals)
        for start, end, label in person.intervals:
            check_interval(video, person.name, start, end, label)
        known = {window.person: window for window in trial.of_video(video.id)}.get(person.name)
        if known is None or person.box is not None:
            box, note = _window(person, video, sum("no window" in each for each in notes))
            notes += note
            take(
                trial.plan_window(
                    {
                        "id": known.id if known else None,
                        "video": video.id,
                        "person": person.name,
                        "x": box.x,
                        "y": box.y,
                        "size": box.width,
                        "hand": person.hand or (known.hand if known else ""),
                    }
                )
            )
            known = next(w for w in trial.of_video(video.id) if w.person == person.name)
        for start, end, label in person.intervals:
            take(trial.plan_paint(known.id, start, end, label))
    return changes, notes


def _window(person: Person, video: Video, place: int) -> tuple[Box, list[str]]:
    """A square for a person, and a word where it is not the one that the file has."""
    if person.box is None:
        side = min(video.width, video.height) // 2
        left = min((video.width - side) // 2 + 4 * place, video.width - side)
        box = Box(left, (video.height - side) // 2, side, side)
        return box, [f"{person.name} has no window in the file: move the square to where they sit."]
    box = person.box
    if min(box) < 0 or box.x + box.width > video.width or box.y + box.height > video.height:
        raise InputError(
            f"{person.name}: the file's window {list(box)} lies outside the picture of "
            f"{video.width}x{video.height}. Check that the file belongs to {video.name}."
        )
    if box.width == box.height:
        return box, []
    return square_around(box, video.width, video.height), [
        f"{person.name}'s box of {box.width}x{box.height} pixels became a square around it."
    ]


def square_around(box: Box, width: int, height: int, margin: float = 1.0) -> Box:
    """The square around a box, `margin` times as wide as its longer side, kept in the picture."""
    side = max(1, min(round(max(box.width, box.height) * margin), width, height))
    x = round(box.x + (box.width - side) / 2)
    y = round(box.y + (box.height - side) / 2)
    return Box(min(max(0, x), width - side), min(max(0, y), height - side), side, side)
