"""Maps of text lines of different widths in one batch: what is padding stays nothing.

A line alone and the same line padded beside a longer one must give the same answer. So whatever
reads across columns is followed by zeros to the right of each line's end, and statistics count
true columns only.
"""

import math
from typing import Any

import torch
from torch import Tensor, nn

from kineograph.nets.checks import check_choice

NORMS = ("batch", "group", "none")
GROUP_CHANNELS = 16  # of a group in norm="group" (Wu and He 2018, arXiv:1803.08494)
EPSILON = 1e-5  # as torch's norms
MOMENTUM = 0.1  # how much the running mean of a batch norm learns from a batch, as torch's


def ink_of(lines: Tensor, dtype: torch.dtype) -> Tensor:
    """lines (B, 1, H, W), uint8 or floats in [0, 1], dark on light -> how dark: white is 0."""
    pixels = lines.to(dtype)
    return 1 - (pixels / 255 if lines.dtype == torch.uint8 else pixels)


def ceil_div(widths: Tensor, by: int) -> Tensor:
    """How many pieces of that size it takes: a piece that is only begun counts."""
    return (widths + (by - 1)) // by


def alive_columns(maps: Tensor, widths: Tensor) -> Tensor:
    """Which columns of maps (B, C, H, W) are the line's own: bool (B, 1, 1, W)."""
    columns = torch.arange(maps.shape[3], device=maps.device)
    return (columns < widths.unsqueeze(1))[:, None, None, :]


class LineNorm(nn.Module):
    """maps (B, C, H, W), alive (B, 1, 1, W) -> the same, normalised over true columns only.

    batch: every channel over all lines; in evaluation by what training has seen, as BatchNorm.
    group: 16 channels of a line by themselves (or as many as divide them), always alike.
    """

    running_mean: Tensor
    running_var: Tensor

    def __init__(self, norm: str, channels: int) -> None:
        super().__init__()
        check_choice(NORMS, norm=norm)
        self.norm = norm
        self.groups = channels // math.gcd(channels, GROUP_CHANNELS)
        if norm != "none":
            self.weight = nn.Parameter(torch.ones(channels))
            self.bias = nn.Parameter(torch.zeros(channels))
        if norm == "batch":
            self.register_buffer("running_mean", torch.zeros(channels))
            self.register_buffer("running_var", torch.ones(channels))

    def forward(self, maps: Tensor, alive: Tensor) -> Tensor:
        """Normalise; zero beyond each line's end."""
        alive = alive.to(maps.dtype)
        if self.norm == "none":
            return maps * alive
        if self.norm == "group":
            return self._by_group(maps, alive.bool()) * alive
        if self.training:
            return self._by_batch(maps, alive)
        scale = self.weight * (self.running_var + EPSILON).rsqrt()
        shift = self.bias - self.running_mean * scale
        scale, shift = (part.to(maps.dtype)[:, None, None] for part in (scale, shift))
        if torch.compiler.is_exporting():  # in this order they become a part of the convolution
            return (maps * scale + shift) * alive
        return torch.addcmul(shift, maps, scale) * alive

    def _by_batch(self, maps: Tensor, alive: Tensor) -> Tensor:
        """By the mean and variance of each channel, which the running ones learn from."""
        maps, mean, variance = _NormaliseBatch.apply(maps, alive, self.weight, self.bias)
        count = alive.sum(dtype=mean.dtype) * maps.shape[2]
        with torch.no_grad():
            unbiased = variance * count / (count - 1).clamp(min=1)
            self.running_mean.lerp_(mean.to(self.running_mean.dtype), MOMENTUM)
            self.running_var.lerp_(unbiased.to(self.running_var.dtype), MOMENTUM)
        return maps

    def _by_group(self, maps: Tensor, alive: Tensor) -> Tensor:
        grouped = _at_least_float32(maps).unflatten(1, (self.groups, -1))  # (B, groups, .., H, W)
        there = alive.unsqueeze(1)
        count = there.sum((2, 3, 4), keepdim=True) * (grouped.shape[2] * grouped.shape[3])
        mean = (grouped * there).sum((2, 3, 4), keepdim=True) / count
        centred = (grouped - mean) * there
        variance = centred.square().sum((2, 3, 4), keepdim=True) / count
        each = (centred * (variance + EPSILON).rsqrt()).flatten(1, 2)
        weight, bias = self.weight[:, None, None], self.bias[:, None, None]
        return torch.addcmul(bias, each, weight).to(maps.dtype)

    def extra_repr(self) -> str:
        """What is printed of it."""
        return self.norm


class _NormaliseBatch(torch.autograd.Function):
    """maps (B, C, H, W), alive (B, 1, 1, W) -> normalised and masked maps, mean and variance (C,).

    torch's own batch norm reads the maps in few passes, yet counts every place. Where padding is
    zero it adds nothing to sums, so its figures are right but for a factor, all places / true ones.
    The same holds of its gradient's two sums: r times it, and 1 - r times that without sums, is
    what true places alone would give.
    """

    @staticmethod
    def forward(
        ctx: Any, maps: Tensor, alive: Tensor, weight: Tensor, bias: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        masked = maps * alive
        everywhere, spread = _mean_and_variance(masked)
        places = alive.numel() * maps.shape[2]
        ratio = places / (alive.sum(dtype=everywhere.dtype) * maps.shape[2])
        mean = ratio * everywhere
        variance = ratio * (spread - (ratio - 1) * everywhere.square())
        inverse = (variance + EPSILON).rsqrt()
        scale = weight * inverse
        shift = (bias - mean * scale).to(maps.dtype)[:, None, None]
        found = torch.addcmul(shift, masked, scale.to(maps.dtype)[:, None, None]).mul_(alive)
        ctx.save_for_backward(masked, alive, weight, mean, inverse, ratio)
        ctx.mark_non_differentiable(mean, variance)
        return found, mean, variance

    @staticmethod
    def backward(ctx: Any, gradient: Tensor, *_: Tensor) -> tuple[Tensor, None, Tensor, Tensor]:
        masked, alive, weight, mean, inverse, ratio = ctx.saved_tensors
        gradient = gradient * alive
        maps, weights, biases = torch.ops.aten.native_batch_norm_backward(
            gradient, masked, weight, None, None, mean, inverse, True, EPSILON, [True, True, True]
        )
        plain = ((1 - ratio) * weight * inverse).to(gradient.dtype)[:, None, None]
        maps = torch.addcmul(maps.mul_(ratio), gradient, plain).mul_(alive)
        return maps, None, weights, biases


def _mean_and_variance(maps: Tensor) -> tuple[Tensor, Tensor]:
    """Of each channel over all places, in float32 or better."""
    if maps.device.type == "cpu":  # three times as fast there as var_mean over an inner axis
        kind = torch.promote_types(maps.dtype, torch.float32)
        kept = torch.zeros(2, maps.shape[1], dtype=kind)  # float32 beside bfloat16 maps: the sums
        mean, variance = torch.batch_norm_update_stats(maps, kept[0], kept[1], 0.0)  # are, too
    else:
        variance, mean = torch.var_mean(_at_least_float32(maps), (0, 2, 3), correction=0)
    return mean, variance


def _at_least_float32(maps: Tensor) -> Tensor:
    return maps.to(torch.promote_types(maps.dtype, torch.float32))
