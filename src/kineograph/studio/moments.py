"""When each frame of a video is shown, read from its packets: nothing is decoded.

Hours take seconds. What a decoder drops or conceals may differ by a frame; the page shows and marks
by decoded frames alone, and uses these times for lengths and for formats that count frames.
"""

from pathlib import Path

from kineograph.media import inspect
from kineograph.media.container import open_video

_USUAL_SECONDS = 1 / 25  # a frame, where a file says nothing


def frame_seconds(file: Path) -> tuple[list[float], float]:
    """Seconds since the first frame at which each is shown, and when the last one ends."""
    if file.suffix.lower() == ".gif":
        return _even(file)
    container, stream = open_video(file)
    stamps: list[int] = []
    last_ticks = 0
    with container:
        tick = stream.time_base
        for packet in container.demux(stream):
            if packet.size and not packet.is_discard:
                stamp = packet.dts if packet.pts is None else packet.pts
                if stamp is not None:
                    stamps.append(stamp)
                    last_ticks = packet.duration or last_ticks
        rate = stream.average_rate
    if not stamps or tick is None:
        return _even(file)
    ordered = sorted(set(stamps))
    seconds = [float((stamp - ordered[0]) * tick) for stamp in ordered]
    usual = float(1 / rate) if rate else _USUAL_SECONDS
    return seconds, seconds[-1] + (float(last_ticks * tick) or usual)


def _even(file: Path) -> tuple[list[float], float]:
    """By the header: so many frames in so many seconds."""
    info = inspect(file)
    count = info.frame_count or 1
    duration = info.duration_seconds or count * _USUAL_SECONDS
    return [duration * index / count for index in range(count)], duration
