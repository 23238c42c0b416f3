"""Optical flow into the cache, against OpenCV's DIS alone on frames that lie ready in memory.

python -m benchmarks.flow
"""

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from kineograph.data.annotation import Annotation
from kineograph.data.cache import build_cache
from kineograph.data.dataset_folder import write_data_folder
from kineograph.media import list_media, read_frames
from kineograph.media.flow import METHODS, working_size

from .decode import draw
from .ratio import compare, print_table

SIZE = (60, 60)
DRAWN = 8  # clips, where no real ones are at hand


def clips(home: Path) -> Path:
    """UT-Interaction's clips where KINEOGRAPH_DATA has them, else drawn ones."""
    real = Path(os.environ.get("KINEOGRAPH_DATA", "")) / "ut_interaction_set1"
    if real.is_dir():
        return real
    for number in range(DRAWN):
        draw(home / f"{number}.avi", "mpeg4", 320, 240, 120)
    return home


def main() -> None:
    """Pairs of frames a second, all cores; the cache decodes, shrinks and writes as well."""
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        home = clips(Path(folder))
        files = [path for path in list_media(home) if path.suffix == ".avi"]
        annotations = [Annotation(path.name, str(i % 2)) for i, path in enumerate(files)]
        greys = [grey_frames(path) for path in files]
        pairs = sum(len(frames) - 1 for frames in greys)
        for method in METHODS:
            data = write_data_folder(Path(folder) / method, annotations, name="b", source_root=home)
            contestants = {
                f"{method} alone, frames ready in memory (base)": lambda m=method: bare(greys, m),
                f"{method} into the cache": lambda m=method, d=data: cached(d, m),
            }
            title = f"Flow of {len(files)} clips, {pairs} pairs, {os.cpu_count()} cores"
            print_table(title, compare(contestants, rounds=3))


def grey_frames(path: Path) -> list[np.ndarray]:
    """All frames of a clip as flow is measured on them."""
    height, width = next(read_frames(path)).pixels.shape[:2]
    frames = read_frames(path, size_pixels=working_size((height, width)))
    return [cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2GRAY) for frame in frames]


def bare(greys: list[list[np.ndarray]], method: str) -> None:
    """Nothing but the flow, a clip a thread: OpenCV leaves Python's lock while it works."""

    def one(frames: list[np.ndarray]) -> None:
        flow = METHODS[method]()
        for before, after in zip(frames, frames[1:], strict=False):
            flow.calc(before, after, None)

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(one, greys))


def cached(data: object, method: str) -> None:
    """What `prepare --flow` does after the files were looked at, but for the pictures."""
    folder = data.cache / f"60x60-flow-{method}"
    for file in folder.glob("*"):
        file.unlink()
    build_cache(data, data.annotations, size_pixels=SIZE, inputs=("flow",), flow_method=method)


if __name__ == "__main__":
    main()
