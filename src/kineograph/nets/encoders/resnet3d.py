"""ResNet with bottlenecks, its 2D convolutions made 3D; as many frames come out as go in.

He et al. 2016 (arXiv:1512.03385), inflated as Carreira and Zisserman 2017 (arXiv:1705.07750):

    stem      7x7, stride 2, max-pool 3, stride 2      each frame alone
    stage 1   3 bottlenecks   Tx1x1  3x3  1x1          T: time_kernels, one for each stage, of the
    stage 2   4                                        first convolution of each bottleneck; all
    stage 3   6                                        others read each frame alone
    stage 4   3

No stride and no pool in time. output_stride: by how much the last maps are smaller than the frame;
from there on a stage dilates where it would have shrunk (Chen et al. 2017, arXiv:1706.05587).
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from itertools import takewhile
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from kineograph.nets.checks import check_choice, check_counts
from kineograph.nets.encoders.pixels import Pixels
from kineograph.nets.time_convolution import TimeConvolution, Walk, check_odd, inflate

NORMS = ("batch", "group", "none")
OUTPUT_STRIDES = (4, 8, 16, 32)
STAGES = 4
STEM_STRIDE = 4  # convolution and pool together
GROUP_CHANNELS = 16  # of a group in norm="group" (Wu and He 2018, arXiv:1803.08494)


def check_stages(
    blocks: tuple[int, ...], time_kernels: tuple[int, ...], output_stride: int, norm: str
) -> None:
    """Refuse stages that cannot be built: ValueError."""
    if not 1 <= len(blocks) <= STAGES or len(blocks) != len(time_kernels):
        raise ValueError(
            f"blocks={blocks}, time_kernels={time_kernels}: 1 to {STAGES} stages need one number "
            f"of both each. Write blocks=3,4,6,3 and time_kernels=3,3,3,3, or fewer of both."
        )
    for count, kernel in zip(blocks, time_kernels, strict=True):
        check_counts(blocks=count)
        check_odd(time_kernels=kernel)
    if output_stride not in OUTPUT_STRIDES:
        raise ValueError(
            f"output_stride={output_stride}: must be one of {', '.join(map(str, OUTPUT_STRIDES))}. "
            "Write output_stride=8."
        )
    check_choice(NORMS, norm=norm)


def stage_steps(count: int, output_stride: int) -> Iterator[tuple[int, int, int]]:
    """Of each stage: its first bottleneck's stride and dilation, and the others' dilation."""
    reached, dilation = STEM_STRIDE, 1
    for number in range(count):
        before, stride = dilation, 2 if number else 1
        if stride == 2 and reached == output_stride:
            stride, dilation = 1, dilation * 2
        reached *= stride
        yield stride, before, dilation


def frame_norm(norm: str, channels: int) -> nn.Module:
    """A norm of maps (M, C, H, W); "group" is of each frame alone, "batch" of all, in training."""
    match norm:
        case "batch":
            return nn.BatchNorm2d(channels)
        case "group":
            return nn.GroupNorm(channels // math.gcd(channels, GROUP_CHANNELS), channels)
        case _:
            return nn.Identity()


class Bottleneck(nn.Module):
    """maps (M, C, H, W) -> (M, width * expansion, H', W'); names are those of 2D ResNets."""

    def __init__(
        self,
        channels: int,
        width: int,
        *,
        expansion: int,
        time_kernel: int,
        stride: int,
        dilation: int,
        norm: str,
        causal: bool,
    ) -> None:
        super().__init__()
        bias = norm == "none"
        out = width * expansion
        self.conv1 = TimeConvolution(
            channels, width, kernel=1, time_kernel=time_kernel, causal=causal, bias=bias
        )
        self.bn1 = frame_norm(norm, width)
        self.conv2 = TimeConvolution(width, width, stride=stride, dilation=dilation, bias=bias)
        self.bn2 = frame_norm(norm, width)
        self.conv3 = TimeConvolution(width, out, kernel=1, bias=bias)
        self.bn3 = frame_norm(norm, out)
        self.downsample: Any = None
        if stride > 1 or channels != out:
            shortcut = TimeConvolution(channels, out, kernel=1, stride=stride, bias=bias)
            self.downsample = nn.ModuleList([shortcut, frame_norm(norm, out)])

    def forward(self, maps: Tensor, walk: Walk) -> Tensor:
        """Maps of all frames of the walk's clips."""
        found = F.relu(self.bn1(self.conv1(maps, walk)), inplace=True)
        found = F.relu(self.bn2(self.conv2(found, walk)), inplace=True)
        found = self.bn3(self.conv3(found, walk))
        if self.downsample is not None:
            shortcut, norm = self.downsample
            maps = norm(shortcut(maps, walk))
        return F.relu(found + maps, inplace=True)


class ResNet3d(nn.Module):
    """frames (M, C, H, W), uint8 or floats in [0, 1] -> maps (M, channels, H', W'), in two parts.

    `frame_maps`: what each frame shows alone (the stem, and the stages before the first one with an
    extent in time); `clip_maps`: the rest, over clips. Calling it gives the first, flat: (M, D).
    With 3 channels, blocks (3, 4, 6, 3), width 64 and time_kernels of 1 it is ResNet-50 without its
    classifier: 23,508,032 weights.
    """

    mean: Tensor  # (C, 1, 1) of what the weights were learned from, in the numbers of Pixels
    std: Tensor

    def __init__(
        self,
        size_pixels: tuple[int, int],
        *,
        inputs: tuple[str, ...] = ("rgb",),
        blocks: tuple[int, ...] = (3, 4, 6, 3),
        width: int = 64,
        expansion: int = 4,
        time_kernels: tuple[int, ...] = (3, 3, 3, 3),
        output_stride: int = 8,
        norm: str = "batch",
        causal: bool = False,
        frames_norm: str = "none",
        learned_as: str = "",
        recompute: bool = False,
    ) -> None:
        super().__init__()
        check_stages(blocks, time_kernels, output_stride, norm)
        check_counts(width=width, expansion=expansion)
        self.size_pixels = size_pixels
        self.learned_as = learned_as  # the 2D network of timm whose weights a training begins with
        self.recompute = (
            recompute  # keep a bottleneck's input for the backward pass, not its inside
        )
        self.pixels = Pixels(inputs, frames_norm)
        self.time_kernels = time_kernels
        if learned_as:  # saved with the weights: a trained run is read back without timm
            for name, start in (("mean", torch.zeros), ("std", torch.ones)):
                self.register_buffer(name, start(self.pixels.channels, 1, 1))
        self.conv1 = TimeConvolution(
            self.pixels.channels, width, kernel=7, stride=2, bias=norm == "none"
        )
        self.bn1 = frame_norm(norm, width)
        self.channels, self.map_size = width, halved(halved(size_pixels))
        self.stage_sizes: list[tuple[int, int]] = []  # of the maps that enter each stage
        self.stage_channels: list[int] = []
        plan = stage_steps(len(blocks), output_stride)
        for number, (count, steps) in enumerate(zip(blocks, plan, strict=True)):
            self._add_stage(
                number,
                count,
                steps,
                width=width * 2**number,
                expansion=expansion,
                time_kernel=time_kernels[number],
                norm=norm,
                causal=causal,
            )
        if norm == "none":
            self._calm()
        self.alone = len(list(takewhile(lambda kernel: kernel == 1, time_kernels)))
        self.frame_shape = self._frame_shape()
        self.features = math.prod(self.frame_shape)

    @property
    def stages(self) -> list[Any]:
        """layer1, layer2, …: each a list of bottlenecks."""
        return [getattr(self, f"layer{n + 1}") for n in range(len(self.time_kernels))]

    def forward(self, frames: Tensor) -> Tensor:
        """What each frame shows alone, as a vector: (M, C, H, W) -> (M, D)."""
        return self.frame_maps(frames).flatten(1)

    def frame_maps(self, frames: Tensor) -> Tensor:
        """What each frame shows alone: (M, C, H, W) -> (M, *frame_shape)."""
        if tuple(frames.shape[2:]) != tuple(self.size_pixels):
            (height, width), (given_height, given_width) = self.size_pixels, frames.shape[2:]
            raise ValueError(
                f"frames of {given_height}x{given_width} pixels: this network was built for "
                f"{height}x{width}. Resize them."
            )
        walk = Walk(1)
        pixels = self.pixels(frames, self.conv1.weight.dtype)
        if self.learned_as:
            pixels = (pixels - self.mean) / self.std
        maps = F.relu(self.bn1(self.conv1(pixels, walk)), inplace=True)
        maps = F.max_pool2d(maps, 3, stride=2, padding=1)
        return self._through(self.stages[: self.alone], maps, walk)

    def clip_maps(self, maps: Tensor, walk: Walk) -> Tensor:
        """What clips show: frame_maps (B * T, ..), also flat -> (B * T, channels, *map_size)."""
        if maps.dim() == 2:
            maps = maps.unflatten(1, self.frame_shape)
            maps = maps.contiguous(memory_format=torch.channels_last)
        return self._through(self.stages[self.alone :], maps, walk)

    def no_past(self, batch: int) -> list[Tensor]:
        """What its convolutions over time remember before the first frame, in their order."""
        found = []
        for stage, size, after in zip(
            self.stages, self.stage_sizes, [*self.stage_sizes[1:], self.map_size], strict=True
        ):
            for place, block in enumerate(stage):
                if block.conv1.span:
                    found.append(block.conv1.no_past(batch, after if place else size))
        return found

    def load_2d(self, weights: Mapping[str, Tensor]) -> None:
        """Take the weights of a 2D ResNet by their names, inflated; ValueError if they do not fit.

        Motion is not coloured: for it the first kernels are their mean over colours (Wang et al.
        2016, arXiv:1608.00859, section 3.2).
        """
        own = self.state_dict()
        ready = {}
        for name, value in own.items():
            if name in ("mean", "std"):
                continue
            given = weights.get(name)
            if given is not None and value.dim() == 5:
                if name == "conv1.weight" and self.pixels.inputs != ("rgb",):
                    given = given.mean(1, keepdim=True).expand(-1, self.pixels.channels, -1, -1)
                given = inflate(given, value.shape[2])
            if given is None or given.shape != value.shape:
                theirs = "no such weight" if given is None else tuple(given.shape)
                raise ValueError(
                    f"{name}: this network has {tuple(value.shape)}, the 2D one {theirs}. Write "
                    "the blocks, width and expansion of the 2D network, and norm=batch."
                )
            ready[name] = given
        self.load_state_dict(ready, strict=False)

    def _add_stage(
        self, number: int, count: int, steps: tuple[int, int, int], **numbers: Any
    ) -> None:
        """layer1, layer2, …: so many bottlenecks, with their stride and dilations."""
        stride, first, dilation = steps
        self.stage_sizes.append(self.map_size)
        self.stage_channels.append(self.channels)
        stage = nn.ModuleList()
        for place in range(count):
            own = (1, dilation) if place else (stride, first)
            block = Bottleneck(self.channels, stride=own[0], dilation=own[1], **numbers)
            stage.append(block)
            self.channels = block.conv3.count
        self.add_module(f"layer{number + 1}", stage)
        self.map_size = halved(self.map_size) if stride == 2 else self.map_size

    def _through(self, stages: list[Any], maps: Tensor, walk: Walk) -> Tensor:
        again = self.recompute and self.training and torch.is_grad_enabled()
        for block in (block for stage in stages for block in stage):
            if again:
                contexts = partial(_twice, block)
                maps = checkpoint(block, maps, walk, use_reentrant=False, context_fn=contexts)
            else:
                maps = block(maps, walk)
        return maps

    def _frame_shape(self) -> tuple[int, int, int]:
        sizes, channels = [*self.stage_sizes, self.map_size], [*self.stage_channels, self.channels]
        return channels[self.alone], *sizes[self.alone]

    @torch.no_grad()
    def _calm(self) -> None:
        """Without norms each bottleneck would double the spread of maps; now all together do."""
        last = [block.conv3 for stage in self.stages for block in stage]
        for convolution in last:
            convolution.weight.div_(math.sqrt(len(last)))


def _twice(block: nn.Module) -> tuple[AbstractContextManager[None], AbstractContextManager[None]]:
    """Round a bottleneck's first pass, and round its second one in the backward pass."""
    return nullcontext(), _statistics_stay(block)


@contextmanager
def _statistics_stay(block: nn.Module) -> Iterator[None]:
    """Batch norms that see a batch again do not count it twice."""
    norms = [part for part in block.modules() if isinstance(part, nn.BatchNorm2d)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 0.0
    try:
        yield
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum


def halved(size: tuple[int, int]) -> tuple[int, int]:
    """Height and width after a stride of 2 that leaves out no border."""
    return -(-size[0] // 2), -(-size[1] // 2)
