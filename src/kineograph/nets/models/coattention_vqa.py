"""Co-attention: words and places look at each other, level by level (Lu et al. 2016, NIPS 29).

    what is the blue shape            word      q_t = embedding
    [what is] [is the] …              phrase    the strongest of 1 to 3 words from t on (eq. 1-2)
    o--o--o--o--o                     question  LSTM over the phrases
         |  x  |  picture's places    at each level: which words, which places (eq. 3-5, or 6-7)
    h = tanh(W [q + v, h below])      answer, from the words up (eq. 8-9)

In parallel, an affinity of every word with every place steers both; alternating, a summary of the
question looks at the picture, and what is seen there looks at the question.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kineograph.nets.checks import check_choice, check_counts, check_shares
from kineograph.nets.encoders.dropout import Dropout
from kineograph.nets.encoders.grid import GridEncoder, GridEncoderConfig
from kineograph.nets.initialise import keras_defaults
from kineograph.nets.places import masked_softmax, places_of
from kineograph.nets.recurrent import Recurrent

PHRASES = (1, 2, 3)  # words
LEVELS = ("word", "phrase", "question")


class Answered(NamedTuple):
    """logits (B, A); shares over_places (B, levels, h, w) and over_words (B, levels, L)."""

    logits: Tensor
    over_places: Tensor
    over_words: Tensor


@dataclass(frozen=True)
class CoAttentionConfig:
    """The numbers of a co-attention network; as they stand, the paper's but for the encoder."""

    encoder: GridEncoderConfig = field(default_factory=GridEncoderConfig)
    attention: str = "parallel"  # or "alternating"
    units: int = 512  # of embeddings, phrases, LSTM, places
    attention_units: int = 512  # of the space in which words and places are compared
    answer_units: int = 1024  # of the highest level of the answer
    coordinates: bool = False  # True: every place is told where it lies
    dropout: float = 0.5
    start: str = "torch"  # first weights: "keras" or "torch"

    def __post_init__(self) -> None:
        check_choice(ATTENTIONS, attention=self.attention)
        check_choice(("keras", "torch"), start=self.start)
        check_counts(
            units=self.units,
            attention_units=self.attention_units,
            answer_units=self.answer_units,
        )
        check_shares(dropout=self.dropout)

    def build(self, word_count: int, answer_count: int, size_pixels: int) -> "CoAttentionVqa":
        """A new network for so many words (padding counted), answers, and square pictures."""
        network = CoAttentionVqa(self, self.encoder.build(size_pixels), word_count, answer_count)
        if self.start == "keras":
            keras_defaults(network)
        return network


class CoAttentionVqa(nn.Module):
    """Pictures (P, 3, S, S) and questions about them -> `Answered`."""

    def __init__(
        self, config: CoAttentionConfig, encoder: GridEncoder, word_count: int, answer_count: int
    ) -> None:
        super().__init__()
        units, attention = config.units, ATTENTIONS[config.attention]
        self.coordinates = config.coordinates
        self.encoder = encoder
        self.from_grid = nn.Linear(encoder.features + 2 * config.coordinates, units)
        self.question = QuestionLevels(word_count, units, config.dropout)
        self.attentions = nn.ModuleList(attention(units, config.attention_units) for _ in LEVELS)
        self.answer_word = nn.Linear(units, units)
        self.answer_phrase = nn.Linear(2 * units, units)
        self.answer_question = nn.Linear(2 * units, config.answer_units)
        self.head = nn.Linear(config.answer_units, answer_count)
        self.dropout = Dropout(config.dropout)

    def forward(self, pictures: Tensor, rows: Tensor, words: Tensor, lengths: Tensor) -> Answered:
        """rows (B,): the picture of each question. words (B, L) are 0 after lengths (B,)."""
        return self.answer(self.encode(pictures), rows, words, lengths)

    def encode(self, pictures: Tensor) -> Tensor:
        """What each place shows: pictures (P, 3, S, S) -> (P, N, units)."""
        places = places_of(self.encoder(pictures), self.coordinates)
        return self.dropout(torch.tanh(self.from_grid(places)))

    def answer(self, places: Tensor, rows: Tensor, words: Tensor, lengths: Tensor) -> Answered:
        """Questions about places (P, N, units) of pictures that were encoded once."""
        height, width = self.encoder.grid
        inside = torch.arange(words.shape[1], device=words.device) < lengths.unsqueeze(1)
        seen, over_places, over_words = [], [], []
        for attend, level in zip(self.attentions, self.question(words, lengths), strict=True):
            picture, question, by_place, by_word = attend(level, places, rows, inside)
            seen.append(picture + question)
            over_places.append(by_place.unflatten(1, (height, width)))
            over_words.append(by_word)
        word, phrase, whole = seen
        found = torch.tanh(self.answer_word(self.dropout(word)))
        found = torch.tanh(self.answer_phrase(self.dropout(torch.cat([phrase, found], 1))))
        found = torch.tanh(self.answer_question(self.dropout(torch.cat([whole, found], 1))))
        logits = self.head(self.dropout(found))
        return Answered(logits, torch.stack(over_places, 1), torch.stack(over_words, 1))


class QuestionLevels(nn.Module):
    """words (B, L) -> features (B, L, units) of words, phrases and the question; 0 in padding."""

    def __init__(self, word_count: int, units: int, dropout: float) -> None:
        super().__init__()
        self.units = units
        self.embedding = nn.Embedding(word_count, units, padding_idx=0)
        self.phrases = nn.ModuleList(nn.Conv1d(units, units, size) for size in PHRASES)
        self.recurrent = Recurrent(units, units)
        self.dropout = Dropout(dropout)

    def forward(self, words: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Each level from the one below."""
        inside = torch.arange(words.shape[1], device=words.device) < lengths.unsqueeze(1)
        word = self.dropout(torch.tanh(self.embedding(words))) * inside.unsqueeze(2)
        across = word.transpose(1, 2)
        sizes = [
            torch.tanh(phrase(F.pad(across, (0, size - 1))))
            for size, phrase in zip(PHRASES, self.phrases, strict=True)
        ]
        phrase = torch.stack(sizes).amax(0).transpose(1, 2) * inside.unsqueeze(2)
        phrase = self.dropout(phrase)
        question, _ = self.recurrent(phrase, lengths=lengths)
        return word, phrase, question


Attended = tuple[Tensor, Tensor, Tensor, Tensor]  # picture, question, over places, over words


class ParallelCoAttention(nn.Module):
    """Affinities of all words with all places, eq. 3-5."""

    def __init__(self, units: int, attention_units: int) -> None:
        super().__init__()
        self.units = units
        self.affinity = nn.Linear(units, units, bias=False)
        self.from_places = nn.Linear(units, attention_units, bias=False)
        self.from_words = nn.Linear(units, attention_units, bias=False)
        self.place_score = nn.Linear(attention_units, 1, bias=False)
        self.word_score = nn.Linear(attention_units, 1, bias=False)

    def forward(self, words: Tensor, places: Tensor, rows: Tensor, inside: Tensor) -> Attended:
        """words (B, L, D), places (P, N, D), rows (B,), inside (B, L): true where there is a word.

        What depends on the picture alone is computed once a picture, not once a question.
        """
        affinity = torch.tanh(words @ self.affinity(places)[rows].transpose(1, 2))  # (B, L, N)
        affinity = affinity * inside.unsqueeze(2)
        of_places, of_words = self.from_places(places)[rows], self.from_words(words)
        seen = torch.tanh(of_places + affinity.transpose(1, 2) @ of_words)  # (B, N, K)
        read = torch.tanh(of_words + affinity @ of_places)  # (B, L, K)
        by_place = self.place_score(seen).squeeze(2).softmax(1)
        by_word = masked_softmax(self.word_score(read).squeeze(2), inside)
        return _summary(by_place, places[rows]), _summary(by_word, words), by_place, by_word


class AlternatingCoAttention(nn.Module):
    """The question, then the picture led by it, then the question led by the picture, eq. 6-7."""

    def __init__(self, units: int, attention_units: int) -> None:
        super().__init__()
        self.units = units
        self.question_first = _Guided(units, attention_units, led=False)
        self.picture = _Guided(units, attention_units)
        self.question = _Guided(units, attention_units)

    def forward(self, words: Tensor, places: Tensor, rows: Tensor, inside: Tensor) -> Attended:
        """words (B, L, D), places (P, N, D), rows (B,), inside (B, L): true where a word is."""
        first, _ = self.question_first(words, self.question_first.look(words), None, inside)
        looked = self.picture.look(places)[rows]
        picture, by_place = self.picture(places[rows], looked, first)
        question, by_word = self.question(words, self.question.look(words), picture, inside)
        return picture, question, by_place, by_word


class _Guided(nn.Module):
    """Attention over xs (B, N, D), led by one vector (B, D) or by none."""

    def __init__(self, units: int, attention_units: int, led: bool = True) -> None:
        super().__init__()
        self.look = nn.Linear(units, attention_units)
        self.lead = nn.Linear(units, attention_units, bias=False) if led else None
        self.score = nn.Linear(attention_units, 1, bias=False)

    def forward(
        self, xs: Tensor, looked: Tensor, guide: Tensor | None, inside: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """The summary (B, D) and the shares (B, N). looked: `look(xs)`, (B, N, K)."""
        if guide is not None and self.lead is not None:
            looked = looked + self.lead(guide).unsqueeze(1)
        scores = self.score(torch.tanh(looked)).squeeze(2)
        shares = scores.softmax(1) if inside is None else masked_softmax(scores, inside)
        return _summary(shares, xs), shares


def _summary(shares: Tensor, xs: Tensor) -> Tensor:
    """(B, N) and (B, N, D) -> (B, D)."""
    return (shares.unsqueeze(1) @ xs).squeeze(1)


ATTENTIONS: dict[str, type[ParallelCoAttention] | type[AlternatingCoAttention]] = {
    "parallel": ParallelCoAttention,
    "alternating": AlternatingCoAttention,
}
