"""Comparing two runs: on the same clips alone, with a verdict that says no more than they show."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kineograph.__main__ import main
from kineograph.errors import InputError
from kineograph.evaluation.job import no_stage
from kineograph.metrics.paired import Paired
from kineograph.report.answers import Answer, write_answers
from kineograph.report.compare import compare, summarise_comparison
from kineograph.report.page.compare_page import build_page, caution, is_clear, verdict
from kineograph.report.scores import paired_difference
from kineograph.report.write_comparison import write_comparison
from tests.report.drawn_runs import draw_frame_answers

OTHER = {"left": "right", "right": "left"}


def answered(rights: Sequence[int], **more: object) -> list[Answer]:
    """One clip each, of three persons; 1 is answered right."""
    found = []
    for place, right in enumerate(rights):
        truth = ("left", "right")[place % 2]
        answer = truth if right else OTHER[truth]
        sure = 0.9 if right else 0.2 + 0.01 * place
        found.append(
            Answer(
                id=f"clip{place}",
                video=f"{place}.mp4",
                person=f"p{place % 3}",
                truth=truth,
                answer=answer,
                probabilities={truth: sure, OTHER[truth]: 1 - sure},
                **more,
            )
        )
    return found


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Path]:
    """A run folder of these answers."""

    def put(name: str, answers: Sequence[Answer], data: str = "squares", **more: object) -> Path:
        run = tmp_path / "runs" / name
        run.mkdir(parents=True)
        write_answers(run / "predictions.jsonl", answers)
        about = {"data": {"name": data, "split": {"how": "group"}, **more}, "seed": 0}
        (run / "environment.json").write_text(json.dumps(about))
        (run / "recipe.json").write_text(
            json.dumps({"recipe": {"name": "r"}, "classes": ["left", "right"]})
        )
        return run

    return put


def test_only_the_clips_that_both_answered_are_compared(put):
    a = put("a", answered([1, 1, 0, 0, 1, 0]))
    b = put("b", answered([1, 0, 1, 1])[1:])
    found = compare(a, b)
    assert found.clips == 3 and (found.first.alone, found.second.alone) == (3, 0)
    assert found.counts == Paired(both=0, only_first=1, only_second=2, neither=0)
    assert found.difference.points == pytest.approx(1 / 3)
    assert (found.difference.by, found.difference.groups) == ("person", 3)
    assert found.first.scores["accuracy"] == pytest.approx(1 / 3)
    assert [clip.id for clip in found.gained] == ["clip2", "clip3"]  # clip2: from 0.22 to 0.9
    assert [clip.id for clip in found.lost] == ["clip1"]
    assert "3 only by a are left out" in " ".join(caution(found))


def test_exchanged_runs_say_the_opposite(put):
    rng = np.random.default_rng(0)
    a, b = (put(name, answered(rng.random(40) < 0.6)) for name in "ab")
    forth, back = compare(a, b), compare(b, a)
    assert forth.difference.points == pytest.approx(-back.difference.points)
    assert forth.p == back.p and forth.gained[0].id == back.lost[0].id
    assert [clip.id for clip in forth.gained] == [clip.id for clip in back.lost]


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ([0] * 60, [1] * 60, r"b is right 100\.0 points more often than a: on 60 clips that is "
         r"more than chance would explain \(p < 0\.001\)\."),
        ([1] * 60, [0] * 6 + [1] * 54, r"b is right 10\.0 points less often than a: on 60 clips "
         r"that is more than chance would explain \(p = 0\.03\)\."),
        ([1, 0] * 6, [1, 1, 0] * 4, r"b is right 16\.7 points more often than a; on 12 clips that "
         r"difference could be chance \(p = 0\.6\d\)\."),
        ([1, 0] * 6, [0, 1] * 6, r"b and a are right equally often on the same 12 clips\."),
    ],
)  # fmt: skip
def test_the_verdict_claims_no_more_than_the_clips_show(first, second, words, put):
    found = compare(put("a", answered(first)), put("b", answered(second)))
    import re

    assert re.fullmatch(words, verdict(found))


def test_where_the_two_tests_do_not_agree_it_is_not_clear(put):
    found = compare(put("a", answered([1] * 27 + [0] * 3)), put("b", answered([1] * 30)))
    low, _ = found.difference.interval
    assert low > 0 and found.p == pytest.approx(0.25) and not is_clear(found)
    assert "do not agree (p = 0.25)" in " ".join(caution(found))


def test_several_seeds_count_as_their_mean_and_their_majority(put):
    seeds = [
        replace(answer, seed=seed)
        for seed, rights in enumerate([[1, 0, 0, 1], [1, 1, 0, 0], [0, 1, 0, 1]])
        for answer in answered(rights)
    ]
    found = compare(put("one", answered([1, 0, 1, 0])), put("three", seeds))
    assert found.several and found.clips == 4
    # shares 2/3, 2/3, 0, 2/3 against 1, 0, 1, 0
    assert found.difference.points == pytest.approx((-1 / 3 + 2 / 3 - 1 + 2 / 3) / 4)
    assert found.counts == Paired(both=1, only_first=1, only_second=2, neither=0)
    assert "one a seed" in " ".join(caution(found))
    assert compare(put("no", answered([0])), twice_of(put)).counts == Paired(0, 0, 1, 0)


def twice_of(put: Callable[..., Path]) -> Path:
    """Two seeds that disagree: the first one's answer stands, and it is right."""
    return put("tie", [replace(a, seed=s) for s in (5, 6) for a in answered([int(s == 5)])])


def test_a_label_per_frame_has_an_interval_and_no_coin(put):
    answers = draw_frame_answers()
    better = [replace(a, answer=a.truth) for a in answers]
    found = compare(put("a", answers), put("b", better))
    assert found.p is None and found.counts is None
    wrong = [np.mean(np.array(a.truth) != np.array(a.answer)) for a in answers]
    assert found.difference.points == pytest.approx(np.mean(wrong))
    assert found.gained[0].gained == pytest.approx(max(wrong)) and not found.lost
    assert "on the frames of 4 clips: that is more than chance" in verdict(found)
    page = write_comparison(found, put("c", []).parent / "out", command="x", stage=no_stage)
    assert "Frames of one clip are alike" in page.read_text()


def test_the_mean_of_answers_is_what_each_repeated_would_give():
    ours, others = answered([1, 0, 1, 1, 0, 1]), answered([0, 0, 1, 0, 1, 1])
    thrice = [replace(a, seed=s) for s in range(3) for a in ours]
    once, many = paired_difference(ours, others), paired_difference(thrice, others)
    assert once == many and once.points == pytest.approx(1 / 6)
    assert paired_difference(ours, []) is None


@pytest.mark.parametrize(
    ("words", "break_it"),
    [
        (r"b: was tested on circles, .*a on squares\. Compare runs of one data set",
         lambda put: put("b", answered([1, 0]), data="circles")),
        (r"b: none of its 2 clips is among the 4 of a\. Compare runs with the same test side",
         lambda put: put("b", [replace(a, id=f"new{a.id}") for a in answered([1, 0])])),
        (r"clip clip0: is 'left' in a and 'right' in b\. Evaluate both runs on the same",
         lambda put: put("b", [replace(answered([1])[0], truth="right")])),
        (r"b: labels every frame, .*a every clip\. Compare runs of one task",
         lambda put: put("b", draw_frame_answers())),
        (r"b: holds no answers \(predictions\.jsonl\)\. Let it answer first: kineograph evaluate",
         lambda put: put("b", [])),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused_in_one_line(words, break_it, put):
    with pytest.raises(InputError, match=words) as refused:
        compare(put("a", answered([1, 0, 1, 0])), break_it(put))
    assert "\n" not in str(refused.value)


def test_missing_and_equal_folders_are_refused(put, tmp_path, monkeypatch):
    a = put("first", answered([1]))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"is compared with itself\. Give two different runs"):
        compare(a, "first")
    with pytest.raises(InputError, match=r"frist: no run folder.*Did you mean 'first'"):
        compare(a, "frist")


def test_runs_of_one_name_are_told_apart_by_their_folders(put):
    found = compare(put("x/run", answered([1, 0])), put("y/run", answered([1, 1])))
    assert (found.first.name, found.second.name) == ("x/run", "y/run")


def test_a_leak_is_said_first_and_figures_agree_with_the_page(put):
    a, b = put("a", answered([1, 0, 1, 0])), put("b<i>", answered([1, 1, 1, 0]))
    about = json.loads((b / "environment.json").read_text())
    (b / "environment.json").write_text(json.dumps(about | {"leakage": "a.mp4 is on two sides"}))
    found = compare(a, b)
    page = build_page(found, command="kineograph compare a b", strips={})
    assert page.alarms == ["Leakage in b<i>: a.mp4 is on two sides"]
    out = write_comparison(found, a.parent / "out", command="c", stage=no_stage)
    html, told = out.read_text(), out.with_suffix(".md").read_text().replace("\u00a0", " ")
    assert "b<i>" not in html and "b&lt;i&gt;" in html
    assert "+25.0 points" in html and "| left | 2 | 100 % | 100 % | +0.0 | 0 | 0 |" in told
    assert "the runs do not say which data folder" in told
    kept = json.loads((out.parent / "comparison.json").read_text())
    assert kept == summarise_comparison(found) and kept["gained"] == ["clip1"]
    assert kept["counts"] == {"both": 2, "only_first": 0, "only_second": 1, "neither": 1}


def test_anothers_folder_is_not_written_into(put):
    found = compare(put("a", answered([1, 0])), put("b", answered([1, 1])))
    with pytest.raises(InputError, match="holds something else. Choose another folder: --out"):
        write_comparison(found, found.first.run.folder, command="c", stage=no_stage)


def test_the_verb_draws_strips_and_goes_on_without_them(
    put, square_data, tmp_path, monkeypatch, capsys
):
    clips = square_data.annotations[:8]
    sides = []
    for name, wrong in (("a", {0, 1, 2}), ("b", {2, 3})):
        answers = [
            Answer(
                id=clip.id,
                video=clip.video,
                person=clip.person,
                truth=clip.label,
                answer=OTHER[clip.label] if place in wrong else clip.label,
                probabilities={},
            )
            for place, clip in enumerate(clips)
        ]
        sides.append(put(name, answers, folder=str(square_data.path)))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["kineograph", "compare", "a", "b", "--json"])
    assert main() == 0
    found = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert found["gained"] == sorted(clip.id for clip in clips[:2])
    assert found["lost"] == [clips[3].id] and "could be chance" in found["verdict"]
    page = Path("runs/compare-a-b/compare.html")
    assert str(page) == found["page"]
    assert page.read_text().count("data:image/png") == 3
    assert {p.stem for p in (page.parent / "pictures").iterdir()} == {
        *found["gained"],
        *found["lost"],
    }
    for run in sides:
        about = json.loads((run / "environment.json").read_text())
        about["data"]["folder"] = "gone"
        (run / "environment.json").write_text(json.dumps(about))
    assert main() == 0
    assert "No film strips: the data folder gone is not there any more." in page.read_text()
    assert page.read_text().count("data:image/png") == 0
    assert clips[3].id in page.read_text()
