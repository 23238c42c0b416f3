"""Decode and shrink: our reader against naive PyAV and OpenCV.

python -m benchmarks.decode
"""

import tempfile
from pathlib import Path

import av
import cv2
import numpy as np

from kineograph.media import read_chosen, read_frames

from .ratio import compare, print_table

SIZE = (60, 60)


def draw(path: Path, codec: str, width: int, height: int, frames: int) -> None:
    """Moving stripes with noise: something for the codec to do."""
    rng = np.random.default_rng(0)
    with av.open(str(path), "w") as file:
        stream = file.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        x = np.arange(width)[None, :, None]
        for t in range(frames):
            picture = 128 + 80 * np.sin((x + 3 * t) / 9) + rng.normal(0, 12, (height, width, 3))
            frame = av.VideoFrame.from_ndarray(picture.clip(0, 255).astype(np.uint8))
            file.mux(stream.encode(frame))
        file.mux(stream.encode())


def naive(path: Path) -> list[np.ndarray]:
    """What tutorials show: a new scaler for every frame."""
    with av.open(str(path)) as file:
        file.streams.video[0].thread_count = 1
        return [
            frame.reformat(SIZE[1], SIZE[0], "rgb24").to_ndarray() for frame in file.decode(video=0)
        ]


def opencv(path: Path) -> list[np.ndarray]:
    """OpenCV's capture and its AREA resize, one thread."""
    cv2.setNumThreads(1)
    capture = cv2.VideoCapture(str(path))
    capture.set(cv2.CAP_PROP_N_THREADS, 1)
    frames = []
    while True:
        there, picture = capture.read()
        if not there:
            return frames
        small = cv2.resize(picture, SIZE, interpolation=cv2.INTER_AREA)
        frames.append(cv2.cvtColor(small, cv2.COLOR_BGR2RGB))


def main() -> None:
    """Three clips, all frames; then 40 of 480."""
    clips = {
        "160×120 MPEG-4": ("mpeg4", 160, 120, 480, "mp4"),
        "160×120 H.264": ("libx264", 160, 120, 480, "mp4"),
        "1280×720 H.264": ("libx264", 1280, 720, 100, "mp4"),
    }
    with tempfile.TemporaryDirectory() as folder:
        for title, (codec, width, height, count, suffix) in clips.items():
            path = Path(folder) / f"{codec}{width}.{suffix}"
            draw(path, codec, width, height, count)
            contestants = {
                "PyAV, frame.reformat (base)": lambda path=path: naive(path),
                "OpenCV capture + AREA": lambda path=path: opencv(path),
                "kineograph": lambda path=path: list(read_frames(path, size_pixels=SIZE)),
            }
            print_table(f"All frames of {title} → 60×60 RGB", compare(contestants))
            chosen = np.linspace(0, count - 1, 40).astype(int)
            contestants = {
                "PyAV, every frame converted (base)": lambda path=path: naive(path),
                "kineograph, 40 chosen": lambda path=path, chosen=chosen: read_chosen(
                    path, chosen, size_pixels=SIZE
                ),
            }
            print_table(f"40 of {count} frames of {title}", compare(contestants))


if __name__ == "__main__":
    main()
