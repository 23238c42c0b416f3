"""`kineograph predict --windows`: timelines of people, and what cannot be had, in words."""

import csv
import json

import pytest

from kineograph.data.toy.lecture import LectureConfig, write_lecture

TINY = ("data.size_pixels=16,16", "model.filters=4,4,4", "training.epochs=1")


@pytest.fixture(scope="module")
def lecture(tmp_path_factory):
    home = tmp_path_factory.mktemp("hall")
    config = LectureConfig(
        people=3, people_per_recording=3, seconds=12, size_pixels=(180, 320), frames_per_second=10
    )
    write_lecture(home / "drawn", config, workers=1)
    return home


@pytest.fixture
def trained(lecture, run, monkeypatch):
    monkeypatch.chdir(lecture)
    if not (lecture / "runs" / "tiny").exists():
        assert run("prepare", "lecture", "drawn", "data", "--option", "size=16")[0] == 0
        settings = [word for each in TINY for word in ("--set", each)]
        status, said, _ = run(
            "train", "writing-gru-small", "data", "--no-baselines", "--name", "tiny", *settings
        )
        assert status == 0, said
    return lecture


def test_timelines_of_everyone_with_all_files(trained, run):
    formats = [word for each in ("csv", "json", "srt", "png", "mp4") for word in ("--write", each)]
    status, said, found = run(
        "predict", "runs/tiny", "drawn/lecture1.mp4", "--windows", "drawn/windows.jsonl",
        *formats, "--blur", "--out", "said", "--json",
    )  # fmt: skip
    assert status == 0, said
    (video,) = found["files"]
    assert [len(person["seconds"]) for person in video["people"]] == [12, 12, 12]
    written = {path.name for path in (trained / "said").iterdir()}
    assert written == {
        "seconds.csv", "people.json", "lecture1.srt", "lecture1.timeline.png",
        "lecture1.labelled.mp4",
    }  # fmt: skip
    text = (trained / "said" / "seconds.csv").read_text()
    assert len(list(csv.DictReader(text.splitlines()))) == 36
    assert json.loads((trained / "said" / "people.json").read_text()) == [video]
    assert (
        "Errors are known of 1 person only, and 5 are needed: give --tested a cross-validation "
        "by person." in said
    )


def test_who_cannot_be_seen_is_left_out_with_a_line_and_the_status_says_so(trained, run):
    lines = (trained / "drawn" / "windows.jsonl").read_text().splitlines()
    far = json.loads(lines[0]) | {"person": "far", "window": [300, 0, 60, 60]}
    (trained / "windows.jsonl").write_text("\n".join([*lines, json.dumps(far)]))
    status, said, found = run(
        "predict", "runs/tiny", "drawn/lecture1.mp4", "missing.mp4", "--windows", "windows.jsonl",
        "--json",
    )  # fmt: skip
    assert status == 1
    assert len(found["files"][0]["people"]) == 3 and list(found["failed"]) == ["missing.mp4"]
    assert (
        "left out: lecture1.mp4: the window [300, 0, 60, 60] of far reaches out of the picture of "
        "320x180 pixels. Draw it again." in said
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["--write", "png"],
            "--write png: is for people in windows. Give --windows windows.jsonl.",
        ),
        (["--tested", "x"], "--tested: is for people in windows. Give --windows windows.jsonl."),
        (["--write", "pdf"], "--write pdf: known formats are csv, json, srt, png, mp4. Choose one"),
        (["--windows", "drawn/windows.jsonl", "--blur"], "--blur: is for the labelled video. Add"),
        (
            ["--windows", "drawn/windows.jsonl", "--hop-seconds", "2"],
            "--hop-seconds: is not for people in windows. Leave it out, or --windows.",
        ),
        (
            ["--windows", "drawn/annotations.jsonl"],
            "annotations.jsonl: holds marks, not windows. Give the windows.jsonl beside it.",
        ),
        (
            ["--windows", "drawn/lecture1.mp4"],
            "lecture1.mp4: is no text, so it holds no windows. Give windows.jsonl",
        ),
        (
            ["--windows", "drawn/windows.jsonl", "--write", "csv", "--out", "drawn/truth.jsonl"],
            "--out drawn/truth.jsonl: cannot be made (File exists). Choose another folder.",
        ),
        (
            ["--windows", "drawn/windows.jsonl", "--tested", "actors"],
            "--tested actors: is of actors and boxing",
        ),
        (["--windows", "none.jsonl"], "none.jsonl: there is no such file"),
        (
            ["--windows", "drawn"],
            "drawn: is a folder, and windows are one file, windows.jsonl, as kineograph annotate "
            "writes it. Give drawn/windows.jsonl.",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_line(trained, run, words, told):
    status, said, _ = run("predict", "runs/tiny", "drawn/lecture1.mp4", *words)
    assert status != 0 and told in said, said
