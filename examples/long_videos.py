"""Long drawn videos of one action after another, all marked: something to tune alerts on.

python examples/long_videos.py drawn-long
kineograph tune-alerts actors drawn-long/*.mp4 --marks drawn-long/annotations.jsonl --label running
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from kineograph.data.annotation import Annotation, write_annotations
from kineograph.data.toy.actors import ACTIONS, ActorsConfig, draw_clip
from kineograph.media.write import write_video

VIDEOS, PARTS = 6, 36
CONFIG = ActorsConfig(seed=2026)  # actors whom the network that comes with the package never met


def draw(folder: Path) -> None:
    """Videos of parts of 3 to 9 seconds; each part has its own place, and each video its actor."""
    marks = []
    for number in range(VIDEOS):
        name = f"long{number + 1}.mp4"
        rng = np.random.default_rng([CONFIG.seed, number])
        clips, seconds = [], 0.0
        for part in range(PARTS):
            action = str(rng.choice(ACTIONS))
            frames = int(rng.integers(75, 226))
            config = replace(CONFIG, frames_per_clip=frames)
            clips.append(draw_clip(number, action, 100 * number + part, config))
            until = seconds + frames / CONFIG.frames_per_second
            marks.append(Annotation(name, action, round(seconds, 2), round(until, 2)))
            seconds = until
        write_video(folder / name, np.concatenate(clips), CONFIG.frames_per_second)
        print(f"{name}: {seconds:.0f} s")
    write_annotations(folder / "annotations.jsonl", marks)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    draw(folder)
