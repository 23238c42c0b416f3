"""Two networks asked about the same clips: who is right where, and could that be chance?

Sources: McNemar, Psychometrika 12 (1947), in its exact form; Efron's bootstrap over whole groups.
"""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kineograph.metrics.intervals import Interval, bootstrap_interval


@dataclass(frozen=True)
class Paired:
    """How often both are right, only the first, only the second, neither."""

    both: int
    only_first: int
    only_second: int
    neither: int


def paired_counts(first: Sequence[bool], second: Sequence[bool]) -> Paired:
    """Count who is right on the same clips, in the same order (n,)."""
    pairs = list(zip(map(bool, first), map(bool, second), strict=True))
    return Paired(
        both=pairs.count((True, True)),
        only_first=pairs.count((True, False)),
        only_second=pairs.count((False, True)),
        neither=pairs.count((False, False)),
    )


def mcnemar(counts: Paired) -> float:
    """The exact two-sided p: clips on which they differ fall to either side like a fair coin.

    Takes each clip for itself; where clips of one person are alike, p is too small.
    """
    fewer = min(counts.only_first, counts.only_second)
    differing = counts.only_first + counts.only_second
    tail = math.fsum(
        math.exp(
            math.lgamma(differing + 1)
            - math.lgamma(heads + 1)
            - math.lgamma(differing - heads + 1)
            - differing * math.log(2)
        )
        for heads in range(fewer + 1)
    )
    return min(1.0, 2 * tail)


def mean_difference(
    first: Sequence[float],
    second: Sequence[float],
    groups: Sequence[Hashable],
    *,
    weights: Sequence[float] | None = None,
    draws: int = 1000,
    seed: int = 0,
) -> tuple[float, Interval | None]:
    """The mean of second − first (n,), and its interval over whole groups.

    weights: how much each counts, as many frames as it has; None: all alike.
    """
    gained = np.asarray(second, dtype=float) - np.asarray(first, dtype=float)
    weight = np.ones(len(gained)) if weights is None else np.asarray(weights, dtype=float)

    def score(places: NDArray[np.int64]) -> float:
        return float(np.average(gained[places], weights=weight[places]))

    interval = bootstrap_interval(score, groups, draws=draws, seed=seed)
    return score(np.arange(len(gained))), interval
