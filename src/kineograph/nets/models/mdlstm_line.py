"""Multidimensional LSTM that reads a line (Graves & Schmidhuber 2009, NIPS 21): pixels to text.

    line -> levels of MDLSTM, each from four corners -> columns -> dense -> logits (B, T, V)

Nothing tells it which way a line is written: every place of the last level has seen all of it.
Logits are read by CTC, V's first is its blank.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from kineograph.nets.cells.mdlstm import MDLSTMCell
from kineograph.nets.checks import check_choice, check_shares
from kineograph.nets.encoders.mdlstm import MDLSTMEncoder, check_levels
from kineograph.nets.heads.label import LabelHead
from kineograph.nets.initialise import keras_defaults


@dataclass(frozen=True)
class MDLSTMLineConfig:
    """The numbers of an MDLSTM reader; as they stand, Graves & Schmidhuber's.

    Their columns are 18 pixels apart, which is for tall lines. For lines 48 pixels high
    block_heights=4,4,3 and block_widths=2,2,1 leave one for 4 pixels.
    """

    units: tuple[int, ...] = (2, 10, 50)  # of each level's cells, in each of four directions
    between: tuple[int, ...] = (6, 20)  # tanh units from level to level
    block_heights: tuple[int, ...] = (4, 4, 4)  # pixels of the first level's blocks, then places
    block_widths: tuple[int, ...] = (3, 3, 2)
    peepholes: bool = True  # gates see the memories, too
    stable: bool = False  # True: a memory that cannot grow beyond bounds; without peepholes
    dropout: float = 0.0  # on the outputs of each level, while training
    outputs_dropout: float = 0.0  # before the answer
    start: str = "keras"  # first weights of what is no cell: "keras" or "torch"

    def __post_init__(self) -> None:
        check_levels(self.units, self.between, self.block_heights, self.block_widths)
        check_shares(dropout=self.dropout, outputs_dropout=self.outputs_dropout)
        check_choice(("keras", "torch"), start=self.start)
        with torch.device("meta"):  # no memory, no draw: the cell's own word on its options
            MDLSTMCell(1, 1, peepholes=self.peepholes, stable=self.stable)

    def build(self, alphabet_size: int, height_pixels: int = 48) -> "MDLSTMLine":
        """A new network for so many characters, blank counted, and lines of that height."""
        encoder = MDLSTMEncoder(
            height_pixels,
            units=self.units,
            between=self.between,
            block_heights=self.block_heights,
            block_widths=self.block_widths,
            peepholes=self.peepholes,
            stable=self.stable,
            dropout=self.dropout,
        )
        head = LabelHead(encoder.features, alphabet_size, dropout=self.outputs_dropout)
        network = MDLSTMLine(encoder, head)
        if self.start == "keras":
            keras_defaults(network)
        return network


class MDLSTMLine(nn.Module):
    """lines (B, 1, H, W), uint8 or floats in [0, 1], widths (B,) -> logits (B, T, V), lengths (B,).

    lengths are each line's own columns, at least one; the logits after them mean nothing.
    """

    auxiliary = None  # as a line reader without a second answer

    def __init__(self, encoder: MDLSTMEncoder, head: LabelHead) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = head
        self.height_pixels = encoder.height_pixels
        self.columns_per_pixel = 1 / encoder.pixels_per_column

    def forward(self, lines: Tensor, widths: Tensor) -> tuple[Tensor, Tensor]:
        """Whole lines, dark on light, each as wide as it is and padded on the right."""
        columns, lengths = self.encode(lines, widths)
        return self.read(columns, lengths), lengths

    def encode(self, lines: Tensor, widths: Tensor) -> tuple[Tensor, Tensor]:
        """What each column shows of the whole: columns (B, T, D), how many are the line's (B,)."""
        return self.encoder(lines, widths)

    def read(self, columns: Tensor, lengths: Tensor) -> Tensor:
        """columns (B, T, D) -> logits (B, T, V), each column by itself."""
        return self.head(columns)
