"""The seconds that a network is least sure of come first; a stand-in network knows brightness."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from kineograph.media import Box, read_frames
from kineograph.media.write import write_video
from kineograph.predict.answer import Prediction
from kineograph.predict.model import Model
from kineograph.studio.unsure import MOST_SECONDS, ask, stretches


def brightness(piece: Path) -> Prediction:
    """As sure of "bright" as the clip is bright."""
    light = float(np.mean([frame.pixels.mean() for frame in read_frames(piece)])) / 255
    best = "bright" if light > 0.5 else "dark"
    both = {"bright": light, "dark": 1 - light}
    return Prediction(str(piece), best, both[best], both, (), 1.0)


def test_the_second_in_doubt_is_asked_about_first_and_only_the_window_is_seen(tmp_path: Path):
    frames = np.zeros((45, 64, 96, 3), np.uint8)
    frames[:, :32, :32] = np.repeat([250, 10, 140, 60, 200], [10, 10, 10, 10, 5])[
        :, None, None, None
    ]
    write_video(tmp_path / "v.mp4", frames, 10)
    model = cast(Model, SimpleNamespace(predict=brightness))
    found: list[dict[str, Any]] = ask(model, tmp_path / "v.mp4", Box(0, 0, 32, 32), 4.5)
    assert [each["start_seconds"] for each in found] == [2.0, 3.0, 4.0, 1.0, 0.0] or [
        each["start_seconds"] for each in found
    ] == [2.0, 3.0, 4.0, 0.0, 1.0]
    assert found[0]["label"] == "bright" and found[0]["certainty"] < 0.2
    assert max(each["end_seconds"] for each in found) == 4.5


@pytest.mark.parametrize("seconds", [0.4, 30.0, 239.9, 241.0, 5400.2])
def test_a_long_video_is_looked_at_in_stretches_inside_it(seconds: float):
    found = stretches(seconds)
    assert sum(end - start for start, end in found) == min(MOST_SECONDS, int(np.ceil(seconds)))
    assert found[0][0] == 0 and found[-1][1] == int(np.ceil(seconds))
    assert all(a[1] <= b[0] for a, b in zip(found, found[1:], strict=False))
