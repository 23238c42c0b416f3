"""A soft window that a network slides along a text while it writes it.

Source: Graves 2013 (arXiv:1308.0850), equations 46-51. J Gaussians look at character u = 1 … L:

    φ(t, u) = Σ_j α_j exp(-β_j (κ_j - u + ½)²)      w(t) = Σ_u φ(t, u) c_u

Their places κ only go forward. Begun as here, they go at the pace of the ink from the start, and
character u is seen best in the middle of its own stretch, from u - 1 to u (the ½ is ours): a window
that begins anywhere takes thousands of steps to find the text.
"""

import math

import torch
from torch import Tensor, nn

MOST, FASTEST = 6.0, 2.5  # of logarithms: heights and widths; characters in one step
MIDDLE = 0.5  # of a character's stretch
BROAD = -6.0  # of the log of β: half the text at once


class TextWindow(nn.Module):
    """hidden (B, N), places (B, J), text (B, L, V) -> window (B, V), places, φ (B, L)."""

    def __init__(self, inputs: int, parts: int, points_per_character: float) -> None:
        super().__init__()
        self.parts = parts
        self.read = nn.Linear(inputs, 3 * parts)
        with torch.no_grad():
            self.read.weight.mul_(0.1)
            height, width, pace = self.read.bias.view(3, parts)
            height.fill_(-math.log(parts))  # heights add up to 1
            width.fill_(0.0)
            pace.fill_(-math.log(points_per_character))

    def initial_places(self, like: Tensor) -> Tensor:
        """Before the first character: zeros (B, J)."""
        return like.new_zeros(like.shape[0], self.parts)

    def forward(
        self, hidden: Tensor, places: Tensor, text: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """One step. Rows of the text that are all zeros are its padding and add nothing."""
        height, width, pace = self.read(hidden).chunk(3, 1)
        places = places + pace.clamp(max=FASTEST).exp()
        phi = look(height, width, places, text.shape[1])
        return torch.bmm(phi.unsqueeze(1), text).squeeze(1), places, phi


def look(height: Tensor, width: Tensor, places: Tensor, length: int) -> Tensor:
    """φ (B, L) of logarithms of heights and widths, and places: (B, J) each."""
    characters = torch.arange(length, device=places.device, dtype=places.dtype) + MIDDLE
    away = (places.unsqueeze(2) - characters).square()  # (B, J, L)
    narrow = width.clamp(BROAD, MOST).exp().unsqueeze(2)
    return (height.clamp(max=MOST).exp().unsqueeze(2) * torch.exp(-narrow * away)).sum(1)
