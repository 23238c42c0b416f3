"""The examples run as they stand."""

import subprocess
import sys
from pathlib import Path

from kineograph.data.toy.actors import ActorsConfig, draw_clip
from kineograph.media.write import write_video

EXAMPLES = Path(__file__).parents[1] / "examples"


def test_your_own_cell():
    found = subprocess.run(
        [sys.executable, EXAMPLES / "your_own_cell.py"], capture_output=True, text=True
    )
    assert found.stdout == "whole = stepped: (2, 5, 4)\n", found.stderr


def test_label_a_clip(tmp_path):
    clip = tmp_path / "clip.mp4"
    write_video(clip, draw_clip(3, "boxing", 1, ActorsConfig(seed=5)), 25)
    found = subprocess.run(
        [sys.executable, EXAMPLES / "label_a_clip.py", "actors", clip],
        capture_output=True,
        text=True,
    )
    assert "clip.mp4: " in found.stdout and "boxing" in found.stdout, found.stderr
