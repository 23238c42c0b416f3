"""Group bootstrap against full enumeration, a second implementation and invariances."""

from itertools import product

import numpy as np
import pytest

from kineograph.metrics.intervals import (
    bootstrap_interval,
    bootstrap_tallies,
    tallies_by_group,
    wilson_interval,
)
from kineograph.metrics.labels import SCORES, accuracy_of, confusion_counts, tallies

CLASSES = ["a", "b", "c"]


def drawn(n: int = 90, groups: int = 9, seed: int = 0) -> tuple[list[str], list[str], list[str]]:
    rng = np.random.default_rng(seed)
    truths = rng.choice(CLASSES, n)
    answers = np.where(rng.random(n) < 0.4, rng.choice(CLASSES, n), truths)
    persons = [f"person{number:02d}" for number in rng.integers(groups, size=n)]
    return truths.tolist(), answers.tolist(), persons


@pytest.mark.parametrize("name", list(SCORES))
def test_adding_up_groups_equals_walking_over_answers(name):
    truths, answers, persons = drawn()

    def score(places: np.ndarray) -> float:
        chosen = [truths[i] for i in places], [answers[i] for i in places]
        return float(SCORES[name](tallies(confusion_counts(*chosen, CLASSES))))

    grouped = tallies_by_group(truths, answers, CLASSES, persons)
    slow = bootstrap_interval(score, persons, draws=60, seed=4)
    fast = bootstrap_tallies(SCORES[name], grouped, draws=60, seed=4)
    assert (fast.low, fast.high) == pytest.approx((slow.low, slow.high))
    assert fast.groups == slow.groups == 9


def test_tallies_of_all_groups_add_up_to_the_whole():
    truths, answers, persons = drawn()
    grouped = tallies_by_group(truths, answers, CLASSES, persons)
    whole = tallies(confusion_counts(truths, answers, CLASSES))
    assert (grouped.sum(axis=0) == whole).all()


def test_the_interval_is_that_of_all_possible_draws():
    right = {"p": 0.2, "q": 0.5, "r": 0.9}
    values = np.array([right[name] for name in "pqr"])
    every = [np.mean(draw) for draw in product(right.values(), repeat=3)]
    found = bootstrap_interval(
        lambda places: float(values[places].mean()), list("pqr"), draws=4000, level=0.8
    )
    low, high = np.quantile(every, [0.1, 0.9])
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.06)


def test_the_order_of_answers_changes_nothing():
    truths, answers, persons = drawn()
    turned = [list(reversed(part)) for part in (truths, answers, persons)]
    one = bootstrap_tallies(accuracy_of, tallies_by_group(truths, answers, CLASSES, persons))
    other = bootstrap_tallies(
        accuracy_of, tallies_by_group(turned[0], turned[1], CLASSES, turned[2])
    )
    assert one == other


def test_groups_that_are_alike_within_widen_the_interval():
    right = np.repeat([1.0, 0.0] * 5, 20)
    persons = [place // 20 for place in range(200)]

    def width(groups: list[int]) -> float:
        found = bootstrap_interval(lambda places: float(right[places].mean()), groups, draws=400)
        return found.high - found.low

    assert width(persons) > 3 * width(list(range(200)))


def test_one_group_has_no_interval():
    grouped = tallies_by_group(["a", "b"], ["a", "a"], CLASSES, ["p", "p"])
    assert bootstrap_tallies(accuracy_of, grouped) is None
    assert bootstrap_interval(lambda places: 1.0, ["p", "p"]) is None


def test_equal_groups_have_an_interval_of_no_width():
    grouped = tallies_by_group(["a", "b"] * 3, ["a", "a"] * 3, CLASSES, list("ppqqrr"))
    found = bootstrap_tallies(accuracy_of, grouped)
    assert (found.low, found.high, found.draws, found.level) == (0.5, 0.5, 1000, 0.95)


@pytest.mark.parametrize(
    ("right", "asked"), [(0, 1), (1, 1), (3, 4), (0, 20), (17, 20), (50, 1000)]
)
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_wilson_s_interval_is_scipy_s(right, asked, level):
    from scipy.stats import binomtest

    truth = binomtest(right, asked).proportion_ci(level, method="wilson")
    assert wilson_interval(right, asked, level=level) == pytest.approx((truth.low, truth.high))
    assert wilson_interval(0, 0) is None
