"""Pictures as they come, from a file or a camera, as a network is shown them: the one way to look.

    looking = Looking("door", recipe.data.looks)
    for shown in pictures:                       # decoded once, for all windows and inputs
        for laid in looking.see(shown): ...      # none where the clock keeps fewer pictures
    for laid in looking.rest(): ...              # what waited for the picture after it

Nothing is looked at twice, so hours need no more room than seconds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kineograph.data.clock import PICTURES_PER_SECOND, Clock
from kineograph.data.inputs import Laid, Look, look_at, meter_of
from kineograph.errors import InputError
from kineograph.media import read_shown
from kineograph.media.flow import working_size
from kineograph.media.frame import Box

if TYPE_CHECKING:  # a command that reads no video must not pay for its libraries
    from kineograph.media.convert import Shown


def can_look(looks: Sequence[Look]) -> bool:
    """Whether pictures one by one are enough: depth and moving boxes need a whole file."""
    return all(look.in_one_pass and look.input != "depth" for look in looks)


class Looking:
    """One window of one stream of pictures; None is the whole picture.

    Raises InputError for looks that need a whole file.
    """

    def __init__(self, name: str, looks: Sequence[Look], window: Box | None = None) -> None:
        for look in looks:
            if not can_look([look]):
                needs = "depth from a camera beside it" if look.in_one_pass else "all of a clip"
                raise InputError(
                    f"{name}: this network is shown {look.name}, which needs {needs}, so it cannot "
                    "watch. Train one with data.inputs=rgb or flow and data.crop=none."
                )
        self._views = [_View(name, look, window) for look in looks]
        self._clock = Clock(looks[0].frames_per_second, looks[0].moments)
        self._waits = looks[0].moments == "nearest" and looks[0].frames_per_second is not None
        self._held: float | None = None  # when the newest picture is shown, while it waits

    def see(self, shown: "Shown") -> list[Laid]:
        """The next picture -> the moments that can be told now, in order, (H, W, C) each.

        Raises InputError for a window outside of the picture.
        """
        found = self._told(shown.seconds) if self._waits else []
        picture = shown.load()
        shown = replace(shown, load=lambda: picture)  # it may be converted after the next is read
        for view in self._views:
            view.remember(shown)
        self._held = shown.seconds
        return found if self._waits else self._told(None)

    def rest(self) -> list[Laid]:
        """What waited for one more picture, when there is none."""
        return self._told(None) if self._waits else []

    def _told(self, following: float | None) -> list[Laid]:
        held, self._held = self._held, None
        if held is None:
            return []
        moments = self._clock.moments(held, following)
        if not moments:
            return []
        pixels = np.concatenate([view.image() for view in self._views], -1)
        return [Laid(pixels, moment) for moment in moments if moment >= 0]


class _View:
    """One input of one window."""

    def __init__(self, name: str, look: Look, window: Box | None) -> None:
        self._name, self._look, self._window = name, look, window
        self._meter: Any = meter_of(look) if look.input != "rgb" else None
        self._shape: tuple[int, int] | None = None
        self._converter: Any = None
        self._newest: Shown | None = None

    def remember(self, shown: "Shown") -> None:
        """The next picture; it is made smaller now only if motion is measured on it."""
        self._newest = shown
        if self._meter is not None:
            self._meter.remember(self._convert(shown), shown.seconds)

    def image(self) -> np.ndarray:
        """Bytes (H, W, 3) of the newest one."""
        if self._meter is not None:
            return self._meter.image(self._look.size_pixels)
        assert self._newest is not None
        return self._convert(self._newest)

    def _convert(self, shown: "Shown") -> np.ndarray:
        from kineograph.media.convert import Converter

        picture = shown.load()
        shape = shown.orientation.swap((picture.height, picture.width))
        if shape != self._shape:  # the first one, or a camera that was set to another size
            whole = (self._window.height, self._window.width) if self._window else shape
            size = working_size(whole) if self._look.input == "flow" else self._look.size_pixels
            self._converter = Converter(self._name, size_pixels=size, window=self._window)
            if self._shape is not None and self._meter is not None:
                self._meter = meter_of(self._look)
            self._shape = shape
        return self._converter(shown)


def look_through(
    source: Path, looks: Sequence[Look], windows: Sequence[Box | None] = (None,)
) -> Iterator[Laid]:
    """A whole file in several windows at once: their pixels (P, H, W, C) at each moment.

    Raises InputError for what cannot be read, BrokenClipError where a file breaks off.
    """
    if not can_look(looks):
        yield from _each_by_itself(source, looks, windows)
        return
    lookings = [Looking(str(source), looks, window) for window in windows]
    rate = looks[0].frames_per_second or PICTURES_PER_SECOND  # a folder of pictures has no clock
    for shown in read_shown(source, frames_per_second=rate):
        yield from _beside([looking.see(shown) for looking in lookings])
    yield from _beside([looking.rest() for looking in lookings])


def _beside(windows: Sequence[list[Laid]]) -> Iterator[Laid]:
    for same in zip(*windows, strict=True):
        yield Laid(np.stack([each.pixels for each in same]), same[0].seconds)


def _each_by_itself(
    source: Path, looks: Sequence[Look], windows: Sequence[Box | None]
) -> Iterator[Laid]:
    """What depends on other pictures or files is read for each window and input by itself."""
    streams = [look_at(source, look, window=window) for window in windows for look in looks]
    wide = len(looks)
    for frames in zip(*streams, strict=True):
        pixels = [frame.pixels for frame in frames]
        yield Laid(
            np.stack(
                [
                    np.concatenate(pixels[place : place + wide], -1)
                    for place in range(0, len(pixels), wide)
                ]
            ),
            frames[0].seconds,
        )
