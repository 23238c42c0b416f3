"""What a network must know of the ink that it learned from: measures, and the characters.

Offsets are divided by their standard deviation over the training lines, right and up apart, and
that is what nats are counted in: a likelihood without its measure says nothing. (Graves also
takes the mean away, which moves no likelihood.)
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from kineograph.data.ink.config import InkConfig
from kineograph.data.ink.line import InkLine
from kineograph.data.ink.strokes import (
    Offsets,
    as_offsets,
    begun_at_origin,
    from_offsets,
    ink_length,
    paced,
)
from kineograph.data.text import Alphabet
from kineograph.errors import InputError


@dataclass(frozen=True)
class KnownInk:
    """Of the training lines: their characters and measures; recipe.json keeps it.

    deviation: standard deviation of steps to the right and up, in the ink's units.
    length_per_character: way of the pen on paper, in the same units. points_per_character: as the
    network sees them. characters_per_line: what nineteen of twenty lines have at most.
    """

    characters: tuple[str, ...]
    deviation: tuple[float, float]
    length_per_character: float
    points_per_character: float
    characters_per_line: int

    @property
    def alphabet(self) -> Alphabet:
        """The characters with their indices."""
        return Alphabet(self.characters)

    def __str__(self) -> str:
        """The normalisation, as reports print it."""
        right, up = self.deviation
        return (
            f"offsets divided by their standard deviation over the training lines "
            f"({right:.4g} to the right, {up:.4g} up)"
        )

    def as_json(self) -> dict[str, Any]:
        """Plain JSON, under the names that recipe.json has."""
        found = asdict(self)
        return {"alphabet": list(found.pop("characters"))} | found


def known_from_json(found: dict[str, Any], where: str) -> KnownInk:
    """What recipe.json says. Raises InputError where it is broken."""
    try:
        right, up = map(float, found["deviation"])
        known = KnownInk(
            tuple(map(str, found["alphabet"])),
            (right, up),
            float(found["length_per_character"]),
            float(found["points_per_character"]),
            int(found["characters_per_line"]),
        )
        measures = (*known.deviation, known.length_per_character, known.points_per_character)
        if not all(0 < each < math.inf for each in (*measures, known.characters_per_line)):
            raise ValueError("a measure is not above 0")
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{where}: its measures of ink are broken ({error}). Copy it again."
        ) from None
    return known


def learn_known(lines: Sequence[InkLine], config: InkConfig) -> KnownInk:
    """The measures of the training lines. Raises InputError if there is none."""
    if not lines:
        raise InputError("no line of ink to learn from. Prepare more, or change data.fractions.")
    texts = [config.spelling(line.text) for line in lines]
    letters = max(1, sum(map(_written, texts)))
    length = sum(ink_length(line.strokes) for line in lines) / letters
    usual = _usual_length(texts)
    first = KnownInk(Alphabet.of(texts).characters, (1.0, 1.0), length, 1.0, usual)
    steps = [paced_offsets(line, config, first) for line in lines]
    every = np.concatenate([each[1:, :2] for each in steps]).astype(np.float64)
    right, up = np.maximum(every.std(axis=0), 1e-6 * max(length, 1e-6))
    points = sum(map(len, steps)) / max(1, sum(map(len, texts)))
    return replace(first, deviation=(float(right), float(up)), points_per_character=points)


def known_anew(known: KnownInk, lines: Sequence[InkLine], config: InkConfig) -> KnownInk:
    """What a network knew that learns on from other lines: its measures, and how long these are."""
    texts = [config.spelling(line.text) for line in lines]
    return replace(known, characters_per_line=_usual_length(texts))


def paced_offsets(line: InkLine, config: InkConfig, known: KnownInk) -> Offsets:
    """A line's steps with its points as the network wants them, still in its own units."""
    if not config.points_per_character:
        return begun_at_origin(line.offsets)
    distance = known.length_per_character / config.points_per_character
    return begun_at_origin(as_offsets(paced(from_offsets(line.offsets), distance)))


def normalised(offsets: Offsets, known: KnownInk) -> Offsets:
    """Steps in the network's measure: (N, 3), of a standard deviation of 1."""
    right, up = known.deviation
    divided: Offsets = offsets * np.array([1 / right, 1 / up, 1.0], dtype=np.float32)
    return divided


def in_units(offsets: Offsets, known: KnownInk) -> Offsets:
    """Steps of the network back in the units of the ink."""
    brought: Offsets = offsets * np.array([*known.deviation, 1.0], dtype=np.float32)
    return brought


def resized(line: InkLine, config: InkConfig, known: KnownInk) -> InkLine:
    """A person's line at the size of the ink that was learned from, by its way per character."""
    letters = max(1, _written(config.spelling(line.text)))
    length = ink_length(line.strokes) / letters
    if not length:
        raise InputError(f"{line.text[:40]!r}: dots alone have no size. Write a word.")
    factor = known.length_per_character / length
    scale = np.array([factor, factor, 1.0], dtype=np.float32)
    return replace(line, offsets=begun_at_origin(line.offsets) * scale)


def _written(text: str) -> int:
    """Characters that leave ink."""
    return len("".join(text.split()))


def _usual_length(texts: Sequence[str]) -> int:
    """Characters that nineteen of twenty texts have at most."""
    return max(1, int(np.percentile([len(text) for text in texts], 95)))
