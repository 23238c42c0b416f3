"""Pyramid ConvLSTM: stacks of ConvLSTMs side by side, each with its own dilation (Du Wei 2020).

    maps ->  ConvLSTM, ConvLSTM   dilation 1  \\
                                               sum, or side by side  -> maps
    maps ->  ConvLSTM, ConvLSTM   dilation 2  /
"""

from typing import Any

import torch
from torch import Tensor, nn

from kineograph.nets.cells.cell import State
from kineograph.nets.checks import check_choice
from kineograph.nets.recurrent import Recurrent

FUSIONS = ("sum", "concat")


class PyramidConvLSTM(nn.Module):
    """xs (B, T, C, H, W) -> outputs (B, T, outputs, H, W), and the last state of each branch.

    `outputs` is the units, twice in both directions; with fusion="concat" of all branches.
    """

    def __init__(
        self,
        inputs: int,
        units: int,
        *,
        layers: int = 2,
        kernel: int = 3,
        dilations: tuple[int, ...] = (1, 2),
        norm: str = "none",
        fusion: str = "sum",
        both_directions: bool = False,
    ) -> None:
        super().__init__()
        check_choice(FUSIONS, fusion=fusion)
        self.fusion = fusion
        self.branches: Any = nn.ModuleList(
            Recurrent(
                inputs,
                units,
                cell="convlstm",
                layers=layers,
                both_directions=both_directions,
                kernel=kernel,
                dilation=dilation,
                norm=norm,
            )
            for dilation in dilations
        )
        branch: Any = self.branches[0]
        self.outputs = branch.outputs * (len(dilations) if fusion == "concat" else 1)
        self.can_step = branch.can_step

    def initial_state(self, x: Tensor) -> tuple[State, ...]:
        """The state before the first step, for maps like x (B, C, H, W)."""
        return tuple(branch.initial_state(x) for branch in self.branches)

    def forward(
        self, xs: Tensor, state: tuple[State, ...] | None = None, lengths: Tensor | None = None
    ) -> tuple[Tensor, tuple[State, ...]]:
        """Walk whole clips; after lengths (B,) outputs are zero and the state stays."""
        before = state or [None] * len(self.branches)
        walks = [
            branch(xs, own, lengths) for branch, own in zip(self.branches, before, strict=True)
        ]
        found = [outputs for outputs, _ in walks]
        fused = torch.cat(found, 2) if self.fusion == "concat" else torch.stack(found).sum(0)
        return fused, tuple(last for _, last in walks)
