"""Open a video file and find its moving pictures, or say in one line why that cannot be."""

import os
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from kineograph.errors import InputError

_MAKE_UP_PTS = 1  # AVFMT_FLAG_GENPTS


def open_video(file: Path) -> tuple[InputContainer, VideoStream]:
    """The container, to be closed by the caller, and its video stream with one decoding thread."""
    container = _open(file)
    try:
        return container, _video_stream(file, container)
    except InputError:
        container.close()
        raise


def _open(file: Path) -> InputContainer:
    """Only local files are opened, so that no playlist can reach a network."""
    try:
        if file.stat().st_size == 0:
            raise InputError(f"{file}: the file is empty (0 bytes). Copy or record it again.")
        container = _container(file)
    except av.error.InvalidDataError as error:
        with file.open("rb") as content:
            unfinished = content.read(8)[4:] == b"ftyp"
        if unfinished:
            raise InputError(
                f"{file}: cut short or never finished: the index of the MP4 file is missing. "
                "Copy it again, or record to MKV, which can be read as far as it goes."
            ) from error
        raise InputError(
            f"{file}: not a video that FFmpeg knows. "
            "If a player shows it, convert it to MP4 (H.264)."
        ) from error
    except (OSError, av.error.FFmpegError) as error:
        raise InputError(
            f"{file}: cannot be opened ({error.strerror}). Check the file and its permissions."
        ) from error
    container.flags &= ~_MAKE_UP_PTS  # what is made up for AVI is in the wrong order
    return container


def _container(file: Path) -> InputContainer:
    """Opened by libavformat, with any encoding of its titles and comments."""
    url = f"file:{os.fspath(file)}"  # or "12:30:05.mp4" would be taken for a protocol
    options = {"protocol_whitelist": "file"}
    try:
        return av.open(url, options=options)
    except UnicodeDecodeError:  # PyAV up to 18; later ones take any
        return av.open(url, options=options, metadata_errors="replace")


def _video_stream(file: Path, container: InputContainer) -> VideoStream:
    """The first stream that moves: a song's cover picture is not a video."""
    for stream in container.streams.video:
        if Disposition.attached_pic in Disposition(stream.disposition):
            continue
        if stream.codec_context is None:
            raise InputError(
                f"{file}: FFmpeg has no decoder for its pictures. Convert it to MP4 (H.264)."
            )
        stream.codec_context.thread_count = 1
        return stream
    held = " and ".join(sorted({stream.type for stream in container.streams})) or "no stream"
    raise InputError(f"{file}: holds {held} but no video. Give a file with pictures in it.")
