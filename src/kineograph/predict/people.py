"""What each person in a long video does, second by second: every window asked in one pass.

    video     0 s        1 s        2 s
    anna      writing    writing    not writing        a label and a probability a second
    ben       –          writing    writing            –: the recording stood still

Pictures stream through a buffer of one stretch, so hours of video need no more room than seconds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kineograph.data.windows import Seat
from kineograph.errors import InputError
from kineograph.media import Box, inspect
from kineograph.predict.answer import PersonTimeline, Second
from kineograph.predict.ask import Moment, Pixels, ask, frame_seconds
from kineograph.predict.engine import Engine
from kineograph.predict.sliding import windows
from kineograph.predict.timeline import Reading
from kineograph.recipes import Trained

Progress = Callable[[int, int, str], None]

NEARLY = 0.2  # clips so near to a second are a second
LEAST_SEEN = 0.5  # of a second: what was seen for less has no answer


@dataclass(frozen=True)
class Watched:
    """Everyone's timeline in one video, and a line for each who has none."""

    path: str
    people: tuple[PersonTimeline, ...]
    seconds: float  # how far the video was read
    left_out: dict[str, str]  # person -> why
    problem: str | None = None  # what ended the video early


def predict_people(
    path: Path,
    seats: Sequence[Seat],
    trained: Trained,
    engine: Engine,
    *,
    progress: Progress | None = None,
) -> Watched:
    """A label for every second of everyone who has a window in the video.

    A stretch is as long as the clips that were learned from, one begun every second; where they
    overlap, a second has their mean. Whose window reaches out of the picture is left out with a
    line. Raises InputError for a file that cannot be read, or in which nobody can be seen.
    """
    info = inspect(path)
    seats, left_out = _inside(path, seats, (info.width, info.height))
    learned = trained.clip_seconds
    stretch = 1.0 if abs(learned - 1) <= NEARLY else max(learned, 1.0)
    found = [_Seconds(trained.classes) for _ in seats]
    reading = Reading(path, trained.recipe.data.looks, windows=[_box(seat) for seat in seats])
    until, whole = 0.0, round(info.duration_seconds or 0)
    for frames in windows(reading.windows_at_once(), stretch, 1.0):
        seconds = np.array([frame.seconds for frame in frames])
        clips = np.stack([frame.pixels for frame in frames], axis=1)  # (P, T, H, W, C)
        views = [Pixels(clip) for clip in clips]
        answers = ask(seconds, views, trained, engine.whole, engine.device)
        for each, moments in zip(found, answers, strict=True):
            each.add(moments)
        until = max(until, float(seconds[-1] + frame_seconds(seconds)))
        if progress:
            progress(round(until), max(whole, round(until)), path.name)
    if reading.problem is None and not found[0]:
        raise InputError(f"{path}: holds no frame. Give a file with at least one picture.")
    people = [
        PersonTimeline(str(path), seat.at.person or "", _box(seat), each.answers())
        for seat, each in zip(seats, found, strict=True)
    ]
    return Watched(str(path), tuple(people), until, left_out, reading.problem)


def seats_of(path: Path, seats: Sequence[Seat], said_in: str) -> list[Seat]:
    """The windows of one file: of the video whose name its path ends with, the longest if several.

    Raises InputError if it has none.
    """
    named = {seat.at.video: Path(seat.at.video).parts for seat in seats}
    parts = path.absolute().parts
    fitting = [video for video, name in named.items() if parts[-len(name) :] == name]
    if not fitting:  # of a video that lies in another folder now, if its name leaves no doubt
        fitting = [video for video, name in named.items() if name[-1] == path.name]
        fitting = fitting if len(fitting) == 1 else []
    if fitting:
        best = max(fitting, key=lambda video: len(named[video]))
        return [seat for seat in seats if seat.at.video == best]
    others = sorted({seat.at.video for seat in seats})
    more = f" and {len(others) - 3} more" if len(others) > 3 else ""
    raise InputError(
        f"{path.name}: {said_in} has no window in it, only in {', '.join(others[:3])}{more}. Draw "
        "some with kineograph annotate, or copy the lines of a camera that has not moved."
    )


def _box(seat: Seat) -> Box:
    x, y, width, height = seat.at.window or (0, 0, 0, 0)
    return Box(x, y, width, height)


def _inside(
    path: Path, seats: Sequence[Seat], size: tuple[int, int]
) -> tuple[list[Seat], dict[str, str]]:
    """Those whose window lies in the picture, and a line for each other one."""
    left_out: dict[str, str] = {}
    kept = []
    for seat in seats:
        box = _box(seat)
        if box.x + box.width <= size[0] and box.y + box.height <= size[1]:
            kept.append(seat)
            continue
        left_out[seat.at.person or ""] = (
            f"{path.name}: the window {[box.x, box.y, box.width, box.height]} of {seat.at.person} "
            f"reaches out of the picture of {size[0]}x{size[1]} pixels. Draw it again."
        )
    if not kept:
        raise InputError(next(iter(left_out.values()), f"{path.name}: nobody has a window in it."))
    return kept, left_out


class _Seconds:
    """Answers as they come, summed up by the second."""

    def __init__(self, classes: tuple[str, ...]) -> None:
        self._classes = classes
        self._sums: dict[int, np.ndarray] = {}
        self._seen: dict[int, float] = {}  # seconds of answers, several where stretches overlap
        self._covered: dict[int, list[tuple[float, float]]] = {}

    def __bool__(self) -> bool:
        return bool(self._sums)

    def add(self, moments: Sequence[Moment]) -> None:
        """Spread each answer over the seconds that it speaks of."""
        for start, end, probabilities in moments:
            for second in range(int(start + 1e-6), int(np.ceil(end - 1e-6))):
                low, high = max(start, second), min(end, second + 1)
                if high - low <= 1e-6:
                    continue
                zero = np.zeros(len(self._classes))
                self._sums[second] = self._sums.get(second, zero) + probabilities * (high - low)
                self._seen[second] = self._seen.get(second, 0.0) + high - low
                self._covered.setdefault(second, []).append((low, high))

    def answers(self) -> tuple[Second, ...]:
        """In order; none for a second of which less than half was seen."""
        found = []
        for second in sorted(self._sums):
            if _length(self._covered[second]) < LEAST_SEEN:
                continue
            mean = self._sums[second] / self._seen[second]
            shares = {name: float(p) for name, p in zip(self._classes, mean, strict=True)}
            best = max(shares, key=lambda name: shares[name])
            found.append(Second(second, best, shares[best], shares))
        return tuple(found)


def _length(spans: list[tuple[float, float]]) -> float:
    """How much time some spans cover together."""
    total, until = 0.0, -1.0
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, until))
        until = max(until, end)
    return total
