"""Walk a two-dimensional cell over a grid, from its four corners at once.

A place needs its left and its upper neighbour, so all places of an anti-diagonal can be read
together, after the diagonal before it (Voigtlaender et al. 2016, ICFHR): H + W - 1 steps instead
of H x W. Row i is moved i places to the right, and the diagonals are columns:

    a b c            a b c . .        the left neighbour of row i is row i, a column before,
    d e f     ->     . d e f .        the upper one is row i - 1, a column before
    g h i            . . g h i

The other three corners are the same walk over the grid turned over, all four in one product.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from kineograph.nets.cells.mdlstm import MDLSTMCell

ROWS, COLUMNS = 1, 2  # axes of a grid (B, H, W, C)
CORNERS: tuple[tuple[int, ...], ...] = ((), (COLUMNS,), (ROWS,), (ROWS, COLUMNS))  # what is turned


def scan_grid(cell: MDLSTMCell, maps: Tensor, widths: Tensor | None = None) -> Tensor:
    """maps (B, C, H, W) -> outputs (B, directions x N, H, W), direction after direction.

    Directions: from top left; top right; bottom left; bottom right (a cell of fewer, the first).
    widths (B,): true columns of each grid; to the right of them nothing is read, outputs are zero.
    The weights decide the float type, and autocast is left out: a rounded memory drifts.
    """
    with torch.autocast(maps.device.type, enabled=False):
        grid = maps.permute(0, 2, 3, 1).to(cell.from_input.dtype)  # (B, H, W, C)
        there = _there(grid, widths)
        corners = CORNERS[: cell.directions]
        places = torch.stack([_turned(grid * there, corner) for corner in corners])
        theres = torch.stack([_turned(there, corner) for corner in corners])
        outputs = _walk(cell, _skew(places), _skew(theres))  # (diagonals, G, H x B, N)
        grids = _straighten(outputs, *grid.shape[:3])
        parts = [_turned(part, corner) for part, corner in zip(grids, corners, strict=True)]
        found = torch.cat(parts, 3) * there
    return found.permute(0, 3, 1, 2)


def _walk(cell: MDLSTMCell, places: Tensor, theres: Tensor) -> Tensor:
    """Diagonal after diagonal: places (S, G, H, B, D) -> outputs (S, G, H x B, N).

    What is not there has a memory of zero by itself, as the border has, and needs no mask: all
    that comes before it on its way is not there either.
    """
    batch = places.shape[3]
    projected = cell.project(places.flatten(2, 3), theres.flatten(2, 3))
    h, c = cell.initial_state(projected[0])
    walked: list[Tensor] = []
    # unbind, because slicing step by step would make the backward pass quadratic
    for step in projected.unbind(0):
        above = _a_row_down(h, batch), _a_row_down(c, batch)
        output, (h, c) = cell.advance(step, (h, c), above)
        walked.append(output)
    return torch.stack(walked)


def _a_row_down(memory: Tensor, batch: int) -> Tensor:
    """(G, H x B, N), row after row: each row gets its upper neighbour's, the first one zeros."""
    return F.pad(memory, (0, 0, batch, -batch))


def _there(grid: Tensor, widths: Tensor | None) -> Tensor:
    """Which places belong to a grid: ones and zeros (B, H, W, 1)."""
    ones = grid.new_ones(*grid.shape[:3], 1)
    if widths is None:
        return ones
    columns = torch.arange(grid.shape[2], device=grid.device)
    return ones * (columns < widths.unsqueeze(1))[:, None, :, None]


def _turned(grid: Tensor, axes: tuple[int, ...]) -> Tensor:
    return grid.flip(axes) if axes else grid


def _skew(grids: Tensor) -> Tensor:
    """(G, B, H, W, C) -> diagonals (H + W - 1, G, H, B, C): row i moved i places to the right.

    Rows with H zeros behind each, read again as rows that are one place shorter.
    """
    height, width = grids.shape[2:4]
    steps = height + width - 1
    flat = F.pad(grids, (0, 0, 0, height)).flatten(2, 3)[:, :, : height * steps]
    return flat.unflatten(2, (height, steps)).permute(3, 0, 2, 1, 4).contiguous()


def _straighten(outputs: Tensor, batch: int, height: int, width: int) -> Tensor:
    """Diagonals (H + W - 1, G, H x B, N) -> grids (G, B, H, W, N): rows moved back."""
    rows = outputs.unflatten(2, (height, batch)).permute(1, 3, 2, 0, 4)  # (G, B, H, S, N)
    flat = F.pad(rows.flatten(2, 3), (0, 0, 0, height))
    return flat.unflatten(2, (height, height + width))[:, :, :, :width]
