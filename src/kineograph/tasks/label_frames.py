"""A label for every frame: many → many (Pandey's first problem; LRCN per frame)."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kineograph.data.batch import IGNORED, Batch


@dataclass(frozen=True)
class LabelFrames:
    """Answers are probabilities (T, V), one row a frame; cross-entropy over every true frame."""

    label_smoothing: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.label_smoothing < 1:
            raise ValueError(
                f"label_smoothing={self.label_smoothing}: a share, 0 to below 1. Try 0.1."
            )

    def loss(self, network: nn.Module, batch: Batch) -> tuple[Tensor, list[np.ndarray]]:
        """Cross-entropy in nats, a mean over all frames of the batch; answers (T, V)."""
        logits = network(batch.inputs, batch.lengths).float()  # (B, T, V)
        targets = _frame_targets(batch)  # (B, T)
        loss = F.cross_entropy(
            logits.flatten(0, 1),
            targets.flatten(),
            ignore_index=IGNORED,
            label_smoothing=self.label_smoothing,
        )
        return loss, _answers(logits.detach(), batch.lengths)

    @torch.inference_mode()
    def answer(self, network: nn.Module, batch: Batch) -> list[np.ndarray]:
        """Probabilities (T, V) of every clip's own frames."""
        return _answers(network(batch.inputs, batch.lengths).float(), batch.lengths)

    def truth(self, batch: Batch) -> list[np.ndarray]:
        """The class index of every frame: one array (T,) a clip."""
        targets = _frame_targets(batch).cpu().numpy()
        return [row[:n] for row, n in zip(targets, batch.lengths.tolist(), strict=True)]

    def score(self, answers: list[np.ndarray], truths: list[np.ndarray]) -> dict[str, float]:
        """Accuracy over all frames pooled."""
        right = [a.argmax(-1) == t for a, t in zip(answers, truths, strict=True)]
        return {"accuracy": float(np.concatenate(right).mean())}


def _frame_targets(batch: Batch) -> Tensor:
    targets = batch.targets
    if targets.dim() == 1:  # one label a clip: every frame bears it
        targets = targets[:, None].expand(-1, batch.inputs.shape[1])
    moment = torch.arange(targets.shape[1], device=targets.device)[None]
    return targets.masked_fill(moment >= batch.lengths[:, None], IGNORED)


def _answers(logits: Tensor, lengths: Tensor) -> list[np.ndarray]:
    probabilities = logits.softmax(-1).cpu().numpy()
    return [row[:n] for row, n in zip(probabilities, lengths.tolist(), strict=True)]
