"""What a network that writes characters is shown: spelling, sides, how far back it learns."""

from dataclasses import dataclass

from kineograph.data.text import POLICIES, TextPolicy
from kineograph.errors import InputError, nearest

NEAR_ONE = 1e-6


@dataclass(frozen=True)
class TextConfig:
    """How a text is spelled, cut into sides and walked through.

    window_characters: a step reads so many characters of each row, and the gradient goes no
    further back; what the network remembers goes on into the next step.
    """

    policy: str = "as-printed"  # which spellings are one: see data/text.py
    fractions: tuple[float, float, float] = (0.9, 0.1, 0.0)  # train, val, test, in this order
    window_characters: int = 128

    def __post_init__(self) -> None:
        """Refuse values that cannot mean anything."""
        if self.policy not in POLICIES:
            hint = nearest(str(self.policy), tuple(POLICIES))
            known = ", ".join(POLICIES)
            raise InputError(f"policy '{self.policy}': known are {known}. {hint}".rstrip())
        object.__setattr__(self, "fractions", tuple(self.fractions))  # JSON has lists only
        train, val, test = self.fractions
        wrong = min(self.fractions) < 0 or abs(sum(self.fractions) - 1) > NEAR_ONE
        if wrong or not train or not val + test:
            raise InputError(
                f"fractions {train:g}, {val:g}, {test:g}: are parts of one text that sum to 1, "
                "with something to learn from and something to ask about. Write 0.9,0.1,0."
            )
        if self.window_characters < 1:
            raise InputError(
                f"window_characters {self.window_characters}: at least 1 is read. 128 is usual."
            )

    @property
    def spelling(self) -> TextPolicy:
        """The policy itself: call it with a text."""
        return POLICIES[self.policy]
