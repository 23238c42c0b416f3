"""Jump near a moment of a long video and still know which frame of the whole one lands on.

The packets before the moment are counted, not decoded: many times faster. It is done only where
counting surely gives what decoding from the start gives; elsewhere the answer is None.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

import av

from kineograph.media.container import open_video

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from av.container import InputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

FAR_SECONDS = 20.0  # what begins earlier is decoded from the start: as fast, and always right
_LOOK_AHEAD_SECONDS = 5.0  # packets lie out of order, but by less than this
_ONE_PACKET_A_FRAME = {"h264", "hevc", "mpeg4", "mjpeg", "mpeg2video", "vp9", "av1"}
_INTRA = 1  # AV_PICTURE_TYPE_I: needs no other frame


@dataclass(frozen=True, slots=True)
class Landing:
    """The last key frame before a moment, in stamps of its stream."""

    first_stamp: int  # of the first shown frame of the file
    key_stamp: int
    seek_stamp: int  # the key frame's decoding stamp, by which containers find it
    key_index: int  # how many frames are shown before it


def find_landing(file: Path, start_seconds: float) -> Landing | None:
    """Count packets up to `start_seconds`; None where jumping does not pay or might be wrong."""
    if start_seconds < FAR_SECONDS:
        return None
    container, stream = open_video(file)
    with container:
        if stream.codec_context.codec.canonical_name not in _ONE_PACKET_A_FRAME:
            return None
        try:
            return _count(container.demux(stream), float(start_seconds / (stream.time_base or 1)))
        except av.error.FFmpegError:
            return None  # decoding will find the place where it breaks


def _count(packets: Iterable[Packet[VideoStream]], ticks: float) -> Landing | None:
    """Walk over packets until a little after `ticks` have passed since the first stamp."""
    stamps: list[int] = []
    keys: list[tuple[int, int]] = []
    for packet in packets:
        if packet.is_discard or packet.size == 0:
            continue
        if packet.pts is None or packet.is_corrupt or not (stamps or packet.is_keyframe):
            return None
        stamps.append(packet.pts)
        if packet.is_keyframe:
            keys.append((packet.pts, packet.pts if packet.dts is None else packet.dts))
        beyond = float(_LOOK_AHEAD_SECONDS / packet.time_base)
        if packet.pts > stamps[0] + ticks + beyond:
            break
    before = [key for key in keys if key[0] <= stamps[0] + ticks]
    if len(before) < 2 or min(stamps) != stamps[0] or len(set(stamps)) != len(stamps):
        return None
    key_stamp, seek_stamp = max(before)
    return Landing(stamps[0], key_stamp, seek_stamp, bisect_left(sorted(stamps), key_stamp))


def seek_key_frame(
    container: InputContainer,
    stream: VideoStream,
    pictures: Iterator[av.VideoFrame],
    landing: Landing,
) -> av.VideoFrame | None:
    """The key frame, taken from `pictures` once they are decoded from there; None if not found."""
    container.seek(landing.seek_stamp, stream=stream)
    for picture in pictures:
        if picture.pts is None or picture.pts >= landing.key_stamp:
            whole = picture.pict_type == _INTRA and not picture.interlaced_frame
            return picture if whole and picture.pts == landing.key_stamp else None
    return None
