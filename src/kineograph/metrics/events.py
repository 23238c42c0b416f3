"""Events against the truth: found, missed, how late, and how many false alerts an hour.

    true     ├──────┤          ├───┤        ├──┤
    found       ├───────┤  ├┤    ├───┤
              found, late  false  found      missed

Events, not seconds, are counted: a person is called once for a fight, however long it is.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kineograph.metrics.intervals import wilson_interval

Spans = NDArray[np.float64]  # (N, 2): start and end in seconds

HOUR_SECONDS = 3600.0
TOUCH_SECONDS = 1e-9


def match_events(found: Spans, true: Spans, tolerance_seconds: float = 0.0) -> NDArray[np.int64]:
    """Which found event is which true one: pairs of their places (K, 2), in order of time.

    A pair may match where the found event overlaps the true one made longer by the tolerance at
    both ends; touching is enough. Each event is in one pair at most. Of all such matchings the one
    with the most pairs is taken, and among those the one whose begins lie nearest together. So a
    second alert of one true event is a false one, and one alert over two true events misses one.

    One to one by the best assignment is the convention of NIST's ActEV evaluation plan (2021) for
    activities in surveillance video, where pairs have to overlap by more, and of event-based scores
    of sound (Mesaros, Heittola and Virtanen 2016, Applied Sciences 6:162), where onsets have to lie
    within a collar. Raises ValueError if
    events of one side overlap each other: join them first.
    """
    by_found, by_true = _in_order(found, "found"), _in_order(true, "true")
    found, true = found[by_found], true[by_true]
    meets = (found[:, None, 0] <= true[:, 1] + tolerance_seconds) & (
        found[:, None, 1] >= true[:, 0] - tolerance_seconds
    )
    may = meets.any(axis=1)  # most false alerts meet nothing, and need no search
    by_found, found, meets = by_found[may], found[may], meets[may]
    apart = np.abs(found[:, None, 0] - true[:, 0])
    pairs = _best_in_order(meets, apart)
    return np.array([(by_found[i], by_true[j]) for i, j in pairs], dtype=np.int64).reshape(-1, 2)


def _in_order(spans: Spans, name: str) -> NDArray[np.int64]:
    order = np.lexsort((spans[:, 1], spans[:, 0]))
    ordered = spans[order]
    if (spans[:, 1] < spans[:, 0]).any():
        raise ValueError(f"{name}: an event ends before it begins")
    if (ordered[1:, 0] < ordered[:-1, 1] - TOUCH_SECONDS).any():
        raise ValueError(f"{name}: events overlap each other")
    return order


def _best_in_order(meets: NDArray[np.bool_], apart: NDArray[np.float64]) -> list[tuple[int, int]]:
    """The best pairs that do not cross.

    None that cross are better: events of one side do not overlap, so of two pairs that cross both
    may be swapped straight, and begins in order are never further apart when they are straight.
    """
    count, other = meets.shape
    best = [[(0, 0.0)] * (other + 1) for _ in range(count + 1)]  # pairs, and minus their distance
    for i in range(count):
        for j in range(other):
            choice = max(best[i][j + 1], best[i + 1][j])
            if meets[i, j]:
                pairs, near = best[i][j]
                choice = max(choice, (pairs + 1, near - float(apart[i, j])))
            best[i + 1][j + 1] = choice
    i, j = count, other
    found: list[tuple[int, int]] = []
    while i and j:
        if best[i][j] == best[i - 1][j]:
            i -= 1
        elif best[i][j] == best[i][j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            found.append((i, j))
    return found[::-1]


@dataclass(frozen=True)
class EventScore:
    """How well events were found in some hours of video.

    delays_seconds: of each true event that was found, from its begin until it was told; below zero
    where it was told before the mark begins.
    """

    true: int
    found: int
    delays_seconds: tuple[float, ...]
    watched_seconds: float

    @property
    def hits(self) -> int:
        """True events that were found."""
        return len(self.delays_seconds)

    @property
    def false_alerts(self) -> int:
        """Found events that are no true one, or one that was found already."""
        return self.found - self.hits

    @property
    def recall(self) -> float | None:
        """Of the true events, the part that was found; None without one."""
        return self.hits / self.true if self.true else None

    @property
    def precision(self) -> float | None:
        """Of the found events, the part that is true; None without one."""
        return self.hits / self.found if self.found else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; None where there is neither event."""
        both = self.true + self.found
        return 2 * self.hits / both if both else None

    @property
    def false_alerts_per_hour(self) -> float:
        """Of watched video, the time of true events among it."""
        return self.false_alerts * HOUR_SECONDS / self.watched_seconds

    def delay(self, share: float = 0.5) -> float | None:
        """Seconds in which that share of what was found was told; None where nothing was."""
        return float(np.quantile(self.delays_seconds, share)) if self.delays_seconds else None

    def recall_interval(self, level: float = 0.95) -> tuple[float, float] | None:
        """Wilson's, which takes events as independent: too narrow where all are of one day."""
        return wilson_interval(self.hits, self.true, level=level)

    def false_alerts_per_hour_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Poisson's: also no false alert at all leaves room for some."""
        low, high = poisson_interval(self.false_alerts, level)
        hours = self.watched_seconds / HOUR_SECONDS
        return low / hours, high / hours


def score_events(
    found: Spans,
    true: Spans,
    watched_seconds: float,
    *,
    told_seconds: NDArray[np.float64] | None = None,
    tolerance_seconds: float = 0.0,
) -> EventScore:
    """The score of one video and label; told_seconds (N,): when each was told, else its begin.

    Raises ValueError for events of one side that overlap, and for no time watched.
    """
    if not watched_seconds > 0:
        raise ValueError(f"watched {watched_seconds} seconds: a rate needs some")
    told = found[:, 0] if told_seconds is None else told_seconds
    pairs = match_events(found, true, tolerance_seconds)
    delays = told[pairs[:, 0]] - true[pairs[:, 1], 0]
    return EventScore(len(true), len(found), tuple(delays.tolist()), float(watched_seconds))


def pool(scores: Iterable[EventScore]) -> EventScore:
    """Several videos as one: every event and every second counts the same."""
    several = list(scores)
    return EventScore(
        true=sum(score.true for score in several),
        found=sum(score.found for score in several),
        delays_seconds=tuple(delay for score in several for delay in score.delays_seconds),
        watched_seconds=sum(score.watched_seconds for score in several),
    )


def poisson_interval(count: int, level: float = 0.95) -> tuple[float, float]:
    """Interval of the mean of a Poisson count, exact (Garwood 1936): at least `level` sure."""
    rest = (1 - level) / 2
    top = count + 20 + 10 * math.sqrt(count + 1)
    high = _root(lambda mean: _poisson_up_to(count, mean) - rest, 0.0, top)
    if count == 0:
        return 0.0, high
    return _root(lambda mean: _poisson_up_to(count - 1, mean) - (1 - rest), 0.0, top), high


def _poisson_up_to(count: int, mean: float) -> float:
    """The probability of `count` or fewer."""
    if mean <= 0:
        return 1.0
    log = [i * math.log(mean) - mean - math.lgamma(i + 1) for i in range(count + 1)]
    return float(np.exp(log).sum())


def _root(falling: Callable[[float], float], low: float, high: float) -> float:
    """Where a falling function crosses zero, by halving."""
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return (low + high) / 2
