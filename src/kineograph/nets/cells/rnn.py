"""Plain recurrent network: one step, h = tanh(W x + U h + b) (Elman 1990)."""

from torch import Tensor, nn

from kineograph.nets.cells.activations import activation_named
from kineograph.nets.cells.cell import KEEP_ALL, Masks, drop
from kineograph.nets.checks import check_counts, check_shares


class RNNCell(nn.Module):
    """x (B, D), state h (B, N) -> output h (B, N), state h."""

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
        if recurrent_activation != "sigmoid":
            raise ValueError(
                f"recurrent_activation={recurrent_activation!r}: a plain RNN has no gates to put "
                f"it around. Leave it out, or take an LSTM or a GRU."
            )
        self.units = units
        self.dropout, self.recurrent_dropout = dropout, recurrent_dropout
        self.squash = activation_named("activation", activation)
        self.from_input = nn.Linear(inputs, units, bias=bias)
        self.from_state = nn.Linear(units, units, bias=False)

    def initial_state(self, x: Tensor) -> Tensor:
        """Nothing remembered: zeros."""
        return x.new_zeros(x.shape[0], self.units)

    def project(self, xs: Tensor, masks: Masks = KEEP_ALL) -> Tensor:
        """The input's part: (B, D) or (B, T, D) -> (.., N)."""
        return self.from_input(drop(xs, masks.inputs))

    def advance(
        self, projected: Tensor, state: Tensor, masks: Masks = KEEP_ALL
    ) -> tuple[Tensor, Tensor]:
        """One step from its projected input (B, N)."""
        h = self.squash(projected + self.from_state(drop(state, masks.state)))
        return h, h

    def forward(self, x: Tensor, state: Tensor, masks: Masks = KEEP_ALL) -> tuple[Tensor, Tensor]:
        """One step."""
        return self.advance(self.project(x, masks), state, masks)
