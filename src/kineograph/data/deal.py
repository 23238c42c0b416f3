"""Deal units of clips to sides so that every class is on every side and the sizes come near.

This is the problem of scikit-learn's StratifiedGroupKFold with sides of unequal size: choose a
side for each row of a table of counts (unit x class). Exact answers are expensive; a greedy deal,
largest unit first, then moves and exchanges while they help, repeated in several orders, is not.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]
Sides = NDArray[np.int64]

TRIES = 8
UNITS_TO_MOVE = 2000  # above, a greedy deal of so many small units is near enough
UNITS_TO_EXCHANGE = 100  # the number of pairs grows with the square


def deal(counts: Counts, shares: Counts, rng: np.random.Generator) -> Sides:
    """The side of each unit.

    counts: (units, classes), how many clips of each class a unit has. shares: (sides,), parts of 1;
    a side whose share is 0 stays empty.
    """
    open_sides = np.flatnonzero(shares)
    wanted = np.outer(shares[open_sides], counts.sum(axis=0))
    tries = TRIES if len(counts) <= UNITS_TO_MOVE else 1
    best: Sides | None = None
    for _ in range(tries):
        sides = _greedy(counts, wanted, rng)
        if len(counts) <= UNITS_TO_MOVE:
            sides = _improved(sides, counts, wanted)
        if best is None or _fault(_held(sides, counts, wanted), wanted) < _fault(
            _held(best, counts, wanted), wanted
        ):
            best = sides
    assert best is not None
    return open_sides[best]


def _fault(held: Counts, wanted: Counts) -> NDArray[Any]:
    """How bad tables of counts (..., sides, classes) are: first empty places, then sizes."""
    empty = ((held == 0) & (wanted > 0)).sum(axis=(-2, -1))
    bare = (held.sum(axis=-1) == 0).sum(axis=-1)
    by_class = ((held - wanted) ** 2 / np.maximum(wanted, 1e-9)).sum(axis=(-2, -1))
    sizes, wanted_sizes = held.sum(axis=-1), wanted.sum(axis=-1)
    by_size = ((sizes - wanted_sizes) ** 2 / np.maximum(wanted_sizes, 1e-9)).sum(axis=-1)
    return 1e12 * bare + 1e9 * empty + by_class + by_size


def _held(sides: Sides, counts: Counts, wanted: Counts) -> Counts:
    """What each side holds, (sides, classes)."""
    held = np.zeros_like(wanted)
    np.add.at(held, sides, counts)
    return held


def _greedy(counts: Counts, wanted: Counts, rng: np.random.Generator) -> Sides:
    """Largest unit first, each to the side where it helps most; equal ones in a random order."""
    order = rng.permutation(len(counts))
    order = order[np.argsort(-counts[order].sum(axis=1), kind="stable")]
    sides = np.zeros(len(counts), dtype=np.int64)
    held = np.zeros_like(wanted)
    places = np.arange(len(wanted))
    for unit in order:
        after = np.repeat(held[None], len(places), axis=0)
        after[places, places] += counts[unit]
        sides[unit] = int(np.argmin(_fault(after, wanted)))
        held[sides[unit]] += counts[unit]
    return sides


def _improved(sides: Sides, counts: Counts, wanted: Counts) -> Sides:
    """Take the best move of a unit, or exchange of two, as long as one helps."""
    held = _held(sides, counts, wanted)
    now = float(_fault(held, wanted))
    while True:
        best, change = now, None
        for first, second, to in _changes(sides, len(wanted)):
            gain = counts[first] if second is None else counts[first] - counts[second]
            after = np.repeat(held[None], len(first), axis=0)
            rows = np.arange(len(first))
            after[rows, sides[first]] -= gain
            after[rows, to] += gain
            faults = _fault(after, wanted)
            place = int(np.argmin(faults))
            if faults[place] < best - 1e-9:
                best = float(faults[place])
                change = first[place], None if second is None else second[place], to[place]
        if change is None:
            return sides
        unit, other, side = change
        if other is not None:
            sides[other] = sides[unit]
        sides[unit] = side
        held, now = _held(sides, counts, wanted), best


def _changes(sides: Sides, side_count: int) -> Iterator[tuple[Sides, Sides | None, Sides]]:
    """Units, the units they change places with (or none), and the sides that they go to."""
    units, to = np.divmod(np.arange(len(sides) * side_count), side_count)
    moved = sides[units] != to
    if moved.any():
        yield units[moved], None, to[moved]
    if len(sides) <= UNITS_TO_EXCHANGE:
        first, second = np.triu_indices(len(sides), k=1)
        apart = sides[first] != sides[second]
        if apart.any():
            yield first[apart], second[apart], sides[second[apart]]
