"""What a network says of a file: one label, or a timeline of labels."""

from dataclasses import dataclass


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
