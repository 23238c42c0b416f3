"""P-ConvLSTM: 3D ResNet, dilated pyramid, pyramid ConvLSTM (Du Wei 2020), one stream of it.

    frames (B, T, C, H, W)
      |
    3D ResNet  ----------------\\      maps of every frame, which know their neighbours in time
      |                         |
    four 3D convolutions,       |      the same maps at four distances
    dilations 2, 4, 8, 16       |
      |                         |
      +---- side by side -------/
      |                |
    ConvLSTM x 2    ConvLSTM x 2       memory that keeps its place; dilations 1 and 2
      |                |
      +----- sum ------/
      |
    mean over the map, and over the frames so far  ->  dense  ->  logits (B, T, classes)

Published, its convolutions are centred in time: they see ahead, and it cannot step. causal=True
pads to the past only; then a step gives what the whole clip gives.
"""

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from kineograph.nets.checks import check_choice, check_counts, check_shares
from kineograph.nets.encoders.chosen import TIMM
from kineograph.nets.encoders.pixels import FRAMES_NORMS
from kineograph.nets.encoders.resnet3d import ResNet3d, check_stages
from kineograph.nets.heads.label import LabelHead
from kineograph.nets.initialise import keras_defaults
from kineograph.nets.pyramid import DilatedPyramid, check_taps
from kineograph.nets.pyramid_convlstm import FUSIONS, PyramidConvLSTM
from kineograph.nets.time_convolution import Walk, check_odd, walk_of

State = tuple[Any, ...]
OVER_TIME = ("mean", "last")


@dataclass(frozen=True)
class PConvLSTMConfig:
    """The numbers of one stream; the encoder's are ResNet-50's."""

    blocks: tuple[int, ...] = (3, 4, 6, 3)  # bottlenecks of each stage
    width: int = 64  # maps of the stem; each stage has twice those of the one before
    expansion: int = 4  # how much wider a bottleneck's output is
    time_kernels: tuple[int, ...] = (3, 3, 3, 3)  # frames, odd; of each stage's first convolutions
    output_stride: int = 4  # how much smaller the last maps are than the frame: 4, 8, 16 or 32
    norm: str = "batch"  # of encoder and pyramid; "group": each frame by itself; "none"
    encoder: str = "resnet3d"  # or "timm:NAME": the same, beginning with a 2D ResNet's weights
    pyramid: int = 64  # maps of each branch of the dilated pyramid
    dilations: tuple[int, ...] = (2, 4, 8, 16)  # of its branches, in pixels of the last maps
    pyramid_time_kernel: int = 3  # frames, odd
    time_dilation: int = 1  # of its branches, in frames
    units: int = 128  # maps of each ConvLSTM, in each direction
    layers: int = 2  # ConvLSTMs one after the other in each branch
    memory_dilations: tuple[int, ...] = (1, 2)  # of the branches of ConvLSTMs
    memory_kernel: int = 3  # pixels of the last maps, odd
    memory_norm: str = "none"  # "group": the parts of a ConvLSTM's gates
    memory: bool = True  # False: no ConvLSTM; with time kernels of 1 a single-frame network
    fusion: str = "sum"  # of the branches' outputs, or "concat"
    both_directions: bool = False  # True sees the future: the network cannot step
    over_time: str = "mean"  # what a frame's answer is read from: all so far, or itself ("last")
    features_dropout: float = 0.0  # on what is pooled, while training
    frames_norm: str = "none"  # "each": every frame to mean 0, spread 1, first of all
    causal: bool = False  # True: convolutions see the past only, and the network can step
    recompute: bool = False  # True: less memory in training, a third more time, the same numbers

    def __post_init__(self) -> None:
        check_stages(self.blocks, self.time_kernels, self.output_stride, self.norm)
        check_counts(width=self.width, expansion=self.expansion, pyramid=self.pyramid)
        check_counts(units=self.units, layers=self.layers, time_dilation=self.time_dilation)
        check_odd(pyramid_time_kernel=self.pyramid_time_kernel, memory_kernel=self.memory_kernel)
        for name in ("dilations", "memory_dilations"):
            values = getattr(self, name)
            if not values:
                raise ValueError(f"{name}=none: name one or more. Write {name}=1,2.")
            for value in values:
                check_counts(**{name: value})
        check_shares(features_dropout=self.features_dropout)
        check_choice(("none", "group"), memory_norm=self.memory_norm)
        check_choice(FUSIONS, fusion=self.fusion)
        check_choice(OVER_TIME, over_time=self.over_time)
        check_choice(FRAMES_NORMS, frames_norm=self.frames_norm)
        self._check_encoder()
        if self.causal and self.both_directions:
            raise ValueError(
                "causal=True, both_directions=True: one sees the past only, the other the future "
                "too. Write one of them."
            )

    def build(
        self, classes: int, size_pixels: tuple[int, int], inputs: tuple[str, ...] = ("rgb",)
    ) -> "PConvLSTM":
        """A new network for that many classes, frames of that (height, width) and those inputs."""
        encoder = ResNet3d(
            size_pixels,
            inputs=inputs,
            blocks=self.blocks,
            width=self.width,
            expansion=self.expansion,
            time_kernels=self.time_kernels,
            output_stride=self.output_stride,
            norm=self.norm,
            causal=self.causal,
            frames_norm=self.frames_norm,
            recompute=self.recompute,
            learned_as=self.encoder.removeprefix(TIMM) if self.encoder != "resnet3d" else "",
        )
        check_taps(encoder.map_size, size_pixels, self.output_stride, self.dilations)
        pyramid = DilatedPyramid(
            encoder.channels,
            self.pyramid,
            dilations=self.dilations,
            time_kernel=self.pyramid_time_kernel,
            time_dilation=self.time_dilation,
            norm=self.norm,
            causal=self.causal,
        )
        channels = encoder.channels + pyramid.channels
        memory = self._memory(channels) if self.memory else None
        head = LabelHead(
            memory.outputs if memory else channels, classes, dropout=self.features_dropout
        )
        network = PConvLSTM(encoder, pyramid, memory, head, self.over_time)
        keras_defaults(network)  # of ConvLSTMs and dense; the convolutions before have He's
        return network

    def without_memory(self) -> "PConvLSTMConfig":
        """The same encoder and pyramid on each frame alone: what the memory is worth."""
        alone = (1,) * len(self.blocks)
        return replace(
            self, memory=False, over_time="last", time_kernels=alone, pyramid_time_kernel=1
        )

    def _memory(self, channels: int) -> PyramidConvLSTM:
        return PyramidConvLSTM(
            channels,
            self.units,
            layers=self.layers,
            kernel=self.memory_kernel,
            dilations=self.memory_dilations,
            norm=self.memory_norm,
            fusion=self.fusion,
            both_directions=self.both_directions,
        )

    def _check_encoder(self) -> None:
        if self.encoder == "resnet3d":
            return
        if not self.encoder.startswith(TIMM) or self.encoder == TIMM:
            raise ValueError(
                f"encoder={self.encoder!r}: must be resnet3d, or timm: and the name of a ResNet "
                "with bottlenecks. Write encoder=timm:resnet50."
            )
        for name, value, wanted in (
            ("norm", self.norm, "batch"),
            ("frames_norm", self.frames_norm, "none"),
        ):
            if value != wanted:
                raise ValueError(
                    f"{name}={value!r}: {self.encoder} has learned otherwise. "
                    f"Write {name}={wanted}."
                )


class PConvLSTM(nn.Module):
    """frames (B, T, C, H, W), uint8 or floats in [0, 1] -> logits of each frame (B, T, classes)."""

    def __init__(
        self,
        encoder: ResNet3d,
        pyramid: DilatedPyramid,
        memory: PyramidConvLSTM | None,
        head: LabelHead,
        over_time: str,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.pyramid = pyramid
        self.memory = memory
        self.head = head
        self.over_time = over_time
        spans = [conv for conv in self.modules() if getattr(conv, "span", 0)]
        self.ahead = any(not conv.causal for conv in spans)
        self.can_step = not self.ahead and (memory is None or memory.can_step)

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Whole clips; lengths (B,) are their true frames, the logits after them mean nothing.

        In training with norm="batch" the frames after them count in the statistics.
        """
        maps = self.encoder.frame_maps(frames.flatten(0, 1))
        logits, _ = self._read(maps, walk_of(frames.shape[1], lengths), None, lengths)
        return logits

    def encode(self, frames: Tensor) -> Tensor:
        """What each frame shows, alone: frames (M, C, H, W) -> features (M, D).

        These are the maps before the first convolution over time: a window that slides needs them
        once a frame.
        """
        return self.encoder(frames)

    def read(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """What they show in order: features (B, T, D) -> logits (B, T, classes)."""
        walk = walk_of(features.shape[1], lengths)
        return self._read(features.flatten(0, 1), walk, None, lengths)[0]

    def initial_state(self, batch: int) -> State:
        """The state before the first frame of so many videos."""
        size = self.encoder.map_size
        like = self.head.dense.weight
        past = [*self.encoder.no_past(batch), *self.pyramid.no_past(batch, size)]
        before = () if self.ahead else tuple(past)
        if self.memory is None:
            memory: State = ()
        else:
            memory = self.memory.initial_state(like.new_zeros(batch, 1, *size))
        pooled: State = ()
        if self.over_time == "mean":
            pooled = like.new_zeros(batch, self.head.features), like.new_zeros(batch, 1)
        return before, memory, pooled

    def go_on(self, frames: Tensor, state: State) -> tuple[Tensor, State]:
        """The next frames (B, T, C, H, W) of videos -> logits (B, T, classes), state to go on from.

        With causal=True windows one after the other are the whole video. Else each window is seen
        as if nothing were around it, and the ConvLSTMs alone remember. One direction only.
        """
        if self.memory is not None and not self.memory.can_step:
            raise ValueError(
                "both_directions=True: a network that reads to the end and back cannot step, nor "
                "go on. Give it whole clips, or train one with model.both_directions=false."
            )
        maps = self.encoder.frame_maps(frames.flatten(0, 1))
        walk = Walk(frames.shape[1], before=None if self.ahead else state[0])
        return self._read(maps, walk, state)

    def step(self, frame: Tensor, state: State) -> tuple[Tensor, State]:
        """One live frame (B, C, H, W) -> its logits (B, classes), the state for the next call."""
        if self.ahead:
            raise ValueError(
                "causal=False: convolutions that are centred in time see frames to come, so this "
                "network cannot step. Give it windows, or train one with model.causal=true."
            )
        logits, state = self.go_on(frame[:, None], state)
        return logits[:, 0], state

    def _read(
        self, maps: Tensor, walk: Walk, state: State | None, lengths: Tensor | None = None
    ) -> tuple[Tensor, State]:
        _, memory, pooled = state or ((), None, None)
        maps = self.encoder.clip_maps(maps, walk)
        maps = torch.cat([maps, self.pyramid(maps, walk)], 1)
        clip = maps.unflatten(0, (-1, walk.steps))  # (B, T, C, H, W)
        if self.memory is not None:
            clip, memory = self.memory(clip, memory, lengths)
        means = clip.mean((3, 4))  # (B, T, N)
        if self.over_time == "mean":
            means, pooled = mean_so_far(means, pooled)
        return self.head(means), (tuple(walk.after), memory or (), pooled or ())


def mean_so_far(xs: Tensor, state: State | None = None) -> tuple[Tensor, State]:
    """xs (B, T, N) -> the mean of all steps up to each (B, T, N), and sum (B, N), count (B, 1)."""
    sums = xs.cumsum(1)
    counts = torch.arange(1, xs.shape[1] + 1, device=xs.device, dtype=xs.dtype)
    counts = counts.expand(xs.shape[0], -1)  # (B, T)
    if state is not None:
        sums, counts = sums + state[0][:, None], counts + state[1]
    return sums / counts[..., None], (sums[:, -1], counts[:, -1:])
