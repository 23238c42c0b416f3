"""One label for a clip: many → one.

The network gives logits after every frame; `steps` says which of them answer for the clip:

    frame     1     2     3     4
    last      .     .     .     1      the paper's LSTM with return_sequences=False
    ramp     .1    .2    .3    .4      all, later ones weigh more: gradients reach every step
    mean    .25   .25   .25   .25      all alike: LRCN's own average (Donahue et al. 2015, §4.1)
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kineograph.data.batch import Batch

TOP = 3  # that are likeliest, as Du 2020 follows them in training


@dataclass(frozen=True)
class LabelClips:
    """Answers are probabilities (V,) of the classes; cross-entropy over the weighted steps."""

    steps: Literal["last", "ramp", "mean"] = "last"
    label_smoothing: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.label_smoothing < 1:
            raise ValueError(
                f"label_smoothing={self.label_smoothing}: a share, 0 to below 1. Try 0.1."
            )

    def loss(self, network: nn.Module, batch: Batch) -> tuple[Tensor, list[np.ndarray]]:
        """Cross-entropy in nats, a mean over clips; answers (V,) of every clip."""
        logits = network(batch.inputs, batch.lengths).float()  # (B, T, V)
        loss = clip_loss(logits, batch, self.steps, self.label_smoothing)
        return loss, clip_answers(logits.detach(), batch.lengths, self.steps)

    @torch.inference_mode()
    def answer(self, network: nn.Module, batch: Batch) -> list[np.ndarray]:
        """Probabilities (V,) of every clip."""
        logits = network(batch.inputs, batch.lengths).float()
        return clip_answers(logits, batch.lengths, self.steps)

    def truth(self, batch: Batch) -> list[int]:
        """The class index of every clip."""
        return batch.targets.tolist()

    def score(self, answers: list[np.ndarray], truths: list[int]) -> dict[str, float]:
        """Accuracy, the share of clips whose most probable class is the true one; of more than
        three classes also the share whose true one is among the three most probable.
        """
        found = np.stack(answers)  # (n, V)
        own = found[np.arange(len(found)), truths][:, None]
        before = (found > own).sum(1)  # classes that are more probable than the true one
        first = found.argmax(1) == np.array(truths)  # of equals the first, as an answer is
        scores = {"accuracy": float(first.mean())}
        if found.shape[1] > TOP:
            scores["top3_accuracy"] = float((before < TOP).mean())
        return scores


def step_weights(steps: str, lengths: Tensor, longest: int) -> Tensor:
    """How much each step answers for its clip: lengths (B,) -> weights (B, T), rows sum to 1."""
    moment = torch.arange(1, longest + 1, device=lengths.device)[None]  # (1, T)
    alive = moment <= lengths[:, None]
    if steps == "last":
        return (moment == lengths[:, None]).float()
    weights = alive * (moment if steps == "ramp" else torch.ones_like(moment))
    return weights / weights.sum(1, keepdim=True)


def clip_loss(logits: Tensor, batch: Batch, steps: str, label_smoothing: float) -> Tensor:
    """Cross-entropy of logits (B, T, V) in nats: a mean over clips, weighted over their steps."""
    weights = step_weights(steps, batch.lengths, logits.shape[1])  # (B, T)
    targets = batch.targets[:, None].expand(logits.shape[:2])
    per_step = F.cross_entropy(
        logits.flatten(0, 1),
        targets.flatten(),
        reduction="none",
        label_smoothing=label_smoothing,
    ).unflatten(0, logits.shape[:2])
    return (per_step * weights).sum(1).mean()


def clip_answers(logits: Tensor, lengths: Tensor, steps: str) -> list[np.ndarray]:
    """Probabilities (V,) of every clip from its logits (B, T, V): a weighted mean of softmaxes."""
    weights = step_weights(steps, lengths, logits.shape[1])
    probabilities = (logits.softmax(-1) * weights[..., None]).sum(1)  # (B, V)
    return list(probabilities.cpu().numpy())
