"""A cell of your own, walked by `scan` and tested as ours are: whole = one step at a time.

python examples/your_own_cell.py
"""

import torch
from torch import Tensor, nn

from kineograph.nets.cells.cell import KEEP_ALL, Masks, drop
from kineograph.nets.scan import scan


class LeakyCell(nn.Module):
    """x (B, D), state h (B, N) -> h: a running mean of what the input says."""

    def __init__(self, inputs: int, units: int):
        super().__init__()
        self.units, self.dropout, self.recurrent_dropout = units, 0.0, 0.0
        self.from_input = nn.Linear(inputs, units)
        self.keep = nn.Parameter(torch.zeros(units))

    def initial_state(self, x: Tensor) -> Tensor:
        """Nothing seen yet."""
        return x.new_zeros(len(x), self.units)

    def project(self, xs: Tensor, masks: Masks = KEEP_ALL) -> Tensor:
        """The input's part, for one step or for all."""
        return self.from_input(drop(xs, masks.inputs)).tanh()

    def advance(self, seen: Tensor, h: Tensor, masks: Masks = KEEP_ALL) -> tuple[Tensor, Tensor]:
        """One step."""
        keep = self.keep.sigmoid()
        h = keep * h + (1 - keep) * seen
        return h, h

    def forward(self, x: Tensor, h: Tensor, masks: Masks = KEEP_ALL) -> tuple[Tensor, Tensor]:
        """One step from its input."""
        return self.advance(self.project(x, masks), h, masks)


cell, xs = LeakyCell(3, 4), torch.randn(2, 5, 3)
whole, last = scan(cell, xs)
state = cell.initial_state(xs[:, 0])
for t in range(5):
    output, state = cell(xs[:, t], state)
    torch.testing.assert_close(output, whole[:, t])
print("whole = stepped:", tuple(whole.shape))
