"""Where something is worth describing: boxes with confidences, proposed at every place of a grid.

    grid (B, D, h, w) -> 3x3 convolution -> at each place, for each of k anchors,
                                            a move (dx, dy, dw, dh) and a confidence

An anchor is a box around the place's middle, of one of some sizes and shapes; moved, it is a
proposal (Ren et al. 2015; Johnson et al. 2016, §3.2.2). While learning, some proposals that are
right and some that are wrong are drawn; while asking, the surest that do not repeat each other are
taken. Where fewer are found than places for them, boxes that are none fill up, and a mask says so.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kineograph.nets.boxes import areas, cut_to, moved, overlaps, suppress

RIGHT, WRONG = 0.7, 0.3  # overlap with a true box from which on, below which
LEAST_SIDE_PIXELS = 2.0  # of a proposal: a thinner one is none


class Proposals(NamedTuple):
    """All of a batch, A = h w k in each picture."""

    boxes: Tensor  # (B, A, 4) pixels, not cut at the border
    moves: Tensor  # (B, A, 4) that were answered
    confidences: Tensor  # (B, A) logits
    anchors: Tensor  # (A, 4)


class Drawn(NamedTuple):
    """Proposals that are learned from, N in each picture."""

    places: Tensor  # (B, N) among the proposals
    truths: Tensor  # (B, N) the true box that each overlaps most
    right: Tensor  # (B, N) bool
    wrong: Tensor  # (B, N) bool; neither: it fills up


@dataclass(frozen=True)
class Anchors:
    """Sizes (side of a square of the same area) and shapes (height by width) of the boxes."""

    sides_pixels: tuple[float, ...]
    shapes: tuple[float, ...]

    @property
    def count(self) -> int:
        """At each place."""
        return len(self.sides_pixels) * len(self.shapes)

    def over(self, grid: tuple[int, int], size_pixels: tuple[int, int]) -> Tensor:
        """(h w k, 4) boxes around the middles of a grid (h, w) over pictures (height, width)."""
        sides = torch.tensor(self.sides_pixels)[:, None]
        stretch = torch.tensor(self.shapes)[None].sqrt()
        half = torch.stack([sides / stretch, sides * stretch], -1).flatten(0, 1) / 2  # (k, 2)
        down = (torch.arange(grid[0]) + 0.5) * size_pixels[0] / grid[0]
        across = (torch.arange(grid[1]) + 0.5) * size_pixels[1] / grid[1]
        middles = torch.stack(torch.meshgrid(across, down, indexing="xy"), -1)  # (h, w, 2)
        middles = middles.flatten(0, 1)[:, None]  # (h w, 1, 2)
        return torch.cat([middles - half, middles + half], -1).flatten(0, 1)


class Localiser(nn.Module):
    """grid (B, D, h, w) -> Proposals in pictures `size_pixels` wide and high.

    Moves are answered in `move_units`.
    """

    anchors: Tensor

    move_units: Tensor

    def __init__(
        self,
        features: int,
        filters: int,
        anchors: Anchors,
        grid: tuple[int, int],
        size_pixels: int,
        move_units: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0),
    ) -> None:
        super().__init__()
        self.size_pixels = (size_pixels, size_pixels)
        self.look = nn.Conv2d(features, filters, 3, padding=1)
        self.answer = nn.Conv2d(filters, 5 * anchors.count, 1)
        self.register_buffer("anchors", anchors.over(grid, self.size_pixels), persistent=False)
        self.register_buffer("move_units", torch.tensor(move_units), persistent=False)
        nn.init.normal_(self.answer.weight, std=0.01)  # so that proposals begin as the anchors
        nn.init.zeros_(self.answer.bias)  # type: ignore[arg-type]

    def forward(self, grid: Tensor) -> Proposals:
        """Every proposal of every picture."""
        found = self.answer(F.relu(self.look(grid))).float()  # (B, 5 k, h, w)
        found = found.permute(0, 2, 3, 1).reshape(grid.shape[0], -1, 5)
        moves, confidences = found[..., :4] * self.move_units, found[..., 4]
        return Proposals(moved(self.anchors, moves), moves, confidences, self.anchors)

    def surest(self, found: Proposals, most: int, most_overlap: float) -> tuple[Tensor, Tensor]:
        """Boxes (B, most, 4) that do not repeat each other, surest first; which are any (B, most).

        They are cut at the border.
        """
        boxes = cut_to(found.boxes.detach(), self.size_pixels)
        seen = (boxes[..., 2:] - boxes[..., :2]).amin(-1) >= LEAST_SIDE_PIXELS
        scores = found.confidences.detach().masked_fill(~seen, -torch.inf)
        places, real = suppress(boxes, scores, most_overlap, most)
        return boxes.gather(1, places[..., None].expand(-1, -1, 4)), real


def draw_proposals(
    boxes: Tensor, truths: Tensor, counts: Tensor, many: int, generator: torch.Generator | None
) -> Drawn:
    """`many` of the boxes (B, A, 4) of each picture, by its true boxes (B, R, 4), counts (B,).

    Right is what overlaps a true box by RIGHT and more, and what overlaps one most of all; wrong,
    what overlaps none by WRONG. At most half are right ones, drawn by chance; wrong ones, drawn by
    chance, fill up (Johnson et al. 2016, §3.2.2 "Box sampling").
    """
    real = torch.arange(truths.shape[1], device=truths.device) < counts[:, None]  # (B, R)
    shared = overlaps(boxes, truths).masked_fill(~real[:, None], 0.0)  # (B, A, R)
    greatest, nearest = shared.max(2)
    right = greatest >= RIGHT
    best = shared.argmax(1)  # (B, R): each truth's own proposal, however little they overlap
    row, truth = real.nonzero(as_tuple=True)
    own = best[row, truth]
    touched = shared[row, own, truth] > 0
    row, truth, own = row[touched], truth[touched], own[touched]
    right[row, own] = True
    nearest[row, own] = truth
    wrong = (greatest < WRONG) & ~right & (areas(boxes) > 0)
    chance = torch.rand(right.shape, generator=generator, device="cpu").to(boxes.device)
    half = min(many, boxes.shape[1]) // 2
    places_right, any_right = _some(right, chance, half)
    places_wrong, any_wrong = _some(wrong, chance, min(many, boxes.shape[1]))
    left = many - any_right.sum(1, keepdim=True)  # wrong ones that there is room for
    any_wrong &= torch.arange(any_wrong.shape[1], device=boxes.device) < left
    places = torch.cat([places_right, places_wrong], 1)
    return Drawn(
        places,
        nearest.gather(1, places),
        torch.cat([any_right, torch.zeros_like(any_wrong)], 1),
        torch.cat([torch.zeros_like(any_right), any_wrong], 1),
    )


def _some(wanted: Tensor, chance: Tensor, most: int) -> tuple[Tensor, Tensor]:
    """Places (B, most) of wanted ones by chance (B, A), and which of them are wanted."""
    drawn = chance.masked_fill(~wanted, -1.0).topk(most, dim=1)
    return drawn.indices, drawn.values >= 0
