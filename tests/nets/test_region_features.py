"""Features read between the points of a grid: as a loop reads them, and with right gradients."""

import math

import pytest
import torch

from kineograph.nets.region_features import region_features

SIZE = (24, 32)


def by_a_loop(maps, box, places):
    """Bilinear reading of one box (4,) of maps (D, h, w), point by point."""
    depth, height, width = maps.shape
    rows, columns = places
    found = torch.zeros(depth, rows, columns, dtype=maps.dtype)
    left, top, right, bottom = box.tolist()
    for i in range(rows):
        for j in range(columns):
            x = (left + (right - left) * (j + 0.5) / columns) * width / SIZE[1] - 0.5
            y = (top + (bottom - top) * (i + 0.5) / rows) * height / SIZE[0] - 0.5
            x, y = min(max(x, 0), width - 1), min(max(y, 0), height - 1)
            for n in range(depth):
                total = 0.0
                for row in (math.floor(y), math.floor(y) + 1):
                    for column in (math.floor(x), math.floor(x) + 1):
                        near = max(0, 1 - abs(y - row)) * max(0, 1 - abs(x - column))
                        if near:
                            total += near * maps[n, row, column]
                found[n, i, j] = total
    return found


def test_features_are_those_of_a_loop():
    draw = torch.Generator().manual_seed(0)
    maps = torch.randn(2, 3, 6, 8, generator=draw, dtype=torch.float64)
    boxes = torch.tensor(
        [[[0, 0, 32, 24], [5, 3, 19, 21.5]], [[-6, -2, 40, 9], [30, 20, 31, 23]]],
        dtype=torch.float64,
    )
    found = region_features(maps, boxes, SIZE, (3, 4))
    assert found.shape == (2, 2, 3, 3, 4)
    for picture in range(2):
        for number in range(2):
            expected = by_a_loop(maps[picture], boxes[picture, number], (3, 4))
            torch.testing.assert_close(found[picture, number], expected)


def test_gradients_reach_the_maps_and_the_boxes():
    draw = torch.Generator().manual_seed(1)
    maps = torch.randn(1, 2, 5, 6, generator=draw, dtype=torch.float64, requires_grad=True)
    boxes = torch.tensor([[[4.3, 3.1, 20.7, 19.9]]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(
        lambda m, b: region_features(m, b, SIZE, (2, 3)), (maps, boxes), atol=1e-6
    )
    region_features(maps, boxes, SIZE, (2, 3)).sum().backward()
    assert boxes.grad.abs().min() > 0


@pytest.mark.parametrize("places", [(1, 1), (7, 7)])
def test_flat_maps_read_flat(places):
    read = region_features(torch.full((1, 1, 4, 4), 2.5), torch.rand(1, 5, 4) * 20, SIZE, places)
    torch.testing.assert_close(read, torch.full((1, 5, 1, *places), 2.5))
