"""Thresholds from marked video: the most events for so many false alerts an hour.

Every setting of a grid is tried on every video. A choice is judged where it was not made: for each
video, the setting that is best on all others is scored on it. What is written down at the end is
chosen on all videos, and stands beside the figure of those that were left out.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from kineograph.live.detection.hold import Hold, Moment
from kineograph.live.detection.rules import Rule
from kineograph.live.detection.smooth import smoothed
from kineograph.live.tuning.marked import MarkedVideo
from kineograph.metrics.events import EventScore, pool, score_events

HIGHS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
LOW_PARTS = (0.4, 0.6, 0.8)  # of high
SMOOTH_SECONDS = (0.0, 0.5, 1.0, 2.0, 4.0)
SHORTEST_SECONDS = (0.0, 0.5, 1.0, 2.0)
TOLERANCE_SECONDS = 2.0  # how far from a mark an alert may lie and still be for it
EPOCH = datetime.fromtimestamp(0, UTC)  # a file has no clock on the wall

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Fold:
    """One group of videos left out: what was chosen on the others, and how it did there."""

    left_out: str
    rule: Rule
    kept: bool  # whether the choice kept to the asked rate where it was made
    chosen_by: EventScore
    judged: EventScore


@dataclass(frozen=True)
class Tuned:
    """A rule chosen on all videos, and what such a choice is worth on a video that it never saw.

    settings: every setting tried, with its score on all videos.
    """

    rule: Rule
    kept: bool
    chosen_by: EventScore
    judged: EventScore
    folds: tuple[Fold, ...]
    settings: tuple[tuple[Rule, EventScore], ...]


def settings_of(rule: Rule) -> list[Rule]:
    """The rule with every (high, low, smooth_seconds, shortest_seconds) of the grid."""
    return [
        replace(
            rule,
            high=high,
            low=round(part * high, 3),
            smooth_seconds=smooth,
            shortest_seconds=shortest,
        )
        for smooth, shortest, high, part in itertools.product(
            SMOOTH_SECONDS, SHORTEST_SECONDS, HIGHS, LOW_PARTS
        )
    ]


def tune(
    rule: Rule,
    videos: Sequence[MarkedVideo],
    classes: Sequence[str],
    *,
    false_alerts_per_hour: float,
    tolerance_seconds: float = TOLERANCE_SECONDS,
    progress: Progress | None = None,
) -> Tuned:
    """Choose the thresholds of a rule; everything else of it stays as it is.

    The highest recall of at most so many false alerts an hour; of equals the fewest false alerts,
    then the one in the middle of those that do as well. Where none keeps to the rate, the fewest
    false alerts. Raises InputError for labels that the network lacks.
    """
    rules = settings_of(rule)
    table: list[list[EventScore]] = []
    for done, video in enumerate(videos, 1):
        table.append(scores_of(rules, video, classes, tolerance_seconds))
        if progress:
            progress(done, len(videos), video.name)
    everywhere = [pool(column) for column in zip(*table, strict=True)]
    folds = []
    for group in dict.fromkeys(video.group for video in videos):
        inside = [row for row, video in zip(table, videos, strict=True) if video.group != group]
        outside = [row for row, video in zip(table, videos, strict=True) if video.group == group]
        learned = [pool(column) for column in zip(*inside, strict=True)]
        place, kept = choose(learned, false_alerts_per_hour)
        judged = pool(row[place] for row in outside)
        folds.append(Fold(group, rules[place], kept, learned[place], judged))
    place, kept = choose(everywhere, false_alerts_per_hour)
    return Tuned(
        rule=rules[place],
        kept=kept,
        chosen_by=everywhere[place],
        judged=pool(fold.judged for fold in folds),
        folds=tuple(folds),
        settings=tuple(zip(rules, everywhere, strict=True)),
    )


def scores_of(
    rules: Sequence[Rule], video: MarkedVideo, classes: Sequence[str], tolerance_seconds: float
) -> list[EventScore]:
    """One video under every rule; answers are smoothed once for each time constant.

    The tolerance is the same for all: a slow setting gets no more of it than a quick one.
    """
    curves: dict[float, NDArray[np.float64]] = {}
    scores = []
    for rule in rules:
        if rule.smooth_seconds not in curves:
            rows = smoothed(video.seconds, video.probabilities, rule.smooth_seconds)
            curves[rule.smooth_seconds] = rows[:, rule.places(classes)].sum(axis=1)
        found, told = events_under(rule, video.seconds, curves[rule.smooth_seconds])
        true = video.true(rule.labels or (rule.label,))
        score = score_events(
            found,
            true,
            video.watched_seconds,
            told_seconds=told,
            tolerance_seconds=tolerance_seconds,
        )
        scores.append(score)
    return scores


def events_under(
    rule: Rule, seconds: NDArray[np.float64], curve: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Spans (K, 2) of the events of a smoothed curve (N,), and when each was told (K,).

    While nothing lasts, answers under `high` change nothing and are leapt over: most are such.
    """
    hold = Hold(rule)
    spans: list[tuple[float, float]] = []
    told: list[float] = []
    nothing = np.empty(0)
    above = np.flatnonzero(curve >= rule.high)
    place = 0
    while place < len(seconds):
        if hold.idle:
            ahead = int(np.searchsorted(above, place))
            if ahead == len(above):
                break
            place = int(above[ahead])
        moment = Moment(float(seconds[place]), EPOCH, nothing)
        for change in hold.see(moment, float(curve[place])):
            if change.end is None:
                told.append(moment.seconds)
            else:
                spans.append((change.start.seconds, change.end.seconds))
        place += 1
    spans += [(last.start.seconds, last.end.seconds) for last in hold.stop() if last.end]
    return np.array(spans).reshape(-1, 2), np.array(told)


def choose(scores: Sequence[EventScore], false_alerts_per_hour: float) -> tuple[int, bool]:
    """The place of the best setting, and whether it keeps to the rate."""
    kept = [score.false_alerts_per_hour <= false_alerts_per_hour for score in scores]

    def worth(score: EventScore, keeps: bool) -> tuple[bool, int, int]:
        if keeps:
            return True, score.hits, -score.false_alerts
        return False, -score.false_alerts, score.hits

    worths = [worth(score, keeps) for score, keeps in zip(scores, kept, strict=True)]
    best = max(worths)
    place = _middle([place for place, each in enumerate(worths) if each == best])
    return place, kept[place]


def _middle(places: Sequence[int]) -> int:
    """Of settings that do as well, the one nearest to their middle: farthest from doing worse."""
    shape = (len(SMOOTH_SECONDS), len(SHORTEST_SECONDS), len(HIGHS), len(LOW_PARTS))
    steps = np.stack(np.unravel_index(places, shape), axis=1) / np.array(shape)
    away = np.abs(steps - steps.mean(axis=0)).sum(axis=1)
    return places[int(away.argmin())]
