"""Depth as a network is shown it: three channels of bytes of the distances in a window.

    1   distance                32 mm a level, 1 to 255 (8 m); 0 where nothing was measured
    2   about the person        128 + 1 a 2 mm beyond the distance that a quarter is nearer than
    3   measured                255 times the share of the pixel that was measured

The second is for hands, which move by centimetres. It is told from a quarter, not from the median:
where a wall fills more than half of the window, that would be the wall, and everyone before it 1.
Pixels without a distance are left out of every mean, so that no edge comes nearer by shrinking.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kineograph.errors import InputError
from kineograph.media import inspect
from kineograph.media.flow import WHOLE, Part, cut, shrink
from kineograph.media.frame import Box

if TYPE_CHECKING:  # a command that reads no video must not pay for its libraries
    from kineograph.media.depth import DepthFolder, DepthShown, DepthVideo, Millimetres
    from kineograph.media.read import Cuts

FAR_MILLIMETRES = 32.0  # a level of the first channel
FINE_MILLIMETRES = 2.0  # a level of the second
FINE_ZERO = 128
NEARER = 0.25  # of the window's pixels: the distance of whoever sits in it
SCALE = {
    "millimetres_per_level": FAR_MILLIMETRES,
    "fine_zero": float(FINE_ZERO),
    "fine_millimetres_per_level": FINE_MILLIMETRES,
    "measured": 255.0,
}


def depth_image(millimetres: "Millimetres", size_pixels: tuple[int, int]) -> NDArray[np.uint8]:
    """Distances (H, W) in millimetres, 0 unknown -> bytes (height, width, 3) as said above."""
    distances = millimetres.astype(np.float32)
    share = shrink((distances > 0).astype(np.float32), size_pixels)
    mean = shrink(distances, size_pixels) / np.maximum(share, 1e-6)
    share = np.rint(255.0 * share)
    measured = share > 0
    person = np.quantile(mean[measured], NEARER) if measured.any() else 0.0
    far = np.rint(mean / FAR_MILLIMETRES)
    fine = np.rint(FINE_ZERO + (mean - person) / FINE_MILLIMETRES)
    levels = np.clip(np.stack([far, fine], -1), 1, 255) * measured[..., None]
    return np.concatenate([levels, share[..., None]], -1).astype(np.uint8)


@dataclass(frozen=True)
class DepthCuts:
    """The depth of one picture of a video, of which the video's windows can be cut."""

    source: Path
    shown_size: tuple[int, int]  # height, width of the video's pictures
    size_pixels: tuple[int, int]
    seconds: float  # of the video's picture
    index: int
    found: "DepthShown | InputError"

    @cached_property
    def millimetres(self) -> "Millimetres":
        """The whole depth picture (H, W); raises InputError where there is none near in time."""
        if isinstance(self.found, InputError):
            raise self.found
        return self.found.load()

    def window(self, window: Box | None, part: Part = WHOLE) -> NDArray[np.uint8]:
        """Bytes (H, W, 3) of a window in the video's pixels, or of a part of it."""
        picture = self.millimetres
        if window is not None:
            picture = cut(picture, self._as_part(window))
        return depth_image(cut(picture, part), self.size_pixels)

    def _as_part(self, window: Box) -> Part:
        """The window as parts of the picture: depth may have another size."""
        from kineograph.media.convert import check_window

        check_window(str(self.source), window, self.shown_size)
        height, width = self.shown_size
        return window.x / width, window.y / height, window.width / width, window.height / height


def depth_cuts(
    source: Path, cuts: "Iterable[Cuts]", size_pixels: tuple[int, int], start_seconds: float
) -> Iterator[DepthCuts]:
    """The depth of each picture of a video, nearest in true time.

    Where a picture has none within half a second, its windows raise InputError; the others go on.
    """
    from kineograph.media.depth import open_depth

    info = inspect(source)
    with closing(open_depth(source, start_seconds)) as depth:
        for each in cuts:
            found = _nearest(depth, each.seconds, each.index)
            size = info.height, info.width
            yield DepthCuts(source, size, size_pixels, each.seconds, each.index, found)


def _nearest(
    depth: "DepthFolder | DepthVideo", seconds: float, index: int
) -> "DepthShown | InputError":
    try:
        return depth.nearest(seconds, index)
    except InputError as error:
        return error
