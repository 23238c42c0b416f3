"""What a clip is looked at with: LRCN, a picture's encoder on every frame, then a recurrence.

    frame 1 ─ encoder ─ dense ─ LSTM ─ place 1        Donahue et al. 2015, §3: one network for all
    frame 2 ─ encoder ─ dense ─ LSTM ─ place 2        frames, its dense layer read in order
    …                            │

What comes out is a grid as that of a picture is, (B, N + D, 1, T): its places are moments. Beside
what the recurrence tells stands what the frame itself shows, the mean over its grid, as Yao et al.
2015 lay appearance beside motion. A captioner that looks once takes the mean of all moments, one
that attends weighs them before every word: their attention over time.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from kineograph.nets.cells import OVER_TIME
from kineograph.nets.checks import check_choice, check_counts, check_shares
from kineograph.nets.encoders.dropout import Dropout
from kineograph.nets.recurrent import Recurrent


@dataclass(frozen=True)
class OverTimeConfig:
    """The numbers of what reads frames in order."""

    dense: int = 256  # numbers that a frame is told in: the paper's fc6, of 4096
    cell: str = "lstm"  # see cells.OVER_TIME
    units: int = 256
    dropout: float = 0.5  # of what is told of a frame

    def __post_init__(self) -> None:
        check_choice(OVER_TIME, cell=self.cell)
        check_counts(dense=self.dense, units=self.units)
        check_shares(dropout=self.dropout)


class SightOverTime(nn.Module):
    """clips (B, T, 3, H, W), uint8 or floats in [0, 1] -> (B, N + D, 1, T).

    Of each moment what the recurrence tells after those before it, and what the frame shows.
    """

    def __init__(self, frame: Any, frames: int, config: OverTimeConfig) -> None:
        super().__init__()
        height, width = frame.grid
        self.frame = frame  # a sight of pictures: (M, 3, H, W) -> (M, D, h, w)
        self.dense = nn.Linear(frame.features * height * width, config.dense)
        self.norm = nn.LayerNorm(config.dense)
        self.dropout = Dropout(config.dropout)
        self.recurrent = Recurrent(config.dense, config.units, cell=config.cell)
        self.norm_after = nn.LayerNorm(config.units)  # a cell's outputs begin small
        self.features, self.grid = config.units + frame.features, (1, frames)

    def forward(self, clips: Tensor) -> Tensor:
        """clips (B, T, 3, H, W) -> (B, N + D, 1, T). ValueError for another number of frames."""
        if clips.dim() != 5 or clips.shape[1] != self.grid[1]:
            given = clips.shape[1] if clips.dim() == 5 else 1
            raise ValueError(
                f"clips of {given} frames: this network was built for {self.grid[1]}. Give as many."
            )
        maps = self.frame(clips.flatten(0, 1))
        told = self.norm(self.dense(maps.flatten(1))).relu()
        outputs, _ = self.recurrent(self.dropout(told).unflatten(0, clips.shape[:2]))
        shown = maps.flatten(2).mean(2).float().unflatten(0, clips.shape[:2])
        places = torch.cat([self.norm_after(outputs), shown], 2)
        return places.transpose(1, 2).unsqueeze(2)
