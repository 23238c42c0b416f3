"""Answers over time are those of the windows, each when its window has ended."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from kineograph.errors import InputError
from kineograph.media import BrokenClipError, read_cuts
from kineograph.media.write import write_video
from kineograph.nets.models import LRCNConfig
from kineograph.predict import over_time
from kineograph.predict.ask import ask
from kineograph.predict.over_time import answers_of
from kineograph.predict.timeline import Reading
from kineograph.recipes import RECIPES, Trained, change_all
from tests.conftest import draw_square

CPU = torch.device("cpu")


@pytest.fixture
def trained(tmp_path):
    torch.manual_seed(0)
    recipe = change_all(RECIPES["lrcn-kth"], ["data.size_pixels=24,24", "data.frames_per_clip=4"])
    model = LRCNConfig(filters=(4,), pools=(4,), units=4)
    return Trained(tmp_path, recipe, ("a", "b"), model.build(2, (24, 24)).eval(), 0.81)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "long.mp4"
    clip = np.concatenate([draw_square(way, 3, frames=20) for way in ("left", "right", "left")])
    write_video(path, clip, 25)
    return path


def test_they_are_what_each_window_is_asked_for_alone(trained, path):
    """60 frames in 2.4 s; a window each quarter of 0.81 s, and one that ends with the file."""
    seconds, probabilities = answers_of(path, trained, CPU)
    frames = list(Reading(path, trained.recipe.data.looks, None).frames())
    spans = [(0.2025 * k, 0.2025 * k + 0.81) for k in range(8)] + [(1.551, 2.4)]
    assert len(seconds) == len(spans)
    for (begin, until), second, answer in zip(spans, seconds, probabilities, strict=True):
        inside = [frame for frame in frames if begin <= frame.seconds < until]
        times = np.array([frame.seconds for frame in inside])
        pixels = np.stack([frame.pixels for frame in inside])
        ((_, _, alone),) = ask(times, [pixels], trained, trained.network, CPU)[0]
        assert answer == pytest.approx(alone, abs=1e-6)
        assert second == pytest.approx(times[-1] + 0.04)  # when its last frame has been shown
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(len(seconds)))


def test_times_go_forward_also_for_a_file_shorter_than_a_window(trained, path, tmp_path):
    assert (np.diff(answers_of(path, trained, CPU)[0]) > 0).all()
    short = tmp_path / "short.mp4"
    write_video(short, draw_square("left", 1, frames=10), 25)
    seconds, probabilities = answers_of(short, trained, CPU)
    assert seconds == pytest.approx([0.4]) and probabilities.shape == (1, 2)


def test_a_network_that_answers_for_every_frame_gives_each_once(trained, path, monkeypatch):
    """Its windows lie end to end, but for the last, which reaches back over frames answered."""

    def frame_by_frame(times, clips, *rest):
        return [[(t, t + 0.04, np.array([t, 1 - t])) for t in times.tolist()]]

    monkeypatch.setattr(over_time, "ask", frame_by_frame)
    recipe = change_all(RECIPES["lrcn-one-block-frames"], ["data.size_pixels=24,24"])
    seconds, probabilities = answers_of(path, replace(trained, recipe=recipe), CPU)
    assert seconds == pytest.approx(0.04 * np.arange(1, 61))
    assert probabilities[:, 0] == pytest.approx(seconds - 0.04)


def test_a_file_that_breaks_is_refused_since_its_rest_was_not_watched(trained, path, monkeypatch):
    def breaks(path, windows, **options):
        yield from list(read_cuts(path, windows, **options))[:30]
        raise BrokenClipError("long.mp4: broken after 30 frames.")

    monkeypatch.setattr("kineograph.data.inputs.read_cuts", breaks)
    with pytest.raises(
        InputError, match="broken after 30 frames. Repair the file, or leave it out"
    ):
        answers_of(path, trained, CPU)
