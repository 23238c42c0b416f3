"""Bytes of a frame into the numbers that a convolution reads, by what they are.

rgb                  [0, 1]; with norm="each", every frame by itself to mean 0 and spread 1
flow, difference     128 is no motion: (bytes - 128) / 16, so that its sign stays
depth                far, fine, measured: far in [0, 1], with norm="each" by itself to mean 0 and
                     spread 1 over what was measured; fine around 128 as (bytes - 128) / 32, which
                     is 64 mm; both 0 where nothing was measured
"""

import torch
from torch import Tensor, nn

from kineograph.nets.checks import check_choice

FRAMES_NORMS = ("none", "each")
INPUTS = ("rgb", "flow", "difference", "depth")
CHANNELS = 3  # of each input
LEAST_SPREAD = 0.05  # of a frame in [0, 1]: what is flatter than this is noise, not to be blown up
MOTION_ZERO = 128 / 255
MOTION_UNIT = 16 / 255  # of flow: a quarter of a picture a second
DEPTH_ZERO = 128 / 255  # of the fine channel: whoever is in the picture (data/depth.py)
DEPTH_UNIT = 32 / 255  # of the fine channel: 64 mm
DEPTH_LEAST_SPREAD = 0.02  # of distances in [0, 1]: 16 cm


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
        if name == "depth":
            return _depth(pixels, self.frames_norm)
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


def _depth(frames: Tensor, frames_norm: str) -> Tensor:
    """Far, fine, measured (M, 3, H, W) in [0, 1] as numbers; what is not measured counts nowhere.

    measured: the share of a pixel, so a pixel that was half measured counts half.
    """
    far, fine, measured = frames.split(1, dim=1)
    if frames_norm == "each":
        count = measured.sum((2, 3), keepdim=True) + 1e-3
        far = far - (far * measured).sum((2, 3), keepdim=True) / count
        spread = ((far.square() * measured).sum((2, 3), keepdim=True) / count).sqrt()
        far = far / (spread + DEPTH_LEAST_SPREAD)
    return torch.cat([far * measured, (fine - DEPTH_ZERO) / DEPTH_UNIT * measured, measured], 1)
