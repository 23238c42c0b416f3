"""What a reader gives: a Frame of pixels with its time; and what a file's header says of it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kineograph.errors import InputError

if TYPE_CHECKING:  # a command that only prints its help must not pay for numpy
    import numpy as np
    import numpy.typing as npt

    Pixels = npt.NDArray[np.uint8]


class Box(NamedTuple):
    """A window in pixels of the shown picture (after rotation), from its upper left corner."""

    x: int
    y: int
    width: int
    height: int


class BrokenClipError(InputError):
    """The file gave some frames and then could not be decoded further."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a clip: (H, W, 3) uint8 RGB, seconds since the first shown frame, index."""

    pixels: Pixels
    seconds: float
    index: int

    def __post_init__(self) -> None:
        shape, kind = self.pixels.shape, self.pixels.dtype
        if len(shape) != 3 or shape[2] != 3 or kind.str != "|u1":
            raise InputError(
                f"frame {self.index}: pixels are {shape} {kind.name}; "
                "a frame is (height, width, 3) uint8 RGB. Convert them first."
            )


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """A file's header in plain units; the header may be wrong where `frame_count` is concerned."""

    path: Path
    width: int  # pixels, as shown: after rotation
    height: int
    rotation_degrees: int  # clockwise turn from the stored to the shown picture: 0, 90, 180, 270
    frames_per_second: Fraction | None  # the average, to show; times come from the frames
    frame_count: int | None
    duration_seconds: float | None
    codec: str
    pixel_format: str
    size_bytes: int
