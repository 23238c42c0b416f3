"""Scores of events: worked by hand, and matchings against all that there are."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2, norm

from kineograph.metrics.events import (
    EventScore,
    match_events,
    poisson_interval,
    pool,
    score_events,
)
from kineograph.metrics.intervals import wilson_interval


def spans(*pairs: tuple[float, float]) -> np.ndarray:
    return np.array(pairs, dtype=float).reshape(-1, 2)


def test_a_score_by_hand():
    true = spans((10, 20), (40, 45), (60, 62))
    found = spans((12, 24), (30, 31), (41, 47))
    score = score_events(found, true, 1800.0, told_seconds=np.array([13.0, 31.0, 44.0]))
    assert (score.true, score.found, score.hits, score.false_alerts) == (3, 3, 2, 1)
    assert score.recall == score.precision == score.f1 == pytest.approx(2 / 3)
    assert score.delays_seconds == (3.0, 4.0) and score.delay() == 3.5
    assert score.delay(0.9) == pytest.approx(3.9)
    assert score.false_alerts_per_hour == 2.0
    assert score_events(found, true, 1800.0).delays_seconds == (2.0, 1.0)


@pytest.mark.parametrize(
    ("found", "true", "pairs"),
    [
        ([(0, 9)], [(1, 2), (4, 5)], [(0, 0)]),  # one alert is one event: the nearer begin
        ([(1, 2), (4, 5)], [(0, 9)], [(0, 0)]),  # the second alert is a false one
        ([(0, 3), (4, 5)], [(1, 2), (2.5, 9)], [(0, 0), (1, 1)]),  # more pairs before nearer ones
        ([(5, 6)], [(1, 4)], []),
        ([(4, 6)], [(1, 4)], [(0, 0)]),  # touching is enough
        ([(6, 7), (0, 1)], [(0, 1), (6, 7)], [(1, 0), (0, 1)]),  # in any order
        ([], [(1, 2)], []),
        ([], [], []),
    ],
)
def test_matchings_by_hand(found, true, pairs):
    assert match_events(spans(*found), spans(*true)).tolist() == [list(pair) for pair in pairs]


def test_a_tolerance_lets_late_and_early_alerts_count():
    true = spans((10, 12))
    for found, least in (((13, 14), 1.0), ((8, 9.5), 0.5)):
        assert not len(match_events(spans(found), true, least - 0.01))
        assert len(match_events(spans(found), true, least))


def apart_events(numbers: list[int]) -> np.ndarray:
    edges = np.cumsum(numbers[: len(numbers) // 2 * 2]).astype(float)
    return edges.reshape(-1, 2)


events = st.lists(st.integers(0, 6), max_size=10).map(apart_events)


@settings(deadline=None)
@given(events, events, st.sampled_from([0.0, 1.0, 3.0]))
def test_no_matching_of_all_that_there_are_is_better(found, true, tolerance):
    def worth(pairs) -> tuple[int, float]:
        return len(pairs), -sum(abs(found[i, 0] - true[j, 0]) for i, j in pairs)

    def may(i: int, j: int) -> bool:
        late = found[i, 0] > true[j, 1] + tolerance
        return not late and not found[i, 1] < true[j, 0] - tolerance

    best = (0, 0.0)
    for size in range(1, min(len(found), len(true)) + 1):
        for some in itertools.combinations(range(len(found)), size):
            for others in itertools.permutations(range(len(true)), size):
                pairs = list(zip(some, others, strict=True))
                if all(may(i, j) for i, j in pairs):
                    best = max(best, worth(pairs))
    got = match_events(found, true, tolerance).tolist()
    assert all(may(i, j) for i, j in got)
    assert len({i for i, _ in got}) == len({j for _, j in got}) == len(got)
    assert worth(got) == pytest.approx(best)


def test_pooled_videos_are_one_video():
    one = score_events(spans((1, 2), (5, 6)), spans((1, 2)), 100.0)
    two = score_events(spans(), spans((1, 2)), 300.0)
    assert pool([one, two]) == EventScore(2, 2, (0.0,), 400.0)
    assert pool([one, two]).false_alerts_per_hour == 9.0


def test_where_there_is_nothing_a_share_is_none_and_not_one():
    nothing = score_events(spans(), spans(), 60.0)
    assert nothing.recall is nothing.precision is nothing.f1 is nothing.delay() is None
    assert nothing.recall_interval() is None and nothing.false_alerts_per_hour == 0
    assert score_events(spans(), spans((1, 2)), 60.0).recall == 0


@pytest.mark.parametrize("count", [0, 1, 2, 7, 60, 1500])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_poisson_limits_are_those_of_the_chi_squared_law(count, level):
    rest = (1 - level) / 2
    low = chi2.ppf(rest, 2 * count) / 2 if count else 0.0
    high = chi2.ppf(1 - rest, 2 * count + 2) / 2
    assert poisson_interval(count, level) == pytest.approx((low, high), rel=1e-9)


@settings(deadline=None)
@given(st.integers(0, 40), st.integers(1, 40), st.sampled_from([0.9, 0.95]))
def test_wilson_limits_are_shares_that_lie_just_z_deviations_away(hits, of, level):
    hits = min(hits, of)
    z = norm.ppf((1 + level) / 2)
    for limit in wilson_interval(hits, of, level=level):
        away = abs(hits / of - limit)
        assert away == pytest.approx(z * (limit * (1 - limit) / of) ** 0.5, abs=1e-7)


def test_intervals_by_hand():
    assert wilson_interval(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    score = EventScore(10, 8, (1.0,) * 8, 7200.0)
    assert score.recall_interval() == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert score.false_alerts_per_hour_interval() == pytest.approx((0.0, 3.6889 / 2), abs=1e-4)


def test_events_that_cannot_be_scored_are_refused():
    with pytest.raises(ValueError, match="true: events overlap each other"):
        match_events(spans(), spans((0, 2), (1, 3)))
    with pytest.raises(ValueError, match="found: an event ends before it begins"):
        match_events(spans((2, 1)), spans())
    with pytest.raises(ValueError, match="watched 0 seconds: a rate needs some"):
        score_events(spans(), spans(), 0)
