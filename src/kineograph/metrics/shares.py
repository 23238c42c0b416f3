"""The share of time that a label holds, counted by a network that errs, with an interval.

A network that calls 8 of 10 seconds of writing writing, and 1 of 10 others, finds 38 % where 40 %
are. From its known rates the true share follows (Rogan and Gladen 1978, eq. 1):

    true = (found + specificity - 1) / (sensitivity + specificity - 1)

Rates differ from person to person, and whom the network has never met has rates of his or her own:
so the interval is drawn over the rates of the people it was tested on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST_PEOPLE = 5  # of fewer, little is known of how people differ
LEAST_SEEN = 0.1  # of sensitivity + specificity - 1: below, an answer says next to nothing


@dataclass(frozen=True)
class Rates:
    """How one tested person's seconds were answered: of those with a label, and of the others."""

    found: int  # with the label, answered with it
    missed: int
    false: int  # without it, answered with it
    right: int


@dataclass(frozen=True)
class Corrected:
    """The share after known errors are counted, 0 to 1: the middle and a 95 % interval."""

    share: float
    low: float
    high: float


def rates_of(truths: Sequence[str], answers: Sequence[str], label: str) -> Rates:
    """Of one person's answers, one label against the rest."""
    pairs = [(true == label, found == label) for true, found in zip(truths, answers, strict=True)]
    kinds = [(True, True), (True, False), (False, True), (False, False)]
    return Rates(*(pairs.count(kind) for kind in kinds))


def correct_share(
    found: float, people: Sequence[Rates], *, draws: int = 4000, level: float = 0.95, seed: int = 0
) -> Corrected | None:
    """What a found share, 0 to 1, may truly be of someone who is like one of the tested people.

    People in whom the label, or all else, never was tell nothing of one rate and are left out. None
    where fewer than five are left, or answers hardly follow the truth.
    """
    told = [each for each in people if each.found + each.missed and each.false + each.right]
    if len(told) < LEAST_PEOPLE:
        return None
    generator = np.random.default_rng(seed)
    counts = np.array([[p.found, p.missed, p.false, p.right] for p in told], dtype=float)
    # one person's sensitivity and another's specificity: of ten people that is a hundred, since the
    # ten alone would hold the next one's rates four times in five only
    one, other = (counts[generator.integers(len(told), size=draws)] + 0.5 for _ in range(2))
    sensitivity = generator.beta(one[:, 0], one[:, 1])  # 0.5: Jeffreys' prior
    specificity = generator.beta(other[:, 3], other[:, 2])
    if np.median(sensitivity + specificity) - 1 < LEAST_SEEN:
        return None
    shares = _corrected(found, sensitivity, specificity)
    low, middle, high = np.quantile(shares, [(1 - level) / 2, 0.5, (1 + level) / 2])
    return Corrected(float(middle), float(low), float(high))


def _corrected(
    found: float, sensitivity: NDArray[np.float64], specificity: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Rogan and Gladen's estimate within 0 and 1; of rates that tell nothing, all is possible."""
    seen = np.maximum(sensitivity + specificity - 1, LEAST_SEEN)
    return np.clip((found + specificity - 1) / seen, 0, 1)
