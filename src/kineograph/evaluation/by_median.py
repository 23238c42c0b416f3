"""A single-frame run's answers through a median filter: `writing-median` of the same network."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kineograph.report.answers import Answer
from kineograph.tasks.label_by_median import median_of


def by_median(answers: Sequence[Answer], tie: str) -> list[Answer]:
    """Each clip's answers for its frames become one: the median of each class's probabilities.

    The truth is that of most frames; `tie`: where two are equally many, as `prepare lecture` took.
    """
    return [_joined(answer, tie) if answer.per_frame else answer for answer in answers]


def _joined(answer: Answer, tie: str) -> Answer:
    counts = Counter(answer.truths)
    most = [label for label, count in counts.items() if count == max(counts.values())]
    labels = list(answer.probabilities)
    frames = np.array([answer.probabilities_of(label) for label in labels]).T  # (T, V)
    shares = median_of(list(frames))
    probabilities = {label: round(float(p), 6) for label, p in zip(labels, shares, strict=True)}
    return replace(
        answer,
        truth=tie if tie in most else min(most),
        answer=labels[int(shares.argmax())],
        probabilities=probabilities,
    )
