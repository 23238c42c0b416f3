"""Convolution over place, and over time where it has an extent there, with what it saw before.

Maps are (B * T, C, H, W), frame after frame, so that whatever reads each frame alone is a plain 2D
layer. A convolution with an extent in time puts the frames of a clip in a row for itself:

    centred   x [x] x      sees one frame ahead: only whole clips
    causal    x  x [x]     sees the past alone: it can go on from what came before
"""

from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kineograph.nets.checks import check_counts


@dataclass
class Walk:
    """One pass of clips through a network: their length, where they end, what came before them."""

    steps: int  # T, frames of each clip
    alive: Tensor | None = None  # (B, 1, T, 1, 1): frames that are none of a clip's are 0
    before: tuple[Tensor, ...] | None = None  # of each convolution over time, in order
    after: list[Tensor] = field(default_factory=list)  # the same, for whoever goes on from here

    def with_past(self, clip: Tensor, span: int) -> Tensor:
        """A clip (B, C, T, H, W) with its last `span` frames from before; zeros, if it begins."""
        if self.before is None:
            return F.pad(clip, (0, 0, 0, 0, span, 0))
        clip = torch.cat([self.before[len(self.after)], clip], 2)
        self.after.append(clip[:, :, -span:])
        return clip


def walk_of(steps: int, lengths: Tensor | None = None) -> Walk:
    """A walk over clips of `steps` frames, of which lengths (B,) are their own."""
    if lengths is None or int(lengths.min()) >= steps:
        return Walk(steps)
    alive = torch.arange(steps, device=lengths.device) < lengths[:, None]
    return Walk(steps, alive[:, None, :, None, None])


def check_odd(**sizes: int) -> None:
    """Refuse a kernel without a middle."""
    for name, size in sizes.items():
        check_counts(**{name: size})
        if size % 2 == 0:
            raise ValueError(
                f"{name}={size}: must be odd, so that it has a middle. "
                f"Write {name}={size - 1} or {size + 1}."
            )


class TimeConvolution(nn.Module):
    """maps (B * T, C, H, W) -> (B * T, count, H', W'): "same" padding, never fewer frames.

    time_kernel=1 reads each frame alone. First weights: He et al. 2015 (arXiv:1502.01852).
    """

    def __init__(
        self,
        channels: int,
        count: int,
        *,
        kernel: int = 3,
        time_kernel: int = 1,
        stride: int = 1,
        dilation: int = 1,
        time_dilation: int = 1,
        causal: bool = False,
        bias: bool = False,
    ) -> None:
        super().__init__()
        check_counts(channels=channels, count=count, stride=stride)
        check_counts(dilation=dilation, time_dilation=time_dilation)
        check_odd(kernel=kernel, time_kernel=time_kernel)
        self.channels, self.count = channels, count
        self.kernel, self.time_kernel = kernel, time_kernel
        self.stride, self.dilation, self.time_dilation = stride, dilation, time_dilation
        self.causal = causal
        self.span = (time_kernel - 1) * time_dilation  # frames that it sees beside its own
        self.padding = kernel // 2 * dilation
        self.weight = nn.Parameter(torch.empty(count, channels, time_kernel, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(count)) if bias else None
        nn.init.kaiming_normal_(self.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, maps: Tensor, walk: Walk) -> Tensor:
        """Maps of all frames of the walk's clips."""
        stride, place, dilation = self.stride, self.padding, self.dilation
        if not self.span:
            weight = self.weight.squeeze(2)
            return F.conv2d(maps, weight, self.bias, stride, place, dilation)
        # Frames channels-last beside each other are a clip channels-last: nothing is moved.
        clip = maps.unflatten(0, (-1, walk.steps)).transpose(1, 2)  # (B, C, T, H, W)
        if walk.alive is not None:
            clip = clip * walk.alive
        if self.causal:
            clip = walk.with_past(clip, self.span)
        found = F.conv3d(
            clip,
            self.weight,
            self.bias,
            (1, stride, stride),
            (0 if self.causal else self.span // 2, place, place),
            (self.time_dilation, dilation, dilation),
        )
        return found.transpose(1, 2).flatten(0, 1)

    def no_past(self, batch: int, size: tuple[int, int]) -> Tensor:
        """What it remembers before the first frame, on maps of that (height, width): zeros."""
        return self.weight.new_zeros(batch, self.channels, self.span, *size)

    def extra_repr(self) -> str:
        """What is printed of it."""
        size = f"{self.time_kernel}x{self.kernel}x{self.kernel}"
        return f"{self.channels}, {self.count}, {size}, dilation={self.dilation}"


def inflate(weight: Tensor, time_kernel: int) -> Tensor:
    """A 2D kernel (N, C, k, k) repeated over time and divided: the same answer to a still clip.

    Carreira and Zisserman 2017 (arXiv:1705.07750, section 2.4.1).
    """
    return weight.unsqueeze(2).repeat(1, 1, time_kernel, 1, 1) / time_kernel
