"""Real windows and marks on real footage: the three people of exercise.avi."""

import shutil
from pathlib import Path

import numpy as np

from kineograph.data.cache import build_cache
from kineograph.data.prepare import PREPARE

MARKS = Path(__file__).parents[3] / "examples" / "exercise"


def test_marks_made_in_the_page_become_seconds(kineograph_data, tmp_path):
    home = tmp_path / "exercise"
    shutil.copytree(MARKS, home)
    shutil.copyfile(kineograph_data / "video_samples" / "exercise.avi", home / "exercise.avi")
    done = PREPARE["lecture"](home, tmp_path / "data", label="lunging", size="32")
    assert done.counts == {"arms": 72, "lunging": 78}  # with mirrored copies
    assert done.problems == [
        "class 'standing': is marked, and no whole second has it as its median. Mark longer."
    ]
    data = done.data_folder
    cache, problems = build_cache(
        data, data.annotations, size_pixels=(32, 32), frames_per_second=10.0, moments="nearest"
    )
    assert problems == []
    for person in ("left", "middle", "right"):
        own = [each for each in data.annotations if each.person == person and not each.copy_of]
        assert len(own) == 25
        frames = np.stack([cache[each][0] for each in own])
        assert frames.shape == (25, 10, 32, 32, 3)
        moved = np.abs(np.diff(frames.astype(int), axis=1)).mean()
        assert moved > 3, "someone who exercises is in the window"
