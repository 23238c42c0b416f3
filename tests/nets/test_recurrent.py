"""Layers and directions of a cell against torch.nn, and step = whole = chunks."""

import pytest
import torch
from torch import nn

from kineograph.nets.cells import OVER_TIME
from kineograph.nets.recurrent import Recurrent

B, T, D, N = 3, 6, 4, 5
LENGTHS = torch.tensor([6, 1, 4])


@pytest.fixture(autouse=True)
def double_precision_and_a_seed():
    torch.manual_seed(0)
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("cell", OVER_TIME)
def test_whole_equals_steps_equals_chunks(cell):
    recurrent, xs = Recurrent(D, N, cell=cell, layers=2), torch.randn(B, T, D)
    outputs, last = recurrent(xs)
    state = recurrent.initial_state(xs[:, 0])
    for t in range(T):
        output, state = recurrent.step(xs[:, t], state)
        torch.testing.assert_close(output, outputs[:, t])
    torch.testing.assert_close(state, last)

    first, state = recurrent(xs[:, :4])
    second, state = recurrent(xs[:, 4:], state)
    torch.testing.assert_close(torch.cat([first, second], 1), outputs)
    torch.testing.assert_close(state, last)


@pytest.mark.parametrize("both_directions", [False, True])
@pytest.mark.parametrize("cell", OVER_TIME)
def test_padding_changes_nothing(cell, both_directions):
    recurrent = Recurrent(D, N, cell=cell, layers=2, both_directions=both_directions)
    xs = torch.randn(B, T, D)
    outputs, last = recurrent(xs, lengths=LENGTHS)
    for b, length in enumerate(LENGTHS):
        alone, state = recurrent(xs[b : b + 1, :length])
        torch.testing.assert_close(outputs[b : b + 1, :length], alone)
        assert (outputs[b, length:] == 0).all()
        for ours, expected in zip(last, state, strict=True):
            for part, whole in zip(expected, ours, strict=True) if cell == "lstm" else ():
                torch.testing.assert_close(whole[b : b + 1], part)
            if cell != "lstm":
                torch.testing.assert_close(ours[b : b + 1], expected)


@pytest.mark.parametrize("both_directions", [False, True])
@pytest.mark.parametrize("cell", OVER_TIME)
def test_one_call_and_many_steps_are_the_same_function(cell, both_directions):
    recurrent = Recurrent(D, N, cell=cell, layers=2, both_directions=both_directions)
    xs = torch.randn(B, T, D)
    fast, last = recurrent(xs, lengths=LENGTHS)
    recurrent.fused = False
    readable, state = recurrent(xs, lengths=LENGTHS)
    torch.testing.assert_close(fast, readable)
    torch.testing.assert_close(last, state)


def test_two_layers_in_both_directions_agree_with_torch():
    ours = Recurrent(D, N, cell="lstm", layers=2, both_directions=True)
    theirs = nn.LSTM(D, N, num_layers=2, bidirectional=True, batch_first=True)
    for number, layer in enumerate(ours.layers):
        for cell, suffix in zip(layer, ["", "_reverse"], strict=True):
            own = cell.state_dict()
            for name, value in {
                "weight_ih": own["from_input.weight"],
                "weight_hh": own["from_state.weight"],
                "bias_ih": own["from_input.bias"],
                "bias_hh": torch.zeros(4 * N),
            }.items():
                getattr(theirs, f"{name}_l{number}{suffix}").data.copy_(value)
    xs = torch.randn(B, T, D)
    outputs, last = ours(xs)
    expected, (h, c) = theirs(xs)
    torch.testing.assert_close(outputs, expected)
    torch.testing.assert_close(torch.stack([part for part, _ in last]), h)
    torch.testing.assert_close(torch.stack([part for _, part in last]), c)


def test_dropout_between_layers_is_off_outside_training():
    recurrent, xs = Recurrent(D, N, layers=2, layers_dropout=0.5), torch.randn(B, T, D)
    assert (recurrent(xs)[0] - recurrent(xs)[0]).abs().max() > 0
    recurrent.eval()
    torch.testing.assert_close(recurrent(xs)[0], recurrent(xs)[0])


def test_autocast_does_not_round_the_memory():
    recurrent, xs = Recurrent(D, N).float(), torch.randn(B, T, D, dtype=torch.bfloat16)
    expected, _ = recurrent(xs.float())
    with torch.autocast("cpu", dtype=torch.bfloat16):
        outputs, state = recurrent(xs)
        stepped, _ = recurrent.step(xs[:, 0], recurrent.initial_state(xs[:, 0]))
    assert outputs.dtype == stepped.dtype == torch.float32
    torch.testing.assert_close(outputs, expected)
    torch.testing.assert_close(stepped, expected[:, 0])


def test_what_looks_ahead_cannot_step():
    recurrent = Recurrent(D, N, both_directions=True)
    assert not recurrent.can_step
    x = torch.randn(B, D)
    with pytest.raises(ValueError, match="both_directions=True: .* cannot step. Give it whole"):
        recurrent.step(x, recurrent.initial_state(x))


def test_an_unknown_cell_is_refused():
    with pytest.raises(ValueError, match="cell='lstn': must be one of .* Did you mean 'lstm'"):
        Recurrent(D, N, cell="lstn")
