"""The walk of scan.py in one call, on the cell's own weights: torch's kernels, or a parallel scan.

The numbers are those of scan, several times sooner; tests compare both, gradients too. Sequences
are padded and masked: packed ones are the same function, many times slower on a CPU.
"""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from kineograph.nets.cells import GRUCell, LSTMCell, MinGRUCell, RNNCell
from kineograph.nets.cells.cell import Cell, State, draw_masks, drop
from kineograph.nets.scan import reverse

SURE = 1e4  # what a gate must read to be open, or -SURE shut, to the last bit of any float type


def can_fuse(cell: Cell) -> bool:
    """Whether one call computes what this cell computes, its options as they are now."""
    if cell.training and cell.recurrent_dropout:
        return False
    match cell:
        case RNNCell():
            return cell.squash in (torch.tanh, torch.relu)
        case LSTMCell() | GRUCell(reset="after"):
            return cell.squash is torch.tanh and cell.gate is torch.sigmoid
        case MinGRUCell():
            return True
        case _:
            return False


def fused_scan(
    cell: Cell,
    xs: Tensor,
    state: State = None,
    lengths: Tensor | None = None,
    backwards: bool = False,
) -> tuple[Tensor, State]:
    """As scan: xs (B, T, D) -> outputs (B, T, N), state after each sequence's last true step."""
    if backwards:
        outputs, state = fused_scan(cell, reverse(xs, lengths), state, lengths)
        return reverse(outputs, lengths), state

    if state is None:
        state = cell.initial_state(xs[:, 0])
    xs = drop(xs, draw_masks(cell, xs[:, 0]).inputs)
    outputs, state = FUSED[type(cell)](cell, xs, state, lengths)
    if lengths is not None:
        outputs = outputs.masked_fill(_padded(xs, lengths).unsqueeze(2), 0.0)
    return outputs, state


def _rnn(cell: RNNCell, xs: Tensor, h: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor]:
    kernel = torch.rnn_tanh if cell.squash is torch.tanh else torch.rnn_relu
    outputs, _ = _run(
        kernel,
        xs,
        h.unsqueeze(0),
        cell.from_input.weight,
        cell.from_state.weight,
        cell.from_input.bias,
    )
    return outputs, _last(outputs, h, lengths)


def _lstm(
    cell: LSTMCell, xs: Tensor, state: tuple[Tensor, Tensor], lengths: Tensor | None
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    h, c = state
    from_input = cell.from_input.weight
    if lengths is not None:
        # The kernel tells c only after the last step of all, so padded steps must leave c alone:
        # they carry one more input, whose weights shut the input gate and open the forget gate.
        xs = torch.cat([xs, _padded(xs, lengths).unsqueeze(2).to(xs.dtype)], 2)
        sure = xs.new_full((cell.units, 1), SURE)
        hold = torch.cat([-sure, sure, 0 * sure, 0 * sure])  # gates: input, forget, new, output
        from_input = torch.cat([from_input, hold], 1)
    start = (h.unsqueeze(0), c.unsqueeze(0))
    outputs, _, last_c = _run(
        torch.lstm, xs, start, from_input, cell.from_state.weight, cell.from_input.bias
    )
    return outputs, (_last(outputs, h, lengths), last_c.squeeze(0))


def _gru(cell: GRUCell, xs: Tensor, h: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor]:
    # torch's z says how much is kept, ours how much is new: 1 - sigmoid(a) = sigmoid(-a)
    from_state = torch.cat([cell.from_state.weight, cell.new_from_state.weight])
    bias = cell.from_input.bias
    outputs, _ = _run(
        torch.gru,
        xs,
        h.unsqueeze(0),
        _update_turned(cell.from_input.weight),
        _update_turned(from_state),
        None if bias is None else _update_turned(bias),
        None if bias is None else F.pad(cell.new_from_state.bias, (2 * cell.units, 0)),
    )
    return outputs, _last(outputs, h, lengths)


def _mingru(
    cell: MinGRUCell, xs: Tensor, h: Tensor, lengths: Tensor | None
) -> tuple[Tensor, Tensor]:
    outputs = cell.advance_all(cell.project(xs), h)
    return outputs, _last(outputs, h, lengths)


FUSED: dict[type, Callable[..., tuple[Tensor, State]]] = {
    RNNCell: _rnn,
    LSTMCell: _lstm,
    GRUCell: _gru,
    MinGRUCell: _mingru,
}


def _run(
    kernel: Callable[..., Any],
    xs: Tensor,
    state: State,
    from_input: Tensor,
    from_state: Tensor,
    bias: Tensor | None,
    state_bias: Tensor | None = None,
) -> Any:
    """One layer, one direction, batch first: outputs (B, T, N) and the kernel's last state."""
    none = from_state.new_zeros(len(from_state))
    weights = [from_input, from_state, none if bias is None else bias]
    weights.append(none if state_bias is None else state_bias)
    # cuDNN keeps what a backward pass needs only if told that it trains
    return kernel(xs, state, weights, True, 1, 0.0, torch.is_grad_enabled(), False, True)


def _update_turned(weights: Tensor) -> Tensor:
    """A GRU's weights (3N, ..) with the sign of the update gate's turned."""
    reset, update, new = weights.chunk(3)
    return torch.cat([reset, -update, new])


def _padded(xs: Tensor, lengths: Tensor) -> Tensor:
    """Which steps of xs (B, T, ..) lie after their sequence's end: (B, T)."""
    return torch.arange(xs.shape[1], device=xs.device) >= lengths.unsqueeze(1)


def _last(outputs: Tensor, h: Tensor, lengths: Tensor | None) -> Tensor:
    """h (B, N) after each sequence's last true step; what it was if there is none."""
    if lengths is None:
        return outputs[:, -1]
    every = torch.cat([h.unsqueeze(1), outputs], 1)  # after 0, 1, .. T steps
    return every[torch.arange(h.shape[0], device=h.device), lengths]
