"""One label for a text: many words -> one. Cross-entropy in nats, a mean over texts."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from kineograph.data.texts.batch import TextsBatch


@dataclass(frozen=True)
class LabelTexts:
    """Answers are probabilities (V,) of the labels."""

    label_smoothing: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.label_smoothing < 1:
            raise ValueError(
                f"label_smoothing={self.label_smoothing}: a share, 0 to below 1. Try 0.1."
            )

    def loss(self, network: Any, batch: TextsBatch) -> tuple[Tensor, list[np.ndarray]]:
        """Nats a text, and the probabilities that the same pass gave."""
        logits = network(batch.tokens, batch.lengths).float()
        smoothing = self.label_smoothing if network.training else 0.0
        loss = F.cross_entropy(logits, batch.targets, label_smoothing=smoothing)
        return loss, _shares(logits.detach())

    @torch.inference_mode()
    def answer(self, network: Any, batch: TextsBatch) -> list[np.ndarray]:
        """Probabilities (V,) of every text."""
        return _shares(network(batch.tokens, batch.lengths).float())

    def truth(self, batch: TextsBatch) -> list[int]:
        """The number of every text's label."""
        numbers: list[int] = batch.targets.tolist()
        return numbers

    def score(self, answers: list[np.ndarray], truths: list[int]) -> dict[str, float]:
        """Accuracy: the share of texts whose likeliest label is the true one."""
        right = [int(shares.argmax()) == true for shares, true in zip(answers, truths, strict=True)]
        return {"accuracy": float(np.mean(right))}


def _shares(logits: Tensor) -> list[np.ndarray]:
    return list(logits.softmax(-1).cpu().numpy())
