"""Two LRCNs side by side, on pictures and on motion or depth (Donahue et al. 2015, section 4.1).

    rgb      ->  LRCN  ->  logits  ->  softmax  --*--\
                                                       +  ->  log of the weighted mean
    motion   ->  LRCN  ->  logits  ->  softmax  --*--/

Each has its own weights and learns by itself (tasks/label_streams.py); only the answers meet.
Simonyan and Zisserman 2014 (arXiv:1406.2199) average likewise.
"""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from kineograph.nets.encoders.pixels import CHANNELS
from kineograph.nets.models.lrcn import LRCN, LRCNConfig


@dataclass(frozen=True)
class TwoStreamConfig:
    """The numbers of both streams, and how much each weighs in the answer."""

    rgb: LRCNConfig = field(default_factory=LRCNConfig)
    motion: LRCNConfig = field(default_factory=LRCNConfig)  # of the second input, also of depth
    weights: tuple[float, float] = (1.0, 1.0)  # Donahue et al. also try 1:2

    def __post_init__(self) -> None:
        if min(self.weights) < 0 or sum(self.weights) <= 0:
            raise ValueError(
                f"weights={self.weights}: zero or more each, and not both zero. Write 1,1."
            )

    def build(
        self, classes: int, size_pixels: tuple[int, int], inputs: tuple[str, ...] = ("rgb", "flow")
    ) -> "TwoStream":
        """A new network of two inputs, pictures first. ValueError for other inputs."""
        if len(inputs) != 2 or inputs[0] != "rgb":
            raise ValueError(
                f"inputs={','.join(inputs)}: two streams read two inputs, pictures first. "
                "Write data.inputs=rgb,flow, rgb,difference or rgb,depth."
            )
        rgb = self.rgb.build(classes, size_pixels, inputs[:1])
        motion = self.motion.build(classes, size_pixels, inputs[1:])
        return TwoStream(rgb, motion, inputs, self.weights)


class TwoStream(nn.Module):
    """frames (B, T, 6, H, W) -> log of the mean probabilities of each frame (B, T, classes)."""

    def __init__(
        self, rgb: LRCN, motion: LRCN, inputs: tuple[str, ...], weights: tuple[float, float]
    ) -> None:
        super().__init__()
        self.rgb = rgb
        self.motion = motion
        self.streams = inputs  # their names, in order
        self.can_step = rgb.can_step and motion.can_step
        shares = torch.tensor(weights, dtype=torch.float64) / sum(weights)
        self.log_shares = [float(share) for share in shares.log()]

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Whole clips; lengths (B,) are their true frames, the answers after them mean nothing."""
        return self.fuse(list(self.by_stream(frames, lengths).values()))

    def by_stream(self, frames: Tensor, lengths: Tensor | None = None) -> dict[str, Tensor]:
        """The logits (B, T, classes) of each stream by its name."""
        rgb, motion = frames.split(CHANNELS, dim=2)
        found = self.rgb(rgb, lengths), self.motion(motion, lengths)
        return dict(zip(self.streams, found, strict=True))

    def fuse(self, logits: list[Tensor]) -> Tensor:
        """Logits of both streams (..., classes) -> log of the weighted mean of their softmaxes."""
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
