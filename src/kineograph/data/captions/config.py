"""What a captioner is shown of prepared pictures, which words it knows, which it learns from."""

from dataclasses import dataclass, field

from kineograph.data.augment import Augmentation
from kineograph.data.pictures.cache import check_look
from kineograph.data.pictures.split import check_how
from kineograph.data.split import check_fractions
from kineograph.errors import InputError


@dataclass(frozen=True)
class CaptionsConfig:
    """Size of the pictures, words of the sentences, and which pictures are learned from."""

    size_pixels: int = 112  # of a side
    fit: str = "crop"  # "crop": the middle square; "squash": all of it, out of proportion
    frames: int = 1  # moments of a clip, evenly in time; 1: a picture, or the middle of a clip
    augmentation: Augmentation = field(default_factory=Augmentation)  # in training only
    least_count: int = 5  # a word is known if training sentences have it so often
    longest: int = 20  # words; what a longer sentence goes on with is not learned
    sentences_drawn: int = 0  # of each picture, in each epoch of training; 0: all
    split: str = "auto"  # "given", "group", "picture"; auto: given if all name one, else group
    fractions: tuple[float, float, float] = (0.64, 0.16, 0.20)  # train, val, test
    seed: int = 0  # of the split alone, so that runs with other seeds share it

    def __post_init__(self) -> None:
        """Refuse values that cannot mean anything."""
        check_look(self.size_pixels, self.fit)
        check_how(self.split)
        least_of = {"frames": 1, "least_count": 1, "longest": 2, "sentences_drawn": 0}
        for name, least in least_of.items():
            value = getattr(self, name)
            if value < least:
                raise InputError(f"{name} {value}: must be {least} or more. Raise it.")
        object.__setattr__(self, "fractions", tuple(self.fractions))  # JSON has lists only
        check_fractions(self.fractions)
