"""A line of ink as a record, and the way of a pen."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kineograph.data.ink.ink import Ink, smooth
from kineograph.data.ink.line import (
    InkLine,
    fields_of,
    ink_from_fields,
    ink_line,
    read_ink,
    write_ink,
)
from kineograph.data.ink.strokes import as_offsets, from_offsets, ink_length, paced
from kineograph.errors import InputError

WAVE = np.column_stack([np.linspace(0, 10, 200), np.sin(np.linspace(0, 10, 200))])
stroke = arrays(np.float64, st.tuples(st.integers(1, 6), st.just(2)), elements=st.floats(-9, 9))


@given(st.lists(stroke, min_size=1, max_size=4))
@settings(max_examples=30, deadline=None)
def test_offsets_and_strokes_are_the_same(strokes):
    back = from_offsets(as_offsets(strokes))
    assert [len(each) for each in back] == [len(each) for each in strokes]
    for one, other in zip(back, strokes, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)


def test_a_paced_stroke_keeps_its_ends_its_dots_and_its_way():
    wave, dot = paced([WAVE, WAVE[:1]], 0.5)
    np.testing.assert_allclose(wave[[0, -1]], WAVE[[0, -1]])
    assert len(dot) == 1
    assert len(wave) < 50
    away = np.linalg.norm(wave[:, None] - WAVE[None], axis=2).min(axis=1)
    assert away.max() < 0.06  # each new point lies on the old way


def test_a_paced_stroke_has_more_points_where_it_turns():
    corner = np.array([[0, 0], [5, 0], [0, 0.5]])
    (found,) = paced([corner], 0.5)
    lengths = np.linalg.norm(np.diff(found, axis=0), axis=1)
    bend = int(np.linalg.norm(found - corner[1], axis=1).argmin())
    assert lengths[bend - 1 : bend + 1].sum() < lengths[0] + lengths[-1]


def test_a_pause_of_the_pen_costs_no_point():
    (found,) = paced([np.array([[0.0, 0], [1, 0], [1, 0], [1, 0], [2, 0]])], 1.0)
    np.testing.assert_allclose(found, [[0, 0], [1, 0], [2, 0]])


def test_a_line_goes_to_its_file_and_back(tmp_path):
    line = ink_line([WAVE, WAVE[:1] + 2], "e\u0301, ö", "Ann", split="train")
    write_ink(tmp_path / "ink.jsonl", [line])
    (back,) = read_ink(tmp_path / "ink.jsonl")
    assert (back.text, back.group, back.split, back.id) == ("é, ö", "Ann", "train", line.id)
    np.testing.assert_array_equal(back.offsets, line.offsets)
    row = (tmp_path / "ink.jsonl").read_text("utf-8")
    assert len(row) / len(line.offsets) < 26  # bytes a point: numbers are short


def test_numbers_are_as_fine_as_a_hand_whatever_the_unit():
    for scale in (1e-3, 1.0, 1e4):
        line = ink_line([WAVE * scale], "a")
        np.testing.assert_allclose(line.strokes[0], (WAVE - WAVE[0]) * scale, atol=2e-3 * scale)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"offsets": [[0, 0, 1]], "text": "a"}, "1 point of ink in all"),
        ({"offsets": [[0, 0, 0], [0, 0, 1]], "text": "a"}, "the pen never moves"),
        ({"offsets": [[0, 0, 0], [1, 0, 7]], "text": "a"}, "third number of an offset is 1"),
        ({"offsets": [[0, 0, 0], [1e30, 0, 1]], "text": "a"}, "is no number up to"),
        ({"offsets": [[0, 0], [1, 0]], "text": "a"}, "are not steps of a pen"),
        ({"offsets": "x", "text": "a"}, "are not steps of a pen"),
        ({"offsets": [[0, 0, 0], [1, 0, 1]], "text": " "}, "text is empty"),
        ({"offsets": [[0, 0, 0], [1, 0, 1]], "text": "a\nb"}, "the text has several lines"),
        ({"offsets": [[0, 0, 0], [1, 0, 1]], "text": 3}, "is not a text"),
        ({"offsets": [[0, 0, 0], [1, 0, 1]], "text": "a", "split": "tests"}, "not one of train"),
        ({"offsets": [[0, 0, 0], [1, 0, 1]], "texts": "a"}, "unknown field 'texts'"),
        ({"text": "a"}, "no 'offsets'"),
    ],
)
def test_what_is_no_line_is_said(fields, words):
    with pytest.raises(InputError, match=words):
        ink_from_fields(fields)


def test_every_bad_line_of_a_file_is_named(tmp_path):
    good = {"offsets": [[0, 0, 0], [1, 0, 1]], "text": "a"}
    rows = [json.dumps(good), "{", json.dumps(good), json.dumps(good | {"text": ""})]
    (tmp_path / "ink.jsonl").write_text("\n".join(rows), "utf-8")
    with pytest.raises(InputError) as fault:
        read_ink(tmp_path / "ink.jsonl")
    for words in ("3 bad lines", "line 2: not JSON", "line 3: ", "line 4: text is empty"):
        assert words in str(fault.value)


def test_points_that_are_no_numbers_are_refused():
    with pytest.raises(InputError, match="a point is not a number"):
        ink_line([np.array([[0, 0], [np.nan, 1]])], "a")
    with pytest.raises(InputError, match="no stroke at all"):
        ink_line([], "a")


def test_a_smooth_way_goes_through_all_points():
    fine = smooth(WAVE[::20], 5)
    away = np.linalg.norm(fine[:, None] - WAVE[None, ::20], axis=2).min(axis=0)
    assert away.max() < 1e-9
    assert len(smooth(WAVE[:1])) == 1


def test_rows_of_ink_stand_below_each_other():
    ink = Ink("a\nb", (("a", [WAVE]), ("b", [WAVE + 5, WAVE[:1]])), 1.0)
    tops = [stroke[:, 1].max() for stroke in ink.strokes]
    assert tops[0] == 0.0
    assert ink.strokes[1][:, 1].max() < ink.strokes[0][:, 1].min()
    assert min(stroke[:, 0].min() for stroke in ink.strokes) == 0.0
    assert Ink("", (), 1.0).size == (0.0, 0.0)


def test_fields_are_plain_and_the_length_is_that_of_the_strokes():
    line = InkLine(as_offsets([np.array([[0.0, 0], [3, 4]]), np.array([[9.0, 9]])]), "a")
    assert fields_of(line) == {"offsets": [[0, 0, 0], [3, 4, 1], [6, 5, 1]], "text": "a"}
    assert ink_length(line.strokes) == 5.0
