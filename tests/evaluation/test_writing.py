"""The writing recipes on a small drawn lecture: frames are asked singly, seconds joined."""

import json

import numpy as np
import pytest
import torch

from kineograph.data.cache import build_cache
from kineograph.data.clips import ClipDataset
from kineograph.data.copies import originals
from kineograph.data.prepare import PREPARE
from kineograph.data.toy.lecture import LectureConfig, write_lecture
from kineograph.evaluation.again import evaluate_again
from kineograph.evaluation.evaluate import evaluate
from kineograph.evaluation.experiment import run_experiment
from kineograph.evaluation.job import Experiment, no_stage
from kineograph.nets.models import FrameConfig
from kineograph.recipes import RECIPES, change_all, load
from kineograph.report.answers import read_answers

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
        moments=data.moments,
        workers=1,
    )
    assert problems == []
    side = ClipDataset(
        lecture.annotations, lecture.classes, cache=cache, config=data, training=False
    )
    torch.manual_seed(0)
    network = recipe.model.build(2, data.size_pixels)
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


@pytest.mark.parametrize("name", ["writing-gru", "writing-gru-small"])
def test_every_second_has_one_answer(lecture, name):
    answers, side = asked(lecture, name)
    assert len(answers) == len(side) == len(originals(lecture.annotations)) == 18
    assert {answer.truth for answer in answers} == {"writing", "not writing"}
    assert side.example(0).frames.shape == (10, 16, 16, 3)


def test_frames_are_asked_one_by_one_and_their_median_is_the_second_s(lecture):
    singly, side = asked(lecture, "writing-frame")
    assert len(side) == 180 and side.example(3).frames.shape == (1, 16, 16, 3)
    joined, _ = asked(lecture, "writing-median")
    assert isinstance(RECIPES["writing-median"].model, FrameConfig)
    for frames, second in zip(singly, joined, strict=True):
        assert frames.truth == [second.truth] * 10
        middle = np.median(frames.probabilities["writing"])
        assert second.probabilities["writing"] == pytest.approx(middle, abs=2e-6)


def test_the_paper_s_protocol_tests_one_person_and_mirrors_and_says_so(lecture, tmp_path):
    settings = [*SMALL, "data.split=writing-paper-split", "training.epochs=1"]
    recipe = change_all(RECIPES["writing-gru"], settings)
    said: list[str] = []
    run_experiment(
        Experiment(recipe, lecture, tmp_path / "run", with_baselines=False, say=said.append)
    )
    assert any(line.startswith("writing-paper-split: ") for line in said)
    told = json.loads((tmp_path / "run" / "environment.json").read_text())
    assert told["data"]["split"]["how"] == "writing-paper-split" and told["leakage"] is None
    answers = read_answers(tmp_path / "run" / "predictions.jsonl")
    assert {a.person for a in answers} == {min({a.person for a in lecture.annotations})}
    mirrors = {a.copy_of for a in answers if a.copy_of}
    assert mirrors == {a.id for a in answers if not a.copy_of} and len(mirrors) == 9
    text = (tmp_path / "run" / "report.md").read_text(encoding="utf-8")
    assert "writing-paper-split: one person, tested on mirrored samples too" in text
    assert "these figures say little of other people" in text
    trained = load(tmp_path / "run")
    evaluate_again(
        trained,
        lecture,
        None,
        tmp_path / "again",
        device=torch.device("cpu"),
        stage=no_stage,
        say=said.append,
    )
    again = read_answers(tmp_path / "again" / "predictions.jsonl")
    assert [(a.id, a.answer) for a in again] == [(a.id, a.answer) for a in answers]
