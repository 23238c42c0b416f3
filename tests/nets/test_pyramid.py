"""Dilated pyramid: its taps against a count over the map, its saving by hand, its branches."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from kineograph.nets.pyramid import DilatedPyramid, check_taps, saving, taps_inside
from kineograph.nets.time_convolution import Walk


@pytest.mark.parametrize("size", [(28, 28), (14, 9), (5, 16)])
@pytest.mark.parametrize(("kernel", "dilation"), [(3, 2), (3, 8), (3, 16), (5, 3), (1, 4)])
def test_taps_are_those_that_are_counted_one_by_one(size, kernel, dilation):
    height, width = size
    offsets = (np.arange(kernel) - kernel // 2) * dilation
    inside, rows, columns = [], [], []
    for y in range(height):
        for x in range(width):
            for dy in offsets:
                for dx in offsets:
                    inside.append(0 <= y + dy < height and 0 <= x + dx < width)
        rows += [0 <= y + dy < height for dy in offsets if dy]
    for x in range(width):
        columns += [0 <= x + dx < width for dx in offsets if dx]
    found = taps_inside(size, kernel, dilation)
    assert found.all_inside == pytest.approx(np.mean(inside))
    if kernel > 1:
        assert found.outer_rows_inside == pytest.approx(np.mean(rows))
        assert found.outer_columns_inside == pytest.approx(np.mean(columns))


def test_taps_inside_are_the_share_of_ones_that_a_convolution_sees():
    ones = F.conv2d(torch.ones(1, 1, 28, 28), torch.ones(1, 1, 3, 3), padding=16, dilation=16)
    assert taps_inside((28, 28), 3, 16).all_inside == pytest.approx(float(ones.mean()) / 9)


def test_at_112_pixels_the_outer_branch_needs_an_output_stride_of_4():
    """14x14 maps at 8, as often used: nothing lies 16 pixels away there."""
    at_4 = [taps_inside((28, 28), 3, dilation) for dilation in (2, 4, 8, 16)]
    at_8 = [taps_inside((14, 14), 3, dilation) for dilation in (2, 4, 8, 16)]
    assert [round(taps.outer_rows_inside, 3) for taps in at_4] == [0.929, 0.857, 0.714, 0.429]
    assert [round(taps.outer_rows_inside, 3) for taps in at_8] == [0.857, 0.714, 0.429, 0.0]
    assert [round(taps.all_inside, 3) for taps in at_4] == [0.907, 0.819, 0.655, 0.383]
    check_taps((28, 28), (112, 112), 4, (2, 4, 8, 16))
    with pytest.raises(ValueError) as told:
        check_taps((14, 14), (112, 112), 8, (2, 4, 8, 16))
    assert str(told.value) == (
        "dilation 16: on maps of 14x14 its outer taps never meet a pixel. Write output_stride=4, "
        "or data.size_pixels of 129 or more, or leave this dilation out."
    )
    with pytest.raises(ValueError, match="pixel. Write data.size_pixels of 65 or more, or leave"):
        check_taps((12, 20), (48, 80), 4, (2, 16))  # no smaller stride would do


def test_what_the_remedy_says_helps():
    with pytest.raises(ValueError, match="size_pixels of 129"):
        check_taps((14, 14), (112, 112), 8, (16,))
    check_taps((17, 17), (129, 129), 8, (16,))
    check_taps((28, 28), (112, 112), 4, (16,))


def test_each_branch_is_torchs_convolution_beside_the_others():
    pyramid = DilatedPyramid(3, 4, dilations=(1, 2, 4), norm="none").double()
    clip = torch.randn(2, 3, 5, 9, 10, dtype=torch.float64)
    found = pyramid(clip.transpose(1, 2).flatten(0, 1), Walk(5))
    found = found.unflatten(0, (2, 5)).transpose(1, 2)
    for place, dilation in enumerate((1, 2, 4)):
        weight = pyramid.branches[place].weight
        around = (1, dilation, dilation)
        expected = F.conv3d(clip, weight, padding=around, dilation=around).relu()
        torch.testing.assert_close(found[:, 4 * place : 4 * place + 4], expected)


def test_dilation_saves_what_a_dense_kernel_of_its_span_would_cost():
    """By hand: 2048 -> 64 maps, 3x3x3; the dense kernels are 5, 9, 17 and 33 pixels wide."""
    pairs = 2048 * 64 * 3
    dense = []
    for dilation, span in ((2, 5), (4, 9), (8, 17), (16, 33)):
        found = saving(2048, 64, time_kernel=3, dilation=dilation)
        assert (found.span, found.dilated, found.dense) == (span, pairs * 9, pairs * span**2)
        convolution = DilatedPyramid(2, 3, dilations=(dilation,)).branches[0]
        assert saving(2, 3, time_kernel=3, dilation=dilation).dilated == convolution.weight.numel()
        dense.append(found.dense)
    assert sum(dense) == 583_532_544 and 4 * pairs * 9 == 14_155_776
    assert sum(dense) / (4 * pairs * 9) == pytest.approx(41.2, abs=0.05)


def test_a_dilated_kernel_spans_what_is_said():
    seen = F.conv2d(torch.ones(1, 1, 1, 1), torch.ones(1, 1, 3, 3), padding=16, dilation=8)
    rows = seen[0, 0].any(1).nonzero()
    assert int(rows.max() - rows.min()) + 1 == saving(1, 1, dilation=8).span
