"""Captioners that look once: the whole picture is one vector, then words follow words.

    neuraltalk       h_1 = relu(W x_1 + b + W_p f(picture))      Karpathy & Fei-Fei 2015, eq. 13-15
                     h_t = relu(W x_t + b + U h_t-1)             the picture at the first step only

    show-and-tell    the picture is the word before the start    Vinyals et al. 2015
                     x_-1 = W_p f(picture), x_t = E word_t, LSTM

A picture is looked at once for all its sentences. What a captioner offers, whichever it is:

    memory = network.see(pictures)                       once a picture
    state = network.initial_state(memory)                before the first word
    logits, state, attention = network.step(words, state, memory)          one word each
    outputs, attention = network.walk(memory, words)     all words at once, as they were said
    logits = network.say(outputs)                        of the places that are asked for
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from kineograph.nets.cells import OVER_TIME
from kineograph.nets.cells.cell import State
from kineograph.nets.checks import check_choice, check_counts, check_shares
from kineograph.nets.encoders.dropout import Dropout
from kineograph.nets.encoders.grid import GridEncoderConfig
from kineograph.nets.encoders.over_time import OverTimeConfig
from kineograph.nets.encoders.sight import Sight, check_sight, make_sight
from kineograph.nets.recurrent import Recurrent

PAD = 0  # of words, as data/words.py counts
UNLIKELY = -5.0  # the log odds of a word in a hundred and fifty


@dataclass(frozen=True)
class CaptionerConfig:
    """The numbers of a captioner that looks once."""

    encoder: str = "grid"  # "grid": ours, from scratch; "timm:NAME": a pretrained one
    grid: GridEncoderConfig = field(default_factory=GridEncoderConfig)  # numbers of ours
    over_time: OverTimeConfig = field(default_factory=OverTimeConfig)  # where clips are seen
    picture: str = "before"  # "before": a word before the start; "beside": beside the first word
    cell: str = "lstm"  # see cells.OVER_TIME
    activation: str = "tanh"  # of the cell
    units: int = 512
    embedding: int = 512  # numbers a word
    dropout: float = 0.5  # of words, and of what the next word is told from
    word_guess: bool = False  # True: which words are said is also guessed right off the picture

    def __post_init__(self) -> None:
        check_sight(self.encoder)
        check_choice(("before", "beside"), picture=self.picture)
        check_choice(OVER_TIME, cell=self.cell)
        check_counts(units=self.units, embedding=self.embedding)
        check_shares(dropout=self.dropout)

    def build(self, word_count: int, size_pixels: int, frames: int = 1) -> "Captioner":
        """A new network for so many words, pad, start, end and unknown counted.

        frames: of a clip; 1 is a picture.
        """
        sight = make_sight(self.encoder, self.grid, size_pixels, self.over_time, frames)
        return Captioner(sight, word_count, self)


class Glance(NamedTuple):
    """What stays of pictures that were looked at once."""

    features: Tensor  # (B, D): the mean over the grid


class Captioner(nn.Module):
    """pictures (B, 3, H, W) or clips (B, T, 3, H, W), words (B, S, L) -> logits (B, S, L, V) of the
    word after each.
    """

    def __init__(self, sight: Sight, word_count: int, config: CaptionerConfig) -> None:
        super().__init__()
        check_counts(word_count=word_count)
        self.sight = sight
        self.word_count = word_count
        self.words = nn.Embedding(word_count, config.embedding, padding_idx=PAD)
        before = config.picture == "before"
        self.picture = nn.Linear(sight.features, config.embedding) if before else None
        self.recurrent = Recurrent(
            config.embedding if before else config.embedding + sight.features,
            config.units,
            cell=config.cell,
            activation=config.activation,
        )
        self.dropout = Dropout(config.dropout)
        self.answer = nn.Linear(config.units, word_count)
        self.guess = make_guess(sight.features, word_count) if config.word_guess else None

    def forward(self, pictures: Tensor, words: Tensor) -> Tensor:
        """Every word's next, of sentences as they were said."""
        outputs, _ = self.walk(self.see(pictures), words)
        return self.say(outputs)

    def see(self, pictures: Tensor) -> Glance:
        """Look at pictures (B, 3, H, W), or at clips."""
        return Glance(self.sight(pictures).flatten(2).float().mean(2))

    def guess_words(self, memory: Glance) -> Tensor:
        """Right off the pictures: logits (B, V) of each word's being said at all. ValueError."""
        return guessed(self.guess, self.dropout(memory.features))

    def initial_state(self, memory: Glance) -> tuple[State, Tensor]:
        """The recurrence's, with (B, D) what stands beside the next word."""
        features = memory.features
        if self.picture is None:
            return self.recurrent.initial_state(features), features
        first = self.picture(features)
        _, state = self.recurrent.step(first, self.recurrent.initial_state(first))
        return state, features.new_zeros(features.shape[0], 0)

    def step(
        self, words: Tensor, state: tuple[State, Tensor], memory: Glance
    ) -> tuple[Tensor, tuple[State, Tensor], None]:
        """words (N,) just said -> logits (N, V) of the next, the state after; it attends to none.

        memory is not needed any more: it is here because other captioners look again.
        """
        recurrent, beside = state
        output, recurrent = self.recurrent.step(
            torch.cat([self.dropout(self.words(words)), beside], 1), recurrent
        )
        return self.say(output), (recurrent, torch.zeros_like(beside)), None

    def walk(self, memory: Glance, words: Tensor) -> tuple[Tensor, None]:
        """words (B, S, L), S sentences a picture -> outputs (B, S, L, N) to be said."""
        batch, sentences, length = words.shape
        state, beside = self.initial_state(memory)
        rows = torch.arange(batch, device=words.device).repeat_interleave(sentences)
        xs = self.dropout(self.words(words.flatten(0, 1)))
        if self.picture is None:
            later = xs.new_zeros(len(rows), length - 1, beside.shape[1])
            first = beside[rows].unsqueeze(1)
            xs = torch.cat([xs, torch.cat([first, later], 1)], 2)
        outputs, _ = self.recurrent(xs, rows_of(state, rows))
        return outputs.unflatten(0, (batch, sentences)), None

    def say(self, outputs: Tensor) -> Tensor:
        """outputs (.., N) -> logits (.., V)."""
        return self.answer(self.dropout(outputs))


def rows_of(state: Any, rows: Tensor) -> Any:
    """Rows of every tensor of a state, as often as they are named; a part that is None stays so."""
    if isinstance(state, tuple):
        return tuple(rows_of(each, rows) for each in state)
    return None if state is None else state[rows]


def guessed(guess: nn.Linear | None, features: Tensor) -> Tensor:
    """Logits of each word's being said. ValueError where none are learned."""
    if guess is None:
        raise ValueError(
            "word_guess=False: this network guesses no words. Train one with model.word_guess=true."
        )
    return guess(features)


def make_guess(features: int, word_count: int) -> nn.Linear:
    """Features (B, D) -> logits (B, V), which begin by taking every word for unlikely."""
    guess = nn.Linear(features, word_count)
    nn.init.constant_(guess.bias, UNLIKELY)
    return guess
