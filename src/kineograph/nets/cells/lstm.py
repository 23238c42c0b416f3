"""Long short-term memory: one step (Hochreiter & Schmidhuber 1997; forget gate Gers 2000)."""

from torch import Tensor, nn

from kineograph.nets.cells.activations import activation_named
from kineograph.nets.cells.cell import KEEP_ALL, Masks, drop
from kineograph.nets.checks import check_counts, check_shares

State = tuple[Tensor, Tensor]


class LSTMCell(nn.Module):
    """x (B, D), state (h, c) each (B, N) -> output h (B, N), state (h, c).

    Gates in the order of Keras and torch: input, forget, candidate, output. One bias, as Keras
    counts: 4 (DN + NN + N) weights; torch.nn.LSTM adds a second, redundant one.
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
        bias: bool = True,
    ) -> None:
        super().__init__()
        check_counts(inputs=inputs, units=units)
        check_shares(dropout=dropout, recurrent_dropout=recurrent_dropout)
        self.units = units
        self.dropout, self.recurrent_dropout = dropout, recurrent_dropout
        self.squash = activation_named("activation", activation)
        self.gate = activation_named("recurrent_activation", recurrent_activation)
        self.from_input = nn.Linear(inputs, 4 * units, bias=bias)
        self.from_state = nn.Linear(units, 4 * units, bias=False)

    def initial_state(self, x: Tensor) -> State:
        """Nothing remembered: zeros."""
        zeros = x.new_zeros(x.shape[0], self.units)
        return zeros, zeros

    def project(self, xs: Tensor, masks: Masks = KEEP_ALL) -> Tensor:
        """The input's part of all four gates: (B, D) or (B, T, D) -> (.., 4N)."""
        return self.from_input(drop(xs, masks.inputs))

    def advance(
        self, projected: Tensor, state: State, masks: Masks = KEEP_ALL
    ) -> tuple[Tensor, State]:
        """One step from its projected input (B, 4N)."""
        h, c = state
        gates = projected + self.from_state(drop(h, masks.state))
        write, keep, new, read = gates.chunk(4, 1)  # each (B, N)
        c = self.gate(keep) * c + self.gate(write) * self.squash(new)
        h = self.gate(read) * self.squash(c)
        return h, (h, c)

    def forward(self, x: Tensor, state: State, masks: Masks = KEEP_ALL) -> tuple[Tensor, State]:
        """One step."""
        return self.advance(self.project(x, masks), state, masks)
