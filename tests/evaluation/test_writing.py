"""The writing recipes on a small drawn lecture: frames are asked singly, seconds joined."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from kineograph.data.batch import collate
from kineograph.data.cache import build_cache
from kineograph.data.clips import ClipDataset
from kineograph.data.copies import originals
from kineograph.data.prepare import PREPARE
from kineograph.data.toy.lecture import LectureConfig, write_lecture
from kineograph.errors import InputError
from kineograph.evaluation.again import evaluate_again
from kineograph.evaluation.by_median import by_median
from kineograph.evaluation.evaluate import evaluate
from kineograph.evaluation.experiment import run_experiment
from kineograph.evaluation.job import Experiment, no_stage
from kineograph.export.onnx import export
from kineograph.export.run import OnnxFile
from kineograph.nets.models import FrameConfig
from kineograph.predict.engine import Engine
from kineograph.predict.timeline import predict_file
from kineograph.recipes import RECIPES, Trained, change_all, load
from kineograph.report.answers import read_answers

SMALL = ["data.size_pixels=16,16", "model.filters=4,4,4"]


@pytest.fixture(scope="module")
def lecture(tmp_path_factory):
    home = tmp_path_factory.mktemp("lecture")
    config = LectureConfig(
        people=2,
        people_per_recording=2,
        seconds=9,
        size_pixels=(180, 320),
        frames_per_second=10,
        depth=True,
    )
    write_lecture(home / "drawn", config, workers=1)
    return PREPARE["lecture"](home / "drawn", home / "data", size="16").data_folder


def clips_of(lecture, data, training=False):
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
    return ClipDataset(
        lecture.annotations, lecture.classes, cache=cache, config=data, training=training
    )


def asked(lecture, name):
    recipe = change_all(RECIPES[name], SMALL)
    data = recipe.data
    side = clips_of(lecture, data)
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
    assert any(len(set(frames.truth)) == 2 for frames in singly), "each frame bears its own mark"
    for frames, second in zip(singly, joined, strict=True):
        assert by_median([frames], tie="writing")[0].truth == second.truth
        middle = np.median(frames.probabilities["writing"])
        assert second.probabilities["writing"] == pytest.approx(middle, abs=2e-6)


TWO = [
    "data.size_pixels=16,16",
    "model.rgb.filters=4,4,4",
    "model.motion.filters=4,4,4",
]


@pytest.mark.parametrize(
    ("name", "settings", "second"),
    [
        ("writing-gru-small", SMALL, "flow"),
        ("writing-gru-small", SMALL, "depth"),
        ("writing-two-stream", TWO, "flow"),
        pytest.param("writing-two-stream", TWO, "depth", marks=pytest.mark.slow),
    ],
)
def test_pictures_with_motion_or_depth_are_learned_from_and_exported(
    lecture, tmp_path, name, settings, second
):
    """Two steps on the drawn lecture with its copies; then ONNX says what torch says."""
    recipe = change_all(RECIPES[name], [*settings, f"data.inputs=rgb,{second}"])
    side = clips_of(lecture, recipe.data, training=True)
    assert len(side) > len(originals(lecture.annotations))
    torch.manual_seed(0)
    network = recipe.model.build(2, recipe.data.size_pixels, recipe.data.inputs)
    batch = collate([side.example(place) for place in range(12)])
    assert batch.inputs.shape == (12, 10, 6, 16, 16)
    before = {key: value.clone() for key, value in network.named_parameters()}
    optimiser = torch.optim.SGD(network.parameters(), 0.1)
    losses = []
    for _ in range(2):
        optimiser.zero_grad()
        loss, answers = recipe.task.loss(network, batch)
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    with torch.no_grad():
        losses.append(float(recipe.task.loss(network, batch)[0]))
    assert len(answers) == 12 and losses[2] < losses[0]
    first_layers = [key for key, old in before.items() if old.ndim == 4 and old.shape[1] in (3, 6)]
    assert len(first_layers) == (2 if name == "writing-two-stream" else 1)
    for key in first_layers:  # every channel of both inputs is read
        moved = (network.get_parameter(key) - before[key]).abs().sum((0, 2, 3))
        assert (moved > 0).all()
    if second == "flow":  # its export differs by no more than names
        return
    trained = Trained(tmp_path, recipe, tuple(lecture.classes), network.eval(), 1.0)
    report = export(trained)
    assert report["step"]["largest_difference"] < 1e-4
    with torch.inference_mode():
        expected = network(batch.inputs).numpy()
    found = OnnxFile(tmp_path / "clip.onnx")(frames=batch.inputs.contiguous().numpy())["logits"]
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_predict_takes_the_depth_that_lies_beside_a_file(lecture):
    """Each of its seconds as the cache has it; without its depth, one line."""
    recipe = change_all(RECIPES["writing-gru-small"], [*SMALL, "data.inputs=rgb,depth"])
    torch.manual_seed(0)
    network = recipe.model.build(2, (16, 16), recipe.data.inputs).eval()
    trained = Trained(Path("none"), recipe, tuple(lecture.classes), network, 1.0)
    seen = []

    def asked_network(frames, lengths=None):
        seen.append(frames)
        return network(frames, lengths)

    video = lecture.source(lecture.annotations[0])
    found = predict_file(video, trained, Engine("asked", asked_network, torch.device("cpu")))
    assert found.problem is None and found.segments[-1].end_seconds == pytest.approx(9, abs=0.2)
    assert {tuple(frames.shape[1:]) for frames in seen} == {(10, 6, 16, 16)}
    assert all(int(frames[:, :, 5].max()) == 255 for frames in seen)
    alone = video.with_name("alone.mp4")
    shutil.copyfile(video, alone)
    with pytest.raises(InputError, match=r"alone.mp4: no depth lies beside it. Put alone.d"):
        predict_file(alone, trained, Engine("asked", asked_network, torch.device("cpu")))


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
