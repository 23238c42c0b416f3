"""Graves and Schmidhuber's hierarchy: a text line through levels of MDLSTM, without a convolution.

    line (1, H, W)
      |  blocks of pixels, 4 high and 3 wide, as vectors
      |  MDLSTM 2, from four corners     |  blocks of 4 x 3 places through 6 tanh units
      |  MDLSTM 10, from four corners    |  blocks of 4 x 2 places through 20 tanh units
      |  MDLSTM 50, from four corners
      |  sum over what is left of the height
    columns (T, 200), one for 18 pixels

Every level reads a grid less high and less wide, and remembers more at each place.
"""

import math
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from kineograph.nets.cells.mdlstm import MDLSTMCell
from kineograph.nets.checks import check_counts
from kineograph.nets.encoders.dropout import Dropout
from kineograph.nets.line_maps import alive_columns, ceil_div, ink_of
from kineograph.nets.scan_grid import scan_grid


def check_levels(
    units: tuple[int, ...],
    between: tuple[int, ...],
    block_heights: tuple[int, ...],
    block_widths: tuple[int, ...],
) -> None:
    """Refuse levels that cannot be built: ValueError."""
    if not len(units) == len(between) + 1 == len(block_heights) == len(block_widths):
        raise ValueError(
            f"units={units}, between={between}, block_heights={block_heights}, "
            f"block_widths={block_widths}: each level needs units and a block that it reads, and "
            "between two levels there are tanh units. Write one number less of between."
        )
    for name, values in {
        "units": units,
        "between": between,
        "block_heights": block_heights,
        "block_widths": block_widths,
    }.items():
        for value in values:
            check_counts(**{name: value})


class MDLSTMEncoder(nn.Module):
    """lines (B, 1, H, W), uint8 or floats in [0, 1], widths (B,) in pixels -> columns (B, T, 4N).

    units: of each level's cells, in each of four directions; between: tanh units between levels.
    block_heights, block_widths: what each level reads at once, pixels at first, then places of the
    level below; a block that is only begun is filled with nothing. dropout: on each level's
    outputs, while training, never inside the recurrence (Pham et al. 2014, arXiv:1312.4569).
    """

    def __init__(
        self,
        height_pixels: int,
        *,
        units: tuple[int, ...] = (2, 10, 50),
        between: tuple[int, ...] = (6, 20),
        block_heights: tuple[int, ...] = (4, 4, 4),
        block_widths: tuple[int, ...] = (3, 3, 2),
        peepholes: bool = True,
        stable: bool = False,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        check_levels(units, between, block_heights, block_widths)
        check_counts(height_pixels=height_pixels)
        self.height_pixels = height_pixels
        self.pixels_per_column = math.prod(block_widths)
        self.blocks = tuple(zip(block_heights, block_widths, strict=True))
        inputs = (block_heights[0] * block_widths[0], *between)
        self.levels: Any = nn.ModuleList(
            MDLSTMCell(width, count, peepholes=peepholes, stable=stable)
            for width, count in zip(inputs, units, strict=True)
        )
        # A block's places from all directions are summed with weights of their own.
        self.gathers: Any = nn.ModuleList(
            nn.Conv2d(4 * count, width, block, block)
            for count, width, block in zip(units[:-1], between, self.blocks[1:], strict=True)
        )
        self.dropout = Dropout(dropout)
        self.features = 4 * units[-1]

    def forward(self, lines: Tensor, widths: Tensor) -> tuple[Tensor, Tensor]:
        """Columns (B, T, 4N), how many of each line are its own (B,)."""
        if lines.shape[2] != self.height_pixels:
            raise ValueError(
                f"lines of {lines.shape[2]} pixels: this network was built for lines "
                f"{self.height_pixels} high. Resize them, their widths in proportion."
            )
        ink = ink_of(lines, self.levels[0].from_input.dtype)
        maps = _in_blocks(ink * alive_columns(ink, widths), self.blocks[0])
        widths = ceil_div(widths, self.blocks[0][1])
        for number, level in enumerate(self.levels):
            if number:
                maps = _filled(maps, self.blocks[number])
                maps = self.gathers[number - 1](maps).tanh()
                widths = ceil_div(widths, self.blocks[number][1])
            maps = self.dropout(scan_grid(level, maps, widths))
        return maps.sum(2).transpose(1, 2), widths


def _filled(maps: Tensor, block: tuple[int, int]) -> Tensor:
    """Zeros below and on the right until blocks fit."""
    return F.pad(maps, (0, -maps.shape[3] % block[1], 0, -maps.shape[2] % block[0]))


def _in_blocks(maps: Tensor, block: tuple[int, int]) -> Tensor:
    """(B, 1, H, W) -> (B, block height x width, H', W'): each block's pixels as a vector."""
    height, width = block
    filled = _filled(maps, block)
    cut = filled[:, 0].unflatten(2, (-1, width)).unflatten(1, (-1, height))  # (B, H', h, W', w)
    return cut.permute(0, 2, 4, 1, 3).flatten(1, 2)
