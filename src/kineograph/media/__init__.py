"""Pictures in and out: a video, a GIF, a folder of pictures or one picture is read as a clip.

Light: the libraries behind a function are loaded when it is called.
"""

from collections.abc import Iterator, Sequence
from os import PathLike
from typing import TYPE_CHECKING

from kineograph.media.frame import Box, BrokenClipError, Frame, MediaInfo
from kineograph.media.listing import PICTURE_SUFFIXES, VIDEO_SUFFIXES, list_media

if TYPE_CHECKING:
    from kineograph.media.convert import Shown
    from kineograph.media.read import Cuts, Sizes

__all__ = [
    "PICTURE_SUFFIXES",
    "VIDEO_SUFFIXES",
    "Box",
    "BrokenClipError",
    "Frame",
    "MediaInfo",
    "inspect",
    "list_media",
    "read_chosen",
    "read_cuts",
    "read_frames",
    "read_shown",
]


def inspect(path: str | PathLike[str]) -> MediaInfo:
    """What a file's header says, in plain units; its first picture is decoded as a proof.

    Raises InputError, in one line with a remedy, for what cannot be read.
    """
    from kineograph.media import read

    return read.inspect(path)


def read_frames(
    path: str | PathLike[str],
    *,
    size_pixels: tuple[int, int] | None = None,
    start_seconds: float = 0.0,
    end_seconds: float | None = None,
    window: Box | None = None,
    frames_per_second: float = 25.0,
) -> Iterator[Frame]:
    """The frames of a clip with start_seconds <= seconds < end_seconds, in order of showing.

    `path` is a video, a GIF, a folder of pictures in natural order (`frames_per_second` is their
    clock), or one picture. Pixels are (H, W, 3) uint8 RGB, as shown: rotated, cut by `window`, then
    shrunk by area to `size_pixels` (height, width). Seconds come from the file's own stamps.

    Raises InputError for what cannot be read. A file that breaks gives its frames up to the break,
    then raises BrokenClipError (an InputError); a break after `end_seconds` is no error.
    """
    from kineograph.media import read

    return read.read_range(
        path,
        start_seconds,
        end_seconds,
        size_pixels=size_pixels,
        window=window,
        frames_per_second=frames_per_second,
    )


def read_cuts(
    path: str | PathLike[str],
    windows: Sequence[Box | None],
    *,
    size_pixels: "Sizes" = None,
    start_seconds: float = 0.0,
    end_seconds: float | None = None,
    frames_per_second: float = 25.0,
) -> "Iterator[Cuts]":
    """As read_frames, with many windows in one pass: a window's pixels are cut when asked for.

    None is the whole picture. size_pixels: one for all windows, or one for each. A window outside
    the picture raises InputError when it is cut.
    """
    from kineograph.media import read

    return read.read_windows(
        path,
        start_seconds,
        end_seconds,
        size_pixels=size_pixels,
        windows=windows,
        frames_per_second=frames_per_second,
    )


def read_shown(path: str | PathLike[str], *, frames_per_second: float = 25.0) -> "Iterator[Shown]":
    """Every picture of a clip as it is decoded, not yet RGB: for who looks at it in several ways.

    Raises InputError and BrokenClipError as read_frames does.
    """
    from kineograph.media import read

    return read.read_pictures(path, frames_per_second)


def read_chosen(
    path: str | PathLike[str],
    indices: Sequence[int],
    *,
    size_pixels: tuple[int, int] | None = None,
    window: Box | None = None,
    frames_per_second: float = 25.0,
) -> list[Frame]:
    """The frames with these indices (0 is the first shown frame), in the order asked for.

    Decoded in order up to the last one; only the chosen are converted. Options as in read_frames.
    Raises InputError where the clip has no such frame.
    """
    from kineograph.media import read

    return read.read_indices(
        path, indices, size_pixels=size_pixels, window=window, frames_per_second=frames_per_second
    )
