"""Write ink: many points → the next one, each time. The loss is a likelihood, in nats.

Nats are of densities, so they depend on the measure: offsets divided by their standard deviation
(data/ink/known.py). A person's better fit is a higher likelihood, so scores are turned: log
likelihood for each point, and for each line as Graves 2013 prints it (with the other sign).

A line's first point is where the paper begins: it is given, not predicted, and counts nowhere. That
the pen rests after the last point is learned, so that writing ends by itself, and is not scored.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from kineograph.data.ink.batch import REST, InkBatch
from kineograph.nets.heads.mixture import pen_log_likelihood, pen_mixture


class InkAnswer(NamedTuple):
    """How likely a line was."""

    nats: float  # its log likelihood
    points: int


@dataclass(frozen=True)
class WriteInk:
    """Answers are log likelihoods of lines; the loss is nats a point."""

    def loss(self, network: Any, batch: InkBatch) -> tuple[Tensor, list[InkAnswer]]:
        """Nats a point, a mean over the batch, and of the pen's rest at the end; the lines' own."""
        lines, ends = log_likelihoods(network, batch)
        return -(lines + ends).sum() / _predicted(batch).sum(), _answers(lines.detach(), batch)

    @torch.inference_mode()
    def answer(self, network: Any, batch: InkBatch) -> list[InkAnswer]:
        """The log likelihood of every line."""
        return _answers(log_likelihoods(network, batch)[0], batch)

    def truth(self, batch: InkBatch) -> list[int]:
        """How many points of each line are predicted: the ink itself is the truth."""
        found: list[int] = _predicted(batch).tolist()
        return found

    def score(self, answers: list[InkAnswer], truths: list[int]) -> dict[str, float]:
        """Log likelihood in nats for each point and each line; higher is better."""
        nats = sum(answer.nats for answer in answers)
        return {
            "log_likelihood_per_point": nats / max(1, sum(truths)),
            "log_likelihood_per_line": nats / max(1, len(answers)),
        }


def log_likelihoods(network: Any, batch: InkBatch) -> tuple[Tensor, Tensor]:
    """Nats of every line's points but its first, and of the pen's resting after it: (B,) both."""
    mixture = pen_mixture(network(batch.points, batch.texts))
    each = pen_log_likelihood(mixture, batch.points)  # (B, T)
    rest = F.logsigmoid(mixture.pen)
    steps = torch.arange(each.shape[1], device=each.device)
    ends = batch.lengths.unsqueeze(1)
    line = (steps > 0) & (steps < ends)
    after = (steps >= ends) & (steps < ends + REST)
    return each.masked_fill(~line, 0.0).sum(1), rest.masked_fill(~after, 0.0).sum(1)


def _predicted(batch: InkBatch) -> Tensor:
    return batch.lengths - 1


def _answers(lines: Tensor, batch: InkBatch) -> list[InkAnswer]:
    return [
        InkAnswer(nats, points)
        for nats, points in zip(lines.tolist(), _predicted(batch).tolist(), strict=True)
    ]
