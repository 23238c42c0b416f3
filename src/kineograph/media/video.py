"""A video file -> its pictures in order of showing, with true times, by PyAV (FFmpeg's libraries).

Time is the stream's own stamp, counted from the first shown frame: recordings start late, drop
frames and change their rate, so index / nominal rate is wrong sooner or later. One decoding thread:
on small video a second one costs 1.4x the work for nothing, and clips are better spread over
processes. Pixels are taken as square, interlaced fields as one picture.
"""

import math
import re
from collections.abc import Generator, Iterator, Mapping
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from kineograph.errors import InputError
from kineograph.media.cameras.clock import StreamClock
from kineograph.media.container import open_video
from kineograph.media.convert import Shown
from kineograph.media.frame import BrokenClipError, MediaInfo
from kineograph.media.orientation import UPRIGHT, Orientation
from kineograph.media.seek import find_landing, seek_key_frame


def video_pictures(file: Path, start_seconds: float = 0.0) -> Generator[Shown, None, None]:
    """Pictures as a player shows them; in a long file, what lies well before the start is skipped.

    Raises InputError for what is no video, and BrokenClipError where decoding cannot go on.
    """
    landing = find_landing(file, start_seconds)
    container, stream = open_video(file)
    with container:
        clock, count, until = StreamClock(stream.time_base, stream.average_rate), 0, 0.0
        pictures = _decode(container, stream)
        try:
            if landing is not None:
                key_frame = seek_key_frame(container, stream, pictures, landing)
                if key_frame is None:
                    yield from video_pictures(file)
                    return
                clock.begin(landing.first_stamp)
                count, pictures = landing.key_index, chain([key_frame], pictures)
            for picture in pictures:
                seconds, until = clock.read(picture)
                yield Shown(
                    count, seconds, until, partial(_itself, picture), orientation_of(picture)
                )
                count += 1
            _check_whole(stream, count, until + clock.first_seconds)
        except (av.error.FFmpegError, EOFError) as error:
            raise _broken(file, stream, error, count, until) from error


def video_info(file: Path) -> MediaInfo:
    """The header, with size and rotation of the first picture, which is decoded."""
    first = next(pictures := video_pictures(file))
    pictures.close()
    picture = first.load()
    height, width = first.orientation.swap((picture.height, picture.width))
    container, stream = open_video(file)
    with container:
        duration = None
        if stream.duration is not None and stream.time_base is not None:
            duration = float(stream.duration * stream.time_base)
        elif container.duration is not None:
            duration = container.duration / av.time_base
        return MediaInfo(
            path=file,
            width=width,
            height=height,
            rotation_degrees=first.orientation.clockwise_degrees,
            frames_per_second=stream.average_rate,
            frame_count=stream.frames or None,
            duration_seconds=duration,
            codec=stream.codec_context.codec.canonical_name,
            pixel_format=picture.format.name,
            size_bytes=file.stat().st_size,
        )


def count_packets(file: Path) -> int:
    """How many pictures are stored, counted without decoding: some headers do not say."""
    container, stream = open_video(file)
    with container:
        return sum(packet.size > 0 for packet in container.demux(stream))


def _decode(container: InputContainer, stream: VideoStream) -> Iterator[av.VideoFrame]:
    """Decode packet by packet; raises EOFError where the file ends in the middle of one.

    Packets before the first picture may fail: a recorded broadcast begins anywhere. A torn packet
    in the middle is left to the decoder, which conceals what is lost; as the last one it means that
    the file was cut short.
    """
    torn: Packet[VideoStream] | None = None
    begun = False
    for packet in container.demux(stream):
        if torn is not None:
            if packet.size == 0:  # the end of the file
                raise EOFError("the file ends in the middle of a frame")
            yield from torn.decode()
        torn = packet if packet.is_corrupt else None
        if torn is not None:
            continue
        try:
            for picture in packet.decode():
                begun = True
                yield picture
        except av.error.FFmpegError:
            if begun:
                raise


def _check_whole(stream: VideoStream, count: int, end_seconds: float) -> None:
    """Raise EOFError for a file without frames, or much shorter than its muxer wrote at the end.

    Only Matroska's DURATION tag is believed: other headers often promise too much.
    """
    if count == 0:
        raise EOFError("no whole frame")
    tag = re.fullmatch(r"(\d+):(\d+):(\d+\.?\d*)", stream.metadata.get("DURATION", ""))
    if tag:
        promised = int(tag[1]) * 3600 + int(tag[2]) * 60 + float(tag[3])
        if end_seconds < promised - max(0.5, 0.02 * promised):
            raise EOFError(f"the file ends, though its header promises {promised:.1f} s")


def _broken(
    file: Path, stream: VideoStream, error: Exception, count: int, until: float
) -> InputError:
    reason = getattr(error, "strerror", None) or str(error)
    if count == 0:
        return InputError(
            f"{file}: none of its {stream.codec_context.name} frames can be decoded ({reason}). "
            "If a player shows it, convert it to MP4 (H.264)."
        )
    end_seconds = math.floor(until * 1000) / 1000
    return BrokenClipError(
        f"{file}: broken after {count} frames ({reason}). Use the part before it "
        f"(end_seconds={end_seconds:g}), or copy the file again."
    )


def _itself(picture: av.VideoFrame) -> av.VideoFrame:
    """A decoded picture needs no loading; it is converted only if it is wanted."""
    return picture


def orientation_of(picture: av.VideoFrame) -> Orientation:
    """How a decoded picture is turned and mirrored before it is shown."""
    side_data: Mapping[str, Any] = picture.side_data
    matrix = side_data.get("DISPLAYMATRIX")
    return UPRIGHT if matrix is None else Orientation.from_display_matrix(bytes(matrix))
