"""Measures, splits and batches of ink."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from kineograph.data.batch import Pass
from kineograph.data.ink.batch import LENGTH_STEP, REST, InkExamples
from kineograph.data.ink.config import InkConfig
from kineograph.data.ink.known import (
    in_units,
    known_anew,
    known_from_json,
    learn_known,
    normalised,
    paced_offsets,
    resized,
)
from kineograph.data.ink.line import ink_line
from kineograph.data.ink.split import split_ink
from kineograph.errors import InputError


def some_lines(count: int = 12, writers: int = 4) -> list:
    rng = np.random.default_rng(0)
    return [
        ink_line(
            [rng.normal(size=(int(rng.integers(4, 40)), 2)).cumsum(0), rng.normal(size=(3, 2))],
            "ab c"[: 1 + number % 4],
            f"w{number % writers}",
        )
        for number in range(count)
    ]


PLAIN = InkConfig()


def test_normalised_steps_have_a_deviation_of_one():
    lines = some_lines()
    known = learn_known(lines, PLAIN)
    steps = [normalised(paced_offsets(line, PLAIN, known), known)[1:, :2] for line in lines]
    np.testing.assert_allclose(np.concatenate(steps).std(axis=0), 1.0, rtol=1e-5)
    back = in_units(normalised(lines[0].offsets, known), known)
    np.testing.assert_allclose(back, lines[0].offsets, rtol=1e-5)


def test_where_a_line_begins_tells_nothing():
    line = some_lines(1)[0]
    moved = ink_line([stroke + 100 for stroke in line.strokes], line.text)
    known = learn_known([line], PLAIN)
    one, other = (paced_offsets(each, PLAIN, known) for each in (line, moved))
    np.testing.assert_allclose(one, other, atol=1e-3)


def test_points_are_put_anew_as_many_as_are_asked_for():
    config = InkConfig(points_per_character=20.0)
    known = learn_known(some_lines(), config)
    letters = sum(len(line.text.replace(" ", "")) for line in some_lines())
    points = sum(len(paced_offsets(line, config, known)) for line in some_lines())
    assert 0.8 < points / letters / 20.0 < 2.0  # bends take more


def test_known_goes_to_json_and_back():
    known = learn_known(some_lines(), PLAIN)
    assert known_from_json(known.as_json(), "recipe.json") == known
    assert known.characters == (" ", "a", "b", "c")
    assert known.characters_per_line == 4
    broken = [{"deviation": [0, 1]}, {"points_per_character": -1}, {"length_per_character": 0}]
    for values in (*broken, {"characters_per_line": 0}):  # rows of none would never end
        with pytest.raises(InputError, match=r"recipe\.json: its measures of ink are broken"):
            known_from_json(known.as_json() | values, "recipe.json")
    with pytest.raises(InputError, match="no line of ink to learn from"):
        learn_known([], PLAIN)


def test_a_network_that_learns_on_keeps_its_measures_and_knows_how_long_lines_are_now():
    known = learn_known(some_lines(), PLAIN)
    longer = [replace(line, text=f"{line.text} ca b") for line in some_lines()]
    assert known_anew(known, longer, PLAIN) == replace(known, characters_per_line=9)


def test_a_person_s_line_comes_to_the_size_that_was_learned():
    lines = some_lines()
    known = learn_known(lines, PLAIN)
    large = ink_line([40 * stroke for stroke in lines[3].strokes], lines[3].text)
    small = resized(large, PLAIN, known)
    same = resized(lines[3], PLAIN, known)
    np.testing.assert_allclose(small.offsets, same.offsets, atol=2e-2)
    dots = ink_line([[[0, 0]], [[1, 1]]], "ab")
    with pytest.raises(InputError, match="dots alone have no size"):
        resized(dots, PLAIN, known)


def test_batches_hold_every_line_once_padded_with_a_resting_pen():
    lines = some_lines()
    known = learn_known(lines, PLAIN)
    examples = InkExamples(lines, known, PLAIN)
    met = []
    for batch in examples.batches(5, Pass(shuffle=True, seed=3)):
        met += batch.ids
        assert batch.points.shape[1] % LENGTH_STEP == 0
        for row, (length, signs) in enumerate(
            zip(batch.lengths.tolist(), batch.text_lengths.tolist(), strict=True)
        ):
            assert batch.points[row, length : length + REST].tolist() == [[0, 0, 1]] * REST
            assert not batch.points[row, length + REST :].any()
            assert not batch.texts[row, signs:].any()
            assert batch.texts[row, :signs].all()
            assert batch.points[row, length - 1, 2] == 1
    assert sorted(met) == sorted(line.id for line in lines)


def test_a_resumed_walk_sees_what_it_would_have_seen_and_parts_make_the_whole():
    lines = some_lines()
    config = InkConfig(slant_degrees=10, size=0.2)
    examples = InkExamples(lines, learn_known(lines, config), config, changes=True)
    whole = list(examples.batches(4, Pass(epoch=2, shuffle=True)))
    rest = list(examples.batches(4, Pass(epoch=2, shuffle=True, first_step=1)))
    assert [batch.ids for batch in rest] == [batch.ids for batch in whole[1:]]
    assert all(torch.equal(a.points, b.points) for a, b in zip(rest, whole[1:], strict=True))
    halves = [
        list(examples.batches(4, Pass(epoch=2, shuffle=True, part=(row, 2)))) for row in (0, 1)
    ]
    ids = [[*a.ids, *b.ids] for a, b in zip(*halves, strict=True)]
    assert [sorted(each) for each in ids] == [sorted(batch.ids) for batch in whole]
    other = next(examples.batches(4, Pass(epoch=3)))
    assert not torch.equal(other.points, next(examples.batches(4, Pass(epoch=2))).points)


def test_a_slant_of_the_augmentation_is_a_shear_in_units():
    line = some_lines(1)[0]
    known = learn_known(some_lines(), PLAIN)
    config = InkConfig(slant_degrees=20)
    points = InkExamples([line], known, config, changes=True).example(0, 1, 0).points
    plain, leaning = (in_units(each, known) for each in (normalised(line.offsets, known), points))
    lean = (leaning[1:, 0] - plain[1:, 0]) / plain[1:, 1]
    assert np.ptp(lean) < 1e-3
    assert 0 < abs(lean[0]) <= math.tan(math.radians(20))


def test_lines_that_cannot_be_learned_from_are_told():
    lines = some_lines()
    known = learn_known([line for line in lines if line.text == "a"], PLAIN)
    strange = ink_line([[[0, 0], [3, 4]]], "xyz")
    examples = InkExamples([*lines, strange], known, InkConfig(longest_points=20))
    words = " ".join(examples.problems)
    assert "data.longest_points is 20: left out" in words
    assert "nothing of 'xyz' is known: left out" in words
    assert len(examples) + len(examples.problems) == len(lines) + 1


def test_writers_stay_on_one_side():
    split = split_ink(some_lines(40, 8))
    sides = [{line.group for line in side} for side in split.sides.values()]
    assert all(sides)
    assert not (sides[0] & sides[1] or sides[0] & sides[2] or sides[1] & sides[2])
    assert split.how == "group"
    assert split_ink(some_lines(40, 8)[::-1]).sides.keys() == split.sides.keys()
    with pytest.raises(InputError, match="lines"):
        split_ink(some_lines(4, 1))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"points_per_character": 1}, "2 to 200, or 0"),
        ({"policy": "ncf"}, "Did you mean 'nfc'"),
        ({"split": "writer"}, "known are auto, given, group, line"),
        ({"slant_degrees": 80}, "below 60 and 0.9"),
        ({"longest_points": 1}, "no line is so short"),
        ({"fractions": (0.5, 0.1, 0.1)}, "fractions"),
    ],
)
def test_numbers_that_mean_nothing_are_refused(wrong, words):
    with pytest.raises(InputError, match=words):
        InkConfig(**wrong)
