"""What the tests of cameras share: take until enough came, compare with a file's frames."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from kineograph.media import read_frames
from kineograph.media.cameras.camera import Camera
from kineograph.media.cameras.options import CameraOptions
from kineograph.media.cameras.shots import Health, Shot
from kineograph.media.cameras.source import Source, parse_source
from kineograph.media.convert import Converter

LONGEST_SECONDS = 30.0  # a test that waits longer has failed


def camera(source: str | Path | Source, **options) -> Camera:
    """A camera that gives whole pictures; extra words are options, or on_packet and make."""
    on_packet, make = options.pop("on_packet", None), options.pop("make", Converter("test"))
    if not isinstance(source, Source):
        source = parse_source(str(source))
    return Camera(source, CameraOptions(**options), make, on_packet)


def take_until(camera: Camera, enough: Callable[[list], bool]) -> list:
    """Take items until there are enough of them, or the camera has ended."""
    items, limit = [], time.monotonic() + LONGEST_SECONDS
    while not enough(items):
        assert time.monotonic() < limit, f"after {len(items)} items: {camera.status()}"
        items += camera.take()
        if any(isinstance(item, Health) and item.kind == "ended" for item in items):
            break
        time.sleep(0.005)
    return items


def take_shots(camera: Camera, count: int) -> list[Shot]:
    """The first `count` shots, changes of health left out."""
    return shots(take_until(camera, lambda items: len(shots(items)) >= count))[:count]


def take_all(camera: Camera) -> list:
    """All that a file gives, up to its end."""
    return take_until(camera, lambda items: False)


def shots(items: list) -> list[Shot]:
    return [item for item in items if isinstance(item, Shot)]


def kinds(items: list) -> list[str]:
    """The changes of health, in order."""
    return [item.kind for item in items if isinstance(item, Health)]


def assert_shows(taken: list[Shot], clip: Path) -> None:
    """The same pictures at the same times, to the millisecond."""
    frames = list(read_frames(clip))
    assert len(taken) == len(frames) > 0
    for shot, frame in zip(taken, frames, strict=True):
        assert abs(shot.seconds - frame.seconds) < 1e-3
        np.testing.assert_array_equal(shot.value, frame.pixels)


def threads_of_cameras() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("camera ")]


def assert_threads_end() -> None:
    """None is left: one that was in a call of FFmpeg when it was stopped ends by itself, soon."""
    limit = time.monotonic() + LONGEST_SECONDS
    while threads_of_cameras():
        assert time.monotonic() < limit, threads_of_cameras()
        time.sleep(0.02)
