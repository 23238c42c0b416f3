"""Packets of a camera -> a clip on the disk: as they came, or with what may not be kept made away.

As they came: Matroska (MKV). It holds H.264, HEVC, MJPEG, MPEG-4 and VP9 alike, where MP4 knows no
MJPEG that browsers play and wants H.264 re-framed; and it can be read as far as it goes where a
disk filled up. The coded pictures are the camera's own, byte by byte; of H.264 and HEVC from a
network camera, the start codes between their parts become lengths, as every file format wants.

Made away: decoded, painted over, coded anew (H.264 in MP4). What is hidden never touches the disk.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av
import cv2
import numpy as np

from kineograph.errors import InputError
from kineograph.media.convert import Converter, Shown
from kineograph.media.draw_windows import blur_outside
from kineograph.media.frame import Box, Frame
from kineograph.media.write import VideoWriter
from kineograph.whole_file import temporary_beside

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.codeccontext import VideoCodecContext

    from kineograph.live.evidence.packets import Cut
    from kineograph.media.cameras.packet import StoredPacket, StreamHead
    from kineograph.media.frame import Pixels

Hide = Callable[["Pixels"], "Pixels"]

UNCODED = {"rawvideo"}  # a webcam's plain pictures: nothing to be kept as it came, and far too much

_UNFIT = (ValueError, av.error.InvalidDataError, av.error.ArgumentError)  # not the disk's errors
_TICKS = 90_000  # a second
_SLACK_SECONDS = 1e-4
_NO_PICTURE = bytes((0, 0, 0, 1, 0x46, 0xF0))  # a start code and nothing, in H.264 and HEVC alike


def hide(masks: Sequence[Box], sharp: Sequence[Box] | None) -> Hide:
    """What paints masks black and, where windows are given, blurs what lies outside of all."""

    masks = [Box(*mask) for mask in masks]

    def hidden(pixels: Pixels) -> Pixels:
        shown = _blackened(pixels, masks)
        if sharp is not None:  # black first: a blur would carry what is masked outwards
            shown = _blackened(blur_outside(shown, sharp), masks)
        return shown

    return hidden


def write_packets(path: Path, cut: Cut) -> None:
    """Write packets as they came into `path` (MKV), whole or not at all.

    Raises OSError where the disk refuses, InputError for what no container can hold.
    """
    if cut.head is None or not cut.packets:
        raise InputError(f"{path.name}: no packet to write. Wait for a key frame of the camera.")
    part = temporary_beside(path)
    try:
        try:
            _mux(part, cut.head, cut.packets)
        except _UNFIT:  # what it told of itself may be nonsense; the packets may say it, too
            _mux(part, replace(cut.head, extradata=None), cut.packets)
        os.replace(part, path)
    except _UNFIT as error:
        raise InputError(
            f"{path.name}: {cut.head.codec} cannot be written as it came ({error}). Set the camera "
            "to H.264."
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def write_hidden(path: Path, cut: Cut, hidden: Hide, name: str) -> None:
    """Decode, hide, and write as H.264 into `path` (MP4), whole or not at all.

    Raises InputError where nothing can be decoded or the disk refuses.
    """
    frames = decoded(cut, name)
    first = next(frames, None)
    if first is None:
        raise InputError(f"{name}: no picture can be decoded. Look at the camera's own page.")
    rate = float(cut.head.rate) if cut.head and cut.head.rate else 25.0
    size = first.pixels.shape
    with VideoWriter(path, size_pixels=(size[0], size[1]), frames_per_second=rate) as video:
        video.add(hidden(first.pixels), first.seconds)
        last_seconds = first.seconds
        for frame in frames:
            if frame.seconds - last_seconds > 1 / _TICKS:  # a stamp given twice shows nothing new
                video.add(hidden(frame.pixels), frame.seconds)
                last_seconds = frame.seconds


def decoded(
    cut: Cut,
    name: str,
    wanted: Callable[[float], bool] = lambda seconds: True,
) -> Iterator[Frame]:
    """The pictures in order of showing, seconds on the camera's clock; only `wanted` are converted.

    What cannot be decoded is left out: a camera's network loses packets.
    """
    head = cut.head
    if head is None:
        return
    codec = cast("VideoCodecContext", av.CodecContext.create(head.codec, "r"))
    codec.extradata = head.extradata
    if head.codec in UNCODED:
        codec.width, codec.height = head.width, head.height
        codec.pix_fmt = head.pixel_format
    codec.thread_count = 1
    converter = Converter(name)
    index = 0
    for packet in (*(_packet(each, _ticks(each)) for each in cut.packets), None):
        try:
            pictures = codec.decode(packet)
        except av.error.FFmpegError:
            continue
        for picture in pictures:
            seconds = float((picture.pts or 0) * Fraction(1, _TICKS))
            if wanted(seconds):
                load = partial(_itself, picture)
                shown = Shown(index, seconds, seconds, load, head.orientation)
                yield Frame(converter(shown), seconds, index)
            index += 1


def chosen_frames(
    cut: Cut, name: str, moments: Sequence[float], height_pixels: int, hidden: Hide | None = None
) -> list[Frame]:
    """For each moment (seconds, rising) the picture on show then, (height_pixels, W, 3), hidden."""
    shown_at = np.sort([packet.seconds for packet in cut.packets])
    places = np.searchsorted(shown_at, np.asarray(moments) + _SLACK_SECONDS, side="right") - 1
    stamps = shown_at[places.clip(0)]

    def is_wanted(seconds: float) -> bool:
        return bool(np.any(np.abs(stamps - seconds) < _SLACK_SECONDS))

    found = []
    for frame in decoded(cut, name, is_wanted):
        pixels = hidden(frame.pixels) if hidden else frame.pixels  # at full size: no bleeding edge
        width = max(1, round(height_pixels * pixels.shape[1] / pixels.shape[0]))
        small = cv2.resize(pixels, (width, height_pixels), interpolation=cv2.INTER_AREA)
        found.append(Frame(small.astype(np.uint8), frame.seconds, frame.index))
    if not found:
        return []
    times = np.array([frame.seconds for frame in found])
    return [found[int(np.argmin(np.abs(times - stamp)))] for stamp in stamps]


def _mux(path: Path, head: StreamHead, packets: Sequence[StoredPacket]) -> None:
    """All packets into one Matroska file, the first picture shown at 0."""
    ticks = [_ticks(packet) for packet in packets]
    first = min(ticks)
    in_order = sorted(ticks)
    late = max(early - shown for early, shown in zip(in_order, ticks, strict=True))
    with path.open("wb") as file, av.open(file, "w", format="matroska") as container:
        stream = _add_stream(container, head)
        for packet, shown, early in zip(packets, ticks, in_order, strict=True):
            copy = _packet(packet, shown - first)
            copy.dts = early - late - first  # Matroska keeps pts alone; the muxer wants both
            copy.stream = stream
            container.mux(copy)


def _add_stream(container: OutputContainer, head: StreamHead) -> Stream:
    """A stream for packets that are coded already, with the camera's own parameter sets.

    PyAV gives parameter sets only to a stream made after a template; any of this codec will do.
    """
    if head.extradata is None:
        return container.add_mux_stream(
            head.codec, width=head.width, height=head.height, time_base=Fraction(1, _TICKS)
        )
    with av.open(_template(head), format="nut") as template:
        stream = container.add_stream_from_template(template.streams.video[0], opaque=True)
    stream.codec_context.extradata = head.extradata
    stream.codec_context.width, stream.codec_context.height = head.width, head.height
    stream.time_base = Fraction(1, _TICKS)
    return stream


def _template(head: StreamHead) -> io.BytesIO:
    """A file in memory with a stream of this codec and no picture."""
    content = io.BytesIO()
    with av.open(content, "w", format="nut") as container:
        stream = container.add_mux_stream(head.codec, width=head.width, height=head.height)
        packet = av.Packet(_NO_PICTURE)
        packet.stream, packet.pts, packet.dts = stream, 0, 0
        packet.time_base, packet.is_keyframe = Fraction(1, 1000), True
        container.mux(packet)
    content.seek(0)
    return content


def _packet(packet: StoredPacket, ticks: int) -> Packet[Stream]:
    """A copy for the library, stamped on our own clock."""
    copy = av.Packet(packet.data)
    copy.pts = copy.dts = ticks
    copy.time_base = Fraction(1, _TICKS)
    copy.duration = round(packet.duration * packet.time_base * _TICKS)
    copy.is_keyframe = packet.is_key
    return copy


def _itself(picture: av.VideoFrame) -> av.VideoFrame:
    return picture


def _ticks(packet: StoredPacket) -> int:
    return round(packet.seconds * _TICKS)


def _blackened(pixels: Pixels, masks: Sequence[Box]) -> Pixels:
    """A copy with black boxes; what lies outside of the picture is not there."""
    shown = pixels.copy()
    for box in masks:
        left, top = max(0, box.x), max(0, box.y)
        shown[top : max(0, box.y + box.height), left : max(0, box.x + box.width)] = 0
    return shown
