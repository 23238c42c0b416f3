"""Accuracy by kinds of clips that the labels do not tell apart."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from kineograph.report.answers import Answer

Kind = Callable[[Answer], str | None]


def right_by_kind(answers: Sequence[Answer], kind: Kind) -> dict[str, tuple[float, int]]:
    """Share right, 0 to 1, and the number of answers, of each kind; None is counted nowhere."""
    right: dict[str, list[bool]] = defaultdict(list)
    for answer in answers:
        found = kind(answer)
        if found is not None:
            pairs = zip(answer.truths, answer.answers, strict=True)
            right[found] += [truth == said for truth, said in pairs]
    return {name: (sum(each) / len(each), len(each)) for name, each in sorted(right.items())}
