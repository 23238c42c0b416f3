"""Figures of answered questions by hand: kinds, controls, VQA's ten people, intervals, pictures."""

import numpy as np
import pytest

from kineograph.errors import InputError
from kineograph.metrics.answers import vqa_accuracy
from kineograph.report.questions.answers import (
    QuestionAnswer,
    read_question_answers,
    write_question_answers,
)
from kineograph.report.questions.page import build_questions_report
from kineograph.report.questions.scores import score_questions
from kineograph.report.questions.summary import summarise_questions, tell_questions
from kineograph.report.questions.worst import WRONG, draw_wrong
from kineograph.report.shown import read_shown


def said(number, truth, answer, kind="color", people=(), share=0.5, **controls):
    return QuestionAnswer(
        f"q{number}", f"{number // 2}.png", "what?", kind, None, "test", people, truth, answer,
        share, controls,
    )  # fmt: skip


ANSWERS = [
    said(0, "red", "red", majority="no"),
    said(1, "no", "yes", "present", majority="no", share=0.9),
    said(2, "no", "no", "present", majority="no"),
    said(3, "yes", "no", "present", majority="no", share=0.7),
    said(4, None, "no", "present"),
]


def test_figures_are_shares_of_known_answers():
    scores = score_questions(ANSWERS)
    assert scores.accuracy == 0.5 and scores.unscored == 1
    assert scores.controls == {"majority": 0.5}
    assert {kind: len(each) for kind, each in scores.kinds.items()} == {"present": 3, "color": 1}
    assert scores.vqa == {}
    assert score_questions([ANSWERS[4]]) is None


def test_the_interval_draws_whole_pictures():
    one_bad = [said(2 * n + k, "a", "a" if n else "b") for n in range(20) for k in range(2)]
    interval = score_questions(one_bad).interval
    assert interval.groups == 20 and interval.low < 0.95 < interval.high == 1.0
    assert score_questions([said(0, "a", "a"), said(1, "a", "b")]).interval is None


def test_ten_people_give_vqa_accuracy():
    people = ("yes",) * 8 + ("no",) * 2
    scores = score_questions(
        [said(0, "yes", "no", people=people), said(1, "yes", "yes", people=people)]
    )
    assert scores.vqa["paper"] == pytest.approx((0.6 + 1) / 2)
    assert scores.vqa["official"] == pytest.approx(
        (vqa_accuracy("no", people, "official") + vqa_accuracy("yes", people, "official")) / 2
    )


def test_a_run_is_told_from_its_files_alone(tmp_path):
    write_question_answers(tmp_path / "predictions.jsonl", ANSWERS)
    assert read_question_answers(tmp_path / "predictions.jsonl", []) == ANSWERS
    found = summarise_questions(tmp_path)
    assert found["by_kind"]["color"] == {"n": 1, "accuracy": 1.0, "baselines": {"majority": 0.0}}
    head, *rows = tell_questions(found)
    assert head == ["", "questions", "accuracy", "majority"]
    assert [row[0] for row in rows] == ["present", "color", "all"]
    report = build_questions_report(tmp_path)
    assert (
        report.outcome.replace("\u00a0", " ")
        == "50.0 % of 4 questions about 2 pictures were answered rightly."
    )
    assert any("no known answer" in line for line in report.lead)


def test_an_empty_run_has_no_figures(tmp_path):
    found = summarise_questions(tmp_path)
    assert found["accuracy"] is None and found["baselines"] == {}
    assert "No question" in build_questions_report(tmp_path).outcome
    (tmp_path / "predictions.jsonl").write_text('{"id": "a"}\n{}\n')
    with pytest.raises(InputError, match=r"line 1: the answer has no 'picture'. Evaluate the run"):
        read_question_answers(tmp_path / "predictions.jsonl", [])


def test_wrong_answers_are_drawn_the_surest_first(tmp_path):
    def picture(name):
        if name == "1.png":
            raise InputError("gone")
        return np.zeros((8, 8, 3), np.uint8)

    draw_wrong(tmp_path, ANSWERS, picture)
    (strip,) = read_shown(tmp_path, WRONG)
    assert (strip.truth, strip.answer, strip.where) == ("no", "yes", "what?")
    draw_wrong(tmp_path, ANSWERS[:1], picture)
    assert read_shown(tmp_path, WRONG) == [] and not list(tmp_path.glob("pictures/*.png"))
