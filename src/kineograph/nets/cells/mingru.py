"""minGRU: one step, and all steps at once (Feng et al. 2024, arXiv:2410.01201).

Gate and candidate read only the input, so a whole sequence needs cumulative sums and no loop:
    z = sigmoid(W x),  h~ = g(V x),  h = (1 - z) * h + z * h~
with g(a) = a + 0.5 from 0 on and sigmoid(a) below, which keeps h positive: its logarithm exists.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kineograph.nets.cells.cell import KEEP_ALL, Masks, drop
from kineograph.nets.checks import check_counts, check_shares


class MinGRUCell(nn.Module):
    """x (B, D), state h (B, N) -> output h (B, N), state h. 2 (DN + N) weights.

    The options of the other cells are refused where minGRU has no such part.
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
        check_shares(dropout=dropout)
        if (activation, recurrent_activation) != ("tanh", "sigmoid"):
            raise ValueError(
                f"activation={activation!r}, recurrent_activation={recurrent_activation!r}: minGRU "
                f"comes with its own, since its scan needs their logarithms. Leave both out."
            )
        if recurrent_dropout:
            raise ValueError(
                f"recurrent_dropout={recurrent_dropout!r}: minGRU's gates do not read the state, "
                f"so there is nothing to drop. Leave it out, or use dropout."
            )
        self.units = units
        self.dropout, self.recurrent_dropout = dropout, recurrent_dropout
        self.from_input = nn.Linear(inputs, 2 * units, bias=bias)

    def initial_state(self, x: Tensor) -> Tensor:
        """Nothing remembered: zeros."""
        return x.new_zeros(x.shape[0], self.units)

    def project(self, xs: Tensor, masks: Masks = KEEP_ALL) -> Tensor:
        """All that depends on the input: (B, D) or (B, T, D) -> (.., 2N)."""
        return self.from_input(drop(xs, masks.inputs))

    def advance(
        self, projected: Tensor, state: Tensor, masks: Masks = KEEP_ALL
    ) -> tuple[Tensor, Tensor]:
        """One step from its projected input (B, 2N)."""
        update, new = projected.chunk(2, 1)  # each (B, N)
        z = update.sigmoid()
        h = (1 - z) * state + z * torch.where(new >= 0, new + 0.5, new.sigmoid())
        return h, h

    def advance_all(self, projected: Tensor, state: Tensor) -> Tensor:
        """All steps at once: projected (B, T, 2N), state (B, N) -> outputs (B, T, N).

        Unrolled, h_t = K_t h_0 + sum over s <= t of (K_t / K_s) z_s h~_s, where K_t is the product
        of (1 - z) up to t. In logarithms the product is a sum and nothing overflows.
        """
        update, new = projected.chunk(2, -1)  # each (B, T, N)
        log_kept = F.logsigmoid(-update).cumsum(1)  # log K
        log_new = torch.where(new >= 0, (F.relu(new) + 0.5).log(), F.logsigmoid(new))
        log_added = F.logsigmoid(update) + log_new - log_kept
        smallest = torch.finfo(state.dtype).tiny  # stands for a state of 0, which has no logarithm
        log_start = state.clamp(min=smallest).log().unsqueeze(1)
        log_sums = torch.cat([log_start, log_added], 1).logcumsumexp(1)[:, 1:]
        return (log_kept + log_sums).exp()

    def forward(self, x: Tensor, state: Tensor, masks: Masks = KEEP_ALL) -> tuple[Tensor, Tensor]:
        """One step."""
        return self.advance(self.project(x, masks), state, masks)
