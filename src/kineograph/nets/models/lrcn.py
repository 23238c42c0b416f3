"""Long-term recurrent convolutional network (Donahue et al. 2015, arXiv:1411.4389, Fig. 1).

Every frame alone through a CNN, its features through a recurrence, its output to a label:

    frame 1    frame 2         frame T
       |          |               |
      CNN        CNN     ..      CNN       one CNN, shared        -> features (B, T, D)
       |          |               |
     LSTM  ->   LSTM  -> .. ->  LSTM       memory of what was seen -> outputs (B, T, N)
       |          |               |
     dense      dense    ..     dense      one dense, shared       -> logits (B, T, classes)

A clip's label is read at its last frame, a frame's at the frame.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from kineograph.nets.cells import OVER_TIME
from kineograph.nets.checks import check_choice, check_counts, check_shares
from kineograph.nets.encoders.chosen import Encoder, check_encoder, make_encoder
from kineograph.nets.encoders.pixels import FRAMES_NORMS
from kineograph.nets.encoders.plain import check_blocks
from kineograph.nets.heads.label import LabelHead
from kineograph.nets.initialise import keras_defaults
from kineograph.nets.recurrent import Recurrent


@dataclass(frozen=True)
class LRCNConfig:
    """The numbers of an LRCN.

    With dropout_last=False they are Ospan et al., Fig. 3: 73,126 weights for 6 classes.

    Pandey's network is filters=(16,), pools=(4,).
    """

    filters: tuple[int, ...] = (16, 32, 64, 64)  # maps of each block's convolution
    pools: tuple[int, ...] = (4, 3, 2, 2)  # each block shrinks height and width so many times
    kernel: int = 3  # pixels, odd; "same" padding
    convolutions: int = 1  # in each block, before its pool
    first_kernel: int | None = None  # of the very first convolution; none: as the others
    last_convolutions: int = 0  # after the last pool
    dropout: float = 0.25  # after every block, while training
    dropout_last: bool = True  # after the last block, too
    frames_norm: str = "none"  # "each": every frame to mean 0, spread 1, first of all
    features_norm: str = "none"  # "layer": LayerNorm between encoder and recurrence
    cell: str = "lstm"  # see cells.OVER_TIME
    units: int = 32  # of each layer, in each direction
    layers: int = 1
    both_directions: bool = False  # True sees the future: the network cannot step
    activation: str = "tanh"  # of the candidate and the output
    recurrent_activation: str = "sigmoid"  # of the gates
    recurrent_input_dropout: float = 0.0  # Keras' `dropout` of a recurrent layer
    recurrent_dropout: float = 0.0  # on the state, one draw a clip
    layers_dropout: float = 0.0  # between recurrent layers
    reset: str = "before"  # a GRU's reset gate: "before" its matrix (lecture) or "after" (torch)
    bias: bool = True  # of the recurrence; the lecture writes its RNN and GRU without
    start: str = "keras"  # first weights: "keras" or "torch"
    encoder: str = "plain"  # or "timm:NAME": pretrained; filters to frames_norm are then not used

    def __post_init__(self) -> None:
        check_blocks(
            self.filters,
            self.pools,
            self.kernel,
            convolutions=self.convolutions,
            first_kernel=self.first_kernel,
            last_convolutions=self.last_convolutions,
        )
        check_counts(units=self.units, layers=self.layers)
        check_shares(
            dropout=self.dropout,
            recurrent_input_dropout=self.recurrent_input_dropout,
            layers_dropout=self.layers_dropout,
        )
        check_choice(("none", "layer"), features_norm=self.features_norm)
        check_choice(("keras", "torch"), start=self.start)
        check_choice(FRAMES_NORMS, frames_norm=self.frames_norm)
        check_encoder(self.encoder, self.frames_norm)
        check_choice(OVER_TIME, cell=self.cell)
        if self.cell != "gru" and self.reset != "before":
            raise ValueError(
                f"reset={self.reset!r}: only a GRU has a reset gate, and cell={self.cell!r}. "
                f"Leave it out, or write cell='gru'."
            )
        with torch.device("meta"):  # no memory, no draw: the cell's own word on its options
            OVER_TIME[self.cell](1, 1, **self._cell_options())

    def build(
        self, classes: int, size_pixels: tuple[int, int], inputs: tuple[str, ...] = ("rgb",)
    ) -> "LRCN":
        """A new network for that many classes, frames of that (height, width) and those inputs."""
        encoder = make_encoder(
            self.encoder,
            size_pixels,
            inputs,
            filters=self.filters,
            pools=self.pools,
            kernel=self.kernel,
            convolutions=self.convolutions,
            first_kernel=self.first_kernel,
            last_convolutions=self.last_convolutions,
            dropout=self.dropout,
            dropout_last=self.dropout_last,
            frames_norm=self.frames_norm,
        )
        norm = nn.LayerNorm(encoder.features) if self.features_norm == "layer" else nn.Identity()
        recurrent = Recurrent(
            encoder.features,
            self.units,
            cell=self.cell,
            layers=self.layers,
            both_directions=self.both_directions,
            layers_dropout=self.layers_dropout,
            **self._cell_options(),
        )
        network = LRCN(encoder, norm, recurrent, LabelHead(recurrent.outputs, classes))
        if self.start == "keras":
            keras_defaults(network)
        return network

    def _cell_options(self) -> dict[str, Any]:
        options = {
            "activation": self.activation,
            "recurrent_activation": self.recurrent_activation,
            "dropout": self.recurrent_input_dropout,
            "recurrent_dropout": self.recurrent_dropout,
            "bias": self.bias,
        }
        return options | ({"reset": self.reset} if self.cell == "gru" else {})


class LRCN(nn.Module):
    """frames (B, T, C, H, W), uint8 or floats in [0, 1] -> logits of each frame (B, T, classes)."""

    def __init__(
        self, encoder: Encoder, norm: nn.Module, recurrent: Recurrent, head: LabelHead
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.norm = norm
        self.recurrent = recurrent
        self.head = head
        self.can_step = recurrent.can_step

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Whole clips; lengths (B,) are their true frames, the logits after them mean nothing."""
        features = self.encode(frames.flatten(0, 1)).unflatten(0, frames.shape[:2])  # (B, T, D)
        return self.read(features, lengths)  # (B, T, classes)

    def encode(self, frames: Tensor) -> Tensor:
        """What each frame shows, alone: frames (M, C, H, W) -> features (M, D)."""
        return self.norm(self.encoder(frames))

    def read(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """What they show in order: features (B, T, D) -> logits (B, T, classes)."""
        outputs, _ = self.recurrent(features, lengths=lengths)
        return self.head(outputs)

    def initial_state(self, batch: int) -> tuple[Any, ...]:
        """The state before the first frame of so many videos."""
        return self.recurrent.initial_state(
            next(self.parameters()).new_zeros(batch, self.encoder.features)
        )

    def step(self, frame: Tensor, state: tuple[Any, ...]) -> tuple[Tensor, tuple[Any, ...]]:
        """One live frame (B, C, H, W) -> its logits (B, classes), the state for the next call."""
        output, state = self.recurrent.step(self.encode(frame), state)
        return self.head(output), state
