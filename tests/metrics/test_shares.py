"""Shares of time beside known errors: by hand, and by drawing people of known rates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kineograph.metrics.shares import Rates, correct_share, rates_of


def test_rates_by_hand():
    truths = ["w", "w", "w", "n", "n", "d"]
    answers = ["w", "n", "w", "w", "n", "d"]
    assert rates_of(truths, answers, "w") == Rates(found=2, missed=1, false=1, right=2)


def test_rogan_and_gladen_s_correction_where_rates_are_sure():
    """Sensitivity 0.8, specificity 0.9, prevalence 0.4: found are 0.4 x 0.8 + 0.6 x 0.1 = 0.38."""
    many = [Rates(80_000, 20_000, 10_000, 90_000)] * 5
    found = correct_share(0.38, many)
    assert found.share == pytest.approx(0.4, abs=0.005)
    assert found.low == pytest.approx(0.4, abs=0.01) == found.high


def test_the_interval_holds_the_truth_of_new_people_about_as_often_as_it_says():
    rng = np.random.default_rng(1)

    def person():
        return 0.6 + 0.38 * rng.random(), 0.7 + 0.28 * rng.random()

    inside = 0
    for trial in range(200):
        tested = []
        for _ in range(11):
            sensitivity, specificity = person()
            found, false = rng.binomial(100, sensitivity), rng.binomial(150, 1 - specificity)
            tested.append(Rates(found, 100 - found, false, 150 - false))
        sensitivity, specificity = person()
        true = 0.1 + 0.8 * rng.random()
        seen = rng.binomial(300, true * sensitivity + (1 - true) * (1 - specificity)) / 300
        interval = correct_share(seen, tested, draws=500, seed=trial)
        inside += interval.low <= true <= interval.high
    assert 0.88 <= inside / 200 <= 1.0


@pytest.mark.parametrize(
    "people",
    [
        [Rates(9, 1, 1, 9)] * 4,
        [Rates(0, 0, 1, 9)] * 5 + [Rates(9, 1, 0, 0)] * 5,  # one rate of each is not known
        [Rates(50, 50, 50, 50)] * 10,  # answers that follow nothing
    ],
)
def test_of_too_little_there_is_no_interval(people):
    assert correct_share(0.3, people) is None


@given(
    st.floats(0, 1),
    st.lists(st.builds(Rates, *[st.integers(1, 60)] * 4), min_size=5, max_size=8),
)
def test_an_interval_lies_within_0_and_1_and_around_its_middle(found, people):
    interval = correct_share(found, people, draws=200)
    if interval is not None:
        assert 0 <= interval.low <= interval.share <= interval.high <= 1
