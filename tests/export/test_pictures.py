"""Networks that are shown single pictures, exported: they say and answer what torch says."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from kineograph.data.questions.known import Known
from kineograph.data.words import Vocabulary
from kineograph.decoding.sequence_beam import SequenceBeam, beam_search, greedy
from kineograph.errors import InputError
from kineograph.export.pictures import (
    export_answerer,
    export_captioner,
    export_dense_captioner,
)
from kineograph.export.run import OnnxFile
from kineograph.nets.encoders.grid import GridEncoderConfig
from kineograph.recipes import RECIPES, change_all
from kineograph.recipes.answerer import TrainedAnswerer, build_answerer
from kineograph.recipes.captioner import TrainedCaptioner
from kineograph.recipes.dense_captioner import TrainedDenseCaptioner
from kineograph.tasks.describe import captioner_speaker

WORDS = ("a", "dog", "кот", "runs", "red", "two")
SIZE = 16
GRID = GridEncoderConfig(stem_filters=4, filters=(4, 6), blocks=(1, 1), strides=(2, 2))


def pictures(count, *frames):
    shape = (count, *frames, 3, SIZE, SIZE)
    return np.random.default_rng(count).integers(0, 256, shape).astype(np.uint8)


def small(name, *changes):
    return change_all(RECIPES[name], [f"data.size_pixels={SIZE}", *changes])


def captioner(name, folder, *changes):
    recipe = small(name, "model.units=8", "model.embedding=6", "task.longest=9", *changes)
    recipe = replace(recipe, model=replace(recipe.model, grid=GRID))
    torch.manual_seed(3)
    network = recipe.model.build(len(WORDS) + 4, SIZE, recipe.data.frames).eval()
    for weights in network.parameters():
        weights.data.mul_(2.5)  # so that words do not hang on rounding
    return TrainedCaptioner(folder, recipe, Vocabulary(WORDS), network)


SLOW = pytest.mark.slow  # an export takes seconds; the others wait for `make slow`


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("neuraltalk", marks=SLOW),
        pytest.param("show-and-tell", marks=SLOW),
        "show-attend-tell",
        pytest.param("describe-clips", marks=SLOW),
    ],
)
def test_a_captioner_says_the_same_sentences_without_torch(name, tmp_path):
    attends = name in ("show-attend-tell", "describe-clips")
    clips = [3] if name == "describe-clips" else []
    trained = captioner(
        name,
        tmp_path,
        *["model.attention=5"] * attends,
        *[f"data.frames={frames}" for frames in clips],
    )
    report = export_captioner(trained)
    assert all(part["largest_difference"] < 1e-4 for part in report.values())
    assert json.loads((tmp_path / "export.json").read_text()) == report
    see, step = OnnxFile(tmp_path / "see.onnx"), OnnxFile(tmp_path / "step.onnx")
    assert Vocabulary(step.vocabulary) == trained.vocabulary
    for count in (1, 5):
        shown = pictures(count, *clips)
        with torch.inference_mode():
            memory = trained.network.see(torch.from_numpy(shown))
            ours = captioner_speaker(trained.network, memory, 9)
            sentences = [each.tokens for each in greedy(ours)]
            searched = beam_search(ours, SequenceBeam(3, alternatives=2))
        theirs = step.speaker(see(pictures=shown))
        assert theirs.longest == 9 and theirs.inputs == count
        assert [each.tokens for each in greedy(theirs)] == sentences
        for ours_, theirs_ in zip(
            searched, beam_search(theirs, SequenceBeam(3, alternatives=2)), strict=True
        ):
            assert [each.tokens for each in ours_] == [each.tokens for each in theirs_]
            for one, other in zip(ours_, theirs_, strict=True):
                assert one.log_probability == pytest.approx(other.log_probability, abs=1e-4)
    assert any(sentences)
    if attends:
        first = step.speaker(see(pictures=shown)).first_state
        looked = step(words=np.ones(5, np.int64), **first)["attention"]
        np.testing.assert_allclose(looked.sum(1), 1, rtol=1e-5)
    with pytest.raises(InputError, match="says nothing of its answers"):
        _ = step.answers


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        pytest.param(
            "coattention-vqa",
            ["model.attention_units=5", "model.attention=parallel"],
            marks=SLOW,
        ),
        pytest.param(
            "coattention-vqa",
            ["model.attention_units=5", "model.attention=alternating"],
            marks=SLOW,
        ),
        ("show-ask-attend-answer", ["model.embedding=6", "model.glimpses=3"]),
    ],
)
def test_an_answerer_answers_the_same_to_short_and_long_questions(name, changes, tmp_path):
    recipe = small(name, "model.units=8", "model.answer_units=7", *changes)
    recipe = replace(recipe, model=replace(recipe.model, encoder=GRID))
    known = Known(Vocabulary(WORDS), ("yes", "нет"), 6)
    torch.manual_seed(1)
    network = build_answerer(recipe, known).eval()
    export_answerer(TrainedAnswerer(tmp_path, recipe, known, network))
    file = OnnxFile(tmp_path / "answer.onnx")
    assert file.answers == ["yes", "нет"] and file.vocabulary == WORDS
    length = known.longest
    for count in (1, 4):
        shown = torch.from_numpy(pictures(count))
        words = torch.arange(count * length).view(count, length) % 10
        lengths = torch.full((count,), length)
        lengths[0] = 2
        words[0, 2:] = 0
        with torch.inference_mode():
            ours = network(shown, torch.arange(count), words, lengths)
        theirs = file(pictures=shown.numpy(), words=words.numpy(), lengths=lengths.numpy())
        np.testing.assert_allclose(theirs["logits"], ours.logits, atol=1e-5)
        np.testing.assert_allclose(theirs["over_places"], ours.over_places, atol=1e-5)
        assert ("over_words" in theirs) == (ours.over_words.shape[1] > 0)
        if "over_words" in theirs:
            np.testing.assert_allclose(theirs["over_words"], ours.over_words, atol=1e-5)


@SLOW
def test_a_dense_captioner_describes_given_boxes_as_torch_does(tmp_path):
    recipe = small("dense-caption-scenes", "model.localise_filters=6", "model.code=8",
                   "model.word_features=5", "model.units=7", "model.proposals=5")  # fmt: skip
    recipe = replace(recipe, model=replace(recipe.model, encoder=GRID))
    torch.manual_seed(2)
    network = recipe.model.build(len(WORDS) + 4, SIZE).eval()
    export_dense_captioner(TrainedDenseCaptioner(tmp_path, recipe, Vocabulary(WORDS), network))
    see, look, step = (OnnxFile(tmp_path / f"{name}.onnx") for name in ("see", "look", "step"))
    shown = pictures(2)
    seen = see(pictures=shown)
    with torch.inference_mode():
        grid = network.encoder(torch.from_numpy(shown))
        found = network.localise(grid)
        chosen, real = network.localise.surest(found, 5, 0.7)
        whole = network(torch.from_numpy(shown))
    np.testing.assert_allclose(seen["grid"], grid, atol=1e-5)
    np.testing.assert_allclose(seen["confidences"], found.confidences, atol=1e-5)
    assert real.all()  # chosen are as many as there is room for
    looked = look(grid=seen["grid"], boxes=chosen.numpy())
    # Every region that torch tells of at last is one of those that the file has looked at.
    for row in range(2):
        for box, code in zip(
            whole.boxes[row][whole.real[row]], whole.codes[row][whole.real[row]], strict=True
        ):
            near = np.abs(looked["boxes_seen"][row] - box.numpy()).max(1)
            assert near.min() < 1e-3
            np.testing.assert_allclose(looked["codes"][row][near.argmin()], code, atol=1e-4)
    rows = {name: looked[name].reshape(10, -1) for name in ("state_0", "state_1")}
    codes = torch.from_numpy(looked["codes"]).flatten(0, 1)
    with torch.inference_mode():
        said = recipe.task._say(network, codes)
    assert [list(each.tokens) for each in greedy(step.speaker(rows))] == said
