"""Bytes of a frame into the numbers that a convolution reads, by what they are.

rgb                  [0, 1]; with norm="each", every frame by itself to mean 0 and spread 1
flow, difference     128 is no motion: (bytes - 128) / 16, so that its sign stays
"""

import torch
from torch import Tensor, nn

from kineograph.nets.checks import check_choice

FRAMES_NORMS = ("none", "each")
INPUTS = ("rgb", "flow", "difference")
CHANNELS = 3  # of each input
LEAST_SPREAD = 0.05  # of a frame in [0, 1]: what is flatter than this is noise, not to be blown up
MOTION_ZERO = 128 / 255
MOTION_UNIT = 16 / 255  # of flow: a quarter of a picture a second


class Pixels(nn.Module):
    """frames (M, C, H, W), uint8 or floats in [0, 1] -> floats (M, C, H, W); C is 3 an input."""

    def __init__(self, inputs: tuple[str, ...] = ("rgb",), frames_norm: str = "none") -> None:
        super().__init__()
        check_choice(FRAMES_NORMS, frames_norm=frames_norm)
        for name in inputs:
            check_choice(INPUTS, inputs=name)
        self.inputs = inputs
        self.frames_norm = frames_norm
        self.channels = CHANNELS * len(inputs)

    def forward(self, frames: Tensor, dtype: torch.dtype) -> Tensor:
        """The same frames as numbers of `dtype`, channels last in memory."""
        pixels = frames.contiguous(memory_format=torch.channels_last).to(dtype)
        if frames.dtype == torch.uint8:
            pixels = pixels / 255
        if self.inputs == ("rgb",):
            return self._one("rgb", pixels)
        parts = pixels.split(CHANNELS, dim=1)
        ready = [self._one(name, part) for name, part in zip(self.inputs, parts, strict=True)]
        return torch.cat(ready, 1).contiguous(memory_format=torch.channels_last)

    def _one(self, name: str, pixels: Tensor) -> Tensor:
        if name != "rgb":
            return (pixels - MOTION_ZERO) / MOTION_UNIT
        return standardise(pixels) if self.frames_norm == "each" else pixels


def standardise(frames: Tensor) -> Tensor:
    """Every frame (M, C, H, W) by itself: each colour to mean 0, all pixels to a spread of about 1.

    Light and tint leave, shapes stay; a recurrence over bright, flat frames hardly starts to learn.
    """
    centred = frames - frames.mean((2, 3), keepdim=True)
    spread = centred.square().mean((1, 2, 3), keepdim=True).sqrt()
    return centred / (spread + LEAST_SPREAD)
