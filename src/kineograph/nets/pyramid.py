"""Dilated convolution pyramid: the same maps seen at several distances (Du Wei 2020).

Four parallel 3D convolutions of one size, whose taps lie 2, 4, 8 and 16 pixels of the map apart. A
tap that lies outside of the map reads zero: `taps_inside` says how many do not.
"""

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kineograph.nets.checks import check_counts
from kineograph.nets.encoders.resnet3d import OUTPUT_STRIDES, frame_norm
from kineograph.nets.time_convolution import TimeConvolution, Walk


@dataclass(frozen=True)
class Taps:
    """What one branch reads on maps of one size: shares of its taps over all places of the map."""

    dilation: int
    all_inside: float  # of all its taps
    outer_rows_inside: float  # of the taps above and below the middle
    outer_columns_inside: float  # of those to its left and right


def taps_inside(size: tuple[int, int], kernel: int, dilation: int) -> Taps:
    """How many taps of a kernel meet real pixels on a map of that (height, width)."""
    rows, columns = (_inside(length, kernel, dilation) for length in size)
    inside = sum(rows) * sum(columns) / kernel**2
    return Taps(dilation, inside, _outer(rows), _outer(columns))


def _inside(length: int, kernel: int, dilation: int) -> list[float]:
    """Of each tap along one side: the share of places from which it lies inside."""
    offsets = [abs(tap - kernel // 2) * dilation for tap in range(kernel)]
    return [max(0, length - offset) / length for offset in offsets]


def _outer(shares: list[float]) -> float:
    middle = len(shares) // 2
    outer = [share for place, share in enumerate(shares) if place != middle]
    return sum(outer) / len(outer) if outer else 1.0


def check_taps(
    size: tuple[int, int],
    size_pixels: tuple[int, int],
    output_stride: int,
    dilations: tuple[int, ...],
    kernel: int = 3,
) -> None:
    """Refuse a branch whose outer taps never meet a pixel: it would be a 1x1 convolution."""
    for dilation in dilations:
        found = taps_inside(size, kernel, dilation)
        if found.outer_rows_inside and found.outer_columns_inside:
            continue
        finer = [s for s in OUTPUT_STRIDES if s < output_stride and min(size_pixels) > dilation * s]
        least = dilation * output_stride + 1
        remedy = f"Write output_stride={max(finer)}, or " if finer else "Write "
        raise ValueError(
            f"dilation {dilation}: on maps of {size[0]}x{size[1]} its outer taps never meet a "
            f"pixel. {remedy}data.size_pixels of {least} or more, or leave this dilation out."
        )


class DilatedPyramid(nn.Module):
    """maps (B * T, C, H, W) -> (B * T, count * branches, H, W).

    A norm and a ReLU follow each branch, as in Chen et al. 2017 (arXiv:1706.05587).
    """

    def __init__(
        self,
        channels: int,
        count: int,
        *,
        dilations: tuple[int, ...] = (2, 4, 8, 16),
        kernel: int = 3,
        time_kernel: int = 3,
        time_dilation: int = 1,
        norm: str = "batch",
        causal: bool = False,
    ) -> None:
        super().__init__()
        self.channels = count * len(dilations)
        self.branches: Any = nn.ModuleList(
            TimeConvolution(
                channels,
                count,
                kernel=kernel,
                time_kernel=time_kernel,
                dilation=dilation,
                time_dilation=time_dilation,
                causal=causal,
                bias=norm == "none",
            )
            for dilation in dilations
        )
        self.norms = nn.ModuleList(frame_norm(norm, count) for _ in dilations)

    def forward(self, maps: Tensor, walk: Walk) -> Tensor:
        """The branches' maps beside each other."""
        return torch.cat(
            [
                F.relu(norm(branch(maps, walk)))
                for branch, norm in zip(self.branches, self.norms, strict=True)
            ],
            1,
        )

    def no_past(self, batch: int, size: tuple[int, int]) -> list[Tensor]:
        """What its branches remember before the first frame, in their order."""
        return [branch.no_past(batch, size) for branch in self.branches if branch.span]


@dataclass(frozen=True)
class Saving:
    """Weights of one dilated kernel, and of the dense one that spans the same places."""

    span: int  # pixels of the map from the first tap to the last
    dilated: int
    dense: int


def saving(
    channels: int, count: int, *, kernel: int = 3, time_kernel: int = 1, dilation: int = 1
) -> Saving:
    """What dilation saves: a dense kernel of the same span needs (span / kernel)² times as many."""
    check_counts(channels=channels, count=count, kernel=kernel, dilation=dilation)
    span = dilation * (kernel - 1) + 1
    pairs = channels * count * time_kernel
    return Saving(span, pairs * kernel**2, pairs * span**2)
