"""Tiny data drawn for the tests: a bright square that goes left or right."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from kineograph.data.annotation import Annotation
from kineograph.data.dataset_folder import DataFolder, write_data_folder

CLASSES = ("left", "right")

# The same cases each time, so that a run fails for what was changed; KINEOGRAPH_EXPLORE=1: others.
# No deadline: others use the cores, too.
settings.register_profile(
    "steady",
    deadline=None,
    max_examples=30,
    derandomize="KINEOGRAPH_EXPLORE" not in os.environ,
)
settings.load_profile("steady")


def draw_square(direction: str, seed: int, frames: int = 8, size: int = 24) -> np.ndarray:
    """(T, H, W, 3) uint8: a dark wall of its own, a bright square that moves two pixels a frame."""
    rng = np.random.default_rng(seed)
    wall = rng.integers(0, 130, (1, 6, 6, 3)).repeat(size // 6, 1).repeat(size // 6, 2)
    clip = (wall + rng.integers(0, 20, (frames, size, size, 3))).astype(np.uint8)
    row, step = int(rng.integers(2, size - 8)), 2 if direction == "right" else -2
    start = 1 if direction == "right" else size - 7
    for t in range(frames):
        column = start + step * t
        clip[t, row : row + 6, max(0, column) : column + 6] = 230
    return clip


@pytest.fixture(scope="session")
def square_data(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """18 clips of 6 persons, split by person, as a prepared folder."""
    from kineograph.media.write import write_video

    home = tmp_path_factory.mktemp("squares")
    clips = []
    for person in range(6):
        for label in CLASSES:
            for take in range(2):
                name = f"{label}/p{person}_{label}_{take}.mp4"
                path = home / "clips" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                write_video(path, draw_square(label, 100 * person + 10 * take), 25)
                split = "test" if person == 5 else "val" if person == 4 else "train"
                clips.append(Annotation(video=name, label=label, person=f"p{person}", split=split))
    return write_data_folder(
        home / "data", clips, name="squares", source_root=home / "clips", command="drawn"
    )


@pytest.fixture
def kineograph_data() -> Path:
    """The folder of real clips; the test skips with a word where there is none."""
    folder = os.environ.get("KINEOGRAPH_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("KINEOGRAPH_DATA names no folder of real clips")
    return Path(folder)
