"""First weights: what Keras' formulas promise, measured."""

import math

import pytest
import torch
from torch import nn

from kineograph.nets.cells import OVER_TIME, GRUCell, LSTMCell
from kineograph.nets.initialise import keras_defaults
from kineograph.nets.models.lrcn import LRCNConfig

D, N = 40, 24


@pytest.fixture(autouse=True)
def a_seed():
    torch.manual_seed(0)


def drawn(module: nn.Module) -> nn.Module:
    keras_defaults(module)
    return module


@pytest.mark.parametrize(
    ("module", "fan_in", "fan_out"),
    [
        (nn.Conv2d(16, 64, 3), 16 * 9, 64 * 9),
        (nn.Linear(100, 30), 100, 30),
        (LSTMCell(D, N).from_input, D, 4 * N),
        (GRUCell(D, N).from_input, D, 3 * N),
    ],
)
def test_kernels_are_glorot_uniform(module, fan_in, fan_out):
    weight, limit = drawn(module).weight, math.sqrt(6 / (fan_in + fan_out))
    assert weight.abs().max() <= limit
    assert weight.abs().max() > 0.98 * limit
    assert weight.std().item() == pytest.approx(limit / math.sqrt(3), rel=0.05)
    assert weight.mean().abs() < 0.05 * limit


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
def test_recurrent_kernels_are_orthogonal_as_one_matrix(name):
    """Keras' (N, 4N) of an LSTM has orthonormal rows; ours is its transpose."""
    cell = drawn(OVER_TIME[name](D, N))
    kernels = [weight for key, weight in cell.named_parameters() if "from_state.weight" in key]
    together = torch.cat(kernels)
    torch.testing.assert_close(together.T @ together, torch.eye(N), atol=1e-5, rtol=0)


def test_an_lstm_starts_with_open_forget_gates_and_no_other_bias():
    bias = drawn(LSTMCell(D, N)).from_input.bias
    assert bias.tolist() == [0.0] * N + [1.0] * N + [0.0] * 2 * N


@pytest.mark.parametrize("cell", OVER_TIME)
@pytest.mark.parametrize("bias", [True, False])
def test_every_other_bias_starts_at_zero(cell, bias):
    network = LRCNConfig(cell=cell, bias=bias).build(6, (60, 60))
    for name, weight in network.named_parameters():
        if name.endswith("bias") and not (cell == "lstm" and "from_input" in name):
            assert (weight == 0).all(), name


def test_the_same_seed_draws_the_same_network():
    torch.manual_seed(7)
    one = LRCNConfig().build(6, (60, 60)).state_dict()
    torch.manual_seed(7)
    torch.testing.assert_close(one, LRCNConfig().build(6, (60, 60)).state_dict())


def test_torch_s_own_start_stays_when_asked_for():
    bias = LRCNConfig(start="torch").build(6, (60, 60)).encoder.blocks[0][0].bias
    assert (bias != 0).all() and bias.abs().max() <= 1 / math.sqrt(3 * 9)
