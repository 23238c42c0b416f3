"""A captioner that looks again before every word: Show, Attend and Tell (Xu et al. 2015), soft.

    a_i = features at place i of the grid           P places, D numbers each
    h_0, c_0 = tanh(W mean a + b)                   the first state from the mean of all places
    e_ti = w · tanh(W_a a_i + W_h h_t-1)            how well place i fits, then α_t = softmax e_t
    z_t = β_t Σ α_ti a_i,  β_t = σ(w_β · h_t-1)     the gate β says how much to look at all
    h_t = LSTM([E y_t-1, z_t], h_t-1)
    p(y_t) ∝ exp(L_o (E y_t-1 + L_h h_t + L_z z_t))                         "deep output", eq. 7

What hangs on no state is computed once: W_a a for a picture and not for each of its sentences, the
words' part of the gates and the whole deep output for all steps together.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kineograph.nets.cells import LSTMCell
from kineograph.nets.checks import check_counts, check_shares
from kineograph.nets.encoders.dropout import Dropout
from kineograph.nets.encoders.grid import GridEncoderConfig
from kineograph.nets.encoders.over_time import OverTimeConfig
from kineograph.nets.encoders.sight import Sight, check_sight, make_sight
from kineograph.nets.models.captioner import PAD, guessed, make_guess

State = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class AttendingCaptionerConfig:
    """The numbers of a captioner that attends."""

    encoder: str = "grid"  # "grid": ours, from scratch; "timm:NAME": a pretrained one
    grid: GridEncoderConfig = field(default_factory=GridEncoderConfig)  # numbers of ours
    over_time: OverTimeConfig = field(default_factory=OverTimeConfig)  # where clips are seen
    units: int = 512
    embedding: int = 512  # numbers a word
    attention: int = 512  # numbers in which a place is compared with the state
    gate: bool = True  # β
    dropout: float = 0.5  # of words, and of what the next word is told from
    places_dropout: float = 0.0  # of what is seen, before anything is told from it
    word_guess: bool = False  # True: which words are said is also guessed right off the picture

    def __post_init__(self) -> None:
        check_sight(self.encoder)
        check_counts(units=self.units, embedding=self.embedding, attention=self.attention)
        check_shares(dropout=self.dropout, places_dropout=self.places_dropout)

    def build(self, word_count: int, size_pixels: int, frames: int = 1) -> "AttendingCaptioner":
        """A new network for so many words, pad, start, end and unknown counted.

        frames: of a clip; 1 is a picture.
        """
        sight = make_sight(self.encoder, self.grid, size_pixels, self.over_time, frames)
        return AttendingCaptioner(sight, word_count, self)


class Places(NamedTuple):
    """What stays of pictures that can be looked at again."""

    places: Tensor  # (B, P, D)
    keys: Tensor  # (B, P, A): W_a a, as they are compared
    there: Tensor | None = None  # (B, P) bool: which are there, the others zero; None: all

    @property
    def mean(self) -> Tensor:
        """(B, D) of those that are there."""
        if self.there is None:
            return self.places.mean(1)
        return self.places.sum(1) / self.there.sum(1, keepdim=True)


class AttendingCaptioner(nn.Module):
    """pictures (B, 3, H, W) or clips (B, T, 3, H, W), words (B, S, L) -> logits (B, S, L, V) of the
    word after each. Places of a clip are its moments.
    """

    def __init__(self, sight: Sight, word_count: int, config: AttendingCaptionerConfig) -> None:
        super().__init__()
        check_counts(word_count=word_count)
        features, units, embedding = sight.features, config.units, config.embedding
        self.sight = sight
        self.word_count = word_count
        self.words = nn.Embedding(word_count, embedding, padding_idx=PAD)
        self.start = nn.Linear(features, 2 * units)
        self.key = nn.Linear(features, config.attention)
        self.query = nn.Linear(units, config.attention, bias=False)
        self.fit = nn.Linear(config.attention, 1, bias=False)
        self.gate = nn.Linear(units, 1) if config.gate else None
        self.cell = LSTMCell(embedding + features, units)
        self.from_state = nn.Linear(units, embedding)
        self.from_places = nn.Linear(features, embedding, bias=False)
        self.answer = nn.Linear(embedding, word_count)
        self.dropout = Dropout(config.dropout)
        self.places_dropout = Dropout(config.places_dropout)
        self.guess = make_guess(features, word_count) if config.word_guess else None

    def forward(self, pictures: Tensor, words: Tensor) -> Tensor:
        """Every word's next, of sentences as they were said."""
        outputs, _ = self.walk(self.see(pictures), words)
        return self.say(outputs)

    def see(self, pictures: Tensor) -> Places:
        """Look at pictures (B, 3, H, W), or clips, once for all their sentences."""
        maps = self.sight(pictures).flatten(2).transpose(1, 2)  # (B, P, D)
        places = self.places_dropout(maps.float().contiguous())
        return Places(places, self.key(places))

    def guess_words(self, memory: Places) -> Tensor:
        """Right off the pictures: logits (B, V) of each word's being said at all. ValueError."""
        return guessed(self.guess, self.dropout(memory.places.mean(1)))

    def initial_state(self, memory: Places) -> State:
        """h, c (B, N) before the first word."""
        h, c = self.start(memory.mean).float().tanh().chunk(2, 1)
        return h, c

    def step(self, words: Tensor, state: State, memory: Places) -> tuple[Tensor, State, Tensor]:
        """words (N,) just said -> logits (N, V) of the next, the state after, attention (N, P).

        Row n of words and state looks at picture n of memory.
        """
        told = self.words(words)
        context, attention = self._look(state[0].unsqueeze(1), memory)
        context = context.squeeze(1)
        h, state = self.cell(torch.cat([told, context], 1), state)
        return self.say(self._deep(told, h, context)), state, attention.squeeze(1)

    def walk(self, memory: Places, words: Tensor) -> tuple[Tensor, Tensor]:
        """words (B, S, L), S sentences a picture -> outputs (B, S, L, E) to be said, attention
        (B, S, L, P).
        """
        batch, sentences, _ = words.shape
        told = self.dropout(self.words(words))  # (B, S, L, E)
        of_word, of_place = self.cell.from_input.weight.split(
            [told.shape[-1], memory.places.shape[-1]], 1
        )
        from_words = F.linear(told, of_word, self.cell.from_input.bias).flatten(0, 1)
        h, c = (each.repeat_interleave(sentences, 0) for each in self.initial_state(memory))
        walked, contexts, attentions = [], [], []
        for from_word in from_words.unbind(1):  # (B * S, 4N)
            context, attention = self._look(h.unflatten(0, (batch, sentences)), memory)
            gates = from_word + F.linear(context.flatten(0, 1), of_place)
            _, (h, c) = self.cell.advance(gates, (h, c))
            walked.append(h)
            contexts.append(context)
            attentions.append(attention)
        hs = torch.stack(walked, 1).unflatten(0, (batch, sentences))
        return self._deep(told, hs, torch.stack(contexts, 2)), torch.stack(attentions, 2)

    def say(self, outputs: Tensor) -> Tensor:
        """outputs (.., E) -> logits (.., V)."""
        return self.answer(self.dropout(outputs))

    def _look(self, h: Tensor, memory: Places) -> tuple[Tensor, Tensor]:
        """h (B, S, N) -> context (B, S, D), attention (B, S, P): S looks at each picture."""
        compared = memory.keys.unsqueeze(1) + self.query(h).unsqueeze(2)  # (B, S, P, A)
        fits = self.fit(compared.tanh()).squeeze(-1).float()
        if memory.there is not None:
            fits = fits.masked_fill(~memory.there.unsqueeze(1), -torch.inf)
        attention = fits.softmax(-1)
        context = torch.bmm(attention.to(memory.places.dtype), memory.places)
        if self.gate is not None:
            context = context * self.gate(h).sigmoid()
        return context, attention

    def _deep(self, told: Tensor, h: Tensor, context: Tensor) -> Tensor:
        return told + self.from_state(self.dropout(h)) + self.from_places(context)
