"""Paired comparison: McNemar against brute force and SciPy, the bootstrap against its own loop."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from kineograph.metrics.paired import Paired, mcnemar, mean_difference, paired_counts


@pytest.mark.parametrize(("first", "second"), list(product(range(6), range(6))))
def test_p_is_the_share_of_coin_throws_at_least_as_uneven(first, second):
    throws = list(product((0, 1), repeat=first + second))
    uneven = [abs(2 * sum(t) - len(t)) >= abs(first - second) for t in throws]
    assert mcnemar(Paired(9, first, second, 9)) == pytest.approx(np.mean(uneven))


@given(st.integers(0, 400), st.integers(0, 400))
def test_p_is_scipys(first, second):
    expected = binomtest(first, first + second).pvalue if first + second else 1.0
    assert mcnemar(Paired(0, first, second, 0)) == pytest.approx(expected, rel=1e-9, abs=1e-300)


def test_a_hundred_thousand_clips_are_no_trouble():
    found = mcnemar(Paired(0, 50_300, 49_700, 0))
    assert found == pytest.approx(binomtest(50_300, 100_000).pvalue, rel=1e-6)


def test_who_is_right_where():
    first, second = [True, True, False, False, True], [True, False, True, False, True]
    assert paired_counts(first, second) == Paired(2, 1, 1, 1)
    with pytest.raises(ValueError):
        paired_counts([True], [])


def test_the_difference_is_weighted_and_its_interval_draws_whole_groups():
    first, second = np.array([0.0, 1.0, 0.5, 0.0]), np.array([1.0, 1.0, 0.0, 0.5])
    groups, weights = ["a", "a", "b", "c"], [1, 3, 2, 4]
    gap, interval = mean_difference(first, second, groups, weights=weights, draws=300, seed=4)
    assert gap == pytest.approx((1 * 1 + 3 * 0 + 2 * -0.5 + 4 * 0.5) / 10)
    members = {"a": [0, 1], "b": [2], "c": [3]}
    rng = np.random.default_rng(4)
    scores = []
    for drawn in rng.integers(3, size=(300, 3)):
        places = [place for group in drawn for place in members["abc"[group]]]
        total = sum(weights[p] for p in places)
        scores.append(sum(weights[p] * (second[p] - first[p]) for p in places) / total)
    low, high = np.quantile(scores, [0.025, 0.975])
    assert (interval.low, interval.high) == pytest.approx((low, high))


def test_one_group_alone_has_no_interval():
    gap, interval = mean_difference([0.0, 0.0], [1.0, 0.0], ["a", "a"])
    assert gap == 0.5 and interval is None


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=30))
def test_exchanged_runs_give_the_opposite_difference_and_the_same_p(pairs):
    first, second = zip(*pairs, strict=True)
    groups = [place % 5 for place in range(len(pairs))]
    gap, interval = mean_difference(first, second, groups, draws=50)
    back, mirrored = mean_difference(second, first, groups, draws=50)
    assert gap == pytest.approx(-back)
    assert (interval.low, interval.high) == pytest.approx((-mirrored.high, -mirrored.low))
    forth, again = paired_counts(first, second), paired_counts(second, first)
    assert mcnemar(forth) == mcnemar(again)
    assert gap == pytest.approx((forth.only_second - forth.only_first) / len(pairs))
