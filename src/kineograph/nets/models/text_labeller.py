"""Text labeller: words in, one label out (Karpathy's many to one, on words instead of frames).

words   so  dull  and  long         embedding -> (B, T, E)
        ->   ->   ->   ->             layers of a cell -> (B, T, N)
                        |             the last state, or the mean of all
                      label           -> logits (B, classes)
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from kineograph.nets.cells import OVER_TIME
from kineograph.nets.checks import check_choice, check_counts, check_shares
from kineograph.nets.encoders.dropout import Dropout
from kineograph.nets.heads.label import LabelHead
from kineograph.nets.initialise import keras_defaults
from kineograph.nets.recurrent import Recurrent

PAD, UNKNOWN = 0, 3  # of words, as data/words.py counts
POOLS = ("last", "mean")


@dataclass(frozen=True)
class TextLabellerConfig:
    """The numbers of a text labeller."""

    cell: str = "lstm"  # see cells.OVER_TIME
    units: int = 64  # of each layer and direction
    layers: int = 1
    both_directions: bool = False
    embedding: int = 64  # numbers a word
    pool: str = "last"  # what the label is told from: the last state, or "mean" of all
    unknown_dropout: float = 0.05  # of words, read as unknown ones: so their entry is learned
    dropout: float = 0.5  # on embeddings, and before the answer

    def __post_init__(self) -> None:
        check_choice(OVER_TIME, cell=self.cell)
        check_choice(POOLS, pool=self.pool)
        check_counts(units=self.units, layers=self.layers, embedding=self.embedding)
        check_shares(unknown_dropout=self.unknown_dropout, dropout=self.dropout)

    def build(self, word_count: int, classes: int) -> "TextLabeller":
        """A new network for so many words, marks counted, and so many labels."""
        network = TextLabeller(word_count, classes, self)
        keras_defaults(network)
        return network


class TextLabeller(nn.Module):
    """words (B, T) int64, lengths (B,) -> logits (B, classes). What follows a text is not read."""

    def __init__(self, word_count: int, classes: int, config: TextLabellerConfig) -> None:
        super().__init__()
        check_counts(word_count=word_count, classes=classes)
        self.word_count = word_count
        self.pool = config.pool
        self.unknown_dropout = config.unknown_dropout
        self.words = nn.Embedding(word_count, config.embedding, padding_idx=PAD)
        self.dropout = Dropout(config.dropout)
        self.recurrent = Recurrent(
            config.embedding,
            config.units,
            cell=config.cell,
            layers=config.layers,
            both_directions=config.both_directions,
        )
        self.head = LabelHead(self.recurrent.outputs, classes, dropout=config.dropout)

    def forward(self, words: Tensor, lengths: Tensor) -> Tensor:
        """Logits of whole texts."""
        told = self.dropout(self.words(self._some_unknown(words)))
        outputs, _ = self.recurrent(told, lengths=lengths)
        return self.head(self._pooled(outputs, lengths))

    def _some_unknown(self, words: Tensor) -> Tensor:
        if not self.training or not self.unknown_dropout:
            return words
        hidden = torch.rand(words.shape, device=words.device) < self.unknown_dropout
        return words.masked_fill(hidden & (words != PAD), UNKNOWN)

    def _pooled(self, outputs: Tensor, lengths: Tensor) -> Tensor:
        """(B, T, N), zero after each length -> (B, N)."""
        if self.pool == "mean":
            return outputs.sum(1) / lengths.unsqueeze(1)
        rows: Any = torch.arange(len(outputs), device=outputs.device)
        last = outputs[rows, lengths - 1]
        if self.recurrent.can_step:
            return last
        half = outputs.shape[-1] // 2  # backwards the walk ends at a text's first word
        return torch.cat([last[:, :half], outputs[:, 0, half:]], 1)
