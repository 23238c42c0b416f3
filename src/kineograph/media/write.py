"""Clips and pictures to disk, whole or not at all: written beside the target, then moved over it.

A video is MP4 with H.264 yuv420p, which every player and browser shows. That format has even sizes
only: an odd picture gets its last row or column twice, so that no pixel is resampled. Depth is
Matroska with FFV1, which keeps every millimetre.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from fractions import Fraction
from itertools import chain
from math import isfinite
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Self

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from PIL import Image

from kineograph.errors import InputError
from kineograph.media.convert import SCALING, usual_matrix
from kineograph.media.draw import film_strip
from kineograph.media.frame import Frame
from kineograph.whole_file import temporary_beside

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.video.stream import VideoStream
    from numpy.typing import NDArray

    from kineograph.media.frame import Pixels

_TICKS = 90_000  # a second; 24, 25, 30 and 30000/1001 frames a second divide it without rest
_MATRIX_TAGS = {Colorspace.ITU601: 6, Colorspace.ITU709: 1}  # numbers of ITU-T H.273
_SRGB_TAG = 1  # BT.709 primaries and transfer, the nearest that players expect


class VideoWriter:
    """Frames of one size -> an MP4 file: `with VideoWriter(...) as video: video.add(pixels)`.

    The file appears when the block ends without an error; until then, or after an error, whatever
    stood at `path` stays as it was. Raises InputError, in one line, where the disk refuses.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        size_pixels: tuple[int, int],
        frames_per_second: float = 25.0,
    ) -> None:
        if not (frames_per_second > 0 and isfinite(frames_per_second)):
            raise InputError(
                f"{os.fspath(path)}: frames_per_second={frames_per_second}; a clip moves forward. "
                "Give 25, for example."
            )
        self._path = Path(path)
        self._size = size_pixels
        self._step = max(1, round(_TICKS / Fraction(frames_per_second)))
        self._file = _WholeFile(self._path)
        self._first_seconds: float | None = None
        self._ticks = -1  # of the newest frame
        self._scaler = VideoReformatter()

    def __enter__(self) -> Self:
        with _in_words(self._path):
            self._container = av.open(self._file.open(), "w", format="mp4")
        try:
            self._stream = self._add_stream(self._container)
        except BaseException:
            self._file.discard()
            raise
        return self

    def add(self, pixels: Pixels, seconds: float | None = None) -> None:
        """Append a picture (H, W, 3) uint8 RGB, shown at `seconds`; else one tick after the last.

        The first frame's seconds are the clip's zero.
        """
        if pixels.shape != (*self._size, 3) or pixels.dtype != np.uint8:
            raise InputError(
                f"{self._path}: a frame is {pixels.shape} {pixels.dtype}, the clip is "
                f"{(*self._size, 3)} uint8. Bring all frames to one size first."
            )
        ticks = self._when(seconds)
        picture = self._encodable(pixels)
        picture.pts, picture.time_base = ticks, Fraction(1, _TICKS)
        picture.duration = self._step
        with _in_words(self._path):
            self._container.mux(self._stream.encode(picture))
        self._ticks = ticks

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self._finish()
        finally:
            with suppress(av.error.FFmpegError, OSError):
                self._container.close()
            self._file.discard()

    def _finish(self) -> None:
        if self._ticks < 0:
            raise InputError(f"{self._path}: no frame to write. Add one frame at least.")
        with _in_words(self._path):
            self._container.mux(self._stream.encode(None))
            self._container.close()
            self._file.keep()

    def _add_stream(self, container: OutputContainer) -> VideoStream:
        height, width = (length + length % 2 for length in self._size)
        self._matrix = usual_matrix(width, height)
        stream = container.add_stream("libx264", options={"crf": "18", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        codec = stream.codec_context
        codec.time_base = Fraction(1, _TICKS)
        codec.framerate = Fraction(_TICKS, self._step)
        codec.colorspace, codec.color_range = _MATRIX_TAGS[self._matrix], ColorRange.MPEG
        codec.color_primaries = codec.color_trc = _SRGB_TAG
        return stream

    def _when(self, seconds: float | None) -> int:
        """Ticks since the first frame; time must go forward."""
        if seconds is None:
            return self._ticks + self._step if self._ticks >= 0 else 0
        if self._first_seconds is None:
            self._first_seconds = seconds
        ticks = round((seconds - self._first_seconds) * _TICKS)
        if ticks <= self._ticks:
            raise InputError(
                f"{self._path}: a frame at {seconds:g} s is not later than the one before it "
                f"({self._first_seconds + self._ticks / _TICKS:g} s). Add frames in order of time."
            )
        return ticks

    def _encodable(self, pixels: Pixels) -> av.VideoFrame:
        """RGB -> yuv420p of even size, in the colours that the tags promise."""
        height, width = self._size
        if height % 2 or width % 2:
            pixels = np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        return self._scaler.reformat(
            av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24"),
            format="yuv420p",
            dst_colorspace=self._matrix,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=SCALING,
            threads=1,
        )


def write_video(
    path: str | os.PathLike[str],
    frames: Iterable[Frame | Pixels],
    frames_per_second: float = 25.0,
) -> None:
    """Write an MP4 of the first frame's size; a Frame keeps its own time, pixels follow the clock.

    Raises InputError for no frames, several sizes, or a disk that refuses.
    """
    rest = iter(frames)
    first = next(rest, None)
    if first is None:
        raise InputError(f"{os.fspath(path)}: no frame to write. Give one frame at least.")
    size = _pixels(first).shape
    with VideoWriter(
        path, size_pixels=(size[0], size[1]), frames_per_second=frames_per_second
    ) as video:
        for frame in chain([first], rest):
            video.add(_pixels(frame), frame.seconds if isinstance(frame, Frame) else None)


def write_depth(
    path: str | os.PathLike[str],
    frames: Iterable[NDArray[np.uint16]],
    frames_per_second: float = 25.0,
) -> None:
    """Write millimetres (H, W) uint16 of one size as Matroska, FFV1, 16-bit grey: nothing is lost.

    Raises InputError for no frames or a disk that refuses.
    """
    rest = iter(frames)
    first = next(rest, None)
    if first is None:
        raise InputError(f"{os.fspath(path)}: no frame to write. Give one frame at least.")
    target = Path(path)
    file = _WholeFile(target)
    try:
        with _in_words(target):
            with av.open(file.open(), "w", format="matroska") as container:
                stream = container.add_stream("ffv1", rate=Fraction(frames_per_second))
                stream.height, stream.width = first.shape
                stream.pix_fmt = "gray16le"
                for each in chain([first], rest):
                    picture = av.VideoFrame.from_ndarray(each, format="gray16le")
                    container.mux(stream.encode(picture))
                container.mux(stream.encode(None))
            file.keep()
    finally:
        file.discard()


def write_picture(path: str | os.PathLike[str], pixels: Pixels) -> None:
    """Write (H, W, 3) uint8 RGB as PNG, or as what the suffix says; whole or not at all."""
    target = Path(path)
    file = _WholeFile(target)
    try:
        with _in_words(target):
            kind = Image.registered_extensions().get(target.suffix.lower(), "PNG")
            Image.fromarray(pixels).save(file.open(), format=kind)
            file.keep()
    finally:
        file.discard()


def write_strip(
    path: str | os.PathLike[str],
    frames: Sequence[Frame | Pixels],
    *,
    captions: Sequence[str] | None = None,
    columns: int = 8,
    height_pixels: int = 120,
) -> None:
    """Write frames side by side as one picture, `columns` to a row, each above its caption."""
    pixels = film_strip(
        [_pixels(frame) for frame in frames],
        captions=captions,
        columns=columns,
        height_pixels=height_pixels,
    )
    write_picture(path, pixels)


def _pixels(frame: Frame | Pixels) -> Pixels:
    return frame.pixels if isinstance(frame, Frame) else frame


class _WholeFile:
    """A file beside its target that either replaces the target or vanishes."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self._part = temporary_beside(target)
        self._content: IO[bytes] | None = None

    def open(self) -> IO[bytes]:
        with _in_words(self.target):
            self._content = self._part.open("xb")
        return self._content

    def keep(self) -> None:
        """Close it and move it over the target, in one step for whoever looks at the folder."""
        assert self._content is not None
        self._content.close()
        os.replace(self._part, self.target)
        self._content = None

    def discard(self) -> None:
        """Remove what is there, unless it was kept."""
        if self._content is not None:
            with suppress(OSError):
                self._content.close()
            with suppress(OSError):
                self._part.unlink(missing_ok=True)
            self._content = None


@contextmanager
def _in_words(target: Path) -> Iterator[None]:
    """The system's refusal as one line with a remedy."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        remedy = "Free some space" if full else "Check the folder and its permissions"
        raise InputError(
            f"{target}: cannot be written ({error.strerror}). {remedy}, or write elsewhere."
        ) from error
