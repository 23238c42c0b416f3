"""Scores of answers: hand-worked, pooled over frames, with intervals by person."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score, recall_score

from kineograph.report.answers import Answer
from kineograph.report.scores import (
    paired_difference,
    pool,
    probability_matrix,
    right_by_class,
    score_answers,
)
from kineograph.report.summary import summarise
from tests.report.drawn_runs import CLASSES, draw_answers, draw_frame_answers


def clip(name: str, truth: str, answer: str, person: str | None = None) -> Answer:
    return Answer(
        id=name, video=f"{name}.mp4", truth=truth, answer=answer, person=person, probabilities={}
    )


def test_scores_agree_with_scikit_learn():
    answers = draw_answers()
    truths, found = [a.truth for a in answers], [a.answer for a in answers]
    scores = score_answers(answers, CLASSES)
    right = sum(t == f for t, f in zip(truths, found, strict=True))
    assert scores["accuracy"] == pytest.approx(right / 36)
    assert scores["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(truths, found))
    assert scores["macro_f1"] == pytest.approx(f1_score(truths, found, average="macro"))
    low, high = scores["interval"]
    assert low < scores["accuracy"] < high
    assert (scores["interval_by"], scores["groups"], scores["n"]) == ("person", 6, 36)


def test_right_by_class_is_scikit_learns_recall():
    answers = draw_answers()
    truths, found = [a.truth for a in answers], [a.answer for a in answers]
    shares = right_by_class(pool(answers, [*CLASSES, "never true"]))
    assert shares.pop("never true") is None
    assert list(shares) == CLASSES
    recalls = recall_score(truths, found, average=None, labels=CLASSES)
    assert list(shares.values()) == pytest.approx(recalls.tolist())


def test_frames_are_pooled_over_clips():
    answers = draw_frame_answers(clips=4, frames=30)
    scores = score_answers(answers)
    pairs = [p for a in answers for p in zip(a.truth, a.answer, strict=True)]
    assert scores["accuracy"] == pytest.approx(sum(t == f for t, f in pairs) / 120)
    assert (scores["n"], scores["clips"], scores["unit"]) == (120, 4, "frames")


def test_whom_an_interval_speaks_of_is_the_widest_group_that_all_answers_name():
    named = [clip("1", "a", "a", "p"), clip("2", "a", "b", "q")]
    assert score_answers(named)["interval_by"] == "person"
    alone = [clip("1", "a", "a", "p"), clip("2", "a", "b", "p")]
    assert score_answers(alone)["interval_by"] == "video"
    half = [clip("1", "a", "a", "p"), clip("2", "a", "b")]
    assert score_answers(half)["interval_by"] == "video"


def test_a_mirrored_copy_is_drawn_with_its_original():
    """Eight seconds, of which half are right, alone and with a mirror that is answered alike."""
    seconds = [clip(f"s{n}", "ab"[n % 2], "a") for n in range(8)]
    mirrors = [replace(each, id=f"{each.id}-m", copy_of=each.id) for each in seconds]
    seconds, both = (
        [replace(e, video="") for e in found] for found in (seconds, seconds + mirrors)
    )
    alone, doubled = score_answers(seconds, ["a", "b"]), score_answers(both, ["a", "b"])
    assert doubled["interval_by"] == "clip" and doubled["groups"] == alone["groups"] == 8
    assert doubled["interval"] == alone["interval"] and doubled["n"] == 16


def test_one_clip_has_no_interval():
    scores = score_answers([clip("1", "a", "a", "p")])
    assert scores["accuracy"] == 1 and scores["interval"] is None


def test_a_label_that_was_never_taught_is_a_class_too():
    pooled = pool([clip("1", "new", "a"), clip("2", "a", "a")], ["b", "a"])
    assert pooled.classes == ["b", "a", "new"]
    assert pooled.counts.tolist() == [[0, 0, 0], [0, 1, 0], [0, 1, 0]]


def test_probabilities_stand_beside_the_pooled_truths():
    answers = draw_frame_answers(clips=2, frames=5)
    matrix = probability_matrix(answers, ["writing", "not writing", "absent"])
    assert matrix is not None and matrix.shape == (10, 3)
    assert matrix[5:, 0].tolist() == answers[1].probabilities["writing"]
    assert (matrix[:, 2] == 0).all()
    assert probability_matrix([clip("1", "a", "a")], ["a"]) is None


def test_a_difference_is_taken_on_the_same_clips():
    ours = [clip(str(i), "a", "a" if i < 8 else "b", f"p{i % 5}") for i in range(10)]
    theirs = [clip(str(i), "a", "a" if i < 5 else "b") for i in range(9)] + [clip("z", "a", "a")]
    gain = paired_difference(ours, theirs)
    assert gain is not None
    assert (gain.points, gain.clips) == (pytest.approx(3 / 9), 9)
    assert gain.interval is not None and gain.interval[0] <= 3 / 9 <= gain.interval[1]
    assert paired_difference(ours, []) is None
    same = paired_difference(ours, ours)
    assert same is not None and same.points == 0 and same.interval == [0, 0]


def test_the_summary_is_json_with_its_protocol(make_run: Callable[..., Path]):
    run = make_run()
    found = summarise(run)
    assert json.loads(json.dumps(found)) == found
    assert found["protocol"] == {
        "data": "kth",
        "split": "group",
        "n": 36,
        "seeds": [0],
        "pooled": True,
    }
    assert found["baselines"]["frame"]["accuracy"] == 0.4
    assert found["report"] == str(run / "report.html")
    assert {"accuracy", "balanced_accuracy", "macro_f1", "interval", "run"} <= set(found)
    assert [row["person"] for row in found["persons"]] == [f"person{n}" for n in range(6)]


def test_a_run_that_is_not_evaluated_has_no_scores(make_run: Callable[..., Path]):
    run = make_run()
    (run / "predictions.jsonl").unlink()
    found = summarise(run)
    assert found["accuracy"] is None and found["interval"] is None and found["protocol"]["n"] == 0
