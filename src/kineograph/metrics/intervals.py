"""Bootstrap intervals by group: whole persons or recordings are drawn, never single clips.

Clips of one person are alike, so drawing single clips would give intervals that are too narrow.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from kineograph.metrics.labels import Numbers, label_indices


@dataclass(frozen=True)
class Interval:
    """A percentile interval of a score and how it was drawn."""

    low: float
    high: float
    groups: int
    draws: int
    level: float


def _drawn_groups(groups: int, draws: int, seed: int) -> NDArray[np.int64]:
    """Which groups each draw holds, (draws, groups), with replacement."""
    return np.random.default_rng(seed).integers(groups, size=(draws, groups))


def _interval(scores: NDArray[np.float64], groups: int, level: float) -> Interval:
    low, high = np.quantile(scores, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high), groups, len(scores), level)


def _places(groups: Sequence[Hashable]) -> tuple[NDArray[np.int64], int]:
    """The group of each answer as a number (n,), groups in the order of their names."""
    names = sorted(set(groups), key=str)
    number = {name: place for place, name in enumerate(names)}
    return np.array([number[group] for group in groups], dtype=np.int64), len(names)


def bootstrap_interval(
    score: Callable[[NDArray[np.int64]], float],
    groups: Sequence[Hashable],
    *,
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval | None:
    """Interval of any score over whole groups; None where fewer than two groups leave no spread.

    `score` takes the places (m,) of the drawn answers, each as often as it was drawn.
    """
    place_of, count = _places(groups)
    if count < 2:
        return None
    members = [np.flatnonzero(place_of == place) for place in range(count)]
    scores = [
        score(np.concatenate([members[place] for place in drawn]))
        for drawn in _drawn_groups(count, draws, seed)
    ]
    return _interval(np.array(scores, dtype=float), count, level)


def tallies_by_group(
    truths: Sequence[str],
    answers: Sequence[str],
    classes: Sequence[str],
    groups: Sequence[Hashable],
) -> Numbers:
    """Right, true and answered per group and class, (G, 3, C), groups by name."""
    group_of, count = _places(groups)
    true, answered = label_indices(truths, classes), label_indices(answers, classes)
    size = len(classes)

    def tally(cells: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.bincount(cells, minlength=count * size).reshape(count, size)

    right = (group_of * size + true)[true == answered]
    by_kind = [tally(right), tally(group_of * size + true), tally(group_of * size + answered)]
    return np.stack(by_kind, axis=1).astype(float)


def bootstrap_tallies(
    score: Callable[[Numbers], Numbers],
    grouped: Numbers,
    *,
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval | None:
    """`bootstrap_interval` for a score of tallies, from tallies per group (G, 3, C).

    Adds up whole groups instead of walking over answers, so a million frames cost as little as ten
    clips; the same seed gives the same interval.
    """
    count = len(grouped)
    if count < 2:
        return None
    drawn = _drawn_groups(count, draws, seed) + np.arange(draws)[:, None] * count
    times = np.bincount(drawn.ravel(), minlength=draws * count).reshape(draws, count)
    summed = times.astype(float) @ grouped.reshape(count, -1)
    return _interval(score(summed.reshape(draws, *grouped.shape[1:])), count, level)


def wilson_interval(right: int, asked: int, *, level: float = 0.95) -> tuple[float, float] | None:
    """Where a share may truly lie, low and high, of `right` out of `asked`; None of nothing.

    Wilson (1927), JASA 22(158), 209-212: it holds for few answers and for shares near 0 and 1. As
    if answers were independent; those of one day and one place are more alike.
    """
    if not asked:
        return None
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, spread = right / asked, z * z / asked
    middle = share + spread / 2
    half = z * sqrt(share * (1 - share) / asked + spread / (4 * asked))
    return max(0.0, (middle - half) / (1 + spread)), min(1.0, (middle + half) / (1 + spread))
