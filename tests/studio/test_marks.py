"""Painting against a brute-force list of moments; every rule by its words; undo by going back."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kineograph.errors import InputError
from kineograph.studio.marks import Marks, Video, check_no_overlaps

VIDEO = Video("v", "room.mp4", "/room.mp4", 1, "v" * 64, 320, 240, 10.0)


def marks_with_window() -> Marks:
    marks = Marks()
    marks.videos["v"] = VIDEO
    window = {"video": "v", "person": "anna", "x": 10, "y": 20, "size": 50}
    marks.apply(marks.plan_window(window))
    return marks


def said(marks: Marks) -> list[tuple[float, float, str]]:
    return [(m.start_seconds, m.end_seconds, m.label) for m in marks.of_window("w1")]


STROKES = st.lists(
    st.tuples(st.integers(0, 99), st.integers(1, 30), st.sampled_from(["a", "b", None])),
    max_size=12,
)


@given(STROKES)
def test_painting_is_a_brush_over_tenths_of_seconds(strokes):
    marks, tenths = marks_with_window(), [None] * 100
    for start, length, label in strokes:
        end = min(100, start + length)
        marks.apply(marks.plan_paint("w1", start / 10, end / 10, label))
        tenths[start:end] = [label] * (end - start)
    found = [None] * 100
    for start, end, label in said(marks):
        assert found[round(start * 10) : round(end * 10)] == [None] * round((end - start) * 10)
        found[round(start * 10) : round(end * 10)] = [label] * round((end - start) * 10)
    assert found == tenths
    touching = zip(said(marks), said(marks)[1:], strict=False)
    assert not [1 for (_, e, a), (s, _, b) in touching if a == b and s - e < 1e-4], "equal = joined"


@given(STROKES)
def test_undoing_every_change_leads_back_to_the_begin(strokes):
    marks = marks_with_window()
    before, inverses = copy.deepcopy(marks.marks), []
    for start, length, label in strokes:
        end = min(100, start + length)
        inverses.append(marks.apply(marks.plan_paint("w1", start / 10, end / 10, label)))
    for inverse in reversed(inverses):
        marks.apply(inverse)
    assert marks.marks == before


def test_moving_a_mark_takes_it_from_where_it_was():
    marks = marks_with_window()
    marks.apply(marks.plan_paint("w1", 1, 2, "writing"))
    marks.apply(marks.plan_paint("w1", 4, 6, "drinking"))
    (mark, _) = marks.of_window("w1")
    marks.apply(marks.plan_move(mark.id, 3.5, 4.5, "writing"))
    assert said(marks) == [(3.5, 4.5, "writing"), (4.5, 6, "drinking")]


def test_removing_a_window_takes_its_marks_and_undo_brings_them_back():
    marks = marks_with_window()
    marks.apply(marks.plan_paint("w1", 1, 2, "writing"))
    inverse = marks.apply(marks.plan_removal("w1"))
    assert not marks.windows and not marks.marks
    marks.apply(inverse)
    assert said(marks) == [(1, 2, "writing")]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"x": 290}, r"outside the picture of 320x240\. Move or shrink it"),
        ({"y": -1}, "outside the picture"),
        ({"size": 4}, "4 pixels is too small"),
        ({"person": " "}, "needs the name of its person"),
        ({"hand": "third"}, "is not left or right"),
        ({"id": None, "x": 0}, "'anna' already has a window in room.mp4"),
        ({"id": None, "person": "boris"}, "the same square as anna's window"),
        ({"video": "w"}, "is not one of those opened"),
    ],
)
def test_a_wrong_window_is_refused_in_words(change, words):
    marks = marks_with_window()
    window = {"id": "w1", "video": "v", "person": "anna", "x": 10, "y": 20, "size": 50}
    with pytest.raises(InputError, match=words):
        marks.plan_window(window | change)


def test_a_mark_past_the_end_is_refused_in_words():
    marks = marks_with_window()
    with pytest.raises(InputError, match=r"anna: 'writing' is marked until 11.000 s, but room.mp4"):
        marks.plan_paint("w1", 9, 11, "writing")
    with pytest.raises(InputError, match="is not after start_seconds"):
        marks.plan_paint("w1", 5, 5, "writing")


def test_two_labels_at_one_time_are_refused_and_touching_ones_are_not():
    check_no_overlaps("anna", [(0, 1, "a"), (1, 2, "b"), (1.5, 3, "b")])
    with pytest.raises(InputError, match=r"anna: 'a' until 1.000 s and 'b' from 0.500 s overlap"):
        check_no_overlaps("anna", [(0, 1, "a"), (0.5, 2, "b")])
