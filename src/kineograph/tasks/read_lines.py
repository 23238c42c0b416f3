"""Read a line: many columns → fewer characters, by CTC (Graves et al. 2006).

    column   1  2  3  4  5  6  7  8
    answer   t  t  -  h  -  e  e  -      doubles are one, blanks go: "the"

The loss adds up all ways in which the columns can say the text. A second answer, read off the
columns without recurrence, may be learned from beside it (Retsinas et al. 2022, weight 0.1); it is
left out where nothing is learned.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from kineograph.data.lines.batch import LineBatch
from kineograph.data.text import Alphabet
from kineograph.metrics.text import score_text

BLANK = Alphabet.blank


@dataclass(frozen=True)
class ReadLines:
    """Answers are texts as indices of the alphabet, by the best path; the loss is CTC's."""

    auxiliary_weight: float = 0.1  # of the second answer's loss, where the network has one

    def __post_init__(self) -> None:
        if not self.auxiliary_weight >= 0:
            raise ValueError(f"auxiliary_weight={self.auxiliary_weight}: 0 or more. Try 0.1.")

    def loss(self, network: Any, batch: LineBatch) -> tuple[Tensor, list[list[int]]]:
        """Nats a character, a mean over lines; the text of every line."""
        columns, lengths = network.encode(batch.lines, batch.widths)
        logits = network.read(columns, lengths)
        loss = ctc_loss(logits, lengths, batch)
        if network.training and network.auxiliary is not None and self.auxiliary_weight:
            beside = ctc_loss(network.read_auxiliary(columns), lengths, batch)
            loss = loss + self.auxiliary_weight * beside
        return loss, best_texts(logits.detach(), lengths)

    @torch.inference_mode()
    def answer(self, network: nn.Module, batch: LineBatch) -> list[list[int]]:
        """The text of every line."""
        logits, lengths = network(batch.lines, batch.widths)
        return best_texts(logits, lengths)

    def truth(self, batch: LineBatch) -> list[list[int]]:
        """What stands there."""
        return [
            row[:length].tolist()
            for row, length in zip(batch.targets, batch.target_lengths.tolist(), strict=True)
        ]

    def score(self, answers: list[list[int]], truths: list[list[int]]) -> dict[str, float]:
        """Character accuracy, 1 - CER, not below 0; the share of lines without a fault."""
        true, read = (["".join(map(chr, text)) for text in some] for some in (truths, answers))
        score = score_text(true, read)
        cer = score.cer if score.cer is not None else 0.0
        return {
            "character_accuracy": max(0.0, 1.0 - cer),
            "exact_lines": score.exact / max(1, score.lines),
        }


def ctc_loss(logits: Tensor, lengths: Tensor, batch: Any) -> Tensor:
    """Of logits (B, T, V): nats a character of each line, a mean over lines.

    A line with fewer columns than its text needs has no way to say it: it counts as 0 and teaches
    nothing.
    """
    per_line = F.ctc_loss(
        logits.float().log_softmax(-1).transpose(0, 1),
        batch.targets,
        lengths,
        batch.target_lengths,
        blank=BLANK,
        reduction="none",
        zero_infinity=True,
    )
    return (per_line / batch.target_lengths.clamp(min=1)).mean()


def best_texts(logits: Tensor, lengths: Tensor) -> list[list[int]]:
    """The best path's text of each line, as indices."""
    best = logits.argmax(-1).cpu().numpy()  # (B, T)
    return [_collapsed(row[:length]) for row, length in zip(best, lengths.tolist(), strict=True)]


def _collapsed(path: NDArray[np.int64]) -> list[int]:
    changes = np.concatenate([[True], path[1:] != path[:-1]])[: len(path)]
    return path[changes & (path != BLANK)].tolist()


@torch.inference_mode()
def log_probabilities(network: nn.Module, batch: LineBatch) -> list[NDArray[np.float32]]:
    """What decoding reads: (T, V) of every line, its own columns only."""
    logits, lengths = network(batch.lines, batch.widths)
    every = logits.float().log_softmax(-1).cpu().numpy()
    return [row[:length] for row, length in zip(every, lengths.tolist(), strict=True)]
