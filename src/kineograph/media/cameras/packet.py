"""What a camera sent, as it was coded: packets and the head of their stream, kept for evidence.

Both are plain values, free of the library that read them, so that a ring of many seconds may hold
them and another thread may write them into a file without coding them again.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kineograph.media.orientation import UPRIGHT, Orientation


@dataclass(frozen=True, slots=True)
class StreamHead:
    """What a muxer must know of a stream; one object serves all packets of a connection."""

    codec: str  # FFmpeg's name: h264, hevc, mjpeg, ...
    width: int  # pixels, as stored: before any rotation
    height: int
    extradata: bytes | None  # parameter sets and the like; None where the packets bring their own
    time_base: Fraction  # seconds a tick, of pts, dts and duration
    rate: Fraction | None  # frames per second as the stream tells it, to show; often a guess
    pixel_format: str | None
    orientation: Orientation = UPRIGHT  # from the stored picture to the shown one


@dataclass(frozen=True, slots=True)
class StoredPacket:
    """One coded picture (or field), copied before it was decoded."""

    data: bytes
    pts: int | None  # ticks; when it is shown, on the stream's own clock
    dts: int | None  # ticks; when it is decoded
    duration: int  # ticks; 0 where the stream does not say
    time_base: Fraction  # seconds a tick
    is_key: bool  # decoding may begin here
    seconds: float  # when it is shown on the camera's clock; below 0 for what was never shown
    stretch: int  # the stretch of the pictures shown with it: time and decoding break between two
