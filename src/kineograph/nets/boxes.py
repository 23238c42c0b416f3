"""Boxes in pictures: how far two share their area, how one becomes another, which to keep.

A box is (left, top, right, bottom) in pixels. A move (dx, dy, dw, dh) takes one box to another as
in Fast R-CNN (Girshick 2015, §2.3): the centre by parts of the box's own sides, the sides by
the logarithm of their ratio, so that no move makes a box without area.

    x' = x + dx w      y' = y + dy h      w' = w e^dw      h' = h e^dh
"""

import math

import torch
from torch import Tensor

MOST_GROWTH = math.log(8.0)  # of a side in one move: more, and an untrained net's boxes run away


def overlaps(one: Tensor, other: Tensor) -> Tensor:
    """(..., N, M) intersection over union of boxes (..., N, 4) and (..., M, 4)."""
    first = torch.maximum(one[..., :, None, :2], other[..., None, :, :2])
    last = torch.minimum(one[..., :, None, 2:], other[..., None, :, 2:])
    both = (last - first).clamp(min=0).prod(-1)
    together = areas(one)[..., :, None] + areas(other)[..., None, :] - both
    return both / together.clamp(min=1e-6)


def areas(boxes: Tensor) -> Tensor:
    """(..., 4) -> (...) square pixels."""
    return (boxes[..., 2:] - boxes[..., :2]).clamp(min=0).prod(-1)


def moved(boxes: Tensor, moves: Tensor) -> Tensor:
    """Boxes (..., 4) after moves (..., 4)."""
    centres, sides = _centred(boxes)
    centres = centres + moves[..., :2] * sides
    half = sides * moves[..., 2:].clamp(-MOST_GROWTH, MOST_GROWTH).exp() / 2
    return torch.cat([centres - half, centres + half], -1)


def moves_between(boxes: Tensor, targets: Tensor) -> Tensor:
    """The moves (..., 4) that take boxes (..., 4) to targets (..., 4)."""
    centres, sides = _centred(boxes)
    aims, aimed_sides = _centred(targets)
    return torch.cat([(aims - centres) / sides, (aimed_sides / sides).log()], -1)


def cut_to(boxes: Tensor, size_pixels: tuple[int, int]) -> Tensor:
    """Boxes (..., 4) inside of a picture of (height, width)."""
    height, width = size_pixels
    across, down = boxes[..., 0::2].clamp(0, width), boxes[..., 1::2].clamp(0, height)
    return torch.stack([across[..., 0], down[..., 0], across[..., 1], down[..., 1]], -1)


def suppress(
    boxes: Tensor, scores: Tensor, most_overlap: float, most: int
) -> tuple[Tensor, Tensor]:
    """Non-maximum suppression in all pictures at once: the surest box silences those that it
    overlaps by more than `most_overlap`, then of those left the next one.

    boxes (B, N, 4), scores (B, N) with -inf for what is no box -> places (B, most), surest first,
    and which of them are boxes (B, most). Of boxes equally sure the first one given is taken.
    """
    rows = torch.arange(len(boxes), device=boxes.device)
    left = scores.clone()
    places, real = [], []
    for _ in range(most):
        greatest, best = left.max(1)
        places.append(best)
        real.append(greatest > -torch.inf)
        silenced = overlaps(boxes[rows, best][:, None], boxes)[:, 0] > most_overlap
        left = left.masked_fill(silenced, -torch.inf)
        left[rows, best] = -torch.inf  # also one that is too thin to overlap itself
    return torch.stack(places, 1), torch.stack(real, 1)


def _centred(boxes: Tensor) -> tuple[Tensor, Tensor]:
    sides = (boxes[..., 2:] - boxes[..., :2]).clamp(min=1e-3)
    return (boxes[..., :2] + boxes[..., 2:]) / 2, sides
