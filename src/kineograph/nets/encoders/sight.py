"""What a picture is looked at with: a grid of features, by our own encoder or a pretrained one.

A clip is looked at with the same encoder on each frame, and with a recurrence over them.
"""

from typing import Any

import torch
from torch import Tensor, nn

from kineograph.nets.encoders.grid import GridEncoder, GridEncoderConfig
from kineograph.nets.encoders.over_time import OverTimeConfig, SightOverTime
from kineograph.nets.encoders.pretrained import PretrainedEncoder

GRID, TIMM = "grid", "timm:"


class PretrainedGrid(nn.Module):
    """pictures (B, 3, H, W), uint8 or floats in [0, 1] -> (B, D, h, w), by a network of timm."""

    def __init__(self, encoder: PretrainedEncoder) -> None:
        super().__init__()
        self.encoder = encoder
        height, width = encoder.size_pixels
        learns = encoder.body.training
        with torch.inference_mode():
            _, self.features, *grid = encoder.eval().maps(torch.zeros(1, 3, height, width)).shape
        encoder.train(learns)
        self.grid = (grid[0], grid[1])

    def forward(self, pictures: Tensor) -> Tensor:
        """The last features before they are pooled."""
        return self.encoder.maps(pictures)


Sight = Any  # a module (B, 3, H, W) -> (B, D, h, w) that knows `features` D and `grid` (h, w)


def check_sight(encoder: str) -> None:
    """Refuse what names neither encoder: ValueError."""
    if encoder != GRID and (not encoder.startswith(TIMM) or encoder == TIMM):
        raise ValueError(
            f"encoder={encoder!r}: must be grid, or timm: and a name. Write encoder=timm:resnet18."
        )


def make_sight(
    encoder: str, grid: GridEncoderConfig, size_pixels: int, over_time: OverTimeConfig, frames: int
) -> Sight:
    """The encoder of that name for square pictures, or for clips of more frames than one.

    ValueError if it cannot.
    """
    sight = _picture_sight(encoder, grid, size_pixels)
    return sight if frames == 1 else SightOverTime(sight, frames, over_time)


def _picture_sight(encoder: str, grid: GridEncoderConfig, size_pixels: int) -> Sight:
    if encoder == GRID:
        sight: GridEncoder = grid.build(size_pixels)
        return sight
    both = (size_pixels, size_pixels)
    return PretrainedGrid(PretrainedEncoder(both, name=encoder.removeprefix(TIMM)))
