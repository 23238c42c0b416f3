"""Labelled clips: which frames of which video, changed how, with which label."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kineograph.data.annotation import Annotation
from kineograph.data.augment import Augmentation, Draw, Frames, apply, draw
from kineograph.data.batch import Batch, Example, Pass, batches
from kineograph.data.cache import Cache
from kineograph.data.clock import JUST_BEFORE
from kineograph.data.copies import change_of, originals, with_mirrors
from kineograph.data.inputs import INPUTS, Look
from kineograph.data.sampling import (
    SHORT,
    Indices,
    Seconds,
    all_windows,
    consecutive,
    even,
    jitter,
    motion_clock,
    part,
)
from kineograph.data.split import HOW, WRITING_PAPER, check_fractions
from kineograph.errors import InputError, nearest

SAMPLING = ("even", "jitter", "motion", "consecutive", "windows")


@dataclass(frozen=True)
class DataConfig:
    """What a network is shown of a data set."""

    size_pixels: tuple[int, int] = (60, 60)  # height, width of a frame
    inputs: tuple[str, ...] = ("rgb",)  # of each frame: rgb, flow, difference, depth, or several
    flow_method: str = "dis-fast"  # or "dis-medium", "farneback"
    crop: str = "none"  # "motion": a box that follows what moves
    frames_per_clip: int = 40
    # even: spread over the clip. jitter: even, with chance in training. motion: like jitter, denser
    # where more moves (key frames). consecutive: neighbours, from anywhere in training, else from
    # the middle. windows: all of the clip, one by one.
    sampling: str = "even"
    window_stride: int | None = None  # frames from window to window; None: as many as it has
    short: str = "repeat"  # a clip with fewer frames: "repeat" the last one, "wrap", or "error"
    frames_per_second: float | None = None  # keep no more than this; None: every frame
    moments: str = "first"  # with a rate: "first" frame of every tick, or the "nearest" to it
    label_per_frame: bool = False  # one label for each frame, not one for the clip
    augmentation: Augmentation = field(default_factory=Augmentation)  # in training only
    # "given", "group", "clip"; auto: the first of these that can be had. "writing-paper-split": one
    # person is tested, on mirrored copies, too. "pconvlstm-paper-split": at random in each class.
    split: str = "auto"
    test_person: str | None = None  # of "writing-paper-split"; None: who has most clips
    fractions: tuple[float, float, float] = (0.64, 0.16, 0.20)  # train, val, test
    learn_from: float = 1.0  # part of the training side that is learned from: for a learning curve
    seed: int = 0  # of the split alone, so that runs with other seeds share it

    def __post_init__(self) -> None:
        """Refuse values that cannot mean anything."""
        for name, known in (("sampling", SAMPLING), ("short", tuple(SHORT)), ("split", HOW)):
            value = getattr(self, name)
            if value not in known:
                hint = nearest(str(value), known)
                raise InputError(f"{name} '{value}': known are {', '.join(known)}. {hint}".rstrip())
        for name in ("size_pixels", "inputs", "fractions"):  # JSON has lists only
            object.__setattr__(self, name, tuple(getattr(self, name)))
        for name in self.inputs:  # each is checked as it will be looked at
            Look((1, 1), None, name, self.flow_method, self.crop, self.moments)
        if not self.inputs or len(set(self.inputs)) < len(self.inputs):
            raise InputError(
                f"inputs {','.join(self.inputs) or 'none'}: name one or more, each once. "
                f"Known are {', '.join(INPUTS)}."
            )
        if len(self.size_pixels) != 2 or min(self.size_pixels) < 1:
            raise InputError(
                f"size_pixels {self.size_pixels}: a frame has a height and a width of 1 or more. "
                f"Write two numbers such as 60, 60."
            )
        if self.frames_per_clip < 1:
            raise InputError(f"frames_per_clip {self.frames_per_clip}: ask for 1 or more.")
        if self.window_stride is not None and not 1 <= self.window_stride <= self.frames_per_clip:
            raise InputError(
                f"window_stride {self.window_stride}: windows of {self.frames_per_clip} frames "
                f"would leave frames out. Use 1 to {self.frames_per_clip}."
            )
        if self.frames_per_second is not None and self.frames_per_second <= 0:
            raise InputError(
                f"frames_per_second {self.frames_per_second:g}: no video has this rate. "
                f"Write more than 0."
            )
        if not 0 < self.learn_from <= 1:
            raise InputError(
                f"learn_from {self.learn_from:g}: is a part of the training side, more than 0 and "
                f"1 at most. Write 0.5 to learn from half of it."
            )
        check_fractions(self.fractions)
        if self.test_person is not None and self.split != WRITING_PAPER:
            raise InputError(
                f"test_person '{self.test_person}': only split {WRITING_PAPER} tests one person, "
                f"and split is {self.split}. Set data.split={WRITING_PAPER} too, or leave it away."
            )

    @property
    def looks(self) -> list[Look]:
        """How each input of a frame is looked at."""
        size, rate = self.size_pixels, self.frames_per_second
        more = self.flow_method, self.crop, self.moments
        return [Look(size, rate, name, *more) for name in self.inputs]


class Clip(NamedTuple):
    """An annotation, or one window of it that begins at a frame."""

    annotation: Annotation
    start: int | None = None


class ClipDataset:
    """Examples by index. Nothing is kept between them: the same numbers give the same example.

    Annotations whose frames are not in the cache are left out (build_cache named them), and so are
    mirrored and noised copies where nothing is learned, but for the mirrors that
    "writing-paper-split" tests beside their originals. Raises InputError if none is left, if a
    label is not one of `classes`, or if a clip is too short and config.short is "error".
    """

    def __init__(
        self,
        annotations: Sequence[Annotation],
        classes: Sequence[str],
        *,
        cache: Cache,
        config: DataConfig,
        training: bool,
    ) -> None:
        askable = with_mirrors if config.split == WRITING_PAPER else originals
        wanted = annotations if training else askable(annotations)
        self.annotations = [annotation for annotation in wanted if annotation in cache]
        self.classes = list(classes)
        self.cache, self.config, self.training = cache, config, training
        self._index_of = {label: index for index, label in enumerate(self.classes)}
        self._check()
        self.clips = [clip for annotation in self.annotations for clip in self._clips(annotation)]
        self._clocks: dict[str, Seconds] = {}
        self._beside = _spans(self.annotations, self._index_of) if config.label_per_frame else {}

    def __len__(self) -> int:
        return len(self.clips)

    def batches(self, batch_size: int, walk: Pass) -> Iterator[Batch]:
        """The clips of one walk, side by side."""
        return batches(self, batch_size, **walk.order)

    def example(self, index: int, epoch: int = 0, seed: int = 0) -> Example:
        """The clip at `index`. In training, chance depends on these three numbers alone."""
        annotation, start = self.clips[index]
        seconds = self.cache.seconds(annotation)
        rng = np.random.default_rng([seed, epoch, index]) if self.training else None
        drawn = draw(rng, self.config.augmentation) if rng else Draw()
        name = annotation.video
        clock = self._motion_clock(annotation) if self.config.sampling == "motion" else seconds
        chosen = choose(clock, self.config, rng, start=start, speed=drawn.speed, name=name)
        times = seconds[chosen]
        return Example(
            frames=self._frames(annotation, chosen, drawn),
            label=self._index_of[annotation.label],
            id=annotation.id,
            start_seconds=float(times[0]),
            end_seconds=float(times[-1]),
            frame_labels=self._frame_labels(annotation, times),
        )

    def _frames(self, annotation: Annotation, chosen: Indices, drawn: Draw) -> Frames:
        """Every input's frames (T, H, W, 3), changed alike, laid together: (T, H, W, C)."""
        parts = [
            apply(self._as_filmed(annotation, chosen, name), drawn, name)
            for name in self.config.inputs
        ]
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)

    def _as_filmed(self, annotation: Annotation, chosen: Indices, name: str) -> Frames:
        """The frames of one input; of a copy, mirrored and noised as it says."""
        frames = np.asarray(self.cache.input(annotation, name))[chosen]
        return frames if annotation.copy_of is None else apply(frames, change_of(annotation), name)

    def _motion_clock(self, annotation: Annotation) -> Seconds:
        """A clock that runs faster where more moves, (T,); kept, since it needs every frame."""
        if annotation.id not in self._clocks:
            frames, seconds = self.cache[annotation]
            self._clocks[annotation.id] = motion_clock(np.asarray(frames), seconds)
        return self._clocks[annotation.id]

    def _clips(self, annotation: Annotation) -> list[Clip]:
        asked = self.config.frames_per_clip
        frame_count = len(self.cache.seconds(annotation))
        if self.config.sampling != "windows" or frame_count < asked:
            return [Clip(annotation)]
        windows = all_windows(frame_count, asked, self.config.window_stride or asked)
        return [Clip(annotation, int(window[0])) for window in windows]

    def _frame_labels(self, annotation: Annotation, times: Seconds) -> NDArray[np.int64] | None:
        """The label at each moment: the annotation's own mark there, or else that of the shortest
        interval around it, as in `waving` while `walking`. Other windows speak of someone else.
        """
        if not self.config.label_per_frame:
            return None
        labels = np.full(len(times), self._index_of[annotation.label])
        spans, classes = self._beside[annotation.video, annotation.window]
        for place in np.flatnonzero((spans[:, 0] <= times[-1]) & (spans[:, 1] > times[0])):
            start, end = spans[place]
            labels[(times >= start) & (times < end)] = classes[place]
        if annotation.marks is not None:
            steps = (times - annotation.start_seconds) / _length(annotation) * len(annotation.marks)
            own = self._index_of[annotation.label]  # for marks too short to be a class of their own
            marks = np.array([self._index_of.get(mark, own) for mark in annotation.marks])
            labels = marks[np.clip((steps + JUST_BEFORE).astype(int), 0, len(marks) - 1)]
        return labels

    def _check(self) -> None:
        if not self.annotations:
            raise InputError("no clip of this part can be read. Look at the problems listed above.")
        for annotation in self.annotations:
            if annotation.label not in self._index_of:
                hint = nearest(annotation.label, self.classes)
                raise InputError(
                    f"{annotation.video}: label '{annotation.label}' is not one of the classes "
                    f"{', '.join(self.classes)}. {hint or 'Correct it.'}"
                )
            if self.config.short == "error":
                seconds = self.cache.seconds(annotation)
                if len(seconds) < self.config.frames_per_clip:
                    SHORT["error"](seconds, self.config.frames_per_clip, annotation.video)


def choose(
    seconds: Seconds,
    config: DataConfig,
    rng: np.random.Generator | None,
    *,
    start: int | None = None,
    speed: float = 1.0,
    name: str = "clip",
) -> Indices:
    """Indices of the frames of one example; without `rng` nothing is left to chance.

    seconds: the frames' times; for sampling="motion" those of their motion clock.
    start: the first frame of a window. speed: how much of the usual time is taken.
    """
    asked, have = config.frames_per_clip, len(seconds)
    if have < asked:
        return SHORT[config.short](seconds, asked, name)
    if config.sampling in ("even", "jitter", "motion"):
        inside = part(seconds, min(speed, 1.0), rng.random()) if rng else slice(0, have)
        if config.sampling != "even" and rng:
            return inside.start + jitter(seconds[inside], asked, rng)
        return inside.start + even(seconds[inside], asked)
    count = min(max(round(asked * speed), 1), have)
    if start is not None:  # a window: about its own middle
        first = min(max(start + (asked - count) // 2, 0), have - count)
    else:
        first = int(rng.integers(have - count + 1)) if rng else (have - count) // 2
    if count == asked:
        return consecutive(have, asked, first)
    return first + even(seconds[first : first + count], asked)


Spans = tuple[NDArray[np.float64], NDArray[np.int64]]  # start and end (N, 2); classes (N,)


def _spans(annotations: Sequence[Annotation], index_of: Mapping[str, int]) -> dict[tuple, Spans]:
    """Labelled intervals of each window of each video, the longest first."""
    found: dict[tuple, list[Annotation]] = defaultdict(list)
    for each in sorted(annotations, key=_length, reverse=True):
        found[each.video, each.window].append(each)
    return {
        key: (
            np.array([[e.start_seconds, e.start_seconds + _length(e)] for e in own]),
            np.array([index_of[e.label] for e in own]),
        )
        for key, own in found.items()
    }


def _length(annotation: Annotation) -> float:
    end = np.inf if annotation.end_seconds is None else annotation.end_seconds
    return end - annotation.start_seconds
