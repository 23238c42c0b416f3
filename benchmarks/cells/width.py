"""Equal weights: how wide a cell is, so that the whole network has as many as the LSTM's has."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import nn

from kineograph.errors import InputError

NEAR = 0.02  # of the LSTM's network: how far another one's number of weights may be off
WIDEST_UNITS = 1 << 14

Build = Callable[[Any], nn.Module]  # from a model's configuration


def count_weights(network: nn.Module) -> int:
    """All that is learned."""
    return sum(weights.numel() for weights in network.parameters())


def with_equal_weights(model: Any, build: Build, wanted: int) -> Any:
    """The same configuration with the `units` that come nearest to so many weights.

    Raises InputError where the nearest are further off than NEAR.
    """

    def weights(units: int) -> int:
        with torch.device("meta"):  # counted without memory or a draw
            return count_weights(build(replace(model, units=units)))

    low, high = 1, 2  # the width is found between them
    while weights(high) < wanted:
        low, high = high, 2 * high
        if high > WIDEST_UNITS:
            raise InputError(
                f"{wanted:,} weights: {type(model).__name__} has fewer with {low} units. "
                "Give the LSTM fewer units."
            )
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if weights(middle) < wanted else (low, middle)
    units = min((low, high), key=lambda width: abs(weights(width) - wanted))
    found = weights(units)
    if abs(found - wanted) > NEAR * wanted:
        raise InputError(
            f"{type(model).__name__} of {units} units: has {found:,} weights, and the LSTM's "
            f"network {wanted:,}; they may differ by {NEAR:.0%}. Give the LSTM more units, so that "
            "one unit weighs less."
        )
    return replace(model, units=units)
