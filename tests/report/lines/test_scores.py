"""Rates by hand; intervals against those of metrics/text.py; `--json` and characters by hand."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kineograph.data.text import POLICIES
from kineograph.metrics.text import cer_interval, score_text
from kineograph.report.lines.characters import describe, kind_of, kind_rows, script_of
from kineograph.report.lines.scores import resampled, rows_by, score_lines, score_run
from kineograph.report.lines.summary import summarise_lines
from tests.report.lines.drawn_reader import (
    ANSWERS,
    BEST_PATH_EDITS,
    BEST_PATH_WORD_EDITS,
    CHARACTERS,
    EXACT,
    LINES,
    READ_EDITS,
    READ_WORD_EDITS,
    WORDS,
    answer,
)

short = st.text("abſ ü", max_size=6)


def test_rates_by_hand():
    read, alone = score_lines(ANSWERS), score_lines(ANSWERS, reading="best_path")
    assert read.rate("cer") == pytest.approx(READ_EDITS / CHARACTERS)
    assert read.rate("wer") == pytest.approx(READ_WORD_EDITS / WORDS)
    assert read.rate("exact") == pytest.approx(EXACT / LINES)
    assert alone.rate("cer") == pytest.approx(BEST_PATH_EDITS / CHARACTERS)
    assert alone.rate("wer") == pytest.approx(BEST_PATH_WORD_EDITS / WORDS)


@given(st.lists(st.tuples(short, short, st.sampled_from("xyz")), min_size=4, max_size=10))
def test_the_interval_is_that_of_the_metrics_room(lines):
    """Another way to the same draws: sums over groups here, walks over lines there."""
    answers = [
        answer(str(n), truth, read, group=group) for n, (truth, read, group) in enumerate(lines)
    ]
    groups = [group for _, _, group in lines]
    found = score_lines(answers, draws=50).intervals["cer"]
    if len(set(groups)) > 1:
        truths, reads = [a.truth for a in answers], [a.read for a in answers]
        theirs = cer_interval(truths, reads, groups, draws=50)
        assert (found is None) == (theirs is None)
        if found is not None and theirs is not None:
            assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high))


def test_an_interval_of_words_and_of_exact_lines_by_hand():
    """Two works: one wholly right, one wholly wrong; draws hold none, one or two of the wrong."""
    answers = [answer("a1", "ab", "ab"), answer("a2", "ab", "ab")]
    answers += [answer(f"b{n}", "ab", "xy", group="other") for n in (1, 2)]
    found = score_lines(answers).intervals
    assert (found["wer"].low, found["wer"].high) == (0, 1)
    assert (found["exact"].low, found["exact"].high) == (0, 1)
    assert found["cer"].groups == 2


def test_what_is_drawn_as_a_whole_is_the_widest_that_all_lines_name():
    assert resampled(ANSWERS)[0] == "group"
    one_work = [replace(line, group="faust") for line in ANSWERS]
    assert resampled(one_work)[0] == "source"
    pages = [replace(line, source=None, picture=line.picture[0]) for line in one_work]
    assert resampled(pages) == ("picture", ["f", "f", "f", "w", "w"])
    alone = [replace(line, source=None) for line in one_work]
    assert resampled(alone) == ("line", [line.id for line in ANSWERS])
    half = [replace(line, group=None if line.id == "f1" else line.group) for line in ANSWERS]
    assert resampled(half)[0] == "source"


def test_one_line_has_no_interval_and_no_text_no_rate():
    assert set(score_lines(ANSWERS[:1]).intervals.values()) == {None}
    empty = score_lines([answer("a", "", "x"), answer("b", "", "", group="other")])
    assert empty.rate("cer") is None and empty.intervals["cer"] is None
    assert empty.rate("exact") == 0.5
    assert score_run([], "nfc") is None


def test_a_policy_is_put_on_both_texts_before_they_are_compared():
    """ſ read as s is an error as printed, and none in modern spelling."""
    lines = [answer("a", "daſs", "dass"), answer("b", "„ja“", '"ja"')]
    found = score_run(lines, "fraktur")
    assert found is not None and found.modern is not None
    assert found.read.text.characters.count == 3 and found.modern.text.characters.count == 0
    assert found.best_path is None and found.modern_best_path is None, "it changed nothing"
    modern = score_run(lines, "modern")
    assert modern is not None and modern.modern is None
    assert score_lines(lines, POLICIES["modern"]).rate("exact") == 1


def test_groups_come_worst_first_with_both_readings():
    rows = rows_by(ANSWERS, [line.group or "" for line in ANSWERS])
    assert [row.name for row in rows] == ["werther", "faust"]
    assert rows[1].read.cer == pytest.approx(2 / 22)
    assert rows[1].best_path.cer == pytest.approx(4 / 22)
    assert rows[0].read.cer == rows[0].best_path.cer == pytest.approx(2 / 12)


@given(st.lists(st.tuples(short, short), max_size=8))
def test_errors_by_kind_are_the_edits_of_the_rate(lines):
    truths, reads = [pair[0] for pair in lines], [pair[1] for pair in lines]
    rows, whole = kind_rows(truths, reads), score_text(truths, reads).characters
    assert sum(row.errors for row in rows) == whole.count
    assert sum(row.there for row in rows) == whole.length
    assert sum(row.put_in for row in rows) == whole.insertions


def test_kinds_scripts_and_names_by_hand():
    assert [kind_of(c) for c in "aA1,\u00a0§ſא\u0364"] == [
        "small letters",
        "capitals",
        "digits",
        "punctuation",
        "spaces",
        "punctuation",
        "small letters",
        "small letters",
        "small letters",
    ]
    assert kind_of("+") == kind_of("€") == "other signs"
    (row,) = [r for r in kind_rows(["Im Jahr"], ["lm Jahr."]) if r.kind == "capitals"]
    assert (row.there, row.wrong, row.put_in) == (2, 1, 0)
    assert script_of("война a") == "Cyrillic" and script_of("12 –") is None
    assert script_of("λόγος") == "Greek" and script_of("") is None
    assert describe(" ") == "space" and describe("\u00a0") == "no-break space"
    assert describe("") == "nothing" and describe("ſ", "f") == "ſ"
    assert describe("\u0364") == "\u25cc\u0364 (combining latin small letter e)"
    assert describe("\u00ad") == "soft hyphen"
    assert describe("а", "a") == "а (Cyrillic)" and describe("a", "а") == "a (Latin)"


def test_the_summary_is_json_with_its_protocol(make_reader_run: Callable[..., Path]):
    run = make_reader_run()
    found = summarise_lines(run)
    assert json.loads(json.dumps(found)) == found
    assert found["cer"] == pytest.approx(READ_EDITS / CHARACTERS)
    assert found["best_path"]["cer"] == pytest.approx(BEST_PATH_EDITS / CHARACTERS)
    assert found["exact"] == pytest.approx(EXACT / LINES) and found["language"] is True
    assert found["interval"] == pytest.approx([2 / 22, 2 / 12]), "two works, drawn as wholes"
    assert list(found["by_group"]) == ["werther", "faust"]
    assert found["by_group"]["faust"] == {
        "lines": 3,
        "characters": 22,
        "cer": pytest.approx(2 / 22),
        "wer": pytest.approx(2 / 6),
        "exact": pytest.approx(1 / 3),
        "best_path_cer": pytest.approx(4 / 22),
    }
    assert found["policy"].startswith("fraktur (NFC, long s kept, ")
    told = {name: found["protocol"][name] for name in ("data", "split", "n", "groups", "seeds")}
    assert told == {"data": "drawn", "split": "group", "n": LINES, "groups": 2, "seeds": [0]}
    assert found["protocol"]["interval_by"] == "group"
    assert found["alphabet"]["unseen"] == {"8": 1} and found["leakage"] is None
    assert found["report"] == str(run / "report.html")


def test_a_run_that_is_not_evaluated_has_no_scores(make_reader_run: Callable[..., Path]):
    run = make_reader_run()
    (run / "predictions.jsonl").unlink()
    found = summarise_lines(run)
    assert found["cer"] is None and found["interval"] is None and found["protocol"]["n"] == 0
    assert found["best_path"]["cer"] is None and found["by_group"] == {}
