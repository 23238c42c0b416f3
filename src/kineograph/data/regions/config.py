"""What a network that describes regions is shown, and which pictures it learns from."""

from dataclasses import dataclass

from kineograph.data.pictures.augment import NOTHING, PictureAugmentation
from kineograph.data.split import check_fractions
from kineograph.errors import InputError, nearest

HOW = ("auto", "given", "group", "picture")
LEAST_SIZE_PIXELS = 16  # smaller, no part can be told from another


@dataclass(frozen=True)
class RegionsConfig:
    """Size of the pictures, which words are known, and how the pictures are dealt."""

    size_pixels: int = 128  # every picture becomes a square of so many pixels
    fit: str = "squash"  # the whole picture, whatever its shape, so that every box stays whole
    augmentation: PictureAugmentation = NOTHING  # in training only; sentences may say "left"
    least_count: int = 1  # a word that training sentences have less often is unknown
    longest: int = 10  # words; longer sentences are not learned from, and none longer is said
    split: str = "auto"  # "given", "group", "picture"; auto: given if all name one, else group
    fractions: tuple[float, float, float] = (0.8, 0.1, 0.1)  # train, val, test
    seed: int = 0  # of the split alone, so that runs with other seeds share it

    def __post_init__(self) -> None:
        """Refuse values that cannot mean anything."""
        if self.split not in HOW:
            hint = nearest(str(self.split), HOW)
            raise InputError(f"split '{self.split}': known are {', '.join(HOW)}. {hint}".rstrip())
        if self.fit != "squash":
            raise InputError(
                f"fit '{self.fit}': would cut boxes off at the border. Write fit=squash."
            )
        if self.size_pixels < LEAST_SIZE_PIXELS:
            raise InputError(
                f"size_pixels {self.size_pixels}: no part can be told. Write "
                f"{LEAST_SIZE_PIXELS} or more."
            )
        for name in ("least_count", "longest"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} {getattr(self, name)}: is 1 or more. Raise it.")
        object.__setattr__(self, "fractions", tuple(self.fractions))  # JSON has lists only
        check_fractions(self.fractions)
