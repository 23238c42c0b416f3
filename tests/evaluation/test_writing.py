"""The writing recipes on a small drawn lecture: frames are asked singly, seconds joined."""

import numpy as np
import pytest
import torch

from kineograph.data.cache import build_cache
from kineograph.data.clips import ClipDataset
from kineograph.data.copies import originals
from kineograph.data.prepare import PREPARE
from kineograph.data.toy.lecture import LectureConfig, write_lecture
from kineograph.evaluation.evaluate import evaluate
from kineograph.nets.models import FrameConfig
from kineograph.recipes import RECIPES, change_all

SMALL = ["data.size_pixels=16,16", "model.filters=4,4,4"]


@pytest.fixture(scope="module")
def lecture(tmp_path_factory):
    home = tmp_path_factory.mktemp("lecture")
    config = LectureConfig(
        people=2, people_per_recording=2, seconds=9, size_pixels=(180, 320), frames_per_second=10
    )
    write_lecture(home / "drawn", config, workers=1)
    return PREPARE["lecture"](home / "drawn", home / "data", size="16").data_folder


def asked(lecture, name):
    recipe = change_all(RECIPES[name], SMALL)
    data = recipe.data
    cache, problems = build_cache(
        lecture,
        lecture.annotations,
        size_pixels=data.size_pixels,
        frames_per_second=data.frames_per_second,
        inputs=data.inputs,
        moments=data.moments,
        workers=1,
    )
    assert problems == []
    side = ClipDataset(
        lecture.annotations, lecture.classes, cache=cache, config=data, training=False
    )
    torch.manual_seed(0)
    network = recipe.model.build(2, data.size_pixels, data.inputs)
    answers = evaluate(
        network,
        recipe.task,
        side,
        split="test",
        batch=24,
        device=torch.device("cpu"),
        progress=lambda *_: None,
    )
    return answers, side


@pytest.mark.parametrize(("name", "channels"), [("writing-gru", 3), ("writing-gru-small", 6)])
def test_every_second_has_one_answer(lecture, name, channels):
    answers, side = asked(lecture, name)
    assert len(answers) == len(side) == len(originals(lecture.annotations)) == 18
    assert {answer.truth for answer in answers} == {"writing", "not writing"}
    assert side.example(0).frames.shape == (10, 16, 16, channels)


def test_frames_are_asked_one_by_one_and_their_median_is_the_second_s(lecture):
    singly, side = asked(lecture, "writing-frame")
    assert len(side) == 180 and side.example(3).frames.shape == (1, 16, 16, 3)
    joined, _ = asked(lecture, "writing-median")
    assert isinstance(RECIPES["writing-median"].model, FrameConfig)
    for frames, second in zip(singly, joined, strict=True):
        assert frames.truth == [second.truth] * 10
        middle = np.median(frames.probabilities["writing"])
        assert second.probabilities["writing"] == pytest.approx(middle, abs=2e-6)
