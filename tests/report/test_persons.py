"""A row a person: hand-worked, over seeds, and none where somebody is not named."""

import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score

from kineograph.report.answers import Answer
from kineograph.report.persons import person_rows, person_rows_as_json
from tests.report.drawn_runs import CLASSES, draw_answers, draw_frame_answers


def answer(
    name: str, person: str | None, truth: str, found: str, seed: int | None = None
) -> Answer:
    return Answer(
        id=name, video="v", person=person, truth=truth, answer=found, seed=seed, probabilities={}
    )


def test_a_person_s_figures_are_of_this_person_s_clips_alone():
    answers = draw_answers()
    rows = person_rows(answers, CLASSES)
    assert [row.person for row in rows] == [f"person{n}" for n in range(6)]
    for row in rows:
        own = [a for a in answers if a.person == row.person]
        truths, found = [a.truth for a in own], [a.answer for a in own]
        assert row.n == len(own) == 6
        assert row.shares == pytest.approx({label: truths.count(label) / 6 for label in CLASSES})
        assert row.accuracy == sum(a.truth == a.answer for a in own) / 6
        assert row.balanced_accuracy == pytest.approx(balanced_accuracy_score(truths, found))
        assert row.macro_f1 == pytest.approx(f1_score(truths, found, average="macro"))
        assert row.sds == {"accuracy": None, "balanced_accuracy": None, "macro_f1": None}


def test_over_seeds_clips_count_once_and_figures_are_means():
    right = {0: ["a", "b"], 1: ["a", "a"], 2: ["b", "b"]}  # what each seed says of a, b
    answers = [
        answer(f"clip{place}", "p1", "ab"[place], found[place], seed)
        for seed, found in right.items()
        for place in range(2)
    ]
    (row,) = person_rows(answers, ["a", "b"])
    assert row.n == 2 and row.shares == {"a": 0.5, "b": 0.5}
    assert row.accuracy == pytest.approx((1 + 0.5 + 0.5) / 3)
    assert row.sds["accuracy"] == pytest.approx((1 / 12) ** 0.5)  # of 1, 1/2, 1/2
    assert row.macro_f1 == pytest.approx((1 + 1 / 3 + 1 / 3) / 3)


def test_persons_stand_in_natural_order_and_frames_are_counted():
    answers = [answer(f"c{n}", f"p{n}", "a", "a") for n in (10, 2, 1)]
    assert [row.person for row in person_rows(answers)] == ["p1", "p2", "p10"]
    assert [row.n for row in person_rows(draw_frame_answers(clips=2, frames=30))] == [30, 30]


def test_where_one_is_not_named_there_are_no_rows():
    assert person_rows([answer("c1", "p1", "a", "a"), answer("c2", None, "a", "a")]) == []
    assert person_rows([]) == []


def test_rows_are_plain_json():
    (row,) = person_rows_as_json(person_rows([answer("c1", "p1", "a", "b")], ["a", "b"]))
    assert row["person"] == "p1" and row["shares"] == {"a": 1.0, "b": 0.0}
    assert row["accuracy"] == 0 and row["sds"]["macro_f1"] is None
