"""The one way from a decoded picture to RGB: right colours, window cut first, shrunk by area.

Every picture of the project goes through here, since kernels differ: OpenCV's and libswscale's
results lie 4-8 grey levels apart. Area averaging, with colour kept at full resolution: at 60x60
this is 0.5 grey levels from the exact mean of the pixels, where libswscale's shortcut of halving
colour is 2.1 away (up to 50 beside a coloured edge). One scaler is kept for a whole file: to build
one for each frame, with its threads, costs several times the decoding of a small video.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
from av.filter import Graph
from av.filter.context import FilterContext
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from kineograph.errors import InputError
from kineograph.media.frame import Box
from kineograph.media.orientation import UPRIGHT, Orientation

if TYPE_CHECKING:
    from kineograph.media.frame import Pixels

# matrix_coefficients of ITU-T H.273, table 4 -> libswscale's name
_MATRICES = {
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
    10: Colorspace.BT2020,
}
SCALING = (
    Interpolation.AREA
    | Interpolation.FULL_CHR_H_INT
    | Interpolation.FULL_CHR_H_INP
    | Interpolation.ACCURATE_RND
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture of a clip, on show from `seconds` on; load it before asking for the next one."""

    index: int
    seconds: float  # since the first shown frame
    until_seconds: float
    load: Callable[[], av.VideoFrame]
    orientation: Orientation = UPRIGHT


def usual_matrix(width: int, height: int) -> Colorspace:
    """The colour matrix of an untagged video, as players guess it: BT.709 for high definition."""
    return Colorspace.ITU709 if width >= 1280 or height > 576 else Colorspace.ITU601


class Converter:
    """Decoded pictures of one file -> (H, W, 3) uint8 RGB, cut by `window`, of `size_pixels`.

    Without a size, all pictures must have the size of the first one. Wide colours and HDR curves
    are not mapped to sRGB: such videos look pale.
    """

    def __init__(
        self, name: str, *, size_pixels: tuple[int, int] | None = None, window: Box | None = None
    ) -> None:
        self.name = name
        self.window = window
        self.size_pixels = size_pixels
        self._scaler = VideoReformatter()
        self._first_size: tuple[int, int] | None = None
        self._cutter: _Cutter | None = None

    def __call__(self, shown: Shown) -> Pixels:
        """One picture, (H, W, 3) uint8 RGB; raises InputError for a window outside it."""
        picture = shown.load()
        try:
            return self._pixels(shown.index, picture, shown.orientation)
        except av.error.FFmpegError as error:
            raise InputError(
                f"{self.name}: pictures of the format {picture.format.name} cannot be turned into "
                f"RGB ({error.strerror}). Convert it to MP4 (H.264)."
            ) from error

    def _pixels(self, index: int, picture: av.VideoFrame, orientation: Orientation) -> Pixels:
        shown_size = orientation.swap((picture.height, picture.width))
        matrix = _matrix(picture)
        if self.window is not None:
            check_window(self.name, self.window, shown_size)
            picture = self._cut(picture, orientation.stored_box(self.window, shown_size), matrix)
        size_pixels = self.size_pixels
        if size_pixels is None:
            size_pixels = orientation.swap((picture.height, picture.width))
            self._check_same_size(index, size_pixels)
        rgb = self._rgb(picture, orientation.swap(size_pixels), matrix)
        pixels = orientation.shown(_array(rgb))
        return pixels.copy() if rgb is picture else pixels  # the decoder may still need its own

    def _check_same_size(self, index: int, size: tuple[int, int]) -> None:
        self._first_size = self._first_size or size
        if size != self._first_size:
            raise InputError(
                f"{self.name}: frame {index} is {size[1]}x{size[0]} pixels, the first one "
                f"{self._first_size[1]}x{self._first_size[0]}. One size for all: give size_pixels."
            )

    def _rgb(
        self, picture: av.VideoFrame, size: tuple[int, int], matrix: Colorspace | None
    ) -> av.VideoFrame:
        """Colours and size in one pass of the shared scaler."""
        # libswscale has a fast way for 8-bit video as it is, right to 3 grey levels; for the rest
        # planar RGB, which its vector code writes three times faster than interleaved
        as_it_is = (
            size == (picture.height, picture.width) and picture.format.components[0].bits == 8
        )
        return self._scaler.reformat(
            picture,
            width=size[1],
            height=size[0],
            format="rgb24" if as_it_is else "gbrp",
            src_colorspace=matrix,
            interpolation=Interpolation.AREA if as_it_is else SCALING,
            dst_color_range=ColorRange.JPEG,
            threads=1,
        )

    def _cut(self, picture: av.VideoFrame, box: Box, matrix: Colorspace | None) -> av.VideoFrame:
        """The window's pixels alone, so that the scaler never sees the rest.

        Colour planes are stored at half size, so only even edges can be cut without moving colour
        against light. An odd window is cut one pixel larger and its edge removed once it is RGB.
        """
        step_x = 16 // picture.format.chroma_width(16)
        step_y = 16 // picture.format.chroma_height(16)
        left, top = box.x % step_x, box.y % step_y
        outer = Box(
            box.x - left,
            box.y - top,
            min(_up(left + box.width, step_x), picture.width - box.x + left),
            min(_up(top + box.height, step_y), picture.height - box.y + top),
        )
        if self._cutter is None or not self._cutter.suits(picture, outer):
            self._cutter = _Cutter(picture, outer)
        cut = self._cutter(picture)
        if outer == box:
            return cut
        pixels = _array(self._rgb(cut, (cut.height, cut.width), matrix))
        pixels = pixels[top : top + box.height, left : left + box.width]
        return av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")


class _Cutter:
    """libavfilter's crop, kept for all pictures of one size and format: no pixel is copied."""

    def __init__(self, picture: av.VideoFrame, box: Box) -> None:
        self._key = (picture.width, picture.height, picture.format.name, box)
        self._graph = graph = Graph()  # kept: its filters die with it
        graph.threads = 1
        self._source: FilterContext = graph.add_buffer(
            width=picture.width,
            height=picture.height,
            format=picture.format,
            time_base=Fraction(1, 25),  # asked for, not used
        )
        crop = graph.add("crop", f"{box.width}:{box.height}:{box.x}:{box.y}:exact=1")
        self._sink = graph.add("buffersink")
        self._source.link_to(crop)
        crop.link_to(self._sink)
        graph.configure()

    def suits(self, picture: av.VideoFrame, box: Box) -> bool:
        return self._key == (picture.width, picture.height, picture.format.name, box)

    def __call__(self, picture: av.VideoFrame) -> av.VideoFrame:
        self._source.push(picture)
        cut = self._sink.pull()
        assert isinstance(cut, av.VideoFrame)
        return cut


def _matrix(picture: av.VideoFrame) -> Colorspace | None:
    """The tagged colour matrix of a whole picture, or the usual one of its size; RGB needs none."""
    if picture.format.is_rgb:
        return None
    return _MATRICES.get(picture.colorspace, usual_matrix(picture.width, picture.height))


def check_window(name: str, window: Box, shown_size: tuple[int, int]) -> None:
    """Refuse a window that is empty or reaches beyond the picture of size (height, width)."""
    x, y, width, height = window
    inside = x >= 0 and y >= 0 and x + width <= shown_size[1] and y + height <= shown_size[0]
    if not inside or width < 1 or height < 1:
        raise InputError(
            f"{name}: window x={x} y={y} width={width} height={height} does not lie inside the "
            f"picture of {shown_size[1]}x{shown_size[0]} pixels. Give a window within it."
        )


def _array(picture: av.VideoFrame) -> Pixels:
    """An RGB picture, planar or not, as (H, W, 3) uint8."""
    return picture.to_ndarray().astype(np.uint8, copy=False)


def _up(length: int, step: int) -> int:
    """The next multiple of `step`."""
    return -(-length // step) * step
