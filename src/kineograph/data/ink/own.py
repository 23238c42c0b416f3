"""A person's own line brought to the ink that a network learned from: calm, level, sized, paced.

A mouse gives points by its own clock and on whole pixels, a finger trembles, and nobody writes
level on a screen. What is the hand's own, its slant, its forms and its joins, stays.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kineograph.data.ink.config import InkConfig
from kineograph.data.ink.ink import smooth
from kineograph.data.ink.known import KnownInk, normalised, resized
from kineograph.data.ink.line import InkLine
from kineograph.data.ink.strokes import (
    Offsets,
    Points,
    Strokes,
    as_offsets,
    begun_at_origin,
    ink_length,
    paced,
)

TREMBLE = 0.012  # of a character's way of the pen: what is finer is the device's, not the hand's
LEVEL_FROM = 4.0  # heights that a line is wide: a shorter one has no slope that could be told
SLICES = 8  # of a line, each with a height of its own
STEEPEST = 0.6  # up or down a step to the right: more is written on purpose


def own_offsets(line: InkLine, config: InkConfig, known: KnownInk) -> Offsets:
    """The line as the network sees ink: (N, 3) normalised.

    Raises InputError if it has no size: dots alone.
    """
    sized = resized(line, config, known)  # the device's tremble is cleared by this measure …
    calm = levelled([calmed(s, TREMBLE * known.length_per_character) for s in sized.strokes])
    own = resized(replace(sized, offsets=as_offsets(calm)), config, known)  # … and makes it longer
    distance = _distance(own.strokes, len(config.spelling(own.text)), config, known)
    return normalised(begun_at_origin(as_offsets(paced(own.strokes, distance))), known)


def calmed(stroke: Points, width: float) -> Points:
    """The stroke without what is finer than `width`; its ends stay where they are.

    Points come to lie evenly, half of `width` apart, on a smooth way; then each is the mean of its
    neighbours, weighed by a bell as wide as `width`.
    """
    moved = np.ones(len(stroke), dtype=bool)
    moved[1:] = np.any(np.diff(stroke, axis=0) != 0, axis=1)
    way = smooth(stroke[moved])
    far = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(way, axis=0), axis=1))])
    wanted = np.linspace(0.0, far[-1], int(2 * far[-1] / width) + 2)
    even = np.column_stack([np.interp(wanted, far, way[:, axis]) for axis in range(2)])
    reach = min(6, len(even) - 1)  # three widths
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / 2) ** 2)
    # Mirrored about its ends, a straight stroke stays as it is.
    before, after = 2 * even[0] - even[reach:0:-1], 2 * even[-1] - even[-2 : -reach - 2 : -1]
    padded = np.concatenate([before, even, after])
    mean: Points = np.column_stack(
        [np.convolve(padded[:, axis], bell / bell.sum(), mode="valid") for axis in range(2)]
    )
    return mean


def levelled(strokes: Sequence[Points]) -> Strokes:
    """The same strokes turned so that the line goes neither up nor down; short ones as they are.

    The slope is the median of those between the middles of slices (Theil 1950, Sen 1968), so that
    one tall letter at the end turns nothing.
    """
    done = list(strokes)
    for _ in range(2):  # the second time, slices are cut upright
        every = np.concatenate(done)
        slope = _slope(every)
        high = float(np.ptp(every[:, 1] - slope * every[:, 0]))
        if abs(slope) > STEEPEST or np.ptp(every[:, 0]) < LEVEL_FROM * high:
            return list(strokes)
        angle = -np.arctan(slope)
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        done = [stroke @ turn for stroke in done]
    return done


def _slope(points: Points) -> float:
    slices = np.array_split(points[np.argsort(points[:, 0], kind="stable")], SLICES)
    middles = np.array([np.median(each, axis=0) for each in slices if len(each)])
    one, other = np.triu_indices(len(middles), 1)
    right, up = (middles[other] - middles[one]).T
    return float(np.median(up[right > 0] / right[right > 0])) if (right > 0).any() else 0.0


def _distance(
    strokes: Sequence[Points], characters: int, config: InkConfig, known: KnownInk
) -> float:
    """How far apart its points are put: as in training, or so that there are as many a character.

    A network that learned from points as they were recorded has a pace of its own, and a mouse
    another one.
    """
    if config.points_per_character:
        return known.length_per_character / config.points_per_character
    wanted = known.points_per_character * max(1, characters)
    length = ink_length(strokes)
    near, far = length / (100 * wanted), length
    for _ in range(30):  # points grow fewer as the distance grows
        middle = (near * far) ** 0.5
        if sum(map(len, paced(strokes, middle))) > wanted:
            near = middle
        else:
            far = middle
    return far
