"""Pictures side by side as a network reads them."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from kineograph.data.pictures.cache import Picture


def picture_tensor(pictures: Sequence[Picture]) -> Tensor:
    """(S, S, 3) each -> (B, 3, S, S) uint8, clips (T, S, S, 3) each -> (B, T, 3, S, S); the colours
    stay innermost in memory.
    """
    return torch.from_numpy(np.stack(pictures)).movedim(-1, -3)
