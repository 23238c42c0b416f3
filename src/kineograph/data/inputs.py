"""What a network is shown of a video: its pictures, how they move or change, how far things are.

    rgb           the picture itself
    flow          velocity, from optical flow: x, y, speed (media/flow.py)
    difference    change of brightness a second
    depth         distance, as a depth camera beside the video measured it (depth.py)

Each is three channels of bytes a frame, at the same moments, so that they can be laid together.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from kineograph.data.clock import (
    JUST_BEFORE,
    MOMENTS,
    NEAR_SECONDS,
    PICTURES_PER_SECOND,
    Clock,
    with_following,
)
from kineograph.data.crop import SEEN_PIXELS, MovingBox
from kineograph.data.depth import SCALE as DEPTH_SCALE
from kineograph.data.depth import DepthCuts, depth_cuts
from kineograph.data.measured import MeasuredCuts, Meters
from kineograph.errors import InputError, nearest
from kineograph.media import inspect, read_cuts, read_frames
from kineograph.media.flow import (
    DIFFERENCE_STEPS,
    FLOW_STEPS,
    METHODS,
    PAIR_SECONDS,
    WHOLE,
    ZERO,
    Difference,
    Flow,
    Part,
    cut,
    shrink,
    working_size,
)
from kineograph.media.frame import Box, Frame

if TYPE_CHECKING:
    from kineograph.media.read import Cuts

AnyCuts = TypeVar("AnyCuts", "Cuts", DepthCuts)
INPUTS = ("rgb", "flow", "difference", "depth")
CROPS = ("none", "motion")


@dataclass(frozen=True)
class Look:
    """How frames are looked at: which input, at which size, how many a second, cut or not."""

    size_pixels: tuple[int, int]
    frames_per_second: float | None = None
    input: str = "rgb"
    flow_method: str = "dis-fast"
    crop: str = "none"
    moments: str = "first"  # as Clock takes them

    def __post_init__(self) -> None:
        for name, value, known in (
            ("inputs", self.input, INPUTS),
            ("flow_method", self.flow_method, tuple(METHODS)),
            ("crop", self.crop, CROPS),
            ("moments", self.moments, MOMENTS),
        ):
            if value not in known:
                hint = nearest(str(value), known)
                raise InputError(f"{name} '{value}': known are {', '.join(known)}. {hint}".rstrip())

    @property
    def in_one_pass(self) -> bool:
        """Whether all windows are cut in one pass: a box that follows what moves needs its own."""
        return self.crop == "none"

    @property
    def name(self) -> str:
        """The cache's folder for it: 60x60, 60x60-10fps, 60x60-flow-dis-fast, 60x60-motion-crop."""
        height, width = self.size_pixels
        rate = self.frames_per_second
        parts = [f"{height}x{width}", f"{rate:g}fps" if rate is not None else ""]
        parts.append("nearest" if self.moments == "nearest" and rate is not None else "")
        parts.append({"rgb": "", "flow": f"flow-{self.flow_method}"}.get(self.input, self.input))
        parts.append("motion-crop" if self.crop == "motion" else "")
        return "-".join(part for part in parts if part)

    @property
    def scale(self) -> dict[str, float]:
        """What its bytes mean, to be kept beside them."""
        if self.input == "flow":
            return {"zero": ZERO, "steps_per_picture_per_second": FLOW_STEPS}
        if self.input == "difference":
            return {"zero": ZERO, "steps_per_grey_level_per_second": DIFFERENCE_STEPS}
        if self.input == "depth":
            return dict(DEPTH_SCALE)
        return {}


def look_at(
    source: Path,
    look: Look,
    *,
    start_seconds: float = 0.0,
    end_seconds: float | None = None,
    window: Box | None = None,
) -> Iterator[Frame]:
    """The frames of a part of a video as `look` wants them, in order, with their true times.

    What moves at the first of them is told by the frames just before it, where there are any.
    """
    if look.in_one_pass:
        span = start_seconds, end_seconds
        for cuts, moment in cuts_of(source, look, [window], span=span):
            yield Frame(cuts.window(window), moment, cuts.index)
        return
    clock = Clock(look.frames_per_second, look.moments)
    reading = _Reading(source, start_seconds, end_seconds, window, look)
    boxes = _boxes(reading, look)
    if look.input == "depth":
        span = start_seconds, end_seconds
        for deep, moment in _depth_of(source, look, span):
            box = boxes.get(deep.index, WHOLE)
            yield Frame(deep.window(window, box), moment, deep.index)
        return
    meter = meter_of(look)
    size = _size(reading, look)
    for frame, following in with_following(reading.frames(size, early=PAIR_SECONDS * 2)):
        meter.remember(frame.pixels, frame.seconds)
        if frame.seconds < start_seconds - reading.margin - JUST_BEFORE:
            continue
        moments = clock.moments(frame.seconds, following.seconds if following else None)
        for moment in _inside(moments, start_seconds, end_seconds):
            part = boxes.get(frame.index, WHOLE)
            yield Frame(meter.image(look.size_pixels, part), moment, frame.index)


def cuts_of(
    source: Path, look: Look, windows: Sequence[Box | None], *, span: tuple[float, float | None]
) -> "Iterator[tuple[Cuts | DepthCuts | MeasuredCuts, float]]":
    """Pictures as `look` wants them, decoded once for all windows, with their moments.

    span: from when, and until when (None: the end). Of a look without a crop that moves.
    """
    if look.input == "depth":
        return _depth_of(source, look, span)
    if look.input != "rgb":
        return _measured_of(source, look, windows, span)
    reading = _Reading(source, *span, None, look)
    cuts = read_cuts(source, windows, size_pixels=look.size_pixels, **reading.options())
    return _at_moments(cuts, look, span)


def _depth_of(
    source: Path, look: Look, span: tuple[float, float | None]
) -> "Iterator[tuple[DepthCuts, float]]":
    """The depth of the pictures that `look` keeps; they are decoded for their times alone."""
    options = _Reading(source, *span, None, look).options()
    cuts = read_cuts(source, [], **options)
    deep = depth_cuts(source, cuts, look.size_pixels, options["start_seconds"])
    return _at_moments(deep, look, span)


def _measured_of(
    source: Path, look: Look, windows: Sequence[Box | None], span: tuple[float, float | None]
) -> "Iterator[tuple[MeasuredCuts, float]]":
    """What moves in each window, from the frames just before the first one on."""
    readings = {window: _Reading(source, *span, window, look) for window in windows}
    sizes = {window: _size(reading, look) for window, reading in readings.items()}
    options = _Reading(source, *span, None, look).options(early=PAIR_SECONDS * 2)
    meters = Meters({window: meter_of(look) for window in windows}, look.size_pixels)
    cuts = read_cuts(source, windows, size_pixels=sizes, **options)
    for each, moment in _at_moments(cuts, look, span, meters.remember):
        yield meters.at(each), moment


def _at_moments(
    cuts: Iterable[AnyCuts],
    look: Look,
    span: tuple[float, float | None],
    seen: Callable[[AnyCuts], None] = lambda each: None,
) -> Iterator[tuple[AnyCuts, float]]:
    """Those that stand for moments of a span of time, with these; `seen` is told of all, in order.

    What lies before the span is for `seen` alone: a clock must not tick for it.
    """
    clock = Clock(look.frames_per_second, look.moments)
    begin = span[0] - _Reading(Path(), *span, None, look).margin - JUST_BEFORE
    for each, following in with_following(cuts):
        seen(each)
        if each.seconds < begin:
            continue
        for moment in _inside(
            clock.moments(each.seconds, following.seconds if following else None), *span
        ):
            yield each, moment


def _inside(moments: list[float], start: float, end: float | None) -> list[float]:
    """Those in a span of time."""
    late = float("inf") if end is None else end - JUST_BEFORE
    return [moment for moment in moments if start - JUST_BEFORE <= moment < late]


class Laid(NamedTuple):
    """A moment of a video as a network is shown it."""

    pixels: np.ndarray  # (H, W, C) uint8, three channels an input
    seconds: float


class _Picture:
    """The picture itself behind the face of Flow and Difference."""

    def remember(self, pixels: np.ndarray, seconds: float) -> None:
        self._pixels = pixels

    def image(self, size_pixels: tuple[int, int], part: Part = WHOLE) -> np.ndarray:
        return np.rint(shrink(cut(self._pixels, part), size_pixels)).astype(np.uint8)


def meter_of(look: Look) -> Flow | Difference | _Picture:
    """What is shown the pictures of one window in order, and makes an input of the newest one."""
    if look.input == "flow":
        return Flow(look.flow_method)
    return Difference() if look.input == "difference" else _Picture()


@dataclass(frozen=True)
class _Reading:
    """One part of one video, read once or twice."""

    source: Path
    start_seconds: float
    end_seconds: float | None
    window: Box | None
    look: Look

    @property
    def margin(self) -> float:
        """Seconds before and after in which a frame may be that is nearest to one inside."""
        return NEAR_SECONDS if self.look.moments == "nearest" else 0.0

    def options(self, early: float = 0.0) -> dict[str, Any]:
        """From when to when to read; what lies around is dropped later."""
        end = self.end_seconds
        return {
            "start_seconds": max(self.start_seconds - early - self.margin - JUST_BEFORE, 0.0),
            "end_seconds": None if end is None else end + self.margin,
            "frames_per_second": self.look.frames_per_second or PICTURES_PER_SECOND,
        }

    def frames(self, size_pixels: tuple[int, int] | None, early: float = 0.0) -> Iterator[Frame]:
        return read_frames(
            self.source,
            size_pixels=size_pixels,
            window=self.window,
            **self.options(early),
        )


def _size(reading: _Reading, look: Look) -> tuple[int, int] | None:
    """What size to read at: flow is measured on a larger picture, a crop is cut from the whole."""
    if look.crop == "motion":
        return None if look.input != "flow" else _worked(reading)
    return _worked(reading) if look.input == "flow" else look.size_pixels


def _worked(reading: _Reading) -> tuple[int, int]:
    if reading.window:
        return working_size((reading.window.height, reading.window.width))
    info = inspect(reading.source)
    return working_size((info.height, info.width))


def _boxes(reading: _Reading, look: Look) -> dict[int, Part]:
    """The box of each frame, by the frame's index; a pass of its own over small pictures."""
    moving, indices = MovingBox(), []
    for frame in reading.frames((SEEN_PIXELS * 2, SEEN_PIXELS * 2), early=PAIR_SECONDS * 2):
        moving.add(frame.pixels, frame.seconds)
        indices.append(frame.index)
    height, width = _worked(reading)
    wanted_height, wanted_width = look.size_pixels
    shape = (width / height) / (wanted_width / wanted_height)
    return dict(zip(indices, moving.boxes(shape=shape), strict=True))
