"""Places of a picture's grid that attention can look at, and shares of them."""

import torch
from torch import Tensor

from kineograph.nets.encoders.grid import as_places


def places_of(grid: Tensor, coordinates: bool = False) -> Tensor:
    """(P, D, h, w) -> (P, h * w, D), row by row; with coordinates D + 2, x and y from -1 to 1."""
    if coordinates:
        count, _, height, width = grid.shape
        y = torch.linspace(-1, 1, height, device=grid.device, dtype=grid.dtype)
        x = torch.linspace(-1, 1, width, device=grid.device, dtype=grid.dtype)
        where = torch.stack([x.expand(height, width), y.unsqueeze(1).expand(height, width)])
        grid = torch.cat([grid, where.expand(count, -1, -1, -1)], 1)
    return as_places(grid)


def masked_softmax(scores: Tensor, inside: Tensor) -> Tensor:
    """Shares (B, L) of scores (B, L) that sum to 1 over what is inside (B, L); 0 outside."""
    return scores.masked_fill(~inside, float("-inf")).softmax(1)
