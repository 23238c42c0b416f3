"""A picture into a grid of features: where attention looks, and where boxes are cut from.

A small residual network (He et al. 2016, basic blocks) that learns from scratch on a laptop: a
convolution, then levels that each halve the grid and have their own number of filters.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kineograph.nets.checks import check_counts, check_shares
from kineograph.nets.encoders.pixels import Pixels


@dataclass(frozen=True)
class GridEncoderConfig:
    """How deep and wide. The grid is 1 / (stem_stride * 2 ** halvings) of the picture's side."""

    stem_filters: int = 32
    stem_stride: int = 2
    filters: tuple[int, ...] = (64, 128, 256)  # of each level
    blocks: tuple[int, ...] = (1, 1, 1)  # residual ones at each level
    strides: tuple[int, ...] = (2, 2, 2)  # of each level's first block: 1 keeps the grid
    dropout: float = 0.0  # of whole features of the grid, in training

    def __post_init__(self) -> None:
        """Refuse levels that cannot be built: ValueError."""
        for name in ("filters", "blocks", "strides"):  # JSON has lists only
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if not self.filters or len({len(self.filters), len(self.blocks), len(self.strides)}) > 1:
            raise ValueError(
                f"filters={self.filters}, blocks={self.blocks}, strides={self.strides}: each level "
                "needs one number of all three. Write as many of each."
            )
        check_counts(stem_filters=self.stem_filters, stem_stride=self.stem_stride)
        for filters, blocks, stride in zip(self.filters, self.blocks, self.strides, strict=True):
            check_counts(filters=filters, blocks=blocks, strides=stride)
        check_shares(dropout=self.dropout)

    def build(self, size_pixels: int) -> "GridEncoder":
        """The network for square pictures of this side. Raises ValueError if nothing is left."""
        return GridEncoder(self, size_pixels)


class GridEncoder(nn.Module):
    """pictures (B, 3, S, S), uint8 or floats in [0, 1] -> features (B, D, h, w)."""

    def __init__(self, config: GridEncoderConfig, size_pixels: int) -> None:
        super().__init__()
        self.size_pixels = size_pixels
        self.pixels = Pixels(("rgb",), "none")
        channels, side = config.stem_filters, -(-size_pixels // config.stem_stride)
        self.stem = nn.Sequential(
            nn.Conv2d(3, channels, 5, config.stem_stride, padding=2, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
        )
        self.levels = nn.Sequential()
        for filters, blocks, stride in zip(
            config.filters, config.blocks, config.strides, strict=True
        ):
            for number in range(blocks):
                self.levels.append(Residual(channels, filters, stride if number == 0 else 1))
                channels = filters
            side = -(-side // stride)
        if side < 2:
            raise ValueError(
                f"size_pixels={size_pixels}: the strides leave a grid of one place, and nothing "
                "can be looked for in it. Enlarge the pictures, or halve less often."
            )
        self.dropout = nn.Dropout2d(config.dropout)
        self.features, self.grid = channels, (side, side)

    def forward(self, pictures: Tensor) -> Tensor:
        """pictures (B, 3, S, S) -> the grid (B, D, h, w), never negative."""
        if pictures.shape[-1] != self.size_pixels or pictures.shape[-2] != self.size_pixels:
            height, width = pictures.shape[-2:]
            raise ValueError(
                f"pictures of {height}x{width} pixels: this network was built for "
                f"{self.size_pixels}x{self.size_pixels}. Resize them."
            )
        dtype = self.stem[0].weight.dtype
        # Around its middle: a batch norm behind a bright, flat input starts slowly.
        numbers = 4 * self.pixels(pictures, dtype) - 2
        return self.dropout(self.levels(self.stem(numbers)))


class Residual(nn.Module):
    """Two convolutions and what was there before (He et al. 2016, Fig. 2; projected where needed).

    (B, C, H, W) -> (B, filters, H / stride, W / stride), rounded up.
    """

    def __init__(self, channels: int, filters: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, filters, 3, stride, padding=1, bias=False)
        self.first_norm = nn.BatchNorm2d(filters)
        self.second = nn.Conv2d(filters, filters, 3, padding=1, bias=False)
        self.second_norm = nn.BatchNorm2d(filters)
        # Begins as the shortcut alone, so that depth costs nothing at first (Goyal et al. 2017).
        nn.init.zeros_(self.second_norm.weight)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or channels != filters:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels, filters, 1, stride, bias=False), nn.BatchNorm2d(filters)
            )

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, filters, h, w), never negative."""
        inner = F.relu(self.first_norm(self.first(maps)))
        return F.relu(self.second_norm(self.second(inner)) + self.shortcut(maps))


def as_places(grid: Tensor) -> Tensor:
    """(B, D, h, w) -> its places in a row, (B, h * w, D): what attention weighs."""
    return torch.flatten(grid, 2).transpose(1, 2)
