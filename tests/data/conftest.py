"""Settings of the tests of data, and the little videos they draw."""

from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest
from PIL import Image


def noise(frame_count: int, height: int = 24, width: int = 32, seed: int = 0) -> np.ndarray:
    """(T, H, W, 3) uint8: smooth colours that differ from frame to frame."""
    small = np.random.default_rng(seed).integers(0, 256, (frame_count, 3, 4, 3), dtype=np.uint8)
    return small.repeat(height // 3, axis=1).repeat(width // 4, axis=2)


def draw_video(path: Path, frames: np.ndarray, frames_per_second: int = 25) -> Path:
    """MPEG-4 in AVI, which is quick to write and to read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=Fraction(frames_per_second))
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = "yuv420p"
        stream.bit_rate = 2_000_000
        for pixels in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def draw_pictures(folder: Path, frames: np.ndarray) -> Path:
    """One PNG for each frame."""
    folder.mkdir(parents=True)
    for number, pixels in enumerate(frames):
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return folder


@pytest.fixture(scope="session")
def draw() -> SimpleNamespace:
    """What draws: `draw.noise`, `draw.video`, `draw.pictures`."""
    return SimpleNamespace(noise=noise, video=draw_video, pictures=draw_pictures)
