"""Marks on a person's time become one-second samples, and copies of them.

marks     |-- writing ------|-- not writing -----|        |-- writing ----
tenths    wwwwwwwwwwwwwwwwwwwnnnnnnnnnnnnnnnnnnnnnn????????wwwwwwwwwwwwwww
seconds   |    w    |    w    |    n    |   no   |   no   |    w    |
                                                  a tenth that nobody marked: no sample
"""

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kineograph.data.annotation import Annotation

TENTHS = 10  # marks and frames of a sample, and of a second
SLACK = 1e-6  # seconds; written times are rounded
UNMARKED, CONTRADICTED = -1, -2


@dataclass(frozen=True)
class Second:
    """One sample: where in the video it begins, its label, whether five marks stood to five."""

    second: int
    label: str
    tie: bool
    marks: tuple[str, ...]  # of its ten frames


@dataclass(frozen=True)
class Overlap:
    """Time that two marks give different labels."""

    one: Annotation
    other: Annotation

    @property
    def span(self) -> tuple[float, float]:
        """From when to when, in seconds."""
        ends = [
            math.inf if e.end_seconds is None else e.end_seconds for e in (self.one, self.other)
        ]
        return max(self.one.start_seconds, self.other.start_seconds), min(ends)


def find_overlaps(marks: Sequence[Annotation]) -> list[Overlap]:
    """Marks of one person that share time and differ in their label, in order of time."""
    ordered = sorted(marks, key=lambda mark: mark.start_seconds)
    found = []
    for place, one in enumerate(ordered):
        end = math.inf if one.end_seconds is None else one.end_seconds
        for other in ordered[place + 1 :]:
            if other.start_seconds > end - SLACK:
                break  # those that follow begin later still
            if other.label != one.label:
                found.append(Overlap(one, other))
    return found


def sample_seconds(
    marks: Sequence[Annotation], labels: Sequence[str], *, length_seconds: float, tie: str
) -> list[Second]:
    """Whole seconds of which every tenth is marked, with the median of their ten marks.

    Of more than two labels the commonest is taken. tie: the label of a second in which it and
    another are equally common; of others, the first in alphabetical order. Time that marks
    contradict each other about counts as unmarked.
    """
    tenths = _tenths(marks, labels, max(math.floor(length_seconds + SLACK), 0) * TENTHS)
    found = []
    for second in range(len(tenths) // TENTHS):
        own = tenths[second * TENTHS : (second + 1) * TENTHS]
        if min(own) < 0:
            continue
        counts = Counter(own)
        most = max(counts.values())
        best = sorted(labels[code] for code, count in counts.items() if count == most)
        label = tie if tie in best else best[0]
        of_frames = tuple(labels[code] for code in own)
        found.append(Second(second, label, len(best) > 1, of_frames))
    return found


def _tenths(marks: Sequence[Annotation], labels: Sequence[str], count: int) -> list[int]:
    """The label's place of each tenth of a second, or why it has none."""
    tenths = [UNMARKED] * count
    for mark in marks:
        code = labels.index(mark.label)
        first = math.ceil((mark.start_seconds - SLACK) * TENTHS)
        end = count
        if mark.end_seconds is not None:
            end = min(count, math.ceil((mark.end_seconds - SLACK) * TENTHS))
        for place in range(first, end):
            same = tenths[place] in (UNMARKED, code)
            tenths[place] = code if same else CONTRADICTED
    return tenths


def make_copies(
    samples: Sequence[Annotation], *, mirror: bool, noise: float, balance: float, label: str
) -> list[Annotation]:
    """Mirrored copies of all; then noised copies of `label` until there are enough of it.

    balance: samples of `label` for each of the others, mirrored ones counted; 0 makes none. noise:
    standard deviation, as a part of white. The same samples give the same copies.
    """
    mirrored = [replace(e, copy_of=e.id, mirrored=True) for e in samples] if mirror else []
    pool = [each for each in [*samples, *mirrored] if each.label == label]
    others = len(samples) + len(mirrored) - len(pool)
    missing = round(balance * others) - len(pool) if noise > 0 else 0
    if not pool or missing <= 0:
        return mirrored
    # By chance, so that the first of them are not all of the first person.
    pool.sort(key=lambda each: hashlib.sha256(each.id.encode()).digest())
    noised = []
    for place in range(missing):
        each = pool[place % len(pool)]
        number = place // len(pool) + 1
        noised.append(replace(each, copy_of=each.original_id, noise=noise, copy_number=number))
    return [*mirrored, *noised]
