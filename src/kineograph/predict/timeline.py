"""From a file to its labels: windows as long as what was learned, each read like a training clip.

    a clip      |-------- one window --------|
    a video     |---- window ----|
                        |---- window ----|          every window answers for its own steps;
                                |---- window ----|  where they overlap, answers are averaged

A long video goes through the session that cameras go through (session.py), so an hour needs no more
room than a clip.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from kineograph.data.inputs import Laid, Look
from kineograph.data.looking import look_through
from kineograph.errors import InputError
from kineograph.media import Box, BrokenClipError, inspect
from kineograph.predict.answer import Prediction, Segment
from kineograph.predict.ask import Moment, Pixels, ask
from kineograph.predict.engine import Engine
from kineograph.predict.session import Answer, Session
from kineograph.recipes import Trained

Progress = Callable[[int, int, str], None]

ONE_CLIP = 1.5  # a file up to this many times the learned length is one clip


def predict_file(
    path: Path,
    trained: Trained,
    engine: Engine,
    *,
    window_seconds: float | None = None,
    hop_seconds: float | None = None,
    progress: Progress | None = None,
) -> Prediction:
    """Read a file once and say what happens when: a clip as a whole, a longer one by windows."""
    window, hop = spans_of(path, trained, window_seconds, hop_seconds)
    reading = Reading(path, trained.recipe.data.looks, progress)
    if window == float("inf"):
        moments = _as_a_clip(list(reading.frames()), trained, engine)
    else:
        session = Session(trained, engine, window_seconds=window, hop_seconds=hop)
        moments = list(_watched(reading.frames(), session))
    if not moments:
        raise InputError(f"{path}: holds no frame. Give a file with at least one picture.")
    return replace(merge(str(path), moments, trained.classes), problem=reading.problem)


def _as_a_clip(frames: list[Laid], trained: Trained, engine: Engine) -> list[Moment]:
    if not frames:
        return []
    seconds = np.array([frame.seconds for frame in frames])
    clip = Pixels(np.stack([frame.pixels for frame in frames]))
    return ask(seconds, [clip], trained, engine.whole, engine.device)[0]


def _watched(frames: Iterable[Laid], session: Session) -> Iterator[Moment]:
    """The last word of every window."""
    for frame in frames:
        session.see("file", frame)
        yield from _last_words(session.answers())
    yield from _last_words(session.end("file"))


def _last_words(answers: list[Answer]) -> Iterator[Moment]:
    for each in answers:
        if each.last_word:
            yield each.start_seconds, each.end_seconds, each.probabilities


def spans_of(
    path: Path, trained: Trained, window: float | None, hop: float | None
) -> tuple[float, float | None]:
    """Window and hop in seconds; a file that is nearly a clip gets one window over all of it."""
    for name, value in (("window", window), ("hop", hop)):
        if value is not None and not value > 0:
            raise InputError(f"--{name}-seconds {value}: must be above zero. Try 2.")
    length = inspect(path).duration_seconds
    learned = trained.clip_seconds
    if window is None and (length is None or length <= ONE_CLIP * learned):
        return float("inf"), float("inf")
    window = window or learned
    return window, hop


def merge(path: str, moments: list[Moment], classes: tuple[str, ...]) -> Prediction:
    """Average where answers overlap, then join neighbours of one label into segments."""
    edges = np.unique(np.round([edge for start, end, _ in moments for edge in (start, end)], 6))
    spans = list(itertools.pairwise(edges.tolist()))
    sums = np.zeros((len(spans), len(classes)))
    counts = np.zeros(len(spans))
    starts = np.array([span[0] for span in spans])
    for start, end, probabilities in moments:
        inside = (starts >= start - 1e-6) & (starts < end - 1e-6)
        sums[inside] += probabilities
        counts[inside] += 1
    held = counts > 0
    means = sums[held] / counts[held, None]
    spans = [span for span, hold in zip(spans, held, strict=True) if hold]
    lengths = np.array([end - start for start, end in spans])
    whole = (means * lengths[:, None]).sum(0) / lengths.sum()
    best = int(whole.argmax())
    return Prediction(
        path=path,
        label=classes[best],
        probability=float(whole[best]),
        probabilities={name: float(p) for name, p in zip(classes, whole, strict=True)},
        segments=tuple(_segments(spans, means, classes)),
        seconds=float(edges[-1]),
    )


def _segments(
    spans: list[tuple[float, float]], means: np.ndarray, classes: tuple[str, ...]
) -> Iterator[Segment]:
    labels = means.argmax(1)
    first = 0
    for i in range(1, len(spans) + 1):
        gone = i == len(spans) or spans[i][0] > spans[i - 1][1]  # nobody looked in between
        if gone or labels[i] != labels[first]:
            label = int(labels[first])
            weights = [end - start for start, end in spans[first:i]]
            yield Segment(
                start_seconds=round(spans[first][0], 3),
                end_seconds=round(spans[i - 1][1], 3),
                label=classes[label],
                probability=float(np.average(means[first:i, label], weights=weights)),
            )
            first = i


@dataclass
class Reading:
    """The frames of a file, counted as they go; one that breaks gives what came before."""

    path: Path
    looks: list[Look]
    progress: Progress | None = None
    problem: str | None = None
    windows: Sequence[Box | None] = (None,)  # None is the whole picture

    def frames(self) -> Iterator[Laid]:
        """One by one, as the network is shown them: pixels (H, W, C) of the first window."""
        for frame in self.windows_at_once():
            yield Laid(frame.pixels[0], frame.seconds)

    def windows_at_once(self) -> Iterator[Laid]:
        """Pixels (P, H, W, C) of all P windows at one moment."""
        expected, done = inspect(self.path).frame_count or 0, 0
        try:
            for done, frame in enumerate(look_through(self.path, self.looks, self.windows), 1):
                yield frame
                if self.progress and done % 25 == 0:
                    self.progress(done, max(expected, done), self.path.name)
        except BrokenClipError as error:
            if not done:
                raise
            self.problem = str(error)
