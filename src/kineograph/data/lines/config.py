"""What a reader is shown of prepared lines, and what is taken for one spelling."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kineograph.data.lines.augment import NOTHING, LineAugmentation
from kineograph.data.lines.line import Line
from kineograph.data.lines.split import HOW
from kineograph.data.split import check_fractions
from kineograph.data.text import POLICIES, TextPolicy
from kineograph.errors import InputError, nearest

LEAST_HEIGHT_PIXELS = 8  # lower, no letter can be told from another


@dataclass(frozen=True)
class LinesConfig:
    """Height of the pictures, spelling of the texts, and which lines are learned from."""

    height_pixels: int = 48  # every line is scaled to it, its width in proportion
    policy: str = "nfc"  # which spellings are one: see data/text.py
    augmentation: LineAugmentation = NOTHING  # in training only
    split: str = "auto"  # "given", "group", "line"; auto: given if all lines name one, else group
    fractions: tuple[float, float, float] = (0.64, 0.16, 0.20)  # train, val, test
    learn_from: float = 1.0  # part of the training side that is learned from: for a learning curve
    seed: int = 0  # of the split alone, so that runs with other seeds share it

    def __post_init__(self) -> None:
        """Refuse values that cannot mean anything."""
        for name, known in (("policy", tuple(POLICIES)), ("split", HOW)):
            value = getattr(self, name)
            if value not in known:
                hint = nearest(str(value), known)
                raise InputError(f"{name} '{value}': known are {', '.join(known)}. {hint}".rstrip())
        if self.height_pixels < LEAST_HEIGHT_PIXELS:
            raise InputError(
                f"height_pixels {self.height_pixels}: no letter can be told. "
                f"Write {LEAST_HEIGHT_PIXELS} or more."
            )
        object.__setattr__(self, "fractions", tuple(self.fractions))  # JSON has lists only
        check_fractions(self.fractions)
        if not 0 < self.learn_from <= 1:
            raise InputError(
                f"learn_from {self.learn_from:g}: is a part of the training side, more than 0 and "
                f"1 at most. Write 0.5 to learn from half of it."
            )

    @property
    def spelling(self) -> TextPolicy:
        """The policy itself: call it with a text."""
        return POLICIES[self.policy]


def lines_learned(lines: Sequence[Line], share: float) -> list[Line]:
    """`share` (0 to 1) of the lines, drawn at random; what less of them takes, more takes too."""
    if share >= 1:
        return list(lines)
    ordered = sorted(lines, key=lambda line: line.id)
    drawn = np.random.default_rng(0).permutation(len(ordered))
    return [ordered[place] for place in sorted(drawn[: max(1, round(share * len(ordered)))])]
