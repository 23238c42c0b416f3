"""Fusions drawn from kept answers, by hand; and a whole training of two streams."""

import json

import pytest

from kineograph.errors import InputError
from kineograph.evaluation.experiment import run_experiment
from kineograph.evaluation.job import Experiment
from kineograph.recipes import RECIPES, change_all, find_recipe, load
from kineograph.report.answers import Answer, read_answers, write_answers
from kineograph.report.streams import fuse_answers, read_streams


def answer(name, likely, **more):
    found = max(likely, key=likely.get)
    return Answer(id=name, video=name, truth="a", answer=found, probabilities=likely, **more)


def test_a_fusion_is_the_weighted_mean_of_probabilities():
    first = [answer("1", {"a": 0.9, "b": 0.1}), answer("2", {"a": 0.2, "b": 0.8})]
    second = [answer("2", {"a": 0.6, "b": 0.4}), answer("1", {"a": 0.3, "b": 0.7})]
    one, two = fuse_answers(first, second, (1.0, 2.0))
    assert one.probabilities["a"] == pytest.approx(0.9 / 3 + 0.3 * 2 / 3)
    assert (one.answer, two.answer) == ("a", "b")
    assert two.probabilities["b"] == pytest.approx(0.8 / 3 + 0.4 * 2 / 3)


def test_frames_are_fused_one_by_one():
    def frames(values):
        likely = {"a": values, "b": [1 - value for value in values]}
        best = ["a" if value > 0.5 else "b" for value in values]
        return Answer(id="1", video="1", truth=["a", "a"], answer=best, probabilities=likely)

    (found,) = fuse_answers([frames([0.9, 0.1])], [frames([0.2, 0.4])], (1.0, 1.0))
    assert found.answer == ["a", "b"] and found.probabilities["a"] == pytest.approx([0.55, 0.25])


def test_answers_of_other_clips_are_not_fused():
    with pytest.raises(InputError, match="are not of the same clips. Evaluate"):
        fuse_answers([answer("1", {"a": 1.0})], [answer("2", {"a": 1.0})], (1.0, 1.0))


@pytest.mark.slow
def test_a_training_of_p_convlstm_reports_each_stream_and_a_frame_without_memory(
    square_data, tmp_path
):
    recipe = change_all(
        find_recipe("pconvlstm-small"),
        [
            "data.size_pixels=24,24", "data.frames_per_clip=6", "data.inputs=rgb,difference",
            "model.rgb.blocks=1", "model.rgb.time_kernels=3", "model.rgb.dilations=1,2",
            "model.motion.blocks=1", "model.motion.time_kernels=3", "model.motion.dilations=1,2",
            "training.epochs=2",
        ],
    )  # fmt: skip
    run = tmp_path / "run"
    run_experiment(Experiment(recipe, square_data, run, workers=1))
    names = [stream.name for stream in read_streams(run)]
    assert names[:2] == ["rgb alone", "difference alone"]
    assert "frame" in json.loads((run / "baselines.json").read_text())
    assert load(run).network.rgb.can_step is False
    alone = change_all(recipe, ["data.inputs=difference", "training.epochs=1"])
    run_experiment(Experiment(alone, square_data, tmp_path / "alone", workers=1))
    assert not read_streams(tmp_path / "alone")
    assert "Published" not in (tmp_path / "alone" / "report.md").read_text()


def test_a_training_of_two_streams_reports_each_and_their_fusions(square_data, tmp_path):
    settings = ["data.size_pixels=24,24", "data.frames_per_clip=4", "training.epochs=1"]
    settings += [f"model.{s}.filters=4" for s in ("rgb", "motion")]
    settings += [f"model.{s}.pools=4" for s in ("rgb", "motion")]
    recipe = change_all(RECIPES["two-stream-lrcn"], [*settings, "training.precision=f32"])
    run_experiment(Experiment(recipe, square_data, tmp_path / "run", threads=1, workers=1))
    streams = {stream.name: stream.answers for stream in read_streams(tmp_path / "run")}
    assert list(streams) == ["rgb alone", "flow alone", "rgb + flow, 1:1", "rgb + flow, 1:2"]
    whole = read_answers(tmp_path / "run" / "predictions.jsonl")
    for ours, fused in zip(whole, streams["rgb + flow, 1:1"], strict=True):
        assert ours.probabilities == pytest.approx(fused.probabilities, abs=2e-6)
    report = (tmp_path / "run" / "report.md").read_text(encoding="utf-8")
    assert "## Stream by stream" in report and "flow alone" in report
    assert json.loads((tmp_path / "run" / "baselines.json").read_text())["frame"]["accuracy"] >= 0


def test_a_run_of_one_stream_has_none(tmp_path):
    write_answers(tmp_path / "predictions.jsonl", [answer("1", {"a": 1.0})])
    assert read_streams(tmp_path) == []
