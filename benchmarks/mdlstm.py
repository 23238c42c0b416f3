"""MDLSTM: four directions by anti-diagonals in one product against nested loops; cost over area.

python -m benchmarks.mdlstm
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kineograph.nets.cells.mdlstm import MDLSTMCell
from kineograph.nets.scan_grid import scan_grid

from .ratio import compare, print_table

INPUTS, UNITS, SIZE = 20, 20, (30, 200)
SIZES = ((15, 100), (30, 100), (30, 200), (30, 400), (60, 400))


def nested_loops(cell: MDLSTMCell, maps: Tensor) -> Tensor:
    """Place by place, as a tutorial writes it: one direction after the other."""
    directions = []
    for d, axes in enumerate(((), (3,), (2,), (2, 3))):
        grid = maps.flip(axes)
        weights = torch.cat([cell.from_input[d], cell.from_states[d]]).T
        blank = maps.new_zeros(len(maps), cell.units)
        above: list[tuple[Tensor, Tensor]] = [(blank, blank)] * grid.shape[3]
        rows = []
        for i in range(grid.shape[2]):
            h1, c1 = blank, blank
            for j in range(grid.shape[3]):
                h2, c2 = above[j]
                gates = F.linear(torch.cat([grid[:, :, i, j], h1, h2], 1), weights, cell.bias[d, 0])
                write, keep1, keep2, read, new = gates.chunk(5, 1)
                c1 = keep1.sigmoid() * c1 + keep2.sigmoid() * c2 + write.sigmoid() * new.tanh()
                h1 = read.sigmoid() * c1.tanh()
                above[j] = h1, c1
            rows.append(torch.stack([h for h, _ in above], 2))
        directions.append(torch.stack(rows, 2).flip(axes))
    return torch.cat(directions, 1)


Walk = Callable[[MDLSTMCell, Tensor], Tensor]


def forward(walk: Walk, cell: MDLSTMCell, maps: Tensor) -> Callable[[], Tensor]:
    @torch.inference_mode()
    def call() -> Tensor:
        return walk(cell, maps)

    return call


def with_backward(walk: Walk, cell: MDLSTMCell, maps: Tensor) -> Callable[[], None]:
    def call() -> None:
        cell.zero_grad(set_to_none=True)
        walk(cell, maps).square().sum().backward()

    return call


def main(rounds: int = 5) -> None:
    """One layer of four directions on one grid, float32, without peepholes."""
    cell = MDLSTMCell(INPUTS, UNITS, peepholes=False)
    nn.init.constant_(cell.bias, -0.5)  # a memory that does not grow: both walks round alike
    maps = torch.randn(1, INPUTS, *SIZE) / 2
    torch.testing.assert_close(nested_loops(cell, maps), scan_grid(cell, maps), rtol=0, atol=1e-4)
    note = f"{torch.get_num_threads()} thread(s), float32, 4 x {UNITS} units, one grid."
    for name, make in (("forward", forward), ("forward and backward", with_backward)):
        contestants = {
            "nested loops (base)": make(nested_loops, cell, maps),
            "by anti-diagonals": make(scan_grid, cell, maps),
        }
        title = f"MDLSTM on {SIZE[0]}x{SIZE[1]}, {name}"
        print_table(title, compare(contestants, rounds), note)
    calls: dict[str, Callable[[], object]] = {
        f"{height}x{width}": with_backward(scan_grid, cell, torch.randn(1, INPUTS, height, width))
        for height, width in SIZES
    }
    print(f"\n### MDLSTM over area, forward and backward\n\n{note}\n")
    print("| grid | places | one call | a thousand places |\n|---|--:|--:|--:|")
    for found, (height, width) in zip(compare(calls, rounds), SIZES, strict=True):
        places, milliseconds = height * width, found.seconds * 1e3
        each = milliseconds / places * 1e3
        print(f"| {found.name} | {places:,} | {milliseconds:.0f} ms | {each:.1f} ms |")


if __name__ == "__main__":
    main()
