"""Line reader: CNN, columns, recurrence, one answer a column (Shi et al. 2015, arXiv:1507.05717).

    line    |  t h e   l i n e  |
               |  |  |  |  |  |         CNN: a column of features every few pixels
              [ ][ ][ ][ ][ ][ ]     -> columns (B, T, D)
              <-> <-> <-> <-> <->       recurrence, in both directions
               |  |  |  |  |  |         one dense, shared
               t  -  h  e  e  -      -> logits (B, T, V); V's first is CTC's blank

Text is read from the logits by CTC (Graves et al. 2006): same answers side by side are one, and
blanks are left out. With auxiliary=True a second answer is read right off the columns, without
recurrence, and learned from beside the first (Retsinas et al. 2022): the CNN then learns at once.
"""

from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from kineograph.nets.cells import OVER_TIME
from kineograph.nets.checks import check_choice, check_counts, check_shares
from kineograph.nets.encoders.columns import COLUMNS, ColumnEncoder, check_stages
from kineograph.nets.encoders.dropout import Dropout
from kineograph.nets.heads.label import LabelHead
from kineograph.nets.initialise import keras_defaults
from kineograph.nets.line_maps import NORMS
from kineograph.nets.recurrent import Recurrent
from kineograph.nets.time_convolution import check_odd

SHORTCUT_KERNEL = 3  # columns that the auxiliary answer sees, as in Retsinas et al.


@dataclass(frozen=True)
class LineReaderConfig:
    """The numbers of a line reader; as they stand, a small one for printed lines 48 pixels high.

    `RETSINAS` below has those of Retsinas et al. 2022.
    """

    filters: tuple[int, ...] = (32, 64, 96, 128)  # maps of each stage's convolutions
    convolutions: tuple[int, ...] = (1, 1, 1, 1)  # of each stage; residual: blocks of two
    height_pools: tuple[int, ...] = (2, 2, 2, 2)  # each stage makes maps less high so many times
    width_pools: tuple[int, ...] = (2, 2, 1, 1)  # and less wide: a column every 4 pixels
    kernel: int = 3  # pixels, odd; "same" padding
    residual: bool = False  # True: blocks of two convolutions beside a shortcut
    norm: str = "batch"  # of each convolution; "group": each line by itself; "none"
    stem_filters: int = 0  # of a first convolution with a stride; 0: none
    stem_kernel: int = 7  # pixels, odd
    stem_stride: tuple[int, int] = (4, 2)  # pixels in height, width
    columns: str = "fold"  # height into features: "fold", "max", or "summary", an LSTM going down
    summary_units: int = 64  # of that LSTM (Tesseract's Lfys64)
    cell: str = "lstm"  # see cells.OVER_TIME
    units: int = 192  # of each layer, in each direction
    layers: int = 2
    both_directions: bool = True
    reset: str = "after"  # a GRU's reset gate: "after" its matrix runs in one call, and exports
    dropout: float = 0.0  # after every stage, while training
    layers_dropout: float = 0.0  # between recurrent layers
    outputs_dropout: float = 0.0  # before each answer
    auxiliary: bool = False  # True: a second answer right off the columns, for training
    start: str = "keras"  # first weights: "keras" or "torch"

    def __post_init__(self) -> None:
        check_stages(self.filters, self.convolutions, self.height_pools, self.width_pools)
        check_odd(kernel=self.kernel, stem_kernel=self.stem_kernel)
        check_counts(units=self.units, layers=self.layers, summary_units=self.summary_units)
        for stride in self.stem_stride:
            check_counts(stem_stride=stride)
        check_shares(
            dropout=self.dropout,
            layers_dropout=self.layers_dropout,
            outputs_dropout=self.outputs_dropout,
        )
        check_choice(COLUMNS, columns=self.columns)
        check_choice(NORMS, norm=self.norm)
        check_choice(OVER_TIME, cell=self.cell)
        check_choice(("keras", "torch"), start=self.start)
        check_choice(("before", "after"), reset=self.reset)

    def build(self, alphabet_size: int, height_pixels: int = 48) -> "LineReader":
        """A new network for so many characters, blank counted, and lines of that height."""
        encoder = ColumnEncoder(
            height_pixels,
            filters=self.filters,
            convolutions=self.convolutions,
            height_pools=self.height_pools,
            width_pools=self.width_pools,
            kernel=self.kernel,
            residual=self.residual,
            norm=self.norm,
            stem_filters=self.stem_filters,
            stem_kernel=self.stem_kernel,
            stem_stride=self.stem_stride,
            columns=self.columns,
            summary_units=self.summary_units,
            dropout=self.dropout,
        )
        options: dict[str, Any] = {"reset": self.reset} if self.cell == "gru" else {}
        recurrent = Recurrent(
            encoder.features,
            self.units,
            cell=self.cell,
            layers=self.layers,
            both_directions=self.both_directions,
            layers_dropout=self.layers_dropout,
            **options,
        )
        head = LabelHead(recurrent.outputs, alphabet_size, dropout=self.outputs_dropout)
        shortcut = (
            Shortcut(encoder.features, alphabet_size, self.outputs_dropout)
            if self.auxiliary
            else None
        )
        network = LineReader(encoder, recurrent, head, shortcut)
        if self.start == "keras":
            keras_defaults(network)
        return network


# Retsinas et al. 2022 (DAS, arXiv:2404.11339): lines 128 pixels high, CNN as in the authors' code
# of that year. The loss of the second answer weighs 0.1 there.
RETSINAS = LineReaderConfig(
    filters=(64, 128, 256),
    convolutions=(2, 4, 4),
    height_pools=(2, 2, 1),
    width_pools=(2, 2, 1),
    residual=True,
    stem_filters=32,
    columns="max",
    units=256,
    layers=3,
    layers_dropout=0.2,
    outputs_dropout=0.5,
    auxiliary=True,
)


class Shortcut(nn.Module):
    """columns (B, T, D) -> logits (B, T, V), from each column and its neighbours alone."""

    def __init__(self, features: int, alphabet_size: int, dropout: float) -> None:
        super().__init__()
        check_counts(features=features, alphabet_size=alphabet_size)
        self.dropout = Dropout(dropout)
        self.answer = nn.Conv1d(
            features, alphabet_size, SHORTCUT_KERNEL, padding=SHORTCUT_KERNEL // 2
        )

    def forward(self, columns: Tensor) -> Tensor:
        """One answer a column."""
        return self.answer(self.dropout(columns).transpose(1, 2)).transpose(1, 2)


class LineReader(nn.Module):
    """lines (B, 1, H, W), uint8 or floats in [0, 1], widths (B,) -> logits (B, T, V), lengths (B,).

    lengths are each line's own columns, at least one; the logits after them mean nothing.
    """

    def __init__(
        self,
        encoder: ColumnEncoder,
        recurrent: Recurrent,
        head: LabelHead,
        auxiliary: Shortcut | None = None,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.recurrent = recurrent
        self.head = head
        self.auxiliary = auxiliary
        self.height_pixels = encoder.height_pixels
        self.columns_per_pixel = 1 / encoder.pixels_per_column

    def forward(self, lines: Tensor, widths: Tensor) -> tuple[Tensor, Tensor]:
        """Whole lines, dark on light, each as wide as it is and padded on the right."""
        columns, lengths = self.encode(lines, widths)
        return self.read(columns, lengths), lengths

    def encode(self, lines: Tensor, widths: Tensor) -> tuple[Tensor, Tensor]:
        """What each column shows: columns (B, T, D), how many are the line's own (B,)."""
        return self.encoder(lines, widths)

    def read(self, columns: Tensor, lengths: Tensor) -> Tensor:
        """What they show in order: columns (B, T, D) -> logits (B, T, V)."""
        outputs, _ = self.recurrent(columns, lengths=lengths)
        return self.head(outputs)

    def read_auxiliary(self, columns: Tensor) -> Tensor:
        """The second answer, for training: columns (B, T, D) -> logits (B, T, V). ValueError."""
        if self.auxiliary is None:
            raise ValueError(
                "auxiliary=False: this network has no second answer. Train one with "
                "model.auxiliary=true."
            )
        return self.auxiliary(columns)
