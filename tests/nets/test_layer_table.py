"""The layer table against the paper's figure and the network's own weights."""

import pytest
import torch
from torch import nn

from kineograph.nets.cells import OVER_TIME
from kineograph.nets.layer_table import layer_table
from kineograph.nets.models import OF_CLIPS, TwoStreamConfig
from kineograph.nets.models.lrcn import LRCNConfig
from kineograph.nets.models.pconvlstm import PConvLSTMConfig
from kineograph.recipes import RECIPES


def test_lrcn_is_that_of_the_paper():
    """Ospan et al., Fig. 3; weights counted by hand."""
    rows = layer_table(LRCNConfig().build(classes=6, size_pixels=(60, 60)), frames_per_clip=40)
    assert [(row.shape, row.weights) for row in rows if not row.name.startswith("dropout")] == [
        ((40, 60, 60, 3), 0),
        ((40, 60, 60, 16), 16 * (3 * 9 + 1)),
        ((40, 15, 15, 16), 0),
        ((40, 15, 15, 32), 32 * (16 * 9 + 1)),
        ((40, 5, 5, 32), 0),
        ((40, 5, 5, 64), 64 * (32 * 9 + 1)),
        ((40, 2, 2, 64), 0),
        ((40, 2, 2, 64), 64 * (64 * 9 + 1)),
        ((40, 1, 1, 64), 0),
        ((40, 64), 0),
        ((40, 32), 4 * (64 * 32 + 32 * 32 + 32)),
        ((40, 6), 32 * 6 + 6),
        ((), 73_126),
    ]
    assert [row.name for row in rows[:5]] == [
        "frames",
        "convolution 3x3",
        "max-pool 4, ReLU",
        "dropout 0.25",
        "convolution 3x3",
    ]
    assert [row.name for row in rows[-3:]] == ["LSTM 32", "dense, softmax", "total"]


def test_the_writing_networks_are_those_of_the_paper():
    """Three blocks of (conv, conv, pool), for sequences two more, all of 16 filters; by hand."""
    first, other = 16 * (7 * 7 * 3 + 1), 16 * (9 * 16 + 1)
    sizes = [100, 100, 50, 50, 50, 25, 25, 25, 12]
    convolved = [first, other, 0, other, other, 0, other, other, 0]
    recipe = RECIPES["writing-gru"]
    rows = layer_table(recipe.model.build(2, recipe.data.size_pixels), 10)
    assert [(row.shape, row.weights) for row in rows] == [
        ((10, 100, 100, 3), 0),
        *(((10, size, size, 16), count) for size, count in zip(sizes, convolved, strict=True)),
        ((10, 12, 12, 16), other),
        ((10, 12, 12, 16), other),
        ((10, 2304), 0),
        ((10, 10), 3 * (2304 * 10 + 10 * 10 + 10)),
        ((10, 2), 10 * 2 + 2),
        ((), 88_080),
    ]
    assert rows[1].name == "convolution 7x7" and rows[2].name == "convolution 3x3"
    recipe = RECIPES["writing-frame"]
    rows = layer_table(recipe.model.build(2, recipe.data.size_pixels), 1)
    assert len(rows) == 15  # the paper counts 13: without the frames and the total
    assert [(row.name, row.weights) for row in rows[10:]] == [
        ("flatten", 0),
        ("dropout 0.25", 0),
        ("dense, ReLU", 2304 * 64 + 64),
        ("dense, softmax", 64 * 2 + 2),
        ("total", 161_618),
    ]


def test_the_published_p_convlstm_is_counted_by_hand():
    """Du Wei 2020 with our widths; ten frames of 112x112, all frames kept, maps of 28x28."""
    with torch.device("meta"):
        network = PConvLSTMConfig().build(5, (112, 112))
    rows = layer_table(network, 10)
    assert all(row.shape[0] == 10 for row in rows[:-1])
    branch = 2048 * 64 * 27 + 2 * 64
    first = 4 * 128 * (9 * (2048 + 4 * 64 + 128) + 1)
    second = 4 * 128 * (9 * (128 + 128) + 1)
    assert [row.weights for row in rows[7:]] == [
        *[branch] * 4, 0, first, second, first, second, 0, 0, 128 * 5 + 5, 71_098_565,
    ]  # fmt: skip
    stages = sum(row.weights for row in rows[:7])
    assert stages == 23_508_032 + 2 * 4_329_472  # two kernels more in each first convolution
    assert [row.shape for row in rows[10:12]] == [(10, 28, 28, 64), (10, 28, 28, 2304)]
    assert rows[6].name == "3 bottlenecks 3x1x1 1x3x3 1x1x1, dilation 8"


def test_torch_s_lstm_would_have_more_weights_than_the_paper_s():
    ours = layer_table(LRCNConfig().build(6, (60, 60)), 40)
    two_biases = sum(weight.numel() for weight in nn.LSTM(64, 32).parameters())
    assert ours[-1].weights - ours[-3].weights + two_biases == 73_254


CONFIGS = [
    *(config() for config in OF_CLIPS.values() if config is not PConvLSTMConfig),
    *(LRCNConfig(cell=cell, layers=2, both_directions=True) for cell in OVER_TIME),
    PConvLSTMConfig(blocks=(1, 1), time_kernels=(1, 3), width=8, dilations=(2, 4), fusion="concat"),
    PConvLSTMConfig(blocks=(2,), time_kernels=(3,), width=4, dilations=(2,), both_directions=True),
    PConvLSTMConfig(blocks=(2,), time_kernels=(3,), width=4, dilations=(2,), memory=False),
    TwoStreamConfig(fusion="learned"),
    LRCNConfig(features_norm="layer", filters=(16,), pools=(4,)),
    LRCNConfig(convolutions=3, first_kernel=7, last_convolutions=1),
]


@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_the_total_is_all_weights_of_the_network(config):
    two = isinstance(config, TwoStreamConfig)
    network = config.build(6, (60, 64), ("rgb", "flow") if two else ("rgb",))
    rows = layer_table(network, frames_per_clip=10)
    assert rows[-1].weights == sum(weight.numel() for weight in network.parameters())
    assert rows[-2].shape == (10, 6)


def test_a_part_that_the_table_does_not_know_is_told():
    with pytest.raises(TypeError, match="GELU: no rows are known for it"):
        layer_table(nn.Sequential(nn.GELU()), 10)
