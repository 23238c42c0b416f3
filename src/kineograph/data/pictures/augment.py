"""Change a training picture as a clip is changed: it is one of a single frame, or one itself."""

import numpy as np

from kineograph.data.augment import Augmentation, apply, draw
from kineograph.data.pictures.cache import Picture
from kineograph.data.pictures.clip import CLIP_AXES


def change_picture(
    picture: Picture, rng: np.random.Generator, augmentation: Augmentation
) -> Picture:
    """A changed copy of (S, S, 3), or of a clip (T, S, S, 3), its frames alike; the same for the
    same numbers of `rng`.
    """
    if picture.ndim == CLIP_AXES:
        return apply(picture, draw(rng, augmentation))
    return apply(picture[None], draw(rng, augmentation))[0]
