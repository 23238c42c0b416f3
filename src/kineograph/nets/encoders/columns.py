"""A text line through a CNN: columns of features from left to right, as many as the line is wide.

    line (1, 48, W)
      |  convolutions, norm, max-pool, ReLU: some stages, less high and less wide each time
    maps (C, H', W / 4)
      |  height into features: side by side, the largest of each, or what an LSTM says that walks
      |  down the column
    columns (T, D)

Residual stages are those of Retsinas et al. 2022 (DAS, arXiv:2404.11339).
"""

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kineograph.nets.checks import check_choice, check_counts
from kineograph.nets.encoders.dropout import Dropout
from kineograph.nets.line_maps import LineNorm, alive_columns, ceil_div, ink_of
from kineograph.nets.recurrent import Recurrent
from kineograph.nets.time_convolution import check_odd

COLUMNS = ("fold", "max", "summary")


def check_stages(
    filters: tuple[int, ...],
    convolutions: tuple[int, ...],
    height_pools: tuple[int, ...],
    width_pools: tuple[int, ...],
) -> None:
    """Refuse stages that cannot be built: ValueError."""
    lengths = {len(filters), len(convolutions), len(height_pools), len(width_pools)}
    if len(lengths) > 1 or not filters:
        raise ValueError(
            f"filters={filters}, convolutions={convolutions}, height_pools={height_pools}, "
            f"width_pools={width_pools}: each stage needs one number of all four. "
            "Write as many of each; a pool of 1 shrinks nothing."
        )
    for count, several, down, across in zip(
        filters, convolutions, height_pools, width_pools, strict=True
    ):
        check_counts(filters=count, convolutions=several, height_pools=down, width_pools=across)


class Convolution(nn.Module):
    """maps (B, C, H, W), alive (B, 1, 1, W) -> (B, count, H, W): "same" convolution and norm."""

    def __init__(self, channels: int, count: int, kernel: int, norm: str) -> None:
        super().__init__()
        bias = norm == "none"
        self.convolution = nn.Conv2d(channels, count, kernel, padding=kernel // 2, bias=bias)
        self.norm = LineNorm(norm, count)

    def forward(self, maps: Tensor, alive: Tensor) -> Tensor:
        """Zero beyond each line's end, as before it."""
        return self.norm(self.convolution(maps), alive)


class ResidualBlock(nn.Module):
    """maps (B, C, H, W), alive -> (B, count, H, W): two convolutions and a way around them.

    He et al. 2016 (arXiv:1512.03385); the way around to another width is a 1x1 convolution.
    """

    def __init__(self, channels: int, count: int, kernel: int, norm: str) -> None:
        super().__init__()
        self.first = Convolution(channels, count, kernel, norm)
        self.second = Convolution(count, count, kernel, norm)
        self.around = Convolution(channels, count, 1, norm) if channels != count else None

    def forward(self, maps: Tensor, alive: Tensor) -> Tensor:
        """Its last ReLU is left to whoever comes after."""
        found = self.second(F.relu(self.first(maps, alive)), alive)
        return found + (maps if self.around is None else self.around(maps, alive))


class Stage(nn.Module):
    """maps (B, C, H, W), alive -> (B, count, H', W'): parts, a ReLU after each, then a max-pool.

    The last ReLU comes after the pool: the same function on fewer numbers. It also makes the pool
    blind to what is beyond a line's end: zeros, where a line alone has nothing.
    """

    def __init__(self, parts: list[nn.Module], count: int, pool: tuple[int, int]) -> None:
        super().__init__()
        self.parts: Any = nn.ModuleList(parts)
        self.count = count
        self.pool = pool

    def forward(self, maps: Tensor, alive: Tensor) -> Tensor:
        """Rows and columns that do not fill a pool are left out."""
        for number, part in enumerate(self.parts):
            maps = part(F.relu(maps) if number else maps, alive)
        return F.relu(F.max_pool2d(maps, self.pool) if max(self.pool) > 1 else maps)


class ColumnEncoder(nn.Module):
    """lines (B, 1, H, W), uint8 or floats in [0, 1], widths (B,) in pixels -> columns (B, T, D).

    T is the widest line's W / pixels_per_column, begun columns counted. A stage is convolutions,
    max-pool, ReLU, dropout; rows that do not fill a pool are left out. stem_filters: of a first
    convolution with a stride (height, width), 0 for none. columns: how a column's height becomes
    features. What stands to the right of a line's width changes nothing in its own columns.
    """

    def __init__(
        self,
        height_pixels: int,
        *,
        filters: tuple[int, ...],
        convolutions: tuple[int, ...],
        height_pools: tuple[int, ...],
        width_pools: tuple[int, ...],
        kernel: int = 3,
        residual: bool = False,
        norm: str = "batch",
        stem_filters: int = 0,
        stem_kernel: int = 7,
        stem_stride: tuple[int, int] = (4, 2),
        columns: str = "fold",
        summary_units: int = 64,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        check_stages(filters, convolutions, height_pools, width_pools)
        check_choice(COLUMNS, columns=columns)
        check_odd(kernel=kernel, stem_kernel=stem_kernel)
        self.height_pixels, self.width_pools = height_pixels, width_pools
        stem_stride = stem_stride if stem_filters else (1, 1)
        self.pixels_per_column = math.prod(width_pools) * stem_stride[1]
        self.rows = rows_left(height_pixels, height_pools, stem_stride[0])
        self.stem_stride = stem_stride
        self.stem = (
            nn.Conv2d(1, stem_filters, stem_kernel, stem_stride, stem_kernel // 2)
            if stem_filters
            else None
        )
        kind = ResidualBlock if residual else Convolution
        self.stages: Any = nn.ModuleList()
        channels = stem_filters or 1
        for count, several, *pool in zip(
            filters, convolutions, height_pools, width_pools, strict=True
        ):
            inputs = [channels] + [count] * (several - 1)
            parts: list[nn.Module] = [kind(width, count, kernel, norm) for width in inputs]
            self.stages.append(Stage(parts, count, (pool[0], pool[1])))
            channels = count
        self.dropout = Dropout(dropout)
        self.columns = columns
        self.down = Recurrent(filters[-1], summary_units) if columns == "summary" else None
        per_column = {"fold": filters[-1] * self.rows, "max": filters[-1], "summary": summary_units}
        self.features = per_column[columns]

    def forward(self, lines: Tensor, widths: Tensor) -> tuple[Tensor, Tensor]:
        """Columns (B, T, D), how many of each line are its own (B,)."""
        maps = self._pixels(lines, widths)
        if self.stem is not None:
            maps = F.relu(self.stem(maps))
            widths = ceil_div(widths, self.stem_stride[1])
            maps = maps * alive_columns(maps, widths)
        # So much further that the last pool of a begun column is full, too.
        maps = F.pad(maps, (0, math.prod(self.width_pools) - 1))
        for stage, pool in zip(self.stages, self.width_pools, strict=True):
            maps = self.dropout(stage(maps, alive_columns(maps, widths)))
            widths = ceil_div(widths, pool)
        return self._columns(maps, alive_columns(maps, widths)), widths

    def _pixels(self, lines: Tensor, widths: Tensor) -> Tensor:
        if lines.shape[2] != self.height_pixels:
            raise ValueError(
                f"lines of {lines.shape[2]} pixels: this network was built for lines "
                f"{self.height_pixels} high. Resize them, their widths in proportion."
            )
        ink = ink_of(lines, next(self.parameters()).dtype)
        ink = ink * alive_columns(ink, widths)
        return ink.contiguous(memory_format=torch.channels_last)

    def _columns(self, maps: Tensor, alive: Tensor) -> Tensor:
        if self.columns == "max":
            return maps.amax(2).transpose(1, 2)
        stacks = maps.permute(0, 3, 2, 1)  # (B, T, H', C)
        if self.down is None:
            return stacks.flatten(2)
        outputs, _ = self.down(stacks.flatten(0, 1))
        return outputs[:, -1].unflatten(0, stacks.shape[:2]) * alive[:, 0, 0, :, None]


def rows_left(height_pixels: int, height_pools: tuple[int, ...], stem_stride: int = 1) -> int:
    """How many rows are left of a line's height; ValueError if none."""
    rows = -(-height_pixels // stem_stride)
    for pool in height_pools:
        rows //= pool
    if not rows:
        least = math.prod(height_pools) * stem_stride
        raise ValueError(
            f"height_pixels={height_pixels}: pools and stride shrink a line {least} times, so it "
            f"must be {least} pixels high or more. Enlarge the lines, or pool less."
        )
    return rows
