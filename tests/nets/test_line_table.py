"""The layer table of line readers: shapes worked by hand, and a total that is all weights."""

import pytest

from kineograph.nets.line_table import line_table
from kineograph.nets.models import OF_LINES
from kineograph.nets.models.line_reader import RETSINAS, LineReaderConfig
from kineograph.nets.models.mdlstm_line import MDLSTMLineConfig


def test_the_papers_hierarchy_row_by_row():
    rows = line_table(MDLSTMLineConfig().build(80, 64), width_pixels=400)
    assert [(row.name, row.shape) for row in rows] == [
        ("line", (64, 400, 1)),
        ("blocks of 4x3 pixels", (16, 134, 12)),
        ("MDLSTM 2, four directions", (16, 134, 8)),
        ("blocks of 4x3 through tanh units", (4, 45, 6)),
        ("MDLSTM 10, four directions", (4, 45, 40)),
        ("blocks of 4x2 through tanh units", (1, 23, 20)),
        ("MDLSTM 50, four directions", (1, 23, 200)),
        ("sum over the height", (23, 200)),
        ("dense, softmax", (23, 80)),
        ("total", ()),
    ]


def test_retsinas_rows_and_their_two_answers():
    rows = line_table(RETSINAS.build(80, 128), width_pixels=1024)
    assert [(row.name, row.shape) for row in rows[:7]] == [
        ("line", (128, 1024, 1)),
        ("convolution 7x7, stride 4x2, ReLU", (32, 512, 32)),
        ("2 residual blocks 3x3, batch norm", (32, 512, 64)),
        ("max-pool 2x2, ReLU", (16, 256, 64)),
        ("4 residual blocks 3x3, batch norm", (16, 256, 128)),
        ("max-pool 2x2, ReLU", (8, 128, 128)),
        ("4 residual blocks 3x3, batch norm", (8, 128, 256)),
    ]
    assert rows[7].shape == (128, 256) and rows[8].name == "LSTM 256, both directions"
    assert [row.lane for row in rows[8:13]] == ["answer"] * 4 + ["auxiliary answer"]


CONFIGS = [
    *(config() for config in OF_LINES.values()),
    LineReaderConfig(columns="summary", norm="none", convolutions=(1, 2, 1, 1), cell="gru"),
    LineReaderConfig(columns="max", residual=True, both_directions=False),
    MDLSTMLineConfig(units=(7,), between=(), block_heights=(3,), block_widths=(5,)),
]


@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_the_total_is_all_weights_and_the_answer_has_the_networks_shape(config):
    network = config.build(9, 48)
    rows = line_table(network, width_pixels=61)
    assert rows[-1].weights == sum(weight.numel() for weight in network.parameters())
    assert rows[-2].shape == (-(-61 // network.encoder.pixels_per_column), 9)
