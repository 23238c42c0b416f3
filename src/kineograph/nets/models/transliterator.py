"""Transliterator: text in, text out; what is read is looked at again before every character.

    given    s   h   c   h   i          embedding, a cell in both directions -> places (B, T, 2N)
              .   .  |  .   .             attention: which of them the next character is told from
    asked          щ   и   end            an LSTM, from the character before and what is looked at

Encoder, decoder, attention: Bahdanau et al. 2015 (arXiv:1409.0473). The one who says is the
captioner that looks again before every word (attending_captioner.py); here it looks at a text.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from kineograph.nets.cells import OVER_TIME
from kineograph.nets.checks import check_choice, check_counts, check_shares
from kineograph.nets.encoders.dropout import Dropout
from kineograph.nets.models.attending_captioner import (
    AttendingCaptioner,
    AttendingCaptionerConfig,
    Places,
)
from kineograph.nets.models.captioner import PAD
from kineograph.nets.recurrent import Recurrent


@dataclass(frozen=True)
class TransliteratorConfig:
    """The numbers of a transliterator."""

    cell: str = "gru"  # of the reader: see cells.OVER_TIME; an LSTM writes
    units: int = 96  # of the reader in each direction, and of the writer
    embedding: int = 48  # numbers a character
    attention: int = 64  # numbers in which a place is compared with the state
    dropout: float = 0.1  # of characters, and of what the next one is told from

    def __post_init__(self) -> None:
        check_choice(OVER_TIME, cell=self.cell)
        check_counts(units=self.units, embedding=self.embedding, attention=self.attention)
        check_shares(dropout=self.dropout)

    def build(self, given_count: int, asked_count: int) -> "Transliterator":
        """A new network for so many characters on each side, marks counted."""
        return Transliterator(given_count, asked_count, self)


class TextReader(nn.Module):
    """characters (B, T), lengths (B,) -> places (B, T, 2N): each with what is around it."""

    def __init__(self, given_count: int, config: TransliteratorConfig) -> None:
        super().__init__()
        check_counts(given_count=given_count)
        self.characters = nn.Embedding(given_count, config.embedding, padding_idx=PAD)
        self.dropout = Dropout(config.dropout)
        self.recurrent = Recurrent(
            config.embedding, config.units, cell=config.cell, both_directions=True
        )
        self.features = self.recurrent.outputs

    def forward(self, characters: Tensor, lengths: Tensor) -> Tensor:
        """Zero after each length."""
        told = self.dropout(self.characters(characters))
        places, _ = self.recurrent(told, lengths=lengths)
        return places


class Transliterator(nn.Module):
    """given (B, T), lengths (B,), said (B, L) -> logits (B, L, V) of the character after each."""

    def __init__(self, given_count: int, asked_count: int, config: TransliteratorConfig) -> None:
        super().__init__()
        speaking = AttendingCaptionerConfig(
            units=config.units,
            embedding=config.embedding,
            attention=config.attention,
            gate=False,
            dropout=config.dropout,
        )
        self.speaker = AttendingCaptioner(TextReader(given_count, config), asked_count, speaking)

    def forward(self, given: Tensor, lengths: Tensor, said: Tensor) -> Tensor:
        """Every character's next, of answers as they are."""
        outputs, _ = self.walk(self.read(given, lengths), said)
        return self.speaker.say(outputs)

    def read(self, given: Tensor, lengths: Tensor) -> Places:
        """Read texts, once for all that is said of them."""
        places = self.speaker.sight(given, lengths)
        there = torch.arange(given.shape[1], device=given.device) < lengths.unsqueeze(1)
        return Places(places, self.speaker.key(places), there)

    def walk(self, memory: Places, said: Tensor) -> tuple[Tensor, Tensor]:
        """said (B, L) -> outputs (B, L, E) to be said, attention (B, L, T)."""
        outputs, attention = self.speaker.walk(memory, said.unsqueeze(1))
        return outputs.squeeze(1), attention.squeeze(1)
