"""What comes next: each character of a text from all before it. Loss, answers, score.

    loss = - mean over characters of log softmax(logits)[the character that stands there]

in nats a character; bits a character are nats / ln 2, and perplexity is e to the nats. The walk's
memory is read and written here, cut off from its past: the gradient ends at the window's first
character, what is remembered does not.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kineograph.data.batch import IGNORED
from kineograph.data.characters.batch import TextBatch

Row = list[int]  # a row's characters in one window, as indices; -100 where nothing is asked


@dataclass(frozen=True)
class PredictCharacters:
    """Answers are each row's most probable next characters."""

    def loss(self, network: Any, batch: TextBatch) -> tuple[Tensor, list[Row]]:
        """Nats a character, a mean over all that are asked for; the guess at each."""
        logits, batch.memory.state = self._read(network, batch)
        return nats_of(logits, batch.targets).sum() / _asked(batch), _guesses(logits)

    @torch.inference_mode()
    def answer(self, network: nn.Module, batch: TextBatch) -> list[Row]:
        """The guess at each character."""
        logits, batch.memory.state = self._read(network, batch)
        return _guesses(logits)

    def truth(self, batch: TextBatch) -> list[Row]:
        """What stands there."""
        rows: list[Row] = batch.targets.tolist()
        return rows

    def score(self, answers: list[Row], truths: list[Row]) -> dict[str, float]:
        """Accuracy: the share of characters that were guessed. Bits and nats are the loss's."""
        right = asked = 0
        for guesses, row in zip(answers, truths, strict=True):
            for guess, true in zip(guesses, row, strict=True):
                right += guess == true
                asked += true != IGNORED
        return {"accuracy": right / max(1, asked)}

    def _read(self, network: Any, batch: TextBatch) -> tuple[Tensor, Any]:
        logits, state = network(batch.inputs, batch.memory.state)
        return logits, cut_off(state)


def nats_of(logits: Tensor, targets: Tensor) -> Tensor:
    """Of logits (B, T, V) and targets (B, T): nats of each character (B, T), 0 where none is."""
    flat = logits.float().flatten(0, 1)
    found = F.cross_entropy(flat, targets.flatten(), ignore_index=IGNORED, reduction="none")
    return found.view(targets.shape)


def cut_off(state: Any) -> Any:
    """The same state without its past: no gradient goes back through it."""
    if isinstance(state, Tensor):
        return state.detach()
    return tuple(map(cut_off, state))


def _asked(batch: TextBatch) -> Tensor:
    return (batch.targets != IGNORED).sum().clamp(min=1)


def _guesses(logits: Tensor) -> list[Row]:
    rows: list[Row] = logits.detach().argmax(-1).tolist()
    return rows
