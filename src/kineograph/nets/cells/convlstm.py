"""Convolutional LSTM: one step (Shi et al. 2015, arXiv:1506.04214, equation 3).

The gates of an LSTM, read by convolutions: what is remembered keeps its place in the picture.
Plain, as most write it: without the paper's peepholes (weights from c to the gates, one for each
place, which would bind a network to one size of maps).
"""

from torch import Tensor, nn

from kineograph.nets.cells.activations import activation_named
from kineograph.nets.cells.cell import KEEP_ALL, Masks, drop
from kineograph.nets.checks import check_choice, check_counts, check_shares

State = tuple[Tensor, Tensor]
NORMS = ("none", "group")


class ConvLSTMCell(nn.Module):
    """x (B, C, H, W), state (h, c) each (B, N, H, W) -> output h (B, N, H, W), state (h, c).

    Gates in the order input, forget, candidate, output; 4N (kernel² (C + N) + 1) weights.
    norm="group" brings each gate's part of a frame, from input and state, to mean 0 and spread 1.
    Under autocast only the convolutions are rounded; h and c keep the weights' float type.
    """

    def __init__(
        self,
        inputs: int,
        units: int,
        *,
        kernel: int = 3,
        dilation: int = 1,
        norm: str = "none",
        activation: str = "tanh",
        recurrent_activation: str = "sigmoid",
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        bias: bool = True,
    ) -> None:
        super().__init__()
        check_counts(inputs=inputs, units=units, kernel=kernel, dilation=dilation)
        check_shares(dropout=dropout, recurrent_dropout=recurrent_dropout)
        check_choice(NORMS, norm=norm)
        if kernel % 2 == 0:
            raise ValueError(
                f"kernel={kernel}: must be odd, so that maps keep their size. "
                f"Write kernel={kernel - 1} or {kernel + 1}."
            )
        self.units = units
        self.dropout, self.recurrent_dropout = dropout, recurrent_dropout
        self.squash = activation_named("activation", activation)
        self.gate = activation_named("recurrent_activation", recurrent_activation)
        place = kernel // 2 * dilation
        self.from_input = nn.Conv2d(
            inputs, 4 * units, kernel, padding=place, dilation=dilation, bias=bias
        )
        self.from_state = nn.Conv2d(
            units, 4 * units, kernel, padding=place, dilation=dilation, bias=False
        )
        grouped = norm == "group"
        self.input_norm = nn.GroupNorm(4, 4 * units) if grouped else nn.Identity()
        self.state_norm = nn.GroupNorm(4, 4 * units) if grouped else nn.Identity()

    def initial_state(self, x: Tensor) -> State:
        """Nothing remembered: zeros."""
        zeros = self.from_state.weight.new_zeros(x.shape[0], self.units, *x.shape[2:])
        return zeros, zeros

    def project(self, xs: Tensor, masks: Masks = KEEP_ALL) -> Tensor:
        """The input's part of all gates: (B, C, H, W), or of all steps in one convolution
        (B, T, C, H, W) -> (.., 4N, H, W)."""
        xs = drop(xs, masks.inputs)
        if xs.dim() == 4:
            return self.input_norm(self.from_input(xs))
        return self.input_norm(self.from_input(xs.flatten(0, 1))).unflatten(0, xs.shape[:2])

    def advance(
        self, projected: Tensor, state: State, masks: Masks = KEEP_ALL
    ) -> tuple[Tensor, State]:
        """One step from its projected input (B, 4N, H, W)."""
        h, c = state
        gates = projected + self.state_norm(self.from_state(drop(h, masks.state)))
        write, keep, new, read = gates.chunk(4, 1)  # each (B, N, H, W)
        c = self.gate(keep) * c + self.gate(write) * self.squash(new)
        h = self.gate(read) * self.squash(c)
        return h, (h, c)

    def forward(self, x: Tensor, state: State, masks: Masks = KEEP_ALL) -> tuple[Tensor, State]:
        """One step."""
        return self.advance(self.project(x, masks), state, masks)
