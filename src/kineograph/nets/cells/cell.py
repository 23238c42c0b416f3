"""What every cell over time offers: one step, nothing else. scan.py walks it; its dropout is here.

Dropout over time is one draw for a whole walk (Gal & Ghahramani 2016, arXiv:1512.05287), as in
Keras: a fresh draw at every step would wash the memory out. So a cell never draws: whoever walks
it draws masks once and hands them to every step, and a cell called without masks drops nothing.
"""

from typing import Any, NamedTuple, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

State = Any  # a tensor (B, N), or a tuple of them


class Masks(NamedTuple):
    """Factors of 0 or 1 / (1 - share), the same at every step of one walk; None drops nothing."""

    inputs: Tensor | None = None  # (B, D)
    state: Tensor | None = None  # (B, N): what the gates see of h; the memory itself is kept


KEEP_ALL = Masks()


class Cell(Protocol):
    """One step of a recurrence: `cell(x, state)` is `advance(project(x), state)`.

    Cut in two because the input's part needs no memory: a walk computes it for all steps at once.
    """

    dropout: float  # share of the inputs to drop, while training
    recurrent_dropout: float  # share of what the gates see of the state
    training: bool

    def initial_state(self, x: Tensor) -> State:
        """The state before the first step, for a batch like x (B, D)."""

    def project(self, xs: Tensor, masks: Masks = KEEP_ALL) -> Tensor:
        """The input's part of one step (B, D) or of all (B, T, D), the last axis changed."""

    def advance(
        self, projected: Tensor, state: State, masks: Masks = KEEP_ALL
    ) -> tuple[Tensor, State]:
        """One step from its projected input: output (B, N), new state."""

    def __call__(self, x: Tensor, state: State, masks: Masks = KEEP_ALL) -> tuple[Tensor, State]:
        """One step from its input x (B, D): output (B, N), new state."""


def draw_masks(cell: Cell, x: Tensor) -> Masks:
    """The masks of one walk over inputs like x (B, D); nothing is dropped but in training."""
    if not cell.training:
        return KEEP_ALL
    state = cell.initial_state(x)
    h = state if isinstance(state, Tensor) else state[0]
    return Masks(_mask(x, cell.dropout), _mask(h, cell.recurrent_dropout))


def drop(values: Tensor, mask: Tensor | None) -> Tensor:
    """What the mask (B, S) leaves of values (B, S), or of values (B, T, S) at every step alike."""
    if mask is None:
        return values
    return values * (mask.unsqueeze(1) if values.dim() > mask.dim() else mask)


def _mask(like: Tensor, share: float) -> Tensor | None:
    return F.dropout(torch.ones_like(like), share) if share else None
