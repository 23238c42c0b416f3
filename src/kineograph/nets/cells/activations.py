"""The functions that a cell can put around its gates and its candidate, by name."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from kineograph.nets.checks import check_choice


def linear(x: Tensor) -> Tensor:
    """The value as it is."""
    return x


ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
    # Keras 3 and torch: relu6(x + 3) / 6. Keras 2 drew it steeper: 0.2 x + 0.5, cut to [0, 1].
    "hard_sigmoid": F.hardsigmoid,
    "linear": linear,
}


def activation_named(field: str, name: str) -> Callable[[Tensor], Tensor]:
    """The function of that name; ValueError tells the option's field and the known names."""
    check_choice(ACTIVATIONS, **{field: name})
    return ACTIVATIONS[name]
