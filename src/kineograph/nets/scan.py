"""Walk a cell over time: many sequences at once, each as long as it is."""

import torch
from torch import Tensor

from kineograph.nets.cells.cell import Cell, State, draw_masks


def scan(
    cell: Cell,
    xs: Tensor,
    state: State = None,
    lengths: Tensor | None = None,
    backwards: bool = False,
) -> tuple[Tensor, State]:
    """xs (B, T, D) -> outputs (B, T, N), state after each sequence's last true step.

    Of a cell of maps xs are (B, T, C, H, W) and outputs (B, T, N, H, W).
    lengths (B,): true steps of each sequence; after them the state stays and outputs are zero.
    backwards: from each sequence's own last step to its first; outputs stay at their steps.
    """
    if backwards:
        outputs, state = scan(cell, reverse(xs, lengths), state, lengths)
        return reverse(outputs, lengths), state

    if state is None:
        state = cell.initial_state(xs[:, 0])
    masks = draw_masks(cell, xs[:, 0])  # dropout: one draw for the whole walk
    projected = cell.project(xs, masks)  # the input's part of all steps, in one product
    walked: list[Tensor] = []
    # unbind, because slicing step by step would make the backward pass quadratic in T
    for t, step in enumerate(projected.unbind(1)):
        output, new = cell.advance(step, state, masks)
        if lengths is not None:
            output = _where(t < lengths, output, torch.zeros_like(output))
            new = _where(t < lengths, new, state)
        walked.append(output)
        state = new
    return torch.stack(walked, 1), state


def reverse(xs: Tensor, lengths: Tensor | None = None) -> Tensor:
    """Each sequence of xs (B, T, ..) back to front, its padding left where it is."""
    if lengths is None:
        return xs.flip(1)
    steps = torch.arange(xs.shape[1], device=xs.device)
    ends = lengths.unsqueeze(1)
    order = torch.where(steps < ends, ends - 1 - steps, steps)  # (B, T)
    return xs[torch.arange(xs.shape[0], device=xs.device).unsqueeze(1), order]


def _where(alive: Tensor, new: State, old: State) -> State:
    """The new values of the sequences that still run, the old ones of those that ended."""
    if isinstance(new, tuple):
        return tuple(_where(alive, n, o) for n, o in zip(new, old, strict=True))
    return torch.where(alive.view(-1, *[1] * (new.dim() - 1)), new, old)
