"""DenseCap: find what is worth a word, and describe each (Johnson, Karpathy, Fei-Fei 2016).

    picture (B, 3, S, S) -> CNN -> grid (B, D, h, w) -> localisation layer -> boxes, confidences
                                    |                        |
                                    +--> features of boxes <-+    Y x X places each, bilinear
                                              |
                                    two dense layers -> region code (C)
                                      |        |        |
                          confidence again   box again  LSTM: code, START, word, word, … -> END

Everything learns at once, from five losses (tasks/describe_regions.py); the gradient of the words
goes through the features into the boxes themselves. (arXiv:1511.07571, CVPR 2016.)
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kineograph.nets.boxes import cut_to, moved, suppress
from kineograph.nets.cells.lstm import LSTMCell
from kineograph.nets.checks import check_counts, check_shares
from kineograph.nets.encoders.dropout import Dropout
from kineograph.nets.encoders.grid import GridEncoder, GridEncoderConfig
from kineograph.nets.localise import LEAST_SIDE_PIXELS, Anchors, Localiser
from kineograph.nets.region_features import region_features
from kineograph.nets.scan import scan

START = 1  # the word before the first, in data/words.py
State = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class DenseCaptionConfig:
    """The numbers of DenseCap; as they stand, a small one for drawn scenes 128 pixels wide.

    `JOHNSON` below has the paper's.
    """

    encoder: GridEncoderConfig = GridEncoderConfig()
    anchor_sides_pixels: tuple[float, ...] = (18.0, 32.0, 56.0)
    anchor_shapes: tuple[float, ...] = (0.6, 1.0, 1.7)  # height by width
    # What moves (dx, dy, dw, dh) are answered in, and their errors counted in: one of .1 is large
    # already. Fast R-CNN's program has (.1, .1, .2, .2).
    move_units: tuple[float, float, float, float] = (0.1, 0.1, 0.2, 0.2)
    localise_filters: int = 128  # of the 3x3 convolution over the grid
    drawn: int = 32  # regions of a picture that are learned from, half of them right at most
    proposals: int = 40  # of a picture that are described when it is asked
    proposal_overlap: float = 0.7  # two proposals that share more are one
    found_overlap: float = 0.6  # and two regions, at last
    places: tuple[int, int] = (7, 7)  # of a region's features, down and across
    code: int = 256  # C, of both dense layers
    dropout: float = 0.1  # after each of them, while training
    word_features: int = 96
    units: int = 192  # of the LSTM

    def __post_init__(self) -> None:
        check_counts(
            localise_filters=self.localise_filters,
            drawn=self.drawn,
            proposals=self.proposals,
            code=self.code,
            word_features=self.word_features,
            units=self.units,
        )
        check_shares(dropout=self.dropout)
        object.__setattr__(self, "move_units", tuple(self.move_units))  # JSON has lists only
        if len(self.move_units) != 4 or min(self.move_units) <= 0:
            raise ValueError(
                f"move_units={self.move_units}: four numbers above 0. Try 0.1,0.1,0.2,0.2."
            )
        for name in ("anchor_sides_pixels", "anchor_shapes"):
            values = getattr(self, name)
            if not values or min(values) <= 0:
                raise ValueError(f"{name}={values}: numbers above 0, one at least. Try 32.")
        for name in ("proposal_overlap", "found_overlap"):
            if not 0 < getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)}: above 0 and below 1. Try 0.5.")
        for side in self.places:
            check_counts(places=side)

    def build(self, vocabulary_size: int, size_pixels: int) -> "DenseCaptioner":
        """A new network for so many words, and square pictures of that size."""
        check_counts(vocabulary_size=vocabulary_size)
        return DenseCaptioner(self, vocabulary_size, size_pixels)


# Johnson et al. 2016, §3 and §4: 12 anchors at each place, 256 regions learned from, 300 asked,
# 7x7 places, codes of 4096, LSTM and words of 512. The encoder is ours: theirs is VGG-16.
JOHNSON = DenseCaptionConfig(
    encoder=GridEncoderConfig(
        stem_filters=64,
        filters=(64, 128, 256, 512),
        blocks=(2, 2, 2, 2),
        strides=(1, 2, 2, 2),
    ),
    move_units=(1.0, 1.0, 1.0, 1.0),
    anchor_sides_pixels=(64.0, 128.0, 256.0, 512.0),
    anchor_shapes=(0.5, 1.0, 2.0),
    localise_filters=256,
    drawn=256,
    proposals=300,
    proposal_overlap=0.7,
    found_overlap=0.3,
    places=(7, 7),
    code=4096,
    dropout=0.5,
    word_features=512,
    units=512,
)


class Recognised(NamedTuple):
    """What regions show: N in each picture."""

    codes: Tensor  # (B, N, C)
    confidences: Tensor  # (B, N) logits
    moves: Tensor  # (B, N, 4) from the boxes asked about to better ones


class Found(NamedTuple):
    """Regions of pictures, the surest first; N is the most that one picture has."""

    boxes: Tensor  # (B, N, 4) left, top, right, bottom in pixels
    confidences: Tensor  # (B, N) from 0 to 1
    codes: Tensor  # (B, N, C) that the LSTM describes
    real: Tensor  # (B, N) bool; the others fill up


class DenseCaptioner(nn.Module):
    """pictures (B, 3, S, S), uint8 or floats in [0, 1] -> Found; `step` then says the words."""

    move_units: Tensor

    def __init__(self, config: DenseCaptionConfig, vocabulary_size: int, size_pixels: int) -> None:
        super().__init__()
        self.config = config
        self.size_pixels = size_pixels
        self.encoder: GridEncoder = config.encoder.build(size_pixels)
        anchors = Anchors(config.anchor_sides_pixels, config.anchor_shapes)
        features = self.encoder.features
        self.localise = Localiser(
            features,
            config.localise_filters,
            anchors,
            self.encoder.grid,
            size_pixels,
            config.move_units,
        )
        self.register_buffer("move_units", torch.tensor(config.move_units), persistent=False)
        down, across = config.places
        self.recognise = nn.Sequential(
            nn.Linear(features * down * across, config.code),
            nn.ReLU(),
            Dropout(config.dropout),
            nn.Linear(config.code, config.code),
            nn.ReLU(),
            Dropout(config.dropout),
        )
        self.sure = nn.Linear(config.code, 1)
        self.refine = nn.Linear(config.code, 4)
        self.code_word = nn.Linear(config.code, config.word_features)
        self.words = nn.Embedding(vocabulary_size, config.word_features)
        self.cell = LSTMCell(config.word_features, config.units)
        self.next_word = nn.Linear(config.units, vocabulary_size)
        nn.init.normal_(self.refine.weight, std=0.001)  # so that boxes begin where they are
        nn.init.zeros_(self.refine.bias)

    @torch.no_grad()
    def forward(self, pictures: Tensor) -> Found:
        """Where something is, how surely, and the code of each: no word is said yet."""
        config = self.config
        grid = self.encoder(pictures)
        boxes, real = self.localise.surest(
            self.localise(grid), config.proposals, config.proposal_overlap
        )
        seen = self.look(grid, boxes)
        boxes = cut_to(moved(boxes, seen.moves), (self.size_pixels, self.size_pixels))
        wide = (boxes[..., 2:] - boxes[..., :2]).amin(-1) >= LEAST_SIDE_PIXELS
        scores = seen.confidences.masked_fill(~(real & wide), -torch.inf)
        places, real = suppress(boxes, scores, config.found_overlap, config.proposals)
        return Found(
            _at(boxes, places), scores.gather(1, places).sigmoid(), _at(seen.codes, places), real
        )

    def look(self, grid: Tensor, boxes: Tensor) -> Recognised:
        """grid (B, D, h, w), boxes (B, N, 4) -> what each shows."""
        size = (self.size_pixels, self.size_pixels)
        read = region_features(grid, boxes, size, self.config.places)
        codes = self.recognise(read.flatten(2))
        return Recognised(
            codes,
            self.sure(codes).squeeze(-1).float(),
            self.refine(codes).float() * self.move_units,
        )

    def tell(self, codes: Tensor, words: Tensor) -> Tensor:
        """codes (M, C), words (M, L) -> logits (M, L, V) of each word, told all before it."""
        begin = torch.full_like(words[:, :1], START)
        before = self.words(torch.cat([begin, words[:, :-1]], 1))
        inputs = torch.cat([self._first(codes)[:, None], before], 1)  # (M, 1 + L, W)
        outputs, _ = scan(self.cell, inputs)
        logits: Tensor = self.next_word(outputs[:, 1:])
        return logits

    def initial_state(self, codes: Tensor) -> State:
        """The state (M, units) twice, after the codes (M, C) and before START."""
        first = self._first(codes)
        _, state = self.cell(first, self.cell.initial_state(first))
        return state

    def step(self, tokens: Tensor, state: State) -> tuple[Tensor, State]:
        """The words just said (M,) -> log-probabilities (M, V) of the next ones, the new state."""
        output, state = self.cell(self.words(tokens), state)
        return self.next_word(output).float().log_softmax(-1), state

    def _first(self, codes: Tensor) -> Tensor:
        return F.relu(self.code_word(codes))


def _at(values: Tensor, places: Tensor) -> Tensor:
    """Rows `places` (B, M) of values (B, N, F)."""
    return values.gather(1, places[..., None].expand(-1, -1, values.shape[-1]))
