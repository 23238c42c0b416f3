"""From answers to figures: scores with intervals, comparison with the single frame."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kineograph.metrics.intervals import (
    Interval,
    bootstrap_tallies,
    tallies_by_group,
)
from kineograph.metrics.labels import SCORES, confusion_counts
from kineograph.metrics.paired import mean_difference
from kineograph.report.answers import Answer

FEW_GROUPS = 6  # from fewer, a bootstrap interval is rough and the report says so


@dataclass(frozen=True)
class Pooled:
    """Truths and answers one below the other: one a clip, or every frame of every clip."""

    truths: list[str]
    answers: list[str]
    groups: list[str]  # what is resampled together
    group_kind: str  # "person", "group", "video" or "clip"
    classes: list[str]
    clips: int
    per_frame: bool
    thing: str = "clips"  # what is answered about

    @property
    def counts(self) -> NDArray[np.int64]:
        """Confusion counts (C, C), rows true."""
        return confusion_counts(self.truths, self.answers, self.classes)

    @property
    def right(self) -> int:
        """How many are right."""
        return sum(t == a for t, a in zip(self.truths, self.answers, strict=True))

    @property
    def unit(self) -> str:
        """What is counted: frames, clips (or texts), or answers where several seeds answer each."""
        if self.per_frame:
            return "frames"
        return self.thing if len(self.truths) == self.clips else "answers"


def all_classes(answers: Sequence[Answer], known: Sequence[str] = ()) -> list[str]:
    """The network's classes in their order, then labels that only occur in the answers' file."""
    found = {label for answer in answers for label in (*answer.truths, *answer.answers)}
    found |= {label for answer in answers for label in answer.probabilities}
    return [*known, *sorted(found - set(known))]


def pool(answers: Sequence[Answer], classes: Sequence[str] = ()) -> Pooled:
    """All answers one below the other, with the groups that an interval must draw as wholes."""
    kind, names = _groups(answers)
    lengths = [len(answer.truths) for answer in answers]
    return Pooled(
        truths=[label for answer in answers for label in answer.truths],
        answers=[label for answer in answers for label in answer.answers],
        groups=[n for name, length in zip(names, lengths, strict=True) for n in [name] * length],
        group_kind=kind,
        classes=all_classes(answers, classes),
        clips=len({answer.id for answer in answers}),  # several seeds answer the same clip
        per_frame=any(answer.per_frame for answer in answers),
    )


def _groups(answers: Sequence[Answer]) -> tuple[str, list[str]]:
    """Persons if all are named and there are two; else groups, else video files, else clips.

    A mirrored copy is drawn with its original: two answers about one second are not two seconds.
    """
    for kind in ("person", "group", "video"):
        names = [getattr(answer, kind) for answer in answers]
        if all(names) and len(set(names)) > 1:
            return kind, names
    return "clip", [answer.copy_of or answer.id for answer in answers]


def right_by_class(pooled: Pooled) -> dict[str, float | None]:
    """Of each class the share that was answered so (its recall); None for one never true."""
    counts = pooled.counts
    shares = zip(pooled.classes, counts.diagonal(), counts.sum(axis=1), strict=True)
    return {label: float(right / total) if total else None for label, right, total in shares}


def probability_matrix(
    answers: Sequence[Answer], classes: Sequence[str]
) -> NDArray[np.float64] | None:
    """Probabilities (n, C) beside the pooled truths; None where any answer kept none."""
    if not answers or any(not answer.probabilities for answer in answers):
        return None
    columns = [
        [p for answer in answers for p in answer.probabilities_of(label) or []] for label in classes
    ]
    return np.array(columns, dtype=float).T


def score_answers(
    answers: Sequence[Answer], classes: Sequence[str] = (), *, draws: int = 1000, seed: int = 0
) -> dict[str, Any]:
    """Accuracy, balanced accuracy and macro F1 with 95 % intervals by person (or recording).

    "interval" is accuracy's [low, high], None where one group alone leaves no spread; "intervals"
    has one for each score. Frames of a label-per-frame task are pooled over clips.
    """
    pooled = pool(answers, classes)
    grouped = tallies_by_group(pooled.truths, pooled.answers, pooled.classes, pooled.groups)
    scores: dict[str, Any] = {
        name: float(score(grouped.sum(axis=0))) for name, score in SCORES.items()
    }
    intervals = {
        name: _pair(bootstrap_tallies(score, grouped, draws=draws, seed=seed))
        for name, score in SCORES.items()
    }
    return scores | {
        "interval": intervals["accuracy"],
        "intervals": intervals,
        "interval_by": pooled.group_kind,
        "groups": len(grouped),
        "unit": pooled.unit,
        "n": len(pooled.truths),
        "clips": pooled.clips,
    }


def _pair(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]


@dataclass(frozen=True)
class Difference:
    """Accuracy of ours minus another's on the same clips, with its interval."""

    points: float
    interval: list[float] | None
    clips: int
    by: str = "clip"  # what the interval draws as wholes, and how many there are
    groups: int = 0


def paired_difference(
    ours: Sequence[Answer], others: Sequence[Answer], *, draws: int = 1000, seed: int = 0
) -> Difference | None:
    """Ours minus others' accuracy over clips that both answered; None where they share none.

    Differences of the same clips spread less than two intervals beside each other suggest. Several
    answers to one clip, as of several seeds, count as their mean.
    """
    mine, theirs = share_right_by_clip(ours), share_right_by_clip(others)
    both = [answer for answer in {a.id: a for a in ours}.values() if answer.id in theirs]
    if not any(answer.truths for answer in both):
        return None
    by, groups = _groups(both)
    gap, interval = mean_difference(
        [theirs[answer.id] for answer in both],
        [mine[answer.id] for answer in both],
        groups,
        weights=[len(answer.truths) for answer in both],
        draws=draws,
        seed=seed,
    )
    return Difference(gap, _pair(interval), len(both), by, len(set(groups)))


def share_right_by_clip(answers: Sequence[Answer]) -> dict[str, float]:
    """How much of each clip is right, 0 to 1, by id: a mean over its frames and its answers."""
    shares: dict[str, list[float]] = defaultdict(list)
    for answer in answers:
        pairs = list(zip(answer.truths, answer.answers, strict=True))
        right = sum(truth == found for truth, found in pairs)
        shares[answer.id].append(right / len(pairs) if pairs else 0.0)
    return {name: float(np.mean(each)) for name, each in shares.items()}
