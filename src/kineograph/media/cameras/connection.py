"""One opened source: its packets as they come, and the pictures that each of them completes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import av

from kineograph.errors import InputError
from kineograph.media.cameras.clock import StreamClock
from kineograph.media.cameras.http_pictures import TICK, opened_pictures
from kineograph.media.cameras.options import CameraOptions
from kineograph.media.cameras.packet import StoredPacket, StreamHead
from kineograph.media.cameras.source import Source
from kineograph.media.container import open_video
from kineograph.media.convert import Shown
from kineograph.media.image import folder_pictures, pictures
from kineograph.media.listing import PICTURE_SUFFIXES
from kineograph.media.orientation import UPRIGHT
from kineograph.media.video import orientation_of

OnWay = Callable[[Callable[[], None]], None]

_DEVICES = {"linux": "video4linux2", "darwin": "avfoundation"}


@dataclass(slots=True)
class Piece:
    """What one packet brought; a folder of pictures has none."""

    packet: av.Packet | None
    shown: list[Shown] = field(default_factory=list)  # seconds: on the connection's own clock
    broken: bool = False


class PacketConnection:
    """Packets of one video stream, and its decoder; errors of single packets are survived."""

    def __init__(
        self,
        packets: Iterator[av.Packet],
        context: Any,  # av.VideoCodecContext
        clock: Callable[[], StreamClock],
        describe: Callable[[Any], StreamHead],
        close: Callable[[], None],
        gap_seconds: float,
    ) -> None:
        self._packets = packets
        self._context = context
        self._make_clock = clock
        self._clock = clock()
        self._describe = describe
        self._head: StreamHead | None = None
        self._orientation = UPRIGHT  # a container tells it beside its packets, so pictures know it
        self.close = close
        self._gap_seconds = gap_seconds
        self._count = 0

    def pieces(self) -> Iterator[Piece]:
        """Packet by packet; ends where a file ends, raises InputError or FFmpegError elsewhere."""
        for packet in self._packets:
            piece = Piece(packet if packet.size else None, broken=bool(packet.is_corrupt))
            try:
                for picture in self._context.decode(packet):  # an empty one: the end of a file
                    piece.broken |= bool(picture.is_corrupt)
                    piece.shown.append(self._shown(picture))
            except EOFError:
                return
            except av.error.FFmpegError:
                piece.broken = True
            yield piece

    def store(
        self, packet: av.Packet, base_seconds: float, stretch: int
    ) -> tuple[StoredPacket, StreamHead]:
        """A copy of a packet, and the stream's head; the same object until the stream changes."""
        if self._head is None or self._changed(self._head):
            self._head = replace(self._describe(self._context), orientation=self._orientation)
        seconds = self._clock.place(packet.pts, packet.dts) or 0.0
        stored = StoredPacket(
            data=bytes(packet),
            pts=packet.pts,
            dts=packet.dts,
            duration=packet.duration or 0,
            time_base=packet.time_base or self._head.time_base,
            is_key=bool(packet.is_keyframe),
            seconds=base_seconds + seconds,
            stretch=stretch,
        )
        return stored, self._head

    def _changed(self, head: StreamHead) -> bool:
        return (head.width, head.height) != (self._context.width, self._context.height)

    def _shown(self, picture: av.VideoFrame) -> Shown:
        if self._clock.turns_back(picture, self._gap_seconds):
            self._clock = self._make_clock()  # the camera set its clock, or began anew
        seconds, until = self._clock.read(picture)
        self._orientation = orientation_of(picture)
        shown = Shown(self._count, seconds, until, partial(_itself, picture), self._orientation)
        self._count += 1
        return shown


class PictureConnection:
    """A folder of pictures, an animation or one picture: no packets, and nothing to be survived."""

    def __init__(self, shown: Iterator[Shown], close: Callable[[], None]) -> None:
        self._shown = shown
        self.close = close

    def pieces(self) -> Iterator[Piece]:
        """One piece a picture. Raises InputError where they cannot be read on."""
        return (Piece(None, [each]) for each in self._shown)


Connection = PacketConnection | PictureConnection


def connect(source: Source, options: CameraOptions, on_way: OnWay) -> PacketConnection:
    """Open a camera, waiting no longer than the options say. Raises InputError.

    `on_way` is given a function that cuts the connection off from another thread, if there is one.
    """
    if source.kind == "mjpeg":
        return _connect_http(source, options, on_way)
    began = time.monotonic()
    try:
        container = _open_live(source, options)
    except (av.error.FFmpegError, OSError, ValueError) as error:
        waited = time.monotonic() - began >= 0.95 * options.open_seconds
        raise _refused(source, error, options.open_seconds if waited else None) from None
    video = [stream for stream in container.streams.video if stream.codec_context is not None]
    if not video:
        container.close()
        raise InputError(
            f"{source.shown}: sends no pictures that FFmpeg knows. Set the camera to H.264."
        )
    packets = container.demux(video[0])
    if source.kind == "rtsp":
        packets = _stamped(packets)
    return _of_container(container, video[0], options, packets)


def open_file(path: Path, options: CameraOptions) -> Connection:
    """Open a video file, a picture, an animation or a folder of pictures. Raises InputError."""
    if path.is_dir():
        shown = folder_pictures(path, options.frames_per_second)
        return PictureConnection(shown, shown.close)
    if path.suffix.lower() in PICTURE_SUFFIXES | {".gif"}:
        shown = pictures(path, options.frames_per_second)
        return PictureConnection(shown, shown.close)
    container, stream = open_video(path)
    return _of_container(container, stream, options, container.demux(stream))


def lost_because(error: Exception, source: Source) -> InputError:
    """The line that says why a camera that had answered is read no more."""
    if isinstance(error, InputError):
        return error
    timed_out = isinstance(error, av.error.ExitError | TimeoutError)
    words = getattr(error, "strerror", None) or type(error).__name__
    reason = "it sends nothing any more" if timed_out else words.lower()
    return InputError(f"{source.shown}: the connection was lost ({reason}). It is opened again.")


def _stamped(packets: Iterator[av.Packet]) -> Iterator[av.Packet]:
    """FFmpeg counts RTSP from the first packet on, and loses just that one's stamp (its parser)."""
    for index, packet in enumerate(packets):
        if index == 0 and packet.pts is None and packet.size:
            packet.pts = 0
        yield packet


def _of_container(
    container: Any, stream: Any, options: CameraOptions, packets: Iterator[av.Packet]
) -> PacketConnection:
    context = stream.codec_context
    context.thread_count = 1
    context.options = {**context.options, "max_pixels": str(options.most_pixels)}

    def describe(context: Any) -> StreamHead:
        return StreamHead(
            codec=context.codec.canonical_name,
            width=context.width,
            height=context.height,
            extradata=context.extradata,
            time_base=stream.time_base,
            rate=stream.average_rate,
            pixel_format=context.pix_fmt,
        )

    return PacketConnection(
        packets,
        context,
        lambda: StreamClock(stream.time_base, stream.average_rate),
        describe,
        container.close,
        options.gap_seconds,
    )


def _connect_http(source: Source, options: CameraOptions, on_way: OnWay) -> PacketConnection:
    http = opened_pictures(source, options, on_way)
    context = av.CodecContext.create("mjpeg", "r")
    context.thread_count = 1
    context.options = {"max_pixels": str(options.most_pixels)}

    def describe(context: Any) -> StreamHead:
        size = (context.width, context.height)
        return StreamHead("mjpeg", *size, context.extradata, TICK, None, context.pix_fmt)

    return PacketConnection(
        http.packets(),
        context,
        lambda: StreamClock(TICK, None),
        describe,
        http.close,
        options.gap_seconds,
    )


def _open_live(source: Source, options: CameraOptions) -> Any:
    seconds = (options.open_seconds, options.read_seconds)
    limits = {"max_pixels": str(options.most_pixels)}
    if source.kind == "webcam":
        form = next((f for name, f in _DEVICES.items() if sys.platform.startswith(name)), None)
        if form is None:
            raise InputError(
                f"{source.shown}: webcams are read on Linux and macOS. Give rtsp:// here."
            )
        device = source.address if form == "avfoundation" else f"/dev/video{source.address}"
        return av.open(device, format=form, timeout=seconds)
    wanted = {
        "rtsp_transport": options.rtsp_transport,
        "allowed_media_types": "video",
        "fpsprobesize": "0",  # or opening waits for 20 pictures, to guess a rate
        "protocol_whitelist": "rtsp,rtsps,rtp,srtp,udp,tcp,tls,http,https,httpproxy,crypto",
    }
    return av.open(source.address, format="rtsp", timeout=seconds, options={**wanted, **limits})


def _refused(source: Source, error: Exception, waited_seconds: float | None) -> InputError:
    """Why it could not be opened; FFmpeg's own text repeats the address with its password."""
    if isinstance(error, InputError):
        return error
    if waited_seconds is not None:
        return InputError(
            f"{source.shown}: no answer within {waited_seconds:g} s. Is it on, and reachable?"
        )
    if isinstance(error, av.error.HTTPUnauthorizedError | av.error.HTTPForbiddenError):
        return InputError(
            f"{source.shown}: refuses this user. Write rtsp://user:password@host:554/path."
        )
    reason = (getattr(error, "strerror", None) or type(error).__name__).lower()
    remedy = "Is it plugged in?" if source.kind == "webcam" else "Check host, port and path."
    return InputError(f"{source.shown}: cannot be opened ({reason}). {remedy}")


def _itself(picture: av.VideoFrame) -> av.VideoFrame:
    return picture
