"""Two-dimensional LSTM: one place of a grid (Graves & Schmidhuber 2009, NIPS 21, section 2).

A place reads its input and the memory of two neighbours, the one before it in its row and the one
above. Each neighbour has a forget gate of its own; the other gates are shared:

    c = f1 * c_left + f2 * c_above + i * tanh(..),    h = o * tanh(c)

Seen from each corner of a picture the two neighbours are others, so cells come in groups, one a
direction, each with its own weights and all in one product. nets/scan_grid.py walks them.
"""

import torch
from torch import Tensor, nn

from kineograph.nets.checks import check_counts

State = tuple[Tensor, Tensor]
GATES = 5  # input, forget the left, forget the upper, output, candidate


class MDLSTMCell(nn.Module):
    """x (G, M, D), states (h, c) of left and upper neighbour, each (G, M, N) -> h (G, M, N), state.

    G directions, M places. G (5 (DN + 2NN + N)) weights; peepholes=True, as in the paper, lets the
    input gate see both memories, each forget gate its own, the output gate the new one: 5GN more.
    Two forget gates may let through more than there was: over hundreds of places a memory can grow
    beyond all bounds. stable=True (Leifert et al. 2016, JMLR 17) has one gate for how much is kept
    and one for how much of it comes from the left; the memory is then never more than was written.
    """

    def __init__(
        self,
        inputs: int,
        units: int,
        *,
        directions: int = 4,
        peepholes: bool = True,
        stable: bool = False,
        bias: bool = True,
    ) -> None:
        super().__init__()
        check_counts(inputs=inputs, units=units, directions=directions)
        if stable and peepholes:
            raise ValueError(
                "stable=True, peepholes=True: the gates of a stable cell belong to no one memory "
                "that they could see. Write peepholes=False."
            )
        self.stable = stable
        self.inputs, self.units, self.directions = inputs, units, directions
        self.from_input = nn.Parameter(torch.empty(directions, inputs, GATES * units))
        self.from_states = nn.Parameter(torch.empty(directions, 2 * units, GATES * units))
        self.bias = nn.Parameter(torch.zeros(directions, 1, GATES * units)) if bias else None
        self.peepholes = (
            nn.Parameter(torch.zeros(directions, 1, GATES * units)) if peepholes else None
        )
        for weights in (*self.from_input.detach(), *self.from_states.detach()):
            nn.init.xavier_uniform_(weights)

    def initial_state(self, x: Tensor) -> State:
        """Nothing remembered, as beyond the border of a grid: zeros."""
        zeros = x.new_zeros(self.directions, x.shape[1], self.units)
        return zeros, zeros

    def project(self, xs: Tensor, there: Tensor | None = None) -> Tensor:
        """The input's part of all gates: (G, M, D) or all steps (S, G, M, D) -> (.., 5N).

        there (.., M, 1), of 0 and 1: a place that is not there reads nothing, not even the bias.
        """
        projected = xs @ self.from_input
        if self.bias is None:
            return projected
        return projected + (self.bias if there is None else self.bias * there)

    def advance(self, projected: Tensor, left: State, above: State) -> tuple[Tensor, State]:
        """One step from its projected input (G, M, 5N).

        Where that is zero and both neighbours' memories are, so is what comes: tanh(0) is added.
        """
        (h1, c1), (h2, c2) = left, above
        sums = torch.baddbmm(projected, torch.cat([h1, h2], 2), self.from_states)
        if self.peepholes is None:
            n = (
                self.units
            )  # of each gate; all four in one call, since such steps are many and small
            write, keep1, keep2, read = sums[..., : 4 * n].sigmoid().chunk(4, 2)
            new = sums[..., 4 * n :]
            if self.stable:
                keep1, keep2 = keep1 * keep2, keep1 * (1 - keep2)
            c = keep1 * c1 + keep2 * c2 + write * new.tanh()
        else:
            seen1, seen2, own1, own2, told = self.peepholes.chunk(GATES, 2)  # each (G, 1, N)
            write, keep1, keep2, read, new = sums.chunk(GATES, 2)  # each (G, M, N)
            write = (write + seen1 * c1 + seen2 * c2).sigmoid()
            keep1, keep2 = (keep1 + own1 * c1).sigmoid(), (keep2 + own2 * c2).sigmoid()
            c = keep1 * c1 + keep2 * c2 + write * new.tanh()
            read = (read + told * c).sigmoid()
        h = read * c.tanh()
        return h, (h, c)

    def forward(self, x: Tensor, left: State, above: State) -> tuple[Tensor, State]:
        """One step."""
        return self.advance(self.project(x), left, above)

    def extra_repr(self) -> str:
        """What is printed of it."""
        return f"{self.inputs}, {self.units}, directions={self.directions}"
