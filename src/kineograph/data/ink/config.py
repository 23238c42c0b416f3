"""Which lines of ink are learned from, and how they are brought to one measure."""

from dataclasses import dataclass

from kineograph.data.split import check_fractions
from kineograph.data.text import POLICIES, TextPolicy
from kineograph.errors import InputError, nearest

HOW = ("auto", "given", "group", "line")


@dataclass(frozen=True)
class InkConfig:
    """Points, spelling, changes in training and the split.

    points_per_character: points are put anew along the strokes, so many a character on average over
    the training lines and closer in bends; 0 keeps them as recorded. longest_points: a longer line
    is left out. slant_degrees, size: in training each line is sheared and scaled at random, evenly
    up to so much (size 0.1: by a tenth).
    """

    points_per_character: float = 0.0
    longest_points: int = 1200
    policy: str = "nfc"  # which spellings are one: see data/text.py
    slant_degrees: float = 0.0
    size: float = 0.0
    split: str = "auto"  # "given", "group", "line"; auto: given if all lines name one, else group
    fractions: tuple[float, float, float] = (0.64, 0.16, 0.20)  # train, val, test
    seed: int = 0  # of the split alone, so that runs with other seeds share it

    def __post_init__(self) -> None:
        """Refuse values that cannot mean anything."""
        for name, known in (("policy", tuple(POLICIES)), ("split", HOW)):
            value = getattr(self, name)
            if value not in known:
                hint = nearest(str(value), known)
                raise InputError(f"{name} '{value}': known are {', '.join(known)}. {hint}".rstrip())
        if self.longest_points < 2:
            raise InputError(
                f"longest_points {self.longest_points}: no line is so short. Try 1200."
            )
        if not (self.points_per_character == 0 or 2 <= self.points_per_character <= 200):
            raise InputError(
                f"points_per_character {self.points_per_character:g}: 2 to 200, or 0 to keep them "
                "as recorded. Try 12."
            )
        if not (0 <= self.slant_degrees < 60 and 0 <= self.size < 0.9):
            raise InputError(
                f"slant_degrees {self.slant_degrees:g}, size {self.size:g}: below 60 and 0.9, and "
                "not below 0. Try 5 and 0.1."
            )
        object.__setattr__(self, "fractions", tuple(self.fractions))  # JSON has lists only
        check_fractions(self.fractions)

    @property
    def spelling(self) -> TextPolicy:
        """The policy itself: call it with a text."""
        return POLICIES[self.policy]
