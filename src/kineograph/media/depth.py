"""Depth beside a colour video: how far away everything is, in millimetres, found by its name.

lecture1.mp4                    the colours
lecture1.depth/000001.png …     pictures of 16-bit grey, and times.csv or times.txt if they have any
lecture1.depth.mkv              or a video of 16-bit grey (FFV1) with its own stamps

16-bit grey is millimetres, 8-bit grey 32 mm a level; 0 is not measured. Both recordings begin at
the same moment. Depth is taken as registered: it shows what the colours show, in any size.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorRange, VideoReformatter
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from kineograph.errors import InputError
from kineograph.media.convert import Shown
from kineograph.media.frame import BrokenClipError, MediaInfo
from kineograph.media.image import picture_files
from kineograph.media.listing import find_depth
from kineograph.media.read import inspect
from kineograph.media.video import count_packets, video_pictures

Millimetres = NDArray[np.uint16]  # (H, W)

NEAR_SECONDS = 0.5  # what is farther from a picture in time is not its depth
FOLDER_RATE = 30.0  # pictures a second of a depth camera that tells no times
TIMES = ("times.csv", "times.txt")
GREY_MILLIMETRES = 32  # a level of 8-bit grey: 255 is 8 m, as far as such cameras see
LEAST_GREY = 4  # levels below it are the coder's, not a distance: no camera measures 10 cm
COLOURED = 24  # levels between the channels of a picture that is not grey


@dataclass(frozen=True, slots=True)
class DepthShown:
    """One depth picture: its time, and what reads it, (H, W) uint16 millimetres."""

    seconds: float
    load: Callable[[], Millimetres]


def open_depth(source: Path, start_seconds: float = 0.0) -> "DepthFolder | DepthVideo":
    """The depth beside a video, to be asked in order of time from `start_seconds` on.

    Raises InputError where there is none, or its pictures do not fit the video.
    """
    found = find_depth(source)
    if found is None:
        name = source.name if source.is_dir() else source.stem
        raise InputError(
            f"{source}: no depth lies beside it. Put {name}.depth.mkv or a folder {name}.depth of "
            "16-bit pictures there, or leave depth out of data.inputs."
        )
    if not found.is_dir():
        return DepthVideo(source, found, start_seconds)
    files = picture_files(found)
    return DepthFolder(source, files, _folder_seconds(found, len(files), source))


class DepthFolder:
    """Depth pictures in a folder, with a time each, or one for each picture of the video."""

    def __init__(
        self, source: Path, files: list[Path], seconds: NDArray[np.float64] | None
    ) -> None:
        self._source, self._files, self._seconds = source, files, seconds

    def nearest(self, seconds: float, index: int) -> DepthShown:
        """The depth of the video's picture `index`, shown at `seconds`; raises BrokenClipError."""
        if self._seconds is None:
            place, found = min(index, len(self._files) - 1), seconds
        else:
            after = int(np.searchsorted(self._seconds, seconds))
            near = range(max(after - 1, 0), min(after + 1, len(self._files)))
            place = min(near, key=lambda each: abs(self._seconds[each] - seconds))  # type: ignore[index]
            found = float(self._seconds[place])
            if abs(found - seconds) > NEAR_SECONDS:
                before = float(self._seconds[after - 1]) if after else None
                later = float(self._seconds[after]) if after < len(self._files) else None
                raise _nothing(self._source, before, later)
        return DepthShown(found, partial(read_depth_picture, self._files[place]))

    def close(self) -> None:
        """Nothing is held open."""


class DepthVideo:
    """A depth video, read once, in order, one picture ahead."""

    def __init__(self, source: Path, path: Path, start_seconds: float = 0.0) -> None:
        self._source, self._path = source, path
        self._coming: Generator[Shown, None, None] = video_pictures(
            path, max(start_seconds - NEAR_SECONDS, 0.0)
        )
        self._scaler = VideoReformatter()
        self._broken: BrokenClipError | None = None
        self._now: Shown | None = None
        self._following = next(self._coming, None)

    def nearest(self, seconds: float, index: int) -> DepthShown:
        """The depth nearest to `seconds`, not earlier than asked before; raises BrokenClipError.

        Load it before a picture is asked for that is later by more than one.
        """
        while self._following is not None and (
            self._now is None
            or abs(self._following.seconds - seconds) < abs(self._now.seconds - seconds)
        ):
            self._now, self._following = self._following, self._next()
        found = self._now
        if found is None or abs(found.seconds - seconds) > NEAR_SECONDS:
            if self._broken is not None and self._following is None:
                raise self._broken
            around = [each.seconds for each in (found, self._following) if each is not None]
            before = max((each for each in around if each <= seconds), default=None)
            later = min((each for each in around if each > seconds), default=None)
            raise _nothing(self._source, before, later)
        return DepthShown(found.seconds, partial(self._millimetres, found))

    def close(self) -> None:
        """Close the file."""
        self._coming.close()

    def _next(self) -> Shown | None:
        try:
            return next(self._coming, None)
        except BrokenClipError as error:  # what came before it is good
            self._broken = error
            return None

    def _millimetres(self, shown: Shown) -> Millimetres:
        picture = shown.load()
        if picture.format.name in ("gray16le", "gray16be"):
            values = picture.to_ndarray().astype(np.uint16, copy=False)
        elif picture.format.components[0].bits == 8:
            values = _from_grey(self._grey(picture))
        else:
            raise InputError(
                f"{self._path}: pictures of the format {picture.format.name}; depth is 16-bit grey "
                "(gray16le) in millimetres, or 8-bit grey. Convert it to FFV1, gray16le."
            )
        return shown.orientation.shown(values)

    def _grey(self, picture: av.VideoFrame) -> NDArray[np.uint8]:
        """The levels of a picture of 8 bits, from 0 to 255; raises InputError for colours."""
        if not picture.format.name.startswith("gray"):
            rgb = self._scaler.reformat(picture, format="rgb24", dst_color_range=ColorRange.JPEG)
            _check_grey(rgb.to_ndarray().astype(np.uint8, copy=False), self._path)
        grey = self._scaler.reformat(picture, format="gray", dst_color_range=ColorRange.JPEG)
        return grey.to_ndarray().astype(np.uint8, copy=False)


def read_depth_picture(file: Path) -> Millimetres:
    """Millimetres (H, W) uint16 of one picture; raises InputError for what holds no distances."""
    try:
        with Image.open(file) as image:
            image.load()
            mode, values = image.mode, np.asarray(image)
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError) as error:
        raise InputError(
            f"{file}: the depth picture cannot be decoded. Copy it again, or export it as PNG."
        ) from error
    if mode.startswith("I"):
        return np.clip(values, 0, np.iinfo(np.uint16).max).astype(np.uint16)
    if mode == "L":
        return _from_grey(values)
    raise InputError(
        f"{file}: a picture of mode {mode}; depth is 16-bit grey in millimetres, or 8-bit grey. "
        "Export the distances themselves, not a coloured view of them."
    )


def _from_grey(levels: NDArray[np.uint8]) -> Millimetres:
    """Millimetres of 8-bit grey."""
    return np.where(levels < LEAST_GREY, 0, levels * np.uint16(GREY_MILLIMETRES)).astype(np.uint16)


def _check_grey(rgb: NDArray[np.uint8], path: Path) -> None:
    """Refuse a view in rainbow colours, of which no distance can be told."""
    spread = rgb.max(-1).astype(np.int16) - rgb.min(-1)
    if np.percentile(spread, 90) > COLOURED:
        raise InputError(
            f"{path}: its pictures are coloured; depth is 16-bit grey in millimetres, or 8-bit "
            "grey. Export the distances themselves, not a coloured view of them."
        )


def _folder_seconds(folder: Path, count: int, source: Path) -> NDArray[np.float64] | None:
    """When each picture of a folder was taken; None: one for each picture of the video."""
    written = next((folder / name for name in TIMES if (folder / name).is_file()), None)
    if written is not None:
        return _read_times(written, count)
    info = inspect(source)
    pictures = info.frame_count or count_packets(source)
    if count == pictures:
        return None
    length = info.duration_seconds
    if length is None or abs(count / FOLDER_RATE - length) > NEAR_SECONDS:
        raise InputError(
            f"{source}: its depth {folder.name} has {count} pictures, {_said(info, pictures)}. "
            f"There must be as many, or {FOLDER_RATE:g} a second, or a {TIMES[0]} with the second "
            "of each in a line of its own. Write one."
        )
    return np.arange(count) / FOLDER_RATE


def _said(info: MediaInfo, pictures: int) -> str:
    length = info.duration_seconds
    lasts = f" and lasts {length:g} s" if length is not None else ""
    return f"the video {pictures}{lasts}"


def _read_times(file: Path, count: int) -> NDArray[np.float64]:
    """Seconds (T,) since the video's first picture, one a line; a first line may be a heading."""
    found: list[float] = []
    for number, line in enumerate(_lines(file), 1):
        text = line.rpartition(",")[2].strip()
        try:
            found += [float(text)] if text else []
        except ValueError:
            if number > 1:
                raise InputError(
                    f"{file}: line {number} is '{text[:40]}', no time in seconds. "
                    "Write one number a line."
                ) from None
    if len(found) != count:
        raise InputError(
            f"{file}: {len(found)} times for {count} pictures. Write one line for each picture."
        )
    seconds = np.array(found)
    if not (np.isfinite(seconds).all() and (np.diff(seconds) > 0).all()):
        raise InputError(f"{file}: the times do not always go forward. Write them in order.")
    return seconds


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{file}: cannot be read as text ({error}). Write one number a line, in UTF-8."
        ) from error


def _nothing(source: Path, before: float | None, later: float | None) -> BrokenClipError:
    """The same words for every picture of one gap, so that they are said once."""
    depth = find_depth(source)
    name = depth.name if depth else "depth"
    if before is None and later is None:
        span = "at all"
    elif later is None:
        span = f"after {before:.2f} s"
    else:
        span = f"before {later:.2f} s" if before is None else f"from {before:.2f} to {later:.2f} s"
    return BrokenClipError(
        f"{source}: its depth {name} holds nothing {span}; a picture's depth is taken within "
        f"{NEAR_SECONDS:g} s. Give depth of that time, or mark only what has depth."
    )
