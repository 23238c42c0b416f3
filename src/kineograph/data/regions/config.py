"""What a network that describes regions is shown, and which pictures it learns from."""

from dataclasses import dataclass

from kineograph.data.augment import Augmentation
from kineograph.data.pictures.cache import check_look
from kineograph.data.pictures.split import check_how
from kineograph.data.split import check_fractions
from kineograph.errors import InputError


@dataclass(frozen=True)
class RegionsConfig:
    """Size of the pictures, which words are known, and how the pictures are dealt."""

    size_pixels: int = 128  # every picture becomes a square of so many pixels
    fit: str = "squash"  # the whole picture, whatever its shape, so that every box stays whole
    augmentation: Augmentation = Augmentation()  # in training only; sentences may say "left"
    least_count: int = 1  # a word that training sentences have less often is unknown
    longest: int = 10  # words; longer sentences are not learned from, and none longer is said
    split: str = "auto"  # "given", "group", "picture"; auto: given if all name one, else group
    fractions: tuple[float, float, float] = (0.8, 0.1, 0.1)  # train, val, test
    seed: int = 0  # of the split alone, so that runs with other seeds share it

    def __post_init__(self) -> None:
        """Refuse values that cannot mean anything."""
        check_look(self.size_pixels, self.fit)
        check_how(self.split)
        if self.fit != "squash":
            raise InputError(
                f"fit '{self.fit}': would cut boxes off at the border. Write fit=squash."
            )
        for name in ("least_count", "longest"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} {getattr(self, name)}: is 1 or more. Raise it.")
        object.__setattr__(self, "fractions", tuple(self.fractions))  # JSON has lists only
        check_fractions(self.fractions)
