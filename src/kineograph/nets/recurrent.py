"""Recurrence over a sequence of features or maps: layers of a cell, in one direction or both."""

from typing import Any

import torch
from torch import Tensor, nn

from kineograph.nets.cells import OF_MAPS, OVER_TIME
from kineograph.nets.cells.cell import Cell, State
from kineograph.nets.checks import check_choice, check_counts, check_shares
from kineograph.nets.fused import can_fuse, fused_scan
from kineograph.nets.scan import scan

CELLS: dict[str, Any] = {**OVER_TIME, **OF_MAPS}
KEEPS_MEMORY = ("lstm", "gru")  # in full under autocast: it is added to, and never a product


class Recurrent(nn.Module):
    """xs (B, T, D) -> outputs (B, T, N), or (B, T, 2N) in both directions, and the last state.

    A cell of maps reads and gives (B, T, channels, H, W). The state is a tuple, one cell's state
    after another: layer by layer, forwards then backwards. Options beyond the named ones are the
    cell's. The weights decide the float type: inputs are brought to it, and autocast is left out,
    because a memory rounded at every step drifts. A cell of maps keeps its memory unrounded by
    itself, and its convolutions follow autocast; with rounds=True so do the products of an LSTM or
    a GRU, which keep their memory as well, and are walked step by step.
    """

    def __init__(
        self,
        inputs: int,
        units: int,
        *,
        cell: str = "lstm",
        layers: int = 1,
        both_directions: bool = False,
        layers_dropout: float = 0.0,
        rounds: bool = False,
        **options: Any,
    ) -> None:
        super().__init__()
        check_choice(CELLS, cell=cell)
        check_counts(units=units, layers=layers)
        check_shares(layers_dropout=layers_dropout)
        if rounds and cell not in KEEPS_MEMORY:
            raise ValueError(
                f"rounds=True: {cell} would round its memory at every step. Leave it out, or take "
                f"{' or '.join(KEEPS_MEMORY)}."
            )
        directions = 2 if both_directions else 1
        self.outputs = units * directions
        self.can_step = not both_directions
        self.rounds = rounds or cell in OF_MAPS
        self.fused = True  # False walks step by step even where one call gives the same numbers
        self.between_layers = nn.Dropout(layers_dropout)
        self.layers: Any = nn.ModuleList(  # [layer][direction] -> cell
            nn.ModuleList(CELLS[cell](width, units, **options) for _ in range(directions))
            for width in [inputs] + [self.outputs] * (layers - 1)
        )

    def initial_state(self, x: Tensor) -> tuple[State, ...]:
        """The state before the first step, for a batch like x (B, D)."""
        x = self._as_weights(x)
        return tuple(cell.initial_state(x) for layer in self.layers for cell in layer)

    def forward(
        self, xs: Tensor, state: tuple[State, ...] | None = None, lengths: Tensor | None = None
    ) -> tuple[Tensor, tuple[State, ...]]:
        """Walk whole sequences; after lengths (B,) outputs are zero and the state stays."""
        states = iter(self.initial_state(xs[:, 0]) if state is None else state)
        last: list[State] = []
        with self._autocast(xs):
            xs = self._as_weights(xs)
            for number, layer in enumerate(self.layers):
                xs = self.between_layers(xs) if number else xs
                walks = [
                    self._walk(cell, xs, next(states), lengths, backwards)
                    for cell, backwards in zip(layer, (False, True), strict=False)
                ]
                xs = torch.cat([outputs for outputs, _ in walks], 2)
                last += [cell_state for _, cell_state in walks]
        return xs, tuple(last)

    def step(self, x: Tensor, state: tuple[State, ...]) -> tuple[Tensor, tuple[State, ...]]:
        """One step: x (B, D), state -> output (B, N), new state. One direction only."""
        if not self.can_step:
            raise ValueError(
                "both_directions=True: a network that reads to the end and back cannot step. "
                "Give it whole clips, or train one with both_directions=False."
            )
        last: list[State] = []
        with self._autocast(x):
            x = self._as_weights(x)
            for number, (layer, cell_state) in enumerate(zip(self.layers, state, strict=True)):
                x = self.between_layers(x) if number else x
                x, cell_state = layer[0](x, cell_state)
                last.append(cell_state)
        return x, tuple(last)

    def _walk(
        self, cell: Cell, xs: Tensor, state: State, lengths: Tensor | None, backwards: bool
    ) -> tuple[Tensor, State]:
        rounded = self.rounds and torch.is_autocast_enabled(xs.device.type)
        walk = fused_scan if self.fused and can_fuse(cell) and not rounded else scan
        return walk(cell, xs, state, lengths, backwards)

    def _autocast(self, x: Tensor) -> torch.autocast:
        kind = x.device.type
        return torch.autocast(kind, enabled=self.rounds and torch.is_autocast_enabled(kind))

    def _as_weights(self, x: Tensor) -> Tensor:
        return x.to(next(self.parameters()).dtype)
