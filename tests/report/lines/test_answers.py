"""predictions.jsonl of a reader: what is written is read, what is broken is said."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.errors import InputError
from kineograph.report.answers import read_answers
from kineograph.report.lines.answers import (
    LineAnswer,
    language_helped,
    read_line_answers,
    write_line_answers,
)
from tests.report.lines.drawn_reader import ANSWERS, answer

WRITABLE = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)  # a file has none


def test_what_is_written_is_read(tmp_path: Path):
    path = write_line_answers(tmp_path / "deep" / "predictions.jsonl", ANSWERS)
    assert tuple(read_line_answers(path)) == ANSWERS
    assert [file.name for file in path.parent.iterdir()] == ["predictions.jsonl"]


@given(WRITABLE, WRITABLE, WRITABLE, st.none() | st.floats(0, 1))
@settings(max_examples=40, deadline=None)
def test_any_text_survives(tmp_path_factory: pytest.TempPathFactory, truth, read, alone, sure):
    path = tmp_path_factory.getbasetemp() / "any_text.jsonl"
    line = answer("x", truth, read, alone, confidence=sure)
    assert read_line_answers(write_line_answers(path, [line, line])) == [line, line]


def test_a_half_written_last_line_is_left_out_with_a_word(tmp_path: Path):
    path = write_line_answers(tmp_path / "predictions.jsonl", ANSWERS)
    path.write_bytes(path.read_bytes()[:-30])
    notes: list[str] = []
    assert len(read_line_answers(path, notes)) == len(ANSWERS) - 1
    assert notes == ["predictions.jsonl: the last line is cut short and was left out."]


def test_a_broken_line_in_the_middle_is_refused_with_its_number(tmp_path: Path):
    path = write_line_answers(tmp_path / "predictions.jsonl", ANSWERS[:3])
    first, _, last = path.read_text(encoding="utf-8").splitlines()
    path.write_text(f"{first}\n{{broken\n{last}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"predictions.jsonl, line 2: not JSON .*Mend or remove"):
        read_line_answers(path)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[1, 2]", "line 1: not a JSON object. One answer a line: id, picture, group"),
        ('{"id": "x", "truth": "a"}', "line 1: no 'read'. One answer a line"),
        ('{"id": "x", "truth": "a", "answer": "b"}', "an answer to a clip, not a line that was"),
        ('{"id": "x", "truth": 3, "read": "a"}', "line 1: line x: truth 3 is not a text. Give an"),
        ('{"id": "x", "truth": "a", "read": null}', "line 1: line x: read None is not a text"),
        ('{"id": "x", "truth": "a", "read": "a", "group": 7}', "group 7 is not a text. Put it in"),
        (
            '{"id": "x", "truth": "a", "read": "a", "confidence": NaN}',
            "line 1: the confidence is not a finite number. Evaluate the run again",
        ),
        (
            '{"id": "x", "truth": "a", "read": "a", "confidence": 1.5}',
            "confidence 1.5 is not a number from 0 to 1. Give null",
        ),
    ],
)
def test_a_line_that_is_no_answer_is_refused(tmp_path: Path, line: str, words: str):
    path = tmp_path / "predictions.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=words):
        read_line_answers(path)


def test_what_is_left_out_has_a_meaning_and_a_newer_field_is_passed_over(tmp_path: Path):
    path = tmp_path / "predictions.jsonl"
    path.write_text('{"id": "x", "truth": "a", "read": "b", "mood": "good"}\n', encoding="utf-8")
    (line,) = read_line_answers(path)
    assert line == LineAnswer("x", "x", None, None, "test", "a", "b", "b", None)
    assert not language_helped([line]) and language_helped(ANSWERS)


def test_a_missing_file_says_what_to_run_and_lines_are_no_clips(tmp_path: Path):
    path = tmp_path / "predictions.jsonl"
    with pytest.raises(InputError, match="no such file. Run `kineograph evaluate`"):
        read_line_answers(path)
    with pytest.raises(InputError, match="line 1: no 'answer'"):
        read_answers(write_line_answers(path, ANSWERS))
