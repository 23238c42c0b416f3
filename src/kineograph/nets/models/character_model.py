"""Character model: what comes next in a text, character after character (Graves 2013; char-rnn).

    text     b  k  i  n  e             b: the begin, before the first character
             |  |  |  |  |                one-hot, or an embedding
            [ ][ ][ ][ ][ ]            -> features (B, T, D)
             ->  ->  ->  ->  ->           layers of a cell, forwards; the state goes on to the next
             |  |  |  |  |                one dense, shared
             k  i  n  e  o             -> logits (B, T, V) of the next character

A whole text, pieces of it with the state handed on, and one character at a time (`step`) give the
same logits.
"""

from dataclasses import dataclass
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from kineograph.nets.cells import OVER_TIME
from kineograph.nets.cells.cell import State
from kineograph.nets.checks import check_choice, check_counts, check_shares
from kineograph.nets.encoders.dropout import Dropout
from kineograph.nets.heads.label import LabelHead
from kineograph.nets.initialise import keras_defaults
from kineograph.nets.recurrent import Recurrent


@dataclass(frozen=True)
class CharacterModelConfig:
    """The numbers of a character model."""

    cell: str = "lstm"  # see cells.OVER_TIME
    units: int = 512  # of each layer
    layers: int = 1
    embedding: int = 0  # features of a character; 0: one-hot
    tied: bool = False  # True: the answer has the embedding's own weights (Press & Wolf 2017)
    reset: str = "after"  # a GRU's reset gate: "after" its matrix runs in one call
    inputs_dropout: float = 0.0  # on the characters' features; one-hot: characters unseen
    layers_dropout: float = 0.0  # between layers, a draw a character
    outputs_dropout: float = 0.0  # before the answer, a draw a character
    recurrent_dropout: float = 0.0  # of what gates see of the state; walks step by step, slower
    rounds: bool = False  # True: an LSTM's or GRU's products follow training.precision=bf16
    start: str = "keras"  # first weights: "keras" or "torch"

    def __post_init__(self) -> None:
        check_choice(OVER_TIME, cell=self.cell)
        check_counts(units=self.units, layers=self.layers)
        check_choice(("before", "after"), reset=self.reset)
        check_choice(("keras", "torch"), start=self.start)
        check_shares(
            inputs_dropout=self.inputs_dropout,
            layers_dropout=self.layers_dropout,
            outputs_dropout=self.outputs_dropout,
            recurrent_dropout=self.recurrent_dropout,
        )
        if not isinstance(self.embedding, int) or self.embedding < 0:
            raise ValueError(f"embedding={self.embedding!r}: 0 (one-hot) or more. Write 0.")
        if self.tied and self.embedding != self.units:
            raise ValueError(
                f"tied=True: the embedding ({self.embedding}) and the last layer ({self.units}) "
                f"share their weights, so they are equally wide. Write embedding={self.units}."
            )

    def build(self, alphabet_size: int) -> "CharacterModel":
        """A new network for so many characters, the begin counted."""
        options: dict[str, Any] = {"reset": self.reset} if self.cell == "gru" else {}
        recurrent = Recurrent(
            self.embedding or alphabet_size,
            self.units,
            cell=self.cell,
            layers=self.layers,
            layers_dropout=self.layers_dropout,
            recurrent_dropout=self.recurrent_dropout,
            rounds=self.rounds,
            **options,
        )
        embedding = nn.Embedding(alphabet_size, self.embedding) if self.embedding else None
        head = LabelHead(recurrent.outputs, alphabet_size, dropout=self.outputs_dropout)
        network = CharacterModel(alphabet_size, embedding, recurrent, head, self.inputs_dropout)
        if self.start == "keras":
            keras_defaults(network)
            if embedding is not None:
                nn.init.uniform_(embedding.weight, -0.05, 0.05)
        if self.tied and embedding is not None:
            head.dense.weight = embedding.weight
        return network


class CharacterModel(nn.Module):
    """characters (B, T) int64 and the state before them -> logits (B, T, V), the state after."""

    can_step = True

    def __init__(
        self,
        alphabet_size: int,
        embedding: nn.Embedding | None,
        recurrent: Recurrent,
        head: LabelHead,
        inputs_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        check_counts(alphabet_size=alphabet_size)
        self.alphabet_size = alphabet_size
        self.embedding = embedding
        self.inputs_dropout = Dropout(inputs_dropout)
        self.recurrent = recurrent
        self.head = head

    def initial_state(self, rows: int) -> tuple[State, ...]:
        """Nothing read yet, for so many texts side by side."""
        like = next(self.recurrent.parameters())
        return self.recurrent.initial_state(like.new_zeros(rows, 1))

    def embed(self, characters: Tensor) -> Tensor:
        """characters (..) int64 -> features (.., D)."""
        if self.embedding is not None:
            return self.embedding(characters)
        kind = next(self.recurrent.parameters()).dtype
        return F.one_hot(characters, self.alphabet_size).to(kind)

    def forward(
        self, characters: Tensor, state: tuple[State, ...] | None = None
    ) -> tuple[Tensor, tuple[State, ...]]:
        """A piece of text; without a state, from the begin on."""
        outputs, state = self.recurrent(self.inputs_dropout(self.embed(characters)), state)
        return self.head(outputs), state

    def step(
        self, characters: Tensor, state: tuple[State, ...]
    ) -> tuple[Tensor, tuple[State, ...]]:
        """One character of each text: (B,) int64, state -> logits (B, V), state."""
        output, state = self.recurrent.step(self.embed(characters), state)
        return self.head(output), state
