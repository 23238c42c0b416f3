"""Boxes: overlaps as the metric has them, moves there and back, suppression by brute force."""

import numpy as np
import pytest
import torch

from kineograph.metrics import regions
from kineograph.nets.boxes import cut_to, moved, moves_between, overlaps, suppress


def boxes(count: int, seed: int = 0) -> torch.Tensor:
    draw = torch.Generator().manual_seed(seed)
    corners = torch.rand(count, 2, generator=draw) * 40
    return torch.cat([corners, corners + 5 + torch.rand(count, 2, generator=draw) * 30], 1)


def test_overlaps_are_the_metrics():
    one, other = boxes(7), boxes(5, 1)
    theirs = regions.overlaps(one.double().numpy(), other.double().numpy())
    np.testing.assert_allclose(overlaps(one, other), theirs, atol=1e-6)


def test_a_move_between_two_boxes_takes_one_to_the_other():
    one, other = boxes(20), boxes(20, 1)
    torch.testing.assert_close(moved(one, moves_between(one, other)), other, atol=1e-3, rtol=1e-4)
    torch.testing.assert_close(moved(one, torch.zeros(20, 4)), one)


def test_a_hand_worked_move():
    box = torch.tensor([10.0, 10.0, 20.0, 30.0])  # 10 wide, 20 high, around (15, 20)
    move = torch.tensor([0.5, -0.25, float(np.log(2.0)), 0.0])
    torch.testing.assert_close(moved(box, move), torch.tensor([10.0, 5.0, 30.0, 25.0]))


def test_no_move_makes_a_box_without_area_or_without_end():
    wild = moved(boxes(6), torch.full((6, 4), 100.0) * torch.tensor([1, 1, -1, 1]))
    assert (wild[:, 2:] > wild[:, :2]).all() and wild.isfinite().all()


def test_boxes_are_cut_at_the_border():
    found = cut_to(torch.tensor([[-3.0, 5.0, 90.0, 70.0]]), (60, 80))
    assert found.tolist() == [[0, 5, 80, 60]]


def by_brute_force(boxes, scores, most_overlap, most):
    left = [i for i in np.argsort(-scores, kind="stable") if scores[i] > -np.inf]
    shared, kept = regions.overlaps(boxes, boxes), []
    while left and len(kept) < most:
        kept.append(left.pop(0))
        left = [i for i in left if shared[kept[-1], i] <= most_overlap]
    return kept


@pytest.mark.parametrize("most", [1, 5, 60])
@pytest.mark.parametrize("most_overlap", [0.1, 0.5, 0.9])
def test_suppression_of_many_pictures_is_that_of_each_by_brute_force(most, most_overlap):
    many = torch.stack([boxes(50, seed) for seed in range(4)])
    scores = torch.rand(4, 50, generator=torch.Generator().manual_seed(2)).round(decimals=1)
    scores[:, ::7] = -torch.inf  # no boxes
    scores[3] = -torch.inf
    places, real = suppress(many, scores, most_overlap, most)
    assert places.shape == real.shape == (4, most)
    for row in range(4):
        expected = by_brute_force(
            many[row].double().numpy(), scores[row].numpy(), most_overlap, most
        )
        assert places[row][real[row]].tolist() == expected
