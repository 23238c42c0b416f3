"""tune-alerts: from marked videos to a part of watch.toml, and what it says where it cannot."""

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest

from kineograph.data.annotation import Annotation, write_annotations
from kineograph.errors import InputError
from kineograph.live import tuning
from kineograph.live.rules import Rule, rule_from_fields
from kineograph.live.thresholds import tune
from kineograph.live.tuning import fields_of_tuned, rules_for, toml_of
from kineograph.live.words import length_in_words, rate_in_words, score_in_words
from kineograph.media.write import write_video
from kineograph.metrics.events import EventScore
from tests.commands.conftest import run  # noqa: F401 (a fixture)
from tests.live.marked_videos import CLASSES, video

ACTIONS = ("boxing", "handclapping", "handwaving", "jogging", "running", "walking")


def marks_of(*labels: str) -> list[Annotation]:
    return [Annotation("v", label, 2.0 * n, 2.0 * n + 1) for n, label in enumerate(labels)]


def test_what_to_call_for_is_said_or_clear():
    said = rules_for(["fight", "any = calm, fight"], CLASSES, [], "a.jsonl")
    assert [(rule.label, rule.labels) for rule in said] == [("fight", ()), ("any", CLASSES)]
    for classes, marks in (
        (CLASSES, marks_of("fight", "lunch")),
        (("not fight", "fight"), marks_of("fight", "not fight")),
    ):
        assert [rule.label for rule in rules_for([], classes, marks, "a.jsonl")] == ["fight"]


@pytest.mark.parametrize(
    ("said", "marks", "words"),
    [
        (["figth"], [], "--label figth: the network has no label 'figth'. Did you mean 'fight'?"),
        (["x=calm,zz"], [], "has no label 'zz'. Its labels are calm, fight."),
        (["fight", "fight"], [], "--label fight: is there twice. Leave one out."),
        ([], ["fight", "calm"], "which of them is to be called for is not clear. Add --label calm"),
        ([], ["brawl"], "marks brawl, and the network knows calm, fight. Say which is which: --l"),
        ([], [], "marks nothing, and the network knows calm, fight."),
    ],
)
def test_what_is_not_clear_is_asked(said, marks, words):
    with pytest.raises(InputError) as raised:
        rules_for(said, CLASSES, marks_of(*marks), "a.jsonl")
    assert words in str(raised.value) and "\n" not in str(raised.value)


def test_the_written_part_is_the_rule_that_was_chosen():
    videos = [video(f"v{n}", [(40, 50, 0.9)]) for n in range(2)]
    found = [
        tune(rule, videos, CLASSES, false_alerts_per_hour=1.0)
        for rule in (Rule("fight"), Rule('a "b"', labels=("fight",), schedule="sa-su"))
    ]
    read = tomllib.loads(toml_of(found, "kineograph tune-alerts"))["rules"]
    assert [rule_from_fields(fields) for fields in read] == [each.rule for each in found]
    assert json.loads(json.dumps(fields_of_tuned(found[0])))["judged"]["recall"] == 1.0


def test_scores_in_words():
    score = EventScore(10, 9, (1.0,) * 8, 7200.0)
    assert score_in_words(score) == (
        "8 of 10 events found (49–94 %), 0.50 false alerts an hour (0.01–2.8) in 2.0 h; "
        "told after 1.0 s (nine of ten: 1.0 s)"
    )
    assert [rate_in_words(rate) for rate in (0, 0.213, 3.44, 119.6)] == ["0", "0.21", "3.4", "120"]
    assert length_in_words(95) == "1.6 min" and length_in_words(36_000) == "10.0 h"


@pytest.fixture
def marked(tmp_path, monkeypatch) -> Path:
    """Three videos of ten seconds, and a network that knows their 300 seconds by name."""
    drawn = {
        f"v{n}.mp4": video(f"v{n}.mp4", [(40 + n, 50, 0.9), (90, 99, 0.8)], [(150, 152, 0.6)])
        for n in range(3)
    }

    def answers(path, trained, device, progress=None):
        if path.name not in drawn:
            raise InputError(f"{path}: there is no such file. Check the path.")
        found = drawn[path.name]
        probabilities = np.zeros((len(found.seconds), len(trained.classes)))
        probabilities[:, [5, 0]] = found.probabilities
        return found.seconds, probabilities

    monkeypatch.setattr(tuning, "answers_of", answers)
    marks = []
    for name, each in drawn.items():
        write_video(tmp_path / name, np.zeros((5, 32, 32, 3), np.uint8), 5)
        marks += [
            Annotation(name, "boxing", mark.start_seconds, mark.end_seconds) for mark in each.marks
        ]
    write_annotations(tmp_path / "annotations.jsonl", marks)
    return tmp_path


def test_the_verb_writes_rules_and_a_picture_and_names_what_failed(marked, run):  # noqa: F811
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


def test_the_verb_says_what_it_does_not_count(marked, run):  # noqa: F811
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
def test_the_verb_refuses_in_one_line(marked, run, words, line):  # noqa: F811
    videos = [marked / "v0.mp4", marked / "v1.mp4"]
    status, printed, _ = run(
        "tune-alerts", "actors", *videos, "--marks", marked / "annotations.jsonl", *words
    )
    assert status == 2 and line in printed


def test_marks_of_another_video_are_refused_by_its_length(marked, run):  # noqa: F811
    late = [Annotation(f"v{n}.mp4", "boxing", 400.0, 410.0) for n in range(2)]
    write_annotations(marked / "late.jsonl", late)
    videos = [marked / "v0.mp4", marked / "v1.mp4"]
    _, printed, _ = run("tune-alerts", "actors", *videos, "--marks", marked / "late.jsonl")
    assert "'boxing' is marked from 400.0 s, but it ends at 299.8 s. Check that it is" in printed
