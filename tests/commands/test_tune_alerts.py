"""tune-alerts: marked videos in, rules and a picture out; what it does not count it says."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from kineograph.data.annotation import Annotation, write_annotations
from kineograph.errors import InputError
from kineograph.live.detection.rules import rule_from_fields
from kineograph.live.tuning import tune
from kineograph.media.write import write_video
from tests.live.marked_videos import video

BOXING, WALKING = 0, 5  # among the labels of the network that comes with the package


@pytest.fixture
def marked(tmp_path, monkeypatch) -> Path:
    """Three small videos, and a network that answers for 300 seconds of each by its name."""
    drawn = {
        f"v{n}.mp4": video(f"v{n}.mp4", [(40 + n, 50, 0.9), (90, 99, 0.8)], [(150, 152, 0.6)])
        for n in range(3)
    }

    def answers(path, trained, device, progress=None):
        if path.name not in drawn:
            raise InputError(f"{path}: there is no such file. Check the path.")
        found = drawn[path.name]
        probabilities = np.zeros((len(found.seconds), len(trained.classes)))
        probabilities[:, [WALKING, BOXING]] = found.probabilities
        return found.seconds, probabilities

    monkeypatch.setattr(tune, "answers_of", answers)
    marks = []
    for name, each in drawn.items():
        write_video(tmp_path / name, np.zeros((5, 32, 32, 3), np.uint8), 5)
        marks += [
            Annotation(name, "boxing", mark.start_seconds, mark.end_seconds) for mark in each.marks
        ]
    write_annotations(tmp_path / "annotations.jsonl", marks)
    return tmp_path


def test_the_verb_writes_rules_and_a_picture_and_names_what_failed(marked, run):
    videos = [marked / f"v{n}.mp4" for n in range(3)]
    out = marked / "rules.toml"
    words = ("--marks", marked / "annotations.jsonl", "--write", out, "--json")
    status, printed, found = run("tune-alerts", "actors", *videos, marked / "gone.mp4", *words)
    assert status == 1 and list(found["failed"]) == [str(marked / "gone.mp4")]
    (tuned,) = found["rules"]
    assert (tuned["judged"]["true"], tuned["judged"]["recall"]) == (6, 1.0)
    assert [Path(fold["left_out"]).name for fold in tuned["folds"]] == [
        "v0.mp4",
        "v1.mp4",
        "v2.mp4",
    ]
    assert found["written"] == [str(out), str(marked / "rules.png")]
    (rule,) = tomllib.loads(out.read_text())["rules"]
    assert rule_from_fields(rule).label == "boxing" and rule["high"] == tuned["rule"]["high"]
    assert (marked / "rules.png").read_bytes().startswith(b"\x89PNG")
    assert "6 of 6 events found" in printed and "failed: " in printed
    assert (
        "15.0 min of video cannot show 1 an hour: none at all in it leaves room for 15." in printed
    )


def test_the_verb_says_what_it_does_not_count(marked, run):
    videos = [marked / "v0.mp4", marked / "v1.mp4"]
    status, printed, _ = run(
        "tune-alerts", "actors", *videos, "--marks", marked / "annotations.jsonl"
    )
    assert status == 0
    assert "left out: v2.mp4 is marked in annotations.jsonl, and not among the videos" in printed


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--label", "boxin"], "has no label 'boxin'. Did you mean 'boxing'?"),
        (["--label", "walking"], "no 'walking' is marked in these videos, so there is nothing"),
        (["--by", "hour"], "--by hour: videos are left out by video, group, source. Choose one."),
    ],
)
def test_the_verb_refuses_in_one_line(marked, run, words, line):
    videos = [marked / "v0.mp4", marked / "v1.mp4"]
    status, printed, _ = run(
        "tune-alerts", "actors", *videos, "--marks", marked / "annotations.jsonl", *words
    )
    assert status == 2 and line in printed


def test_marks_of_another_video_are_refused_by_its_length(marked, run):
    late = [Annotation(f"v{n}.mp4", "boxing", 400.0, 410.0) for n in range(2)]
    write_annotations(marked / "late.jsonl", late)
    videos = [marked / "v0.mp4", marked / "v1.mp4"]
    _, printed, _ = run("tune-alerts", "actors", *videos, "--marks", marked / "late.jsonl")
    assert "'boxing' is marked from 400.0 s, but it ends at 299.8 s. Check that it is" in printed
