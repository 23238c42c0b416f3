"""One label for a clip from several streams that learn each by itself: many → one.

Were the loss taken of their joint answer, the stream that learns faster would leave the other
nothing to learn. So every stream has its own loss, as if trained alone (Donahue et al. 2015, §4.1),
and the network's answer is the mean of theirs. A fusion that learns has a loss of its own, which
teaches it alone: the streams are given no gradient by it. One stream alone learns as any network.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from kineograph.data.batch import Batch
from kineograph.nets.models.two_stream import TwoStream
from kineograph.tasks.label_clips import LabelClips, clip_answers, clip_loss


@dataclass(frozen=True)
class LabelStreams:
    """Answers are probabilities (V,) of the classes; the loss is the sum of the streams' losses."""

    steps: Literal["last", "ramp", "mean"] = "last"
    label_smoothing: float = 0.0

    def __post_init__(self) -> None:
        self.as_clips()

    def as_clips(self) -> LabelClips:
        """The same question put to a network of one stream."""
        return LabelClips(self.steps, self.label_smoothing)

    def loss(self, network: nn.Module, batch: Batch) -> tuple[Tensor, list[np.ndarray]]:
        """Cross-entropy in nats, summed over streams, a mean over clips; answers (V,) of all."""
        if not isinstance(network, TwoStream):
            return self.as_clips().loss(network, batch)
        logits = network.by_stream(batch.inputs, batch.lengths)
        losses = [
            clip_loss(each.float(), batch, self.steps, self.label_smoothing)
            for each in logits.values()
        ]
        fused = network.fuse([each.detach().float() for each in logits.values()]).float()
        if network.fusion is not None:
            losses.append(clip_loss(fused, batch, self.steps, self.label_smoothing))
        return torch.stack(losses).sum(), clip_answers(fused.detach(), batch.lengths, self.steps)

    def answer(self, network: nn.Module, batch: Batch) -> list[np.ndarray]:
        """Probabilities (V,) of every clip."""
        return self.as_clips().answer(network, batch)

    def truth(self, batch: Batch) -> list[int]:
        """The class index of every clip."""
        return self.as_clips().truth(batch)

    def score(self, answers: list[np.ndarray], truths: list[int]) -> dict[str, float]:
        """Accuracy over clips; of more than three classes the top three, as LabelClips has it."""
        return self.as_clips().score(answers, truths)
