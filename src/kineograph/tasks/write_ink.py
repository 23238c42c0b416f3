"""Write ink: many points → the next one, each time. The loss is a likelihood, in nats.

Nats are of densities, so they depend on the measure: offsets divided by their standard deviation
(data/ink/known.py). A person's better fit is a higher likelihood, so scores are turned: log
likelihood for each point, and for each line as Graves 2013 prints it (with the other sign).
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor

from kineograph.data.ink.batch import InkBatch
from kineograph.nets.heads.mixture import pen_log_likelihood, pen_mixture


class InkAnswer(NamedTuple):
    """How likely a line was."""

    nats: float  # its log likelihood
    points: int


@dataclass(frozen=True)
class WriteInk:
    """Answers are log likelihoods of lines; the loss is nats a point."""

    def loss(self, network: Any, batch: InkBatch) -> tuple[Tensor, list[InkAnswer]]:
        """Nats a point, a mean over all points of the batch; every line's own."""
        lines = log_likelihoods(network, batch)
        return -lines.sum() / batch.lengths.sum(), _answers(lines.detach(), batch)

    @torch.inference_mode()
    def answer(self, network: Any, batch: InkBatch) -> list[InkAnswer]:
        """The log likelihood of every line."""
        return _answers(log_likelihoods(network, batch), batch)

    def truth(self, batch: InkBatch) -> list[int]:
        """How many points each line has: the ink itself is the truth."""
        found: list[int] = batch.lengths.tolist()
        return found

    def score(self, answers: list[InkAnswer], truths: list[int]) -> dict[str, float]:
        """Log likelihood in nats for each point and each line; higher is better."""
        nats = sum(answer.nats for answer in answers)
        return {
            "log_likelihood_per_point": nats / max(1, sum(truths)),
            "log_likelihood_per_line": nats / max(1, len(answers)),
        }


def log_likelihoods(network: Any, batch: InkBatch) -> Tensor:
    """Of every line, its own points only: (B,) nats."""
    outputs = network(batch.points, batch.texts)
    each = pen_log_likelihood(pen_mixture(outputs), batch.points)  # (B, T)
    steps = torch.arange(each.shape[1], device=each.device)
    return each.masked_fill(steps >= batch.lengths.unsqueeze(1), 0.0).sum(1)


def _answers(lines: Tensor, batch: InkBatch) -> list[InkAnswer]:
    return [
        InkAnswer(nats, points)
        for nats, points in zip(lines.tolist(), batch.lengths.tolist(), strict=True)
    ]
