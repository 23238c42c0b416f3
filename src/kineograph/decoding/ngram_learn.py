"""An n-gram model from lines of text: counted by sorting, smoothed by one of two formulas.

Both are interpolated: p(w | h) = direct(hw) + γ(h) · p(w | h without its first character), down to
the uniform distribution over everything that may come. γ(h) is what `direct` leaves, so all that
may follow h sums to 1, also where rare n-grams were left out. Only `direct` differs:

    Witten-Bell   c(hw) / (c(h) + T(h))              T(h): how many different things follow h
    Kneser-Ney    (a(hw) − D) / a(h)                 D by a(hw) = 1, 2, 3 and more

with c how often, and a the *adjusted* count: how often for the longest n-grams and those that begin
a line, and for the others in how many different contexts, one character longer, they stand. The
discounts D are Chen and Goodman's (1998, equation 26); where a level is too small to tell them (a
count of counts of none, or a discount outside (0, count]), they are ½, 1 and 1½.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kineograph.decoding.ngram import (
    BEGIN_TOKEN,
    END_TOKEN,
    MARKS,
    NEVER,
    ORDERS,
    UNKNOWN_TOKEN,
    Floats,
    Integers,
    NGram,
)
from kineograph.errors import InputError

SMOOTHINGS = {"kn": "modified Kneser-Ney", "wb": "Witten-Bell"}
PLAIN_DISCOUNTS = (0.5, 1.0, 1.5)
NEVER_LEFT_OUT = 2  # single characters and pairs are kept, however rare


@dataclass(frozen=True)
class _Level:
    """All n-grams of one length, in order of parent and token; numbers count within a level."""

    parents: Integers
    tokens: Integers
    suffixes: Integers
    counts: Integers
    at_begin: NDArray[np.bool_]  # whether it begins with a line's begin


def learn_ngram(
    lines: Iterable[Sequence[str]],
    order: int = 6,
    smoothing: str = "kn",
    minimum_count: int = 1,
    characters: Iterable[str] = (),
) -> NGram:
    """The model of some lines: strings, or sequences of characters of several code points.

    order: the longest n-gram, 1 to 8; smoothing: "kn" or "wb"; minimum_count: rarer n-grams of
    three characters and more are left out. characters: known though perhaps never seen here, so
    that each is a share of its own and not the one of unknown ones. Raises InputError.
    """
    several = [line for line in lines if len(line)]
    if order not in ORDERS:
        raise InputError(f"order {order}: must be {ORDERS[0]} to {ORDERS[-1]}. 6 is a good one.")
    if smoothing not in SMOOTHINGS:
        raise InputError(f"smoothing '{smoothing}': must be kn (Kneser-Ney) or wb (Witten-Bell).")
    if minimum_count < 1:
        raise InputError(f"minimum count {minimum_count}: must be at least 1, which keeps all.")
    if not several:
        raise InputError("the text has no line with a character. Give a text to learn from.")
    known = sorted({*characters}.union(*map(set, several)))
    levels = _count(several, known, order)
    discounted = [_direct(levels, place, smoothing) for place in range(len(levels))]
    return _assemble(known, levels, discounted, minimum_count)


def _count(lines: list[Sequence[str]], characters: list[str], order: int) -> list[_Level]:
    """Every n-gram of every length: the one that ends at a place is (the one before, the token)."""
    token_of = {character: i + len(MARKS) for i, character in enumerate(characters)}
    width = len(characters) + len(MARKS)
    tokens = np.array(
        [t for line in lines for t in (BEGIN_TOKEN, *map(token_of.__getitem__, line), END_TOKEN)]
    )
    lengths = np.array([len(line) + 2 for line in lines])
    starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
    offsets = np.arange(len(tokens)) - starts
    singles = np.arange(width)
    none = np.zeros(width, np.int64)
    counts = np.bincount(tokens, minlength=width)
    levels = [_Level(none, singles, none, counts, singles == BEGIN_TOKEN)]
    ending = tokens.copy()  # the number, within its level, of the n-gram that ends at each place
    for length in range(2, order + 1):
        places = np.flatnonzero(offsets >= length - 1)
        keys, first, numbers, counts = np.unique(
            ending[places - 1] * width + tokens[places],
            return_index=True,
            return_inverse=True,
            return_counts=True,
        )
        parents = keys // width
        suffixes = ending[places[first]]
        at_begin = levels[-1].at_begin[parents]
        levels.append(_Level(parents, keys % width, suffixes, counts, at_begin))
        ending = np.full(len(tokens), -1)
        ending[places] = numbers
    return levels


def _direct(levels: list[_Level], place: int, smoothing: str) -> Floats:
    """What an n-gram has of its own, before anything comes from shorter contexts."""
    level = levels[place]
    counts = level.counts.astype(np.float64)
    if smoothing == "kn" and place + 1 < len(levels):
        contexts = np.bincount(levels[place + 1].suffixes, minlength=len(counts))
        counts = np.where(level.at_begin, counts, contexts)
    if place == 0:
        counts[[BEGIN_TOKEN, UNKNOWN_TOKEN]] = 0.0  # nothing predicts the one, the other was unseen
    of_context = np.bincount(level.parents, counts)[level.parents]
    if smoothing == "wb":
        kinds = np.bincount(level.parents, counts > 0)[level.parents]
        return counts / (of_context + kinds)
    discounts = np.array([0.0, *_discounts(counts)])
    return (counts - discounts[np.minimum(counts, 3).astype(np.int64)]) / of_context


def _discounts(counts: Floats) -> tuple[float, float, float]:
    """Chen and Goodman's three, from how many n-grams were counted once, twice, … four times."""
    one, two, three, four = (float((counts == times).sum()) for times in (1, 2, 3, 4))
    if not (one and two and three):
        return PLAIN_DISCOUNTS
    share = one / (one + 2 * two)
    found = (
        1 - 2 * share * two / one,
        2 - 3 * share * three / two,
        3 - 4 * share * four / three,
    )
    return found if all(0 < d <= n for n, d in enumerate(found, 1)) else PLAIN_DISCOUNTS


def _assemble(
    characters: list[str], levels: list[_Level], discounted: list[Floats], minimum_count: int
) -> NGram:
    """Leave out the rare, interpolate from the shortest up, and number the nodes."""
    width = len(characters) + len(MARKS)
    may_come = width - 1  # all but a line's begin
    left = 1.0 - discounted[0].sum()
    probabilities = discounted[0] + left / may_come
    parents, tokens, logs, backoffs = [], [], [], []
    sizes, number_of, first, keep = [], np.zeros(1, np.int64), 0, np.ones(1, bool)
    for place, level in enumerate(levels):
        before, keep = keep, level.counts >= (minimum_count if place >= NEVER_LEFT_OUT else 0)
        if place:
            own, shorter = discounted[place], levels[place - 1]
            given = np.bincount(level.parents, own * keep, minlength=len(shorter.tokens))
            gamma = np.maximum(1.0 - given, np.finfo(np.float64).tiny)
            backoffs.append(np.log(gamma)[before])
            probabilities = own + gamma[level.parents] * probabilities[level.suffixes]
        parents.append(number_of[level.parents[keep]])
        tokens.append(level.tokens[keep])
        logs.append(np.log(probabilities[keep]))
        sizes.append(int(keep.sum()))
        number_of = np.cumsum(keep) + first  # meaningless where it is not kept, and not asked for
        first += sizes[-1]
    backoffs.append(np.zeros(sizes[-1]))
    logs[0][BEGIN_TOKEN] = NEVER
    sizes = sizes[: max(place + 1 for place, size in enumerate(sizes) if size)]
    columns = [np.concatenate(each) for each in (parents, tokens, logs, backoffs)]
    return NGram(characters, sizes, *columns)
