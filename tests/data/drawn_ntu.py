"""Stand-ins of NTU RGB+D: the owners' names on drawn clips of the five actions of Du 2020."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kineograph.media.write import write_video

FIVE = ("A004", "A008", "A009", "A023", "A043")
SAMPLES = tuple(  # persons 1, 2 and 4 are the owners' to learn from, 3 to test
    f"{setup}{camera}{person}R001{action}"
    for person, setup in (("P001", "S001"), ("P002", "S001"), ("P004", "S002"), ("P003", "S002"))
    for camera in ("C001", "C002")
    for action in FIVE
)
RECORDED_PER_SECOND = 30


def draw_ntu(source: Path, samples: Sequence[str] = SAMPLES, frames: int = 20) -> Path:
    """SRC/nturgb+d_rgb/S001C001P001R001A004_rgb.avi …: everyone before a wall of their own."""
    folder = source / "nturgb+d_rgb"
    folder.mkdir(parents=True)
    for number, sample in enumerate(samples):
        drawn = draw_action(sample[-4:], frames, np.random.default_rng(number))
        write_video(folder / f"{sample}_rgb.avi", drawn, RECORDED_PER_SECOND)
    return source


def draw_action(action: str, frames: int, rng: np.random.Generator) -> np.ndarray:
    """(T, 54, 96, 3) uint8: an upright bar sinks, rises or falls; beside its head a hand waves."""
    height, width = 54, 96
    wall = rng.integers(0, 150, (1, height // 6, width // 6, 3)).repeat(6, 1).repeat(6, 2)
    clip = (wall + rng.integers(0, 16, (frames, height, width, 3))).astype(np.uint8)
    left, tall, above = rng.integers(12, 68), rng.integers(14, 20), rng.integers(2, 8)
    sinks = {"A008": 14, "A009": -14, "A043": 26}.get(action, 0)
    beats = rng.uniform(1.5, 3.0)
    for t in range(frames):
        part = t / (frames - 1)
        top = int(above + max(0, -sinks) + sinks * part)
        clip[t, top : top + tall, left : left + 7] = 215
        if action in ("A004", "A023"):
            side = 10 + round(4 * np.sin(2 * np.pi * beats * part))
            up = top if action == "A004" else top + 6
            clip[t, up : up + 4, left + side : left + side + 4] = 250
    return clip
