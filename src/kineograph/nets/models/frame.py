"""Single-frame network: LRCN without its memory, the baseline that tells what memory is worth.

Same encoder, same head, no recurrence: every frame is answered as if it stood alone.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from kineograph.nets.checks import check_choice, check_shares
from kineograph.nets.encoders.chosen import Encoder, check_encoder, make_encoder
from kineograph.nets.encoders.pixels import FRAMES_NORMS
from kineograph.nets.encoders.plain import check_blocks
from kineograph.nets.heads.label import LabelHead
from kineograph.nets.initialise import keras_defaults


@dataclass(frozen=True)
class FrameConfig:
    """The numbers of a single-frame network; the same names and defaults as LRCNConfig's."""

    filters: tuple[int, ...] = (16, 32, 64, 64)  # maps of each block's convolution
    pools: tuple[int, ...] = (4, 3, 2, 2)  # each block shrinks height and width so many times
    kernel: int = 3  # pixels, odd; "same" padding
    convolutions: int = 1  # in each block, before its pool
    first_kernel: int | None = None  # of the very first convolution; none: as the others
    last_convolutions: int = 0  # after the last pool
    dropout: float = 0.25  # after every block, while training
    dropout_last: bool = True  # after the last block, too
    features_dropout: float = 0.0  # on what the encoder gives, while training
    hidden: int = 0  # units of a dense layer before the answer; 0: none
    frames_norm: str = "none"  # "each": every frame to mean 0, spread 1, before the encoder
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
        check_shares(dropout=self.dropout, features_dropout=self.features_dropout)
        if not isinstance(self.hidden, int) or self.hidden < 0:
            raise ValueError(f"hidden={self.hidden!r}: must be a whole number. Write 0 for none.")
        check_choice(("keras", "torch"), start=self.start)
        check_choice(FRAMES_NORMS, frames_norm=self.frames_norm)
        check_encoder(self.encoder, self.frames_norm)

    def build(
        self, classes: int, size_pixels: tuple[int, int], inputs: tuple[str, ...] = ("rgb",)
    ) -> "FrameNet":
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
        head = LabelHead(
            encoder.features, classes, hidden=self.hidden, dropout=self.features_dropout
        )
        network = FrameNet(encoder, head)
        if self.start == "keras":
            keras_defaults(network)
        return network


class FrameNet(nn.Module):
    """frames (B, T, C, H, W), uint8 or floats in [0, 1] -> logits of each frame (B, T, classes).

    It has the faces of a network with memory, so that whoever trains, steps or exports one can
    do the same with it; its state is empty and lengths change nothing.
    """

    can_step = True

    def __init__(self, encoder: Encoder, head: LabelHead) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = head

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Whole clips, frame by frame alone."""
        features = self.encode(frames.flatten(0, 1)).unflatten(0, frames.shape[:2])  # (B, T, D)
        return self.read(features, lengths)  # (B, T, classes)

    def encode(self, frames: Tensor) -> Tensor:
        """What each frame shows: frames (M, C, H, W) -> features (M, D)."""
        return self.encoder(frames)

    def read(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """features (B, T, D) -> logits (B, T, classes)."""
        return self.head(features)

    def initial_state(self, batch: int) -> tuple[()]:
        """Nothing to remember."""
        return ()

    def step(self, frame: Tensor, state: tuple[()]) -> tuple[Tensor, tuple[()]]:
        """One live frame (B, C, H, W) -> its logits (B, classes), the empty state."""
        return self.head(self.encode(frame)), state
