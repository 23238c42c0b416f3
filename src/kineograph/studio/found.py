"""Windows and marks that lie in a folder before the page has ever written there.

They were made by hand, by a program, or by a journal that is gone. Those of a video that is opened
are brought in as one edit, which undo takes back; those of other videos stay in the files as they
are. Nothing that was in the folder is lost.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kineograph.data.annotation import Annotation, read_annotations
from kineograph.data.windows import Place, Seat, read_windows
from kineograph.errors import InputError
from kineograph.studio.exchange.sheet import Person
from kineograph.studio.marks import Video


@dataclass(frozen=True)
class Found:
    """What two files of a folder say, by video."""

    seats: dict[Place, Seat]
    marks: list[Annotation]

    def people(self, video: Video) -> list[Person]:
        """Who is said to be seen in a video, doing what. Raises InputError if it has changed."""
        names = [person for name, person in self.seats if name == video.name]
        own = [mark for mark in self.marks if mark.video == video.name and mark.person]
        names += [mark.person for mark in own if mark.person]
        found = []
        for name in dict.fromkeys(names):
            marks = [mark for mark in own if mark.person == name]
            seat = self.seats.get((video.name, name))
            if seat and seat.sha256 and seat.sha256 != video.sha256:
                raise InputError(
                    f"{video.path}: its content changed since windows.jsonl was written (another "
                    "SHA-256). Put the old file back, or mark the new one with another --out."
                )
            box = seat.at.window if seat else next((m.window for m in marks if m.window), None)
            until = video.duration_seconds
            intervals = tuple(
                (mark.start_seconds, until if mark.end_seconds is None else mark.end_seconds,
                 mark.label)
                for mark in marks
            )  # fmt: skip
            found.append(Person(name, box, (seat.hand if seat else None) or "", intervals))
        return found

    def without(self, videos: set[str]) -> "Found":
        """What is said of others than these videos, and of nobody by name."""
        seats = {place: seat for place, seat in self.seats.items() if place[0] not in videos}
        marks = [mark for mark in self.marks if mark.video not in videos or not mark.person]
        return Found(seats, marks)

    def window_lines(self) -> list[dict[str, Any]]:
        """The windows as they are written."""
        return [
            {
                "video": seat.at.video,
                "person": seat.at.person,
                "window": list(seat.at.window or ()),
                **({"hand": seat.hand} if seat.hand else {}),
                **({"sha256": seat.sha256} if seat.sha256 else {}),
            }
            for seat in self.seats.values()
        ]


def read_found(windows: Path, annotations: Path) -> Found:
    """Both files, as far as they are there. Raises InputError for bad lines, prepared samples."""
    seats = read_windows(windows) if _says_something(windows) else {}
    marks = read_annotations(annotations) if _says_something(annotations) else []
    if any(mark.copy_of or mark.split or mark.group or mark.source for mark in marks):
        raise InputError(
            f"{annotations}: holds prepared samples, not marks. Choose another --out, so that they "
            "stay as they are."
        )
    return Found(seats, marks)


def _says_something(path: Path) -> bool:
    return path.is_file() and bool(path.read_bytes().strip())
