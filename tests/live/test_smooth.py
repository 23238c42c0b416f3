"""Smoothing: against the differential equation on a dense grid, and at any pace of answers."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.live.detection.smooth import Smoother, smoothed

answers = st.lists(
    st.tuples(st.integers(1, 40), st.floats(0, 1)), min_size=1, max_size=20
)  # steps in hundredths of a second, probabilities


def laid(found: list[tuple[int, float]]) -> tuple[np.ndarray, np.ndarray]:
    seconds = np.cumsum([step for step, _ in found]) / 100
    sure = np.array([value for _, value in found])
    return seconds, np.stack([sure, 1 - sure], axis=1)


@settings(deadline=None)
@given(answers, st.floats(0.3, 3.0))
def test_it_solves_the_equation_of_the_filter(found, tau):
    """dv/dt = (p − v) / τ in steps of a millisecond, p held back to the last answer."""
    seconds, probabilities = laid(found)
    value, reference = 0.0, [0.0]
    for step, answer in found[1:]:
        for _ in range(10 * step):
            value += (answer - value) * 1e-3 / tau
        reference.append(value)
    assert smoothed(seconds, probabilities, tau)[:, 0] == pytest.approx(reference, abs=3e-3)


def test_five_and_fifty_answers_a_second_of_one_scene_give_one_curve():
    scene = np.random.default_rng(0).random((60, 3))  # one part each fifth of a second
    slow = np.arange(61) / 5
    fast = np.arange(601) / 50
    held = np.concatenate([scene[:1], scene])
    often = np.concatenate([scene[:1], np.repeat(scene, 10, axis=0)])
    by_slow, by_fast = smoothed(slow, held, 1.0), smoothed(fast, often, 1.0)
    assert by_fast[::10] == pytest.approx(by_slow, abs=1e-12)


@settings(deadline=None)
@given(answers, st.floats(0.0, 3.0))
def test_it_stays_between_nothing_and_the_highest_answer(found, tau):
    seconds, probabilities = laid(found)
    curve = smoothed(seconds, probabilities, tau)
    assert (curve >= 0).all() and (curve <= probabilities.max(0) + 1e-12).all()


def test_a_sure_answer_reaches_a_threshold_when_the_page_says_so():
    curve = smoothed(np.arange(400) / 100, np.ones((400, 1)), 1.0)[:, 0]
    assert np.searchsorted(curve, 0.7) / 100 == pytest.approx(math.log(1 / 0.3), abs=0.01)


def test_no_smoothing_takes_answers_as_they_are_and_a_reset_forgets():
    seconds, probabilities = laid([(10, 0.2), (30, 0.9)])
    assert smoothed(seconds, probabilities, 0.0) == pytest.approx(probabilities)
    smoother = Smoother(1.0, 2)
    first = [smoother.see(second, row) for second, row in zip(seconds, probabilities, strict=True)]
    smoother.reset()
    again = [
        smoother.see(second, row) for second, row in zip(seconds + 9, probabilities, strict=True)
    ]
    assert np.array(again) == pytest.approx(np.array(first))
