"""What was asked of a clip: a range of seconds or chosen frames; only those are converted to RGB.

Every source (video.py, image.py) is a stream of Shown: pictures in order with their times, not yet
converted. So the ranges, and the words for what a clip does not have, are written once, here.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from math import isfinite
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from kineograph.errors import InputError
from kineograph.media.convert import Converter, Shown
from kineograph.media.frame import Box, BrokenClipError, Frame, MediaInfo
from kineograph.media.image import folder_info, folder_pictures, picture_info, pictures
from kineograph.media.listing import PICTURE_SUFFIXES, existing
from kineograph.media.video import video_info, video_pictures

if TYPE_CHECKING:
    from kineograph.media.frame import Pixels

Sizes = tuple[int, int] | None | Mapping[Box | None, tuple[int, int] | None]  # one for all, or each

_SLACK_SECONDS = 1e-6  # who asks for 0.1 + 0.2 means the frame at 0.3


def inspect(path: str | PathLike[str]) -> MediaInfo:
    """What the header of a video, picture or folder of pictures says."""
    file = existing(path)
    if file.is_dir():
        return folder_info(file)
    return picture_info(file) if _holds_pictures(file) else video_info(file)


def read_range(
    path: str | PathLike[str],
    start_seconds: float,
    end_seconds: float | None,
    *,
    size_pixels: tuple[int, int] | None,
    window: Box | None,
    frames_per_second: float,
) -> Iterator[Frame]:
    """The frames with start_seconds <= seconds < end_seconds; a wrong request is refused now."""
    file = existing(path)
    _check_range(file, start_seconds, end_seconds)
    converter = _converter(file, size_pixels, window)
    clip = _clip(file, frames_per_second, start_seconds)
    shown = _in_range(clip, str(file), start_seconds, end_seconds)
    return (Frame(converter(each), each.seconds, each.index) for each in shown)


class Cuts:
    """One picture of which windows can be cut, while it is the newest or the one before."""

    def __init__(self, shown: Shown, converters: dict[Box | None, Converter]) -> None:
        picture = shown.load()  # now: the next one may be asked for before this is cut
        self._shown = replace(shown, load=lambda: picture)
        self._converters = converters
        self.seconds, self.index = shown.seconds, shown.index

    def window(self, window: Box | None) -> "Pixels":
        """Its pixels (H, W, 3); raises InputError for one outside the picture."""
        return self._converters[window](self._shown)


def read_windows(
    path: str | PathLike[str],
    start_seconds: float,
    end_seconds: float | None,
    *,
    size_pixels: Sizes,
    windows: Sequence[Box | None],
    frames_per_second: float,
) -> Iterator[Cuts]:
    """The pictures with start_seconds <= seconds < end_seconds, decoded once for all windows."""
    file = existing(path)
    _check_range(file, start_seconds, end_seconds)
    sizes = size_pixels if isinstance(size_pixels, Mapping) else dict.fromkeys(windows, size_pixels)
    converters = {window: _converter(file, sizes[window], window) for window in windows}
    clip = _clip(file, frames_per_second, start_seconds)
    shown = _in_range(clip, str(file), start_seconds, end_seconds)
    return (Cuts(each, converters) for each in shown)


def read_pictures(
    path: str | PathLike[str], frames_per_second: float
) -> Generator[Shown, None, None]:
    """All pictures in order, not yet converted; InputError for a clip without any."""
    file = existing(path)
    return _in_range(_clip(file, frames_per_second), str(file), 0.0, None)


def read_indices(
    path: str | PathLike[str],
    indices: Sequence[int],
    *,
    size_pixels: tuple[int, int] | None,
    window: Box | None,
    frames_per_second: float,
) -> list[Frame]:
    """The frames with these indices, in the order asked for."""
    file = existing(path)
    converter = _converter(file, size_pixels, window)
    wanted = {int(index) for index in indices}
    if not wanted:
        return []
    if min(wanted) < 0:
        raise InputError(
            f"{file}: asked for frame {min(wanted)}; frames are counted from 0. Ask for 0 or more."
        )
    found, count = {}, 0
    with closing(_clip(file, frames_per_second)) as clip:
        for shown in clip:
            count = shown.index + 1
            if shown.index in wanted:
                found[shown.index] = Frame(converter(shown), shown.seconds, shown.index)
                if len(found) == len(wanted):
                    return [found[int(index)] for index in indices]
    raise InputError(
        f"{file}: asked for frame {max(wanted)}, but it has {count} frames (0 to {count - 1}). "
        "Ask for frames within it."
    )


def _clip(
    file: Path, frames_per_second: float, start_seconds: float = 0.0
) -> Generator[Shown, None, None]:
    """The pictures of whatever `file` is; a video may skip what ends before `start_seconds`."""
    if not (isfinite(frames_per_second) and frames_per_second > 0):
        raise InputError(
            f"{file}: frames_per_second={frames_per_second}; a clock runs forward. "
            "Give 25, for example."
        )
    if file.is_dir():
        return folder_pictures(file, frames_per_second)
    if _holds_pictures(file):
        return pictures(file, frames_per_second)
    return video_pictures(file, start_seconds)


def _holds_pictures(file: Path) -> bool:
    """GIF is Pillow's too: it knows the frames' disposal and durations."""
    return file.suffix.lower() in PICTURE_SUFFIXES | {".gif"}


def _converter(file: Path, size_pixels: tuple[int, int] | None, window: Box | None) -> Converter:
    if size_pixels is not None and (len(size_pixels) != 2 or min(size_pixels) < 1):
        raise InputError(
            f"{file}: size_pixels={size_pixels}; a size is (height, width), 1 or more each. "
            "Give (60, 60), for example."
        )
    return Converter(str(file), size_pixels=size_pixels, window=window)


def _check_range(file: Path, start_seconds: float, end_seconds: float | None) -> None:
    if not (isfinite(start_seconds) and start_seconds >= 0):
        raise InputError(
            f"{file}: start_seconds={start_seconds}; a clip begins at 0. Give 0 or more."
        )
    if end_seconds is not None and not end_seconds > start_seconds:
        raise InputError(
            f"{file}: end_seconds={end_seconds} is not after start_seconds={start_seconds}. "
            "Give a later end."
        )


def _in_range(
    clip: Generator[Shown, None, None],
    name: str,
    start_seconds: float,
    end_seconds: float | None,
) -> Generator[Shown, None, None]:
    """Give what lies in the range; a break after the range is nobody's business."""
    end = float("inf") if end_seconds is None else end_seconds - _SLACK_SECONDS
    given, count, until = False, 0, 0.0
    with closing(clip):
        while True:
            try:
                shown = next(clip, None)
            except BrokenClipError:
                if given and until >= end:
                    return
                raise
            if shown is None or shown.seconds >= end:
                break
            count, until = shown.index + 1, shown.until_seconds
            if shown.seconds >= start_seconds - _SLACK_SECONDS:
                yield shown
                given = True
    if not given:
        limits = (
            f"from {start_seconds:g} s on"
            if end_seconds is None
            else (f"from {start_seconds:g} s to {end_seconds:g} s")
        )
        raise InputError(
            f"{name}: no frame begins {limits}; the clip was read up to {until:.3f} s "
            f"({count} frames). Ask for a range that holds a frame."
        )
