"""Change a training picture as a clip is changed: it is one of a single frame."""

import numpy as np

from kineograph.data.augment import Augmentation, apply, draw
from kineograph.data.pictures.cache import Picture


def change_picture(
    picture: Picture, rng: np.random.Generator, augmentation: Augmentation
) -> Picture:
    """A changed copy of (S, S, 3); the same for the same numbers of `rng`."""
    return apply(picture[None], draw(rng, augmentation))[0]
