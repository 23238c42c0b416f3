"""Gated recurrent unit: one step (Cho et al. 2014, arXiv:1406.1078; update as Chung et al. 2014).

Two kinds are in use, and they are different functions:
    reset="before"  h~ = tanh(W x + U (r * h))     the papers, the lecture, ONNX's default
    reset="after"   h~ = tanh(W x + r * (U h + b)) torch, cuDNN, Keras since 2.3: one product less
In both z says how much is new, as in the lecture: h = (1 - z) * h + z * h~. Cho, torch, Keras and
ONNX let z say how much is kept; that is the same cell with the sign of z's weights turned.
"""

from torch import Tensor, nn

from kineograph.nets.cells.activations import activation_named
from kineograph.nets.cells.cell import KEEP_ALL, Masks, drop
from kineograph.nets.checks import check_choice, check_counts, check_shares


class GRUCell(nn.Module):
    """x (B, D), state h (B, N) -> output h (B, N), state h.

    Parts in the order reset, update, candidate. reset="before" has 3 (DN + NN + N) weights, as
    Keras counts; "after" N more. The lecture writes no biases: bias=False.
    """

    def __init__(
        self,
        inputs: int,
        units: int,
        *,
        activation: str = "tanh",
        recurrent_activation: str = "sigmoid",
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        reset: str = "before",
        bias: bool = True,
    ) -> None:
        super().__init__()
        check_counts(inputs=inputs, units=units)
        check_shares(dropout=dropout, recurrent_dropout=recurrent_dropout)
        check_choice(("before", "after"), reset=reset)
        self.units = units
        self.dropout, self.recurrent_dropout = dropout, recurrent_dropout
        self.squash = activation_named("activation", activation)
        self.gate = activation_named("recurrent_activation", recurrent_activation)
        self.reset = reset
        self.from_input = nn.Linear(inputs, 3 * units, bias=bias)
        self.from_state = nn.Linear(units, 2 * units, bias=False)
        self.new_from_state = nn.Linear(units, units, bias=bias and reset == "after")

    def initial_state(self, x: Tensor) -> Tensor:
        """Nothing remembered: zeros."""
        return x.new_zeros(x.shape[0], self.units)

    def project(self, xs: Tensor, masks: Masks = KEEP_ALL) -> Tensor:
        """The input's part of both gates and the candidate: (B, D) or (B, T, D) -> (.., 3N)."""
        return self.from_input(drop(xs, masks.inputs))

    def advance(
        self, projected: Tensor, state: Tensor, masks: Masks = KEEP_ALL
    ) -> tuple[Tensor, Tensor]:
        """One step from its projected input (B, 3N)."""
        seen = drop(state, masks.state)
        gates, new = projected.split([2 * self.units, self.units], 1)
        reset, update = self.gate(gates + self.from_state(seen)).chunk(2, 1)  # each (B, N)
        if self.reset == "before":
            new = new + self.new_from_state(reset * seen)
        else:
            new = new + reset * self.new_from_state(seen)
        h = (1 - update) * state + update * self.squash(new)
        return h, h

    def forward(self, x: Tensor, state: Tensor, masks: Masks = KEEP_ALL) -> tuple[Tensor, Tensor]:
        """One step."""
        return self.advance(self.project(x, masks), state, masks)
