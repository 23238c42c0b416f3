"""Two networks side by side, on pictures and on motion or depth (Donahue et al. 2015, section 4.1).

    rgb      ->  LRCN  ->  logits  ->  softmax  --*--\\
                                                       +  ->  log of the weighted mean
    motion   ->  LRCN  ->  logits  ->  softmax  --*--/

Each has its own weights and learns by itself (tasks/label_streams.py); only the answers meet.
Simonyan and Zisserman 2014 (arXiv:1406.2199) average likewise. Instead of LRCNs they may be
P-ConvLSTMs (Du Wei 2020), and instead of the mean a layer that learns from both answers.
"""

import math
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from kineograph.nets.checks import check_choice
from kineograph.nets.encoders.pixels import CHANNELS
from kineograph.nets.models.lrcn import LRCN, LRCNConfig
from kineograph.nets.models.pconvlstm import PConvLSTM, PConvLSTMConfig

EQUAL = (1.0, 1.0)


@dataclass(frozen=True)
class TwoStreamConfig:
    """The numbers of both streams, and how much each weighs in the answer."""

    rgb: LRCNConfig | PConvLSTMConfig = field(default_factory=LRCNConfig)
    # Of the second input, also of depth.
    motion: LRCNConfig | PConvLSTMConfig = field(default_factory=LRCNConfig)
    weights: tuple[float, float] = EQUAL  # Donahue et al. also try 1:2
    fusion: str = "mean"  # by weights; "learned": a dense layer on both answers

    def __post_init__(self) -> None:
        check_choice(("mean", "learned"), fusion=self.fusion)
        if min(self.weights) < 0 or sum(self.weights) <= 0:
            raise ValueError(
                f"weights={self.weights}: zero or more each, and not both zero. Write 1,1."
            )
        if self.fusion == "learned" and tuple(self.weights) != EQUAL:
            raise ValueError(
                f"weights={self.weights}: fusion=learned finds its own. Write weights=1,1."
            )

    def build(
        self, classes: int, size_pixels: tuple[int, int], inputs: tuple[str, ...] = ("rgb", "flow")
    ) -> "TwoStream | LRCN | PConvLSTM":
        """A new network of two inputs, pictures first; of one input that stream alone.

        ValueError for other inputs.
        """
        if len(inputs) == 1:
            return (self.rgb if inputs == ("rgb",) else self.motion).build(
                classes, size_pixels, inputs
            )
        if len(inputs) != 2 or inputs[0] != "rgb":
            raise ValueError(
                f"inputs={','.join(inputs)}: two streams read two inputs, pictures first. "
                "Write data.inputs=rgb,flow, rgb,difference or rgb,depth; one input trains its "
                "stream alone."
            )
        rgb = self.rgb.build(classes, size_pixels, inputs[:1])
        motion = self.motion.build(classes, size_pixels, inputs[1:])
        fusion = answers_layer(classes) if self.fusion == "learned" else None
        return TwoStream(rgb, motion, inputs, self.weights, fusion)


def answers_layer(classes: int) -> nn.Linear:
    """A dense layer on the logarithms of two answers; it begins as their geometric mean."""
    layer = nn.Linear(2 * classes, classes)
    nn.init.zeros_(layer.bias)
    with torch.no_grad():
        layer.weight.copy_(torch.eye(classes).repeat(1, 2) / 2)
    return layer


class TwoStream(nn.Module):
    """frames (B, T, 6, H, W) -> log of the mean probabilities of each frame (B, T, classes)."""

    def __init__(
        self,
        rgb: LRCN | PConvLSTM,
        motion: LRCN | PConvLSTM,
        inputs: tuple[str, ...],
        weights: tuple[float, float] = EQUAL,
        fusion: nn.Linear | None = None,
    ) -> None:
        super().__init__()
        self.rgb = rgb
        self.motion = motion
        self.fusion = fusion  # learned; None: the mean by weights
        self.streams = inputs  # their names, in order
        self.can_step = rgb.can_step and motion.can_step
        self.log_shares = [math.log(each / sum(weights)) if each else -math.inf for each in weights]

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Whole clips; lengths (B,) are their true frames, the answers after them mean nothing."""
        return self.fuse(list(self.by_stream(frames, lengths).values()))

    def by_stream(self, frames: Tensor, lengths: Tensor | None = None) -> dict[str, Tensor]:
        """The logits (B, T, classes) of each stream by its name."""
        rgb, motion = frames.split(CHANNELS, dim=2)
        found = self.rgb(rgb, lengths), self.motion(motion, lengths)
        return dict(zip(self.streams, found, strict=True))

    def fuse(self, logits: list[Tensor]) -> Tensor:
        """Logits of both streams (..., classes) -> log of the weighted mean of their softmaxes.

        With a learned fusion, the logarithm of its answer.
        """
        if self.fusion is not None:
            answers = torch.cat([each.log_softmax(-1) for each in logits], -1)
            return self.fusion(answers.to(self.fusion.weight.dtype)).log_softmax(-1)
        weighed = [
            each.log_softmax(-1) + share
            for each, share in zip(logits, self.log_shares, strict=True)
        ]
        return torch.stack(weighed).logsumexp(0)

    def encode(self, frames: Tensor) -> Tensor:
        """What each frame shows: frames (M, 6, H, W) -> features of both (M, D1 + D2)."""
        rgb, motion = frames.split(CHANNELS, dim=1)
        return torch.cat([self.rgb.encode(rgb), self.motion.encode(motion)], -1)

    def read(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Features (B, T, D1 + D2) -> log of the mean probabilities (B, T, classes)."""
        width = self.rgb.encoder.features
        return self.fuse(
            [
                self.rgb.read(features[..., :width], lengths),
                self.motion.read(features[..., width:], lengths),
            ]
        )

    def initial_state(self, batch: int) -> tuple[Any, ...]:
        """The state of both before the first frame of so many videos."""
        return self.rgb.initial_state(batch), self.motion.initial_state(batch)

    def step(self, frame: Tensor, state: tuple[Any, ...]) -> tuple[Tensor, tuple[Any, ...]]:
        """One live frame (B, 6, H, W) -> its answer (B, classes), the state for the next call."""
        rgb, motion = frame.split(CHANNELS, dim=1)
        first, rgb_state = self.rgb.step(rgb, state[0])
        second, motion_state = self.motion.step(motion, state[1])
        return self.fuse([first, second]), (rgb_state, motion_state)


class OneStream(nn.Module):
    """One stream of a network of several, asked with all of its inputs: frames (B, T, 6, H, W)."""

    def __init__(self, network: TwoStream, name: str) -> None:
        super().__init__()
        self.network = network
        self.name = name

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Its logits (B, T, classes)."""
        return self.network.by_stream(frames, lengths)[self.name]
