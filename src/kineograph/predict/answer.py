"""What a network says of a file: one label, a timeline of labels, or a timeline a person."""

import itertools
from bisect import bisect_left
from dataclasses import dataclass

from kineograph.media.frame import Box


@dataclass(frozen=True)
class Segment:
    """One label over a stretch of time."""

    start_seconds: float
    end_seconds: float
    label: str
    probability: float  # mean over the stretch


@dataclass(frozen=True)
class Prediction:
    """The answer for one file; `label` is what holds for most of its time."""

    path: str
    label: str
    probability: float
    probabilities: dict[str, float]
    segments: tuple[Segment, ...]
    seconds: float  # how long the file is, or how far it could be read
    problem: str | None = None  # what ended it early; the answer is for the part before

    def at(self, seconds: float) -> Segment:
        """The segment that holds at a moment."""
        for segment in self.segments:
            if seconds < segment.end_seconds:
                return segment
        return self.segments[-1]

    def __str__(self) -> str:
        return f"{self.path}: {self.label} ({self.probability:.0%})"


@dataclass(frozen=True)
class Second:
    """What one person does in the second that begins at `second`."""

    second: int
    label: str
    probability: float
    probabilities: dict[str, float]


@dataclass(frozen=True)
class PersonTimeline:
    """One person in one video, second by second; seconds that nobody saw are left out."""

    video: str
    person: str
    window: Box
    seconds: tuple[Second, ...]

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Neighbouring seconds of one label joined."""
        found = []
        for _, group in itertools.groupby(
            enumerate(self.seconds), key=lambda pair: (pair[1].second - pair[0], pair[1].label)
        ):
            same = [second for _, second in group]
            mean = sum(each.probability for each in same) / len(same)
            start, end = float(same[0].second), float(same[-1].second + 1)
            found.append(Segment(start, end, same[0].label, mean))
        return tuple(found)

    def share(self, label: str) -> float:
        """The part of the answered seconds that has a label, 0 to 1."""
        return sum(each.label == label for each in self.seconds) / max(len(self.seconds), 1)

    def at(self, seconds: float) -> Second | None:
        """The answer that holds at a moment, if there is one."""
        place = bisect_left(self.seconds, int(seconds), key=lambda each: each.second)
        inside = place < len(self.seconds) and self.seconds[place].second == int(seconds)
        return self.seconds[place] if inside else None
