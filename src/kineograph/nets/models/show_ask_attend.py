"""Show, ask, attend and answer: glimpses of a picture, led by a question (Kazemi & Elqursh 2017).

question -> tanh embedding -> LSTM -> s                      (arXiv:1704.03162, figure 2)
picture  -> features of each place, scaled to length 1
s beside each place -> 1x1, ReLU, 1x1 -> C maps of shares -> C glimpses
[glimpses, s] -> dense, ReLU -> dense -> answer
"""

from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kineograph.nets.checks import check_choice, check_counts, check_shares
from kineograph.nets.encoders.dropout import Dropout
from kineograph.nets.encoders.grid import GridEncoder, GridEncoderConfig
from kineograph.nets.initialise import keras_defaults
from kineograph.nets.models.coattention_vqa import Answered
from kineograph.nets.places import places_of
from kineograph.nets.recurrent import Recurrent


@dataclass(frozen=True)
class ShowAskAttendConfig:
    """The paper's numbers but for the encoder, which is a ResNet-152 there."""

    encoder: GridEncoderConfig = field(default_factory=GridEncoderConfig)
    embedding: int = 300  # features of a word
    units: int = 1024  # of the LSTM
    glimpses: int = 2
    attention_units: int = 512
    answer_units: int = 1024
    coordinates: bool = False  # True: every place is told where it lies
    dropout: float = 0.5
    start: str = "torch"  # first weights: "keras" or "torch"

    def __post_init__(self) -> None:
        check_choice(("keras", "torch"), start=self.start)
        check_counts(
            embedding=self.embedding,
            units=self.units,
            glimpses=self.glimpses,
            attention_units=self.attention_units,
            answer_units=self.answer_units,
        )
        check_shares(dropout=self.dropout)

    def build(self, word_count: int, answer_count: int, size_pixels: int) -> "ShowAskAttend":
        """A new network for so many words (padding counted), answers, and square pictures."""
        network = ShowAskAttend(self, self.encoder.build(size_pixels), word_count, answer_count)
        if self.start == "keras":
            keras_defaults(network)
        return network


class ShowAskAttend(nn.Module):
    """Pictures (P, 3, S, S) and questions about them -> `Answered`; it has no levels of words."""

    def __init__(
        self, config: ShowAskAttendConfig, encoder: GridEncoder, word_count: int, answer_count: int
    ) -> None:
        super().__init__()
        features = encoder.features + 2 * config.coordinates
        self.coordinates = config.coordinates
        self.encoder = encoder
        self.embedding = nn.Embedding(word_count, config.embedding, padding_idx=0)
        self.recurrent = Recurrent(config.embedding, config.units)
        self.from_places = nn.Linear(features, config.attention_units)
        self.from_question = nn.Linear(config.units, config.attention_units, bias=False)
        self.score = nn.Linear(config.attention_units, config.glimpses)
        self.hidden = nn.Linear(config.glimpses * features + config.units, config.answer_units)
        self.head = nn.Linear(config.answer_units, answer_count)
        self.dropout = Dropout(config.dropout)

    def forward(self, pictures: Tensor, rows: Tensor, words: Tensor, lengths: Tensor) -> Answered:
        """rows (B,): the picture of each question. words (B, L) are 0 after lengths (B,)."""
        return self.answer(self.encode(pictures), rows, words, lengths)

    def encode(self, pictures: Tensor) -> Tensor:
        """What each place shows, scaled to length 1: pictures (P, 3, S, S) -> (P, N, D)."""
        return F.normalize(places_of(self.encoder(pictures), self.coordinates), dim=2)

    def answer(self, places: Tensor, rows: Tensor, words: Tensor, lengths: Tensor) -> Answered:
        """Questions about places (P, N, D) of pictures that were encoded once."""
        embedded = self.dropout(torch.tanh(self.embedding(words)))
        outputs, _ = self.recurrent(embedded, lengths=lengths)
        last = (lengths - 1).view(-1, 1, 1).expand(-1, 1, outputs.shape[2])
        asked = outputs.gather(1, last).squeeze(1)  # (B, units)
        # One 1x1 convolution over both side by side is a sum of two: the picture's is done once.
        of_places = self.from_places(self.dropout(places))[rows]
        of_question = self.from_question(self.dropout(asked)).unsqueeze(1)
        scores = self.score(self.dropout(torch.relu(of_places + of_question)))  # (B, N, C)
        shares = scores.softmax(1).transpose(1, 2)  # (B, C, N)
        glimpses = (shares @ places[rows]).flatten(1)
        hidden = torch.relu(self.hidden(self.dropout(torch.cat([glimpses, asked], 1))))
        nothing = shares.new_zeros(words.shape[0], 0, words.shape[1])
        return Answered(
            self.head(self.dropout(hidden)), shares.unflatten(2, self.encoder.grid), nothing
        )
