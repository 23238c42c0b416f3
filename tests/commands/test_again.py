"""Verbs on a run that is there: an evaluation's baselines, features, --resume without a name."""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from kineograph.__main__ import main
from kineograph.commands.wishes import run_to_use
from kineograph.errors import InputError

SMALL = [
    "--set=data.size_pixels=24,24",
    "--set=data.frames_per_clip=6",
    "--set=model.filters=4,8",
    "--set=model.pools=4,3",
    "--set=model.units=8",
    "--set=training.epochs=1",
    "--allow-leakage",  # the drawn squares are much alike
]


@pytest.fixture(scope="module")
def trained(square_data, tmp_path_factory):
    home = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        words = ["train", "lrcn-kth", str(square_data.path), *SMALL, "--no-baselines"]
        patch.setattr(sys, "argv", ["kineograph", *words, "--threads=1", "--name=squares"])
        assert main() == 0
    return home / "runs" / "squares"


def evaluate(run, trained, data, side, tmp_path):
    return run("evaluate", trained, data, "--side", side, "--out", tmp_path / "out", "--json")


def test_an_evaluation_of_its_own_test_side_has_the_trainings_baselines(
    run, trained, square_data, tmp_path
):
    _, text, found = evaluate(run, trained, square_data.path, "test", tmp_path)
    assert set(found["baselines"]) == {"majority", "metadata"}
    always = found["baselines"]["majority"]["always"]
    assert found["baselines"]["majority"] == {
        "accuracy": 0.5,
        "balanced_accuracy": 0.5,
        "macro_f1": pytest.approx(1 / 3),
        "always": always,
        "note": f"always '{always}'",
    }
    assert f"majority: always '{always}'" in text and "No baselines" not in text


def test_where_nothing_can_be_learned_from_one_line_says_so(run, trained, square_data, tmp_path):
    evaluate(run, trained, square_data.path, "test", tmp_path)
    assert (tmp_path / "out" / "baselines.json").exists()
    _, text, found = evaluate(run, trained, square_data.path, "all", tmp_path)
    assert found["baselines"] == {}  # those of the first evaluation do not stay
    (line,) = [line for line in text.splitlines() if line.startswith("No baselines")]
    assert "nothing for them to learn from" in line


def test_other_data_with_sides_of_its_own_gives_them_its_training_side(
    run, trained, square_data, tmp_path
):
    shutil.copytree(square_data.path.parent, tmp_path / "copy")
    lines = (tmp_path / "copy/data/annotations.jsonl").read_text().splitlines()
    later = [json.dumps(json.loads(line) | {"start_seconds": 0.01}) for line in lines]  # other ids
    (tmp_path / "copy/data/annotations.jsonl").write_text("\n".join(later) + "\n")
    _, _, found = evaluate(run, trained, tmp_path / "copy/data", "test", tmp_path)
    assert set(found["baselines"]) == {"majority", "metadata"} and found["protocol"]["n"] == 4
    _, text, found = evaluate(run, trained, tmp_path / "copy/data", "all", tmp_path)
    assert found["baselines"] == {} and "No baselines" in text


def test_features_are_written_and_told(run, trained, square_data, tmp_path):
    clips = sorted((square_data.source_root / "left").glob("*.mp4"))[:2]
    (tmp_path / "broken.mp4").write_bytes(b"not a video")
    status, text, found = run(
        "predict", trained, *clips, tmp_path / "broken.mp4", "--features", "--out", tmp_path,
        "--json",
    )  # fmt: skip
    assert status == 1 and list(found["failed"]) == [str(tmp_path / "broken.mp4")]
    assert [each["file"] for each in found["files"]] == [str(clip) for clip in clips]
    for each in found["files"]:
        vectors = np.load(each["features"])
        assert list(vectors.shape) == each["shape"] and each["shape"][0] == 8
        assert len(json.loads(Path(each["times"]).read_text())["seconds"]) == 8
    assert "8 frames," in text
    status, text, found = run("predict", trained, *clips, "--features", "--write=srt", "--json")
    assert status == 2 and found["error"].startswith("--write srt: writes labels, and --features")


def test_the_progress_of_many_files_says_which_it_reads():
    from kineograph.commands.many_files import counted

    told = []
    counted(lambda *each: told.append(each), 2, 7)(25, 50, "a.mp4")
    counted(lambda *each: told.append(each), 1, 1)(25, 50, "a.mp4")
    assert told == [(25, 50, "a.mp4 · file 2 of 7"), (25, 50, "a.mp4")]


def begin(name: str, *, report: bool) -> None:
    folder = Path("runs") / name
    folder.mkdir(parents=True)
    (folder / "recipe.json").write_text("{}")
    if report:
        (folder / "report.html").write_text("")


def test_resume_without_a_name_takes_the_newest_that_is_not_finished(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="runs/x: nothing to resume"):
        run_to_use("x", True, renew=True)
    begin("x", report=False)
    begin("x-2", report=False)
    begin("x-3", report=True)
    assert run_to_use("x", True, renew=True) == Path("runs/x-2")
    begin("x-4", report=False)
    assert run_to_use("x", True, renew=True) == Path("runs/x-4")
    assert run_to_use("x", True, renew=False) == Path("runs/x")  # named: that one
    assert run_to_use("x", False, renew=True) == Path("runs/x-5")
    for number in ("x", "x-2", "x-4"):
        (Path("runs") / number / "report.html").write_text("")
    assert run_to_use("x", True, renew=True) == Path("runs/x-4")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gpu", "--device gpu: known are auto, cpu, cuda, cuda:1 and mps. Did you mean 'cuda'?"),
        ("cdua", "--device cdua: known are auto, cpu, cuda, cuda:1 and mps. Did you mean 'cuda'?"),
        ("xla", "--device xla: known are auto, cpu, cuda, cuda:1 and mps. Use cpu, or leave it"),
    ],
)
def test_an_unknown_device_is_one_short_line(name, said):
    from kineograph.training.reproduce import choose_device

    with pytest.raises(InputError) as caught:
        choose_device(name)
    assert str(caught.value).startswith(said) and len(str(caught.value)) < 120
