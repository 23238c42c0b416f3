"""The worst lines: which, drawn how, and letter above letter."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kineograph.errors import InputError
from kineograph.metrics.text import character_edits
from kineograph.report.lines.answers import LineAnswer
from kineograph.report.lines.differences import MOST_LETTERS, compare
from kineograph.report.lines.worst import Grey, draw_worst_lines, read_worst, worst_first
from kineograph.report.page.blocks import Compared
from tests.report.lines.drawn_reader import ANSWERS, answer, picture_of

texts = st.text("abſ ü\u0364", max_size=30)


def test_most_errors_come_first_and_lines_without_any_not_at_all():
    assert [line.id for line in worst_first(ANSWERS)] == ["w1", "f1", "f2"]
    equal = [answer("long", "abcdef", "abcdex"), answer("b", "ab", "ax"), answer("a", "ab", "ax")]
    assert [line.id for line in worst_first(equal)] == ["a", "b", "long"]


def test_pictures_are_written_as_they_were_shown(tmp_path: Path):
    assert draw_worst_lines(tmp_path, ANSWERS, picture_of, count=2) == []
    names = sorted(file.name for file in (tmp_path / "worst").iterdir())
    assert names == ["worst.json", "worst_01.png", "worst_02.png"]
    notes: list[str] = []
    found = read_worst(tmp_path, ANSWERS, notes)
    assert [each.answer.id for each in found] == ["w1", "f1"] and notes == []
    shown = np.asarray(Image.open(io.BytesIO(found[0].png)))
    assert (shown == picture_of(ANSWERS[3])).all()


def test_an_old_picture_does_not_outlive_the_lines_that_it_showed(tmp_path: Path):
    draw_worst_lines(tmp_path, ANSWERS, picture_of)
    draw_worst_lines(tmp_path, ANSWERS[2:3], picture_of)
    assert [file.name for file in (tmp_path / "worst").iterdir()] == ["worst.json"]


def test_a_large_picture_is_shrunk(tmp_path: Path):
    draw_worst_lines(tmp_path, ANSWERS[:1], lambda _: np.full((400, 9000), 200, np.uint8))
    with Image.open(tmp_path / "worst" / "worst_01.png") as image:
        assert image.width <= 3000 and image.height <= 96 and image.width > 20 * image.height


def test_a_picture_that_cannot_be_read_costs_its_line_alone(tmp_path: Path):
    def torn(line: LineAnswer) -> Grey:
        if line.id == "w1":
            raise InputError("w1.png: not found. Put it back.")
        return picture_of(line)

    assert draw_worst_lines(tmp_path, ANSWERS, torn) == ["w1.png: not found. Put it back."]
    listed = json.loads((tmp_path / "worst" / "worst.json").read_text(encoding="utf-8"))
    assert [row["id"] for row in listed] == ["f1", "f2"]


def test_what_does_not_belong_to_these_answers_is_said(tmp_path: Path):
    draw_worst_lines(tmp_path, ANSWERS, picture_of)
    again = [answer("w1", "Und nach", "Und noch"), *ANSWERS[:2]]
    (tmp_path / "worst" / "worst_02.png").unlink()
    notes: list[str] = []
    assert [each.answer.id for each in read_worst(tmp_path, again, notes)] == ["f2"]
    assert notes == [
        "worst/worst_01.png is of another evaluation: one picture fewer.",
        "worst/worst_02.png is not there: one picture fewer.",
    ]
    assert read_worst(tmp_path / "nowhere", again, notes) == []
    assert notes[-1] == "worst/worst.json is not there: no pictures of the worst lines."


def test_a_picture_outside_of_the_folder_is_not_read(tmp_path: Path):
    draw_worst_lines(tmp_path, ANSWERS, picture_of)
    (tmp_path / "secret.png").write_bytes(b"secret")
    row = {"file": "../secret.png", "id": "w1", "read": "Undnach."}
    (tmp_path / "worst" / "worst.json").write_text(json.dumps([row]), encoding="utf-8")
    notes: list[str] = []
    assert read_worst(tmp_path, ANSWERS, notes) == [] and "worst/secret.png is not" in notes[0]


@given(texts, texts)
def test_letter_above_letter_keeps_both_texts_and_marks_the_fewest(truth: str, read: str):
    columns = [each for word in compare(truth, read) for each in word]
    assert "".join(each.truth for each in columns) == truth
    assert "".join(each.read for each in columns) == read
    assert all(each.same for each in columns) == (truth == read)
    marked = [each for each in columns if not each.same]
    assert len(marked) <= character_edits(truth, read).count
    for word in compare(truth, read):
        assert sum(max(len(c.truth), len(c.read)) for c in word) < 2 * MOST_LETTERS + 30


@pytest.mark.parametrize(
    ("truth", "read", "words"),
    [
        ("wir leſen", "wir lefen.", ["wir =", "le ſ/f en /."]),
        ("Und nach", "Undnach", ["Und  / nach"]),
        ("ab", "", ["a/ b/"]),
        ("gu\u0364t", "gut", ["g u\u0364/u t"]),
    ],
)
def test_letter_above_letter_by_hand(truth: str, read: str, words: list[str]):
    def shown(word: list[Compared]) -> str:
        said = " ".join(c.truth if c.same else f"{c.truth}/{c.read}" for c in word)
        return said + ("=" if word[-1].same and said.endswith(" ") else "")

    assert [shown(word) for word in compare(truth, read)] == words
