"""A camera without a camera: drawn pictures, coded, as the packets that a reader gives."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from kineograph.live.evidence.packets import Cut
from kineograph.media.cameras.packet import StoredPacket, StreamHead

START = datetime(2026, 2, 14, 18, 30, 12, tzinfo=UTC)


def draw_corridor(count: int, height: int = 96, width: int = 128) -> list[np.ndarray]:
    """(H, W, 3) uint8 each: a lit corridor in which someone walks to the right."""
    y, x = np.mgrid[0:height, 0:width]
    wall = np.stack([90 + 60 * y / height, 100 + 50 * x / width, 120 + 0 * x], axis=-1)
    pictures = []
    for index in range(count):
        picture = wall.copy()
        left = 8 + (width - 40) * index / max(1, count - 1)
        body = (abs(x - left - 8) < 7) & (y > height * 0.4) & (y < height * 0.9)
        head = (x - left - 8) ** 2 + (y - height * 0.3) ** 2 < (height * 0.08) ** 2
        picture[body] = (200, 70, 50)
        picture[head] = (235, 200, 170)
        pictures.append(picture.clip(0, 255).astype(np.uint8))
    return pictures


def code(
    path: Path,
    pictures: Sequence[np.ndarray],
    codec: str = "libx264",
    rate: int = 10,
    **options: str,
) -> Path:
    """Write pictures with any codec into any container; a key frame every 10 if not said."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, options={"g": "10"} | options)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for index, pixels in enumerate(pictures):
            picture = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            picture.pts, picture.time_base = index, Fraction(1, rate)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


def sent(path: Path, from_seconds: float = 0.0, stretch: int = 0) -> Cut:
    """All packets of a file, as a camera's, the first picture shown at `from_seconds`."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        codec, tick = stream.codec_context, stream.time_base
        head = StreamHead(
            codec.name,
            codec.width,
            codec.height,
            codec.extradata,
            tick,
            stream.average_rate,
            codec.pix_fmt,
        )
        packets = [packet for packet in container.demux(stream) if packet.size]
        stamps = [p.pts if p.pts is not None else p.dts for p in packets]
        return Cut(
            head,
            tuple(
                StoredPacket(
                    bytes(packet),
                    packet.pts,
                    packet.dts,
                    packet.duration or 0,
                    tick,
                    packet.is_keyframe,
                    float((stamp - min(stamps)) * tick) + from_seconds,
                    stretch,
                )
                for packet, stamp in zip(packets, stamps, strict=True)
            ),
        )


def fields(start: float = 2.0, end: float | None = None, **other: object) -> dict:
    """What `Event.fields()` gives, of an event at `start` seconds."""
    end_time = None if end is None else (START + timedelta(seconds=end)).isoformat()
    return {
        "id": f"event-{start:g}",
        "camera": "hall",
        "window": "whole",
        "label": "fight",
        "kind": "seen",
        "start_seconds": start,
        "end_seconds": end,
        "peak_seconds": start + 0.5,
        "peak": 0.93,
        "start_time": (START + timedelta(seconds=start)).isoformat(),
        "end_time": end_time,
        "confidences": {"fight": 0.93, "calm": 0.07},
        **other,
    }


def read_back(path: Path) -> list[bytes]:
    """The packets of a clip."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return [bytes(packet) for packet in container.demux(stream) if packet.size]


def parts(packet: bytes) -> list[bytes]:
    """NAL units of H.264 or HEVC, whether start codes or lengths of four bytes divide them."""
    if packet[:4] == b"\0\0\0\1" or packet[:3] == b"\0\0\1":
        pieces = packet.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")[1:]
        return [piece.rstrip(b"\0") for piece in pieces]
    found, place = [], 0
    while place < len(packet):
        size = int.from_bytes(packet[place : place + 4])
        found.append(packet[place + 4 : place + 4 + size].rstrip(b"\0"))
        place += 4 + size
    return found
