"""What a network that answers is shown: pictures, words, and which answers it may give."""

from dataclasses import dataclass, field

from kineograph.data.augment import Augmentation
from kineograph.data.pictures.cache import check_look
from kineograph.data.pictures.split import check_how
from kineograph.data.split import check_fractions
from kineograph.errors import InputError


@dataclass(frozen=True)
class QuestionsConfig:
    """Size of the pictures, words and answers that are known, and the split.

    Pictures are not mirrored in training unless asked for: questions ask about left and right.
    """

    size_pixels: int = 64
    fit: str = "squash"  # "squash": the whole picture; "crop": its middle, the aspect kept
    augmentation: Augmentation = field(default_factory=Augmentation)  # in training only
    least_count: int = 1  # times that a word stands in training questions to be known
    most_answers: int = 1000  # the most frequent ones can be given
    together: int = 0  # questions of a picture side by side in training, seen once; 0: all of them
    split: str = "auto"  # "given", "group", "picture"; auto: given if all name a side, else group
    fractions: tuple[float, float, float] = (0.64, 0.16, 0.20)  # train, val, test
    blank: bool = False  # True: grey pictures, so that the question alone is learned from
    seed: int = 0  # of the split alone, so that runs with other seeds share it

    def __post_init__(self) -> None:
        """Refuse values that cannot mean anything."""
        check_look(self.size_pixels, self.fit)
        check_how(self.split)
        for name, least in (("least_count", 1), ("most_answers", 2), ("together", 0)):
            if getattr(self, name) < least:
                raise InputError(f"{name} {getattr(self, name)}: it is {least} or more.")
        object.__setattr__(self, "fractions", tuple(self.fractions))  # JSON has lists only
        check_fractions(self.fractions)
