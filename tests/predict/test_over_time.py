"""Answers over time are those of a camera's session, each when it is known and not before."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import torch

from kineograph.errors import InputError
from kineograph.media import BrokenClipError, read_shown
from kineograph.media.write import write_video
from kineograph.nets.models import LRCNConfig
from kineograph.predict.ask import Pixels, ask
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


@pytest.mark.parametrize("sampling", ["jitter", "windows"])  # one steps, one asks full windows
def test_no_answer_knows_of_what_comes_after_it(trained, path, monkeypatch, sampling):
    recipe = change_all(trained.recipe, [f"data.sampling={sampling}"])
    other = replace(trained, recipe=recipe)
    seconds, probabilities = answers_of(path, other, CPU)
    whole = Reading.frames
    monkeypatch.setattr(Reading, "frames", lambda reading: islice(whole(reading), 40))
    cut, before = answers_of(path, other, CPU)
    until = cut < 39 / 25  # the end of a file is a last word that a camera does not have
    assert until.sum() >= 2
    assert seconds[: until.sum()] == pytest.approx(cut[until])
    assert probabilities[: until.sum()] == pytest.approx(before[until], abs=1e-6)
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(len(seconds)))


@pytest.mark.parametrize("sampling", ["jitter", "windows"])
def test_the_last_word_of_the_first_window_is_the_answer_to_that_clip(trained, path, sampling):
    recipe = change_all(trained.recipe, [f"data.sampling={sampling}"])
    other = replace(trained, recipe=recipe, clip_seconds=0.8)
    _, probabilities = answers_of(path, other, CPU)
    frames = list(Reading(path, recipe.data.looks, None).frames())
    inside = [frame for frame in frames if frame.seconds < 0.8 - 1e-6]
    clip = Pixels(np.stack([frame.pixels for frame in inside]))
    times = np.array([frame.seconds for frame in inside])
    ((_, _, alone),) = ask(times, [clip], other, other.network, CPU)[0]
    assert np.abs(probabilities - alone).max(axis=1).min() < 1e-5


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

    monkeypatch.setattr("kineograph.predict.session.ask", frame_by_frame)
    recipe = change_all(RECIPES["lrcn-one-block-frames"], ["data.size_pixels=24,24"])
    seconds, probabilities = answers_of(path, replace(trained, recipe=recipe), CPU)
    assert seconds == pytest.approx(0.04 * np.arange(1, 61))
    assert probabilities[:, 0] == pytest.approx(seconds - 0.04)


def test_a_file_that_breaks_is_refused_since_its_rest_was_not_watched(trained, path, monkeypatch):
    def breaks(path, **options):
        yield from islice(read_shown(path, **options), 30)
        raise BrokenClipError("long.mp4: broken after 30 frames.")

    monkeypatch.setattr("kineograph.data.looking.read_shown", breaks)
    with pytest.raises(
        InputError, match="broken after 30 frames. Repair the file, or leave it out"
    ):
        answers_of(path, trained, CPU)
