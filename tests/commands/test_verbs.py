"""The verbs as a person runs them: a whole journey on tiny clips; one clear line for bad input."""

import json
import re
import shutil
import sys
from pathlib import Path

import pytest

from kineograph.__main__ import main

SMALL = [
    "--set=data.size_pixels=24,24",
    "--set=data.frames_per_clip=6",
    "--set=model.filters=8,8",
    "--set=model.pools=4,3",
    "--set=training.epochs=12",
    "--set=training.learning_rate=1e-2",
    "--allow-leakage",  # the drawn squares are much alike
]


@pytest.fixture(scope="module")
def journey(square_data, tmp_path_factory):
    """A folder with a trained run in it: trained once for all tests of this file."""
    home = tmp_path_factory.mktemp("journey")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        words = ["train", "lrcn-kth", str(square_data.path), *SMALL, "--name=squares"]
        patch.setattr(sys, "argv", ["kineograph", *words])
        assert main() == 0
    return home


def test_a_training_leaves_a_whole_run_folder(journey):
    run = journey / "runs" / "squares"
    names = {p.relative_to(run).as_posix() for p in run.rglob("*") if p.is_file()}
    assert names >= {
        "recipe.json",
        "model.safetensors",
        "log.jsonl",
        "predictions.jsonl",
        "baselines.json",
        "environment.json",
        "report.html",
        "report.md",
        "checkpoint/training.safetensors",
        "pictures/worst.json",
        "baselines/frame.jsonl",
    }
    baselines = json.loads((run / "baselines.json").read_text())
    assert all("accuracy" in row for row in baselines.values())
    about = json.loads((run / "environment.json").read_text())
    assert about["data"]["split"]["how"] == "given" and about["data"]["n"]["test"] == 4


def test_prepare_reads_class_folders_and_says_what_it_leaves_out(square_data, tmp_path, run):
    source = tmp_path / "clips"
    shutil.copytree(square_data.source_root, source)
    (source / "left" / "empty.mp4").write_bytes(b"")
    (source / "right" / "notes.mp4").write_text("no video")
    (source / "nothing").mkdir()
    status, text, found = run("prepare", "folder", source, tmp_path / "data", "--json")
    assert status == 1 and found["clips"] == 24 and found["classes"] == {"left": 12, "right": 12}
    assert len(found["left_out"]) == 3
    for name in ("empty.mp4", "notes.mp4", "nothing"):
        assert sum(name in line for line in found["left_out"]) == 1
    assert "Next: kineograph train lrcn-kth" in text


def test_prepare_takes_the_group_from_the_file_name(square_data, tmp_path, run):
    out = tmp_path / "data"
    status, _, _ = run("prepare", "folder", square_data.source_root, out, "--group", r"(p\d)_")
    assert status == 0
    lines = (out / "annotations.jsonl").read_text().splitlines()
    assert {json.loads(line)["group"] for line in lines} == {f"p{i}" for i in range(6)}


def test_evaluate_writes_a_report_of_its_own(journey, square_data, run, monkeypatch):
    monkeypatch.chdir(journey)
    status, text, found = run(
        "evaluate", "runs/squares", square_data.path, "--side", "all", "--json"
    )
    assert status == 0 and found["protocol"]["n"] == 24
    report = Path(found["report"])
    assert report.exists() and "squares" in str(report)
    assert "20 of these 24 clips were used in training" in report.with_suffix(".md").read_text()
    kept = json.loads((journey / "runs" / "squares" / "environment.json").read_text())
    assert kept["data"]["n"]["test"] == 4


def test_predict_labels_files_and_writes_every_format(journey, square_data, run, monkeypatch):
    monkeypatch.chdir(journey)
    clips = sorted((square_data.source_root / "left").glob("*.mp4"))[:2]
    (journey / "broken.mp4").write_bytes(b"not a video")
    status, text, found = run(
        "predict", "runs/squares", *clips, "broken.mp4", "--out", "said", "--json",
        "--write=csv", "--write=json", "--write=srt", "--write=mp4",
    )  # fmt: skip
    assert status == 1
    assert len(found["files"]) == 2 and list(found["failed"]) == ["broken.mp4"]
    assert {f["label"] for f in found["files"]} <= {"left", "right"}
    names = {p.name for p in Path("said").iterdir()}
    stems = {c.stem for c in clips}
    assert names == {"predictions.csv", "predictions.json"} | {f"{s}.srt" for s in stems} | {
        f"{s}.labelled.mp4" for s in stems
    }
    assert "00:00:00,000 -->" in next(Path("said").glob("*.srt")).read_text()
    assert Path("said/predictions.csv").read_text().count("\n") == 3


def test_predict_agrees_with_the_evaluation(journey, square_data, run, monkeypatch):
    monkeypatch.chdir(journey)
    lines = (journey / "runs/squares/predictions.jsonl").read_text().splitlines()
    answers = {a["video"]: a for a in map(json.loads, lines)}
    paths = [square_data.source_root / video for video in answers]
    _, _, found = run("predict", "squares", *paths, "--json")
    for file, answer in zip(found["files"], answers.values(), strict=True):
        for label, probability in answer["probabilities"].items():
            assert file["probabilities"][label] == pytest.approx(probability, abs=1e-5)


def test_the_python_face(journey, square_data):
    import kineograph

    model = kineograph.load(journey / "runs" / "squares")
    found = model.predict(next((square_data.source_root / "left").glob("*.mp4")))
    assert found.label in model.classes == ("left", "right")
    assert found.segments[0].start_seconds == 0.0 and 0.3 < found.seconds < 0.4


def test_training_goes_on_from_a_run_for_other_classes(
    journey, square_data, run, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "clips"
    shutil.copytree(square_data.source_root, source)
    shutil.copytree(source / "left", source / "again")
    run("prepare", "folder", source, "data", "--group", r"(p\d)_")
    words = [w for w in SMALL if "epochs" not in w]
    status, text, _ = run(
        "train", "lrcn-kth", "data", *words, "--set=training.epochs=1", "--no-baselines",
        "--name=three", "--from", journey / "runs" / "squares", "--freeze=encoder",
    )  # fmt: skip
    assert status == 0 and "new: head.dense.bias, head.dense.weight" in text
    from safetensors.torch import load_file

    old = load_file(journey / "runs/squares/model.safetensors")
    new = load_file("runs/three/model.safetensors")
    frozen = [name for name in old if name.startswith("encoder.")]
    assert frozen and all((old[name] == new[name]).all() for name in frozen)
    moved = [name for name in old if name.startswith("recurrent.")]
    assert moved and not any((old[name] == new[name]).all() for name in moved)


def test_recipes_prints_the_papers_table(run):
    status, text, found = run("recipes", "lrcn-kth", "--json")
    assert status == 0 and found["weights"] == 73_126 and "73,126" in text
    assert [tuple(row["output"]) for row in found["layers"]][0] == (40, 60, 60, 3)
    assert "0.783" in text and "Fig. 7" in text
    _, text, found = run("recipes", "writing-frame", "--classes", "2", "--json")
    assert "Table 1, the best of several trainings: percent of the row" in text
    assert re.search(r"not writing +95\.6 +4\.4 +29,246", text)
    assert re.search(r"writing +32\.3 +67\.7 +10,554", text)
    assert found["recipe"]["published"][0]["confusion"]["rows_percent"][1] == [32.3, 67.7]
    _, text, found = run("recipes", "--json")
    assert set(found["recipes"]) >= {"lrcn-kth", "lrcn-one-block", "lrcn-one-block-frames"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["train", "lrcn-kht", "DATA"], r"lrcn-kht: no such recipe"),
        (["train", "lrcn-kth", "nowhere"], r"nowhere: .*Run: kineograph prepare KIND SRC OUT"),
        (["train", "lrcn-kth", "DATA", "--set", "model.unit=3"], r"Did you mean 'units'"),
        (["train", "lrcn-kth", "DATA", "--set", "data.size_pixels=9,9"], r"size_pixels=9x9"),
        (["train", "lrcn-kth", "DATA", "--device", "cuda:77"], r"--device cuda:77: cannot be used"),
        (["train", "lrcn-kth", "DATA", "--resume"], r"nothing to resume"),
        (["predict", "nobody", "x.mp4"], r"nobody: no run folder"),
        (["prepare", "foldr", "a", "b"], r"foldr: cannot be prepared.*Did you mean 'folder'"),
        (["prepare", "folder", "nowhere", "b"], r"nowhere"),
        (["evaluate", "nobody", "DATA"], r"nobody: no run folder"),
        (["export", "nobody"], r"nobody: no run folder"),
    ],
)
def test_bad_words_are_one_clear_line(words, said, run, square_data, tmp_path, monkeypatch):
    import re

    monkeypatch.chdir(tmp_path)
    words = [str(square_data.path) if word == "DATA" else word for word in words]
    status, text, found = run(*words, "--json")
    line = found["error"]
    assert status == found["status"] == 2
    assert re.search(said, line) and "\n" not in line and "Traceback" not in text


def test_an_unknown_option_is_a_usage_error(run):
    status, text, _ = run("recipes", "--colour")
    assert status == 2 and "--colour" in text


def test_ctrl_c_is_one_line_and_130(run, monkeypatch, square_data, tmp_path):
    from kineograph.training import fit

    monkeypatch.chdir(tmp_path)

    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(fit, "train_step", interrupted)
    status, text, _ = run("train", "lrcn-kth", square_data.path, *SMALL, "--name=cut")
    assert status == 130 and "stopped by you" in text and "Traceback" not in text
    monkeypatch.undo()


def test_a_runs_name_is_never_overwritten(journey, square_data, run, monkeypatch):
    monkeypatch.chdir(journey)
    status, text, _ = run("train", "lrcn-kth", square_data.path, "--name=squares")
    assert status == 2 and "is there already" in text


def test_prepare_measures_flow_where_it_is_asked_to(square_data, tmp_path, run):
    out = tmp_path / "data"
    source = square_data.source_root
    status, text, found = run("prepare", "folder", source, out, "--flow", "--json")
    assert status == 0 and "Next: kineograph train two-stream-lrcn" in text
    measured = {path.stem for path in (out / "cache" / "60x60-flow-dis-fast").glob("*.npy")}
    assert len(measured) == found["clips"]
    assert measured == {path.stem for path in (out / "cache" / "60x60").glob("*.npy")}
    status, text, _ = run("prepare", "folder", source, out, "--flow", "--flow-method", "dsi-fast")
    assert status == 2 and "Did you mean 'dis-fast'" in text


def test_prepare_csv_takes_columns_by_other_names(square_data, tmp_path, run):
    table = tmp_path / "clips.csv"
    rows = [f"{a.video},{a.label},{a.person},25" for a in square_data.annotations]
    table.write_text("file,label,sequence,fps\n" + "\n".join(rows) + "\n")
    words = ("prepare", "csv", table, tmp_path / "data", "--root", square_data.source_root)
    status, text, _ = run(*words)
    assert status == 2 and "sequence" in text
    status, _, found = run(*words, "--column", "sequence=group", "--column", "fps=", "--json")
    assert status == 0 and found["clips"] == 24
    lines = (tmp_path / "data" / "annotations.jsonl").read_text().splitlines()
    assert {json.loads(line)["group"] for line in lines} == {f"p{i}" for i in range(6)}
    status, text, _ = run(*words, "--column", "sequence")
    assert status == 2 and "THEIRS=OURS" in text


def test_a_full_disk_is_one_clear_line_and_the_training_can_go_on(
    square_data, run, tmp_path, monkeypatch
):
    from kineograph.training.log import RunLog

    monkeypatch.chdir(tmp_path)
    words = ("train", "lrcn-kth", square_data.path, *SMALL, "--name=full", "--no-baselines")

    def full(self, line):
        raise OSError(28, "No space left on device", str(self.path))

    with monkeypatch.context() as patch:
        patch.setattr(RunLog, "write", full)
        status, text, found = run(*words, "--json")
    assert status == 2 and "log.jsonl: No space left on device. Free space" in found["error"]
    assert "Traceback" not in text
    status, _, _ = run(*words, "--resume")
    assert status == 0


def test_a_folder_that_cannot_be_made_is_one_clear_line(square_data, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs").write_text("a file where the folder should be")
    status, text, found = run("train", "lrcn-kth", square_data.path, "--name=x", "--json")
    assert status == 2 and "cannot be made" in found["error"]


@pytest.mark.parametrize(
    "changes",
    [
        ["--set=data.sampling=windows", "--set=data.frames_per_clip=3"],
        ["--set=data.frames_per_second=12.5", "--set=data.frames_per_clip=3"],
        ["--set=data.sampling=consecutive"],
    ],
)
def test_predict_takes_the_frames_that_evaluation_takes(
    changes, square_data, run, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    few = [word for word in SMALL if "epochs" not in word] + ["--set=training.epochs=1"]
    words = ("train", "lrcn-kth", square_data.path, *few, *changes, "--no-baselines", "--name=x")
    assert run(*words)[0] == 0
    answers = map(json.loads, Path("runs/x/predictions.jsonl").read_text().splitlines())
    answers = {square_data.source_root / a["video"]: a["probabilities"] for a in answers}
    _, _, found = run("predict", "x", *answers, "--json")
    for file, probabilities in zip(found["files"], answers.values(), strict=True):
        assert file["probabilities"] == pytest.approx(probabilities, abs=1e-5)


def test_a_copy_on_two_sides_is_refused_and_if_allowed_said_first(
    square_data, run, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "clips"
    shutil.copytree(square_data.source_root, source)
    rows = [f"{a.video},{a.label},{a.person},{a.split}" for a in square_data.annotations]
    shutil.copy(source / "left" / "p0_left_0.mp4", source / "left" / "new.mp4")
    rows.append("left/new.mp4,left,p9,test")
    (tmp_path / "t.csv").write_text("file,label,person,split\n" + "\n".join(rows) + "\n")
    assert run("prepare", "csv", "t.csv", "data", "--root", source)[0] == 0
    few = [word for word in SMALL if "epochs" not in word and "leakage" not in word]
    few += ["--set=training.epochs=1"]
    words = ("train", "lrcn-kth", "data", *few, "--no-baselines", "--name=x", "--json")
    status, _, found = run(*words)
    assert status == 2 and "same file" in found["error"] and "--allow-leakage" in found["error"]
    status, _, _ = run(*words, "--allow-leakage")
    assert status == 0
    first = (tmp_path / "runs/x/report.md").read_text().splitlines()[0]
    assert "share" in first or "leak" in first.lower()


def test_a_demo_deletes_nothing_that_no_demo_made(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mine = tmp_path / "clips" / "mine" / "a.mp4"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"precious")
    status, text, found = run("demo", "--folder", tmp_path, "--json")
    assert status == 2 and "no demo made" in found["error"] and mine.read_bytes() == b"precious"


def test_resuming_with_other_options_leaves_the_run_as_it_was(
    square_data, run, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    words = ("train", "lrcn-kth", square_data.path, *SMALL, "--no-baselines", "--name=x")
    assert run(*words)[0] == 0
    before = {p: p.read_bytes() for p in (tmp_path / "runs" / "x").rglob("*") if p.is_file()}
    status, text, found = run(*words, "--set=model.units=9", "--resume", "--json")
    assert status == 2 and "saved by another recipe" in found["error"]
    assert {
        p: p.read_bytes() for p in (tmp_path / "runs" / "x").rglob("*") if p.is_file()
    } == before


def test_files_of_one_name_do_not_overwrite_each_other(journey, square_data, run, monkeypatch):
    monkeypatch.chdir(journey)
    clip = next((square_data.source_root / "left").glob("*.mp4"))
    for folder in ("a", "b"):
        (journey / folder).mkdir(exist_ok=True)
        shutil.copy(clip, journey / folder / "x.mp4")
    words = ("predict", "squares", "a/x.mp4", "b/x.mp4", "--write=srt", "--out=both")
    status, text, _ = run(*words)
    assert status == 0 and "b/x.mp4" in text
    assert {p.name for p in (journey / "both").iterdir()} == {"x.srt", "x-2.srt"}


def test_compare_holds_a_training_against_its_evaluation(journey, square_data, run, monkeypatch):
    monkeypatch.chdir(journey)
    words = ("evaluate", "runs/squares", square_data.path, "--side=all", "--out=runs/all", "--json")
    assert run(*words)[0] == 0
    status, text, found = run("compare", "squares", "all", "--json")
    assert status == 0 and found["clips"] == 4 and found["difference"] == 0 and found["p"] == 1
    assert [side["only_here"] for side in found["runs"]] == [0, 20]
    assert "equally often on the same 4 clips" in text and Path(found["page"]).exists()
    status, _, found = run("compare", "squares", "nobody", "--json")
    assert status == 2 and "nobody: no run folder" in found["error"]
