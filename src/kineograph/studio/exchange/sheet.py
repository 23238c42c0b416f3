"""What goes in and out of other programs: the people of one video with their windows and intervals.

A module of this room writes a Sheet as the text of its format, and reads the people back from it.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree

from kineograph.errors import InputError
from kineograph.media.frame import Box

Interval = tuple[float, float, str]  # start and end in seconds, label


@dataclass(frozen=True)
class Person:
    """One person: box is None where a format or its author has no windows."""

    name: str
    box: Box | None = None
    hand: str = ""
    intervals: tuple[Interval, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """One video and its people. moments: seconds at which each frame is shown."""

    video: str
    width: int
    height: int
    duration_seconds: float
    moments: Sequence[float]
    people: tuple[Person, ...] = field(default=())

    def frame_at(self, seconds: float) -> int:
        """The frame that begins nearest to a moment; the count of frames stands for the end."""
        after = bisect_left(self.moments, seconds)
        if after == len(self.moments):
            last = self.moments[-1]
            return after if self.duration_seconds - seconds < seconds - last else after - 1
        before = max(0, after - 1)
        nearer_before = seconds - self.moments[before] < self.moments[after] - seconds
        return before if nearer_before else after

    def seconds_of(self, frame: int) -> float:
        """When a frame begins; one after the last is the end of the video."""
        if frame < 0 or frame > len(self.moments):
            raise InputError(
                f"frame {frame}: {self.video} has {len(self.moments)} frames, counted from 0. "
                "Check that the file belongs to this video."
            )
        return self.moments[frame] if frame < len(self.moments) else self.duration_seconds


def parse_xml(text: str, root: str, what: str) -> ElementTree.Element:
    """The root element. Raises InputError for what is not this kind of XML.

    A document type is refused: entities may grow without bound.
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise InputError(f"the file has a document type, which {what} has not. Export it again.")
    try:
        found = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise InputError(f"the file is not XML ({error}). Export it again as {what}.") from None
    if found.tag != root:
        raise InputError(f"the file is <{found.tag}>, not <{root}>. Give {what}.")
    return found


def whole_number(text: str | None, what: str) -> int:
    """A number of a format's attribute. Raises InputError."""
    try:
        return round(float(text or ""))
    except ValueError:
        raise InputError(f"{what} is '{text}', not a number. Correct it in the file.") from None
