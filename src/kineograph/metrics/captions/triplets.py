"""The triplet test: is sentence B or C more like A? A score's answers against people's.

Vedantam et al. 2015, §5: people see what others wrote of a picture (A) and two more sentences, and
say which of them is more like it. A score is as good as it is often of their opinion.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from kineograph.errors import InputError

Choice = Literal["B", "C"]
Score = Callable[[str, Sequence[str]], float]  # an answer and its references: more is more alike


@dataclass(frozen=True)
class Triplet:
    """a: one sentence or several; people: which of b and c most of them found more like it."""

    a: Sequence[str]
    b: str
    c: str
    people: Choice


def more_alike(score: Score, a: Sequence[str], b: str, c: str) -> Choice | None:
    """Which one scores higher; None where both score the same."""
    first, second = score(b, a), score(c, a)
    return None if first == second else "B" if first > second else "C"


def triplet_agreement(score: Score, triplets: Sequence[Triplet]) -> float:
    """The share of triplets on which a score is of people's opinion; undecided, it is half so.

    Chance is 0.5. Raises InputError where there is no triplet.
    """
    if not triplets:
        raise InputError("no triplet to judge. Give at least one with people's choice.")
    choices = [more_alike(score, each.a, each.b, each.c) for each in triplets]
    credits = [
        0.5 if choice is None else float(choice == each.people)
        for choice, each in zip(choices, triplets, strict=True)
    ]
    return sum(credits) / len(credits)
