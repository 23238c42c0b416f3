"""ConvLSTM against a loop of its own, the contract of cells, and the hoisted input convolution."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kineograph.nets.cells import OF_MAPS, ConvLSTMCell, LSTMCell
from kineograph.nets.recurrent import Recurrent
from kineograph.nets.scan import scan

B, T, C, N, H, W = 2, 5, 3, 4, 6, 7
VARIANTS = [
    {},
    {"kernel": 5},
    {"dilation": 2},
    {"norm": "group"},
    {"bias": False, "activation": "relu"},
    {"kernel": 1, "recurrent_activation": "hard_sigmoid"},
]


@pytest.fixture(autouse=True)
def double_precision_and_a_seed():
    torch.manual_seed(0)
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.fixture(params=VARIANTS, ids=str)
def cell(request):
    return ConvLSTMCell(C, N, **request.param)


def step_by_step(cell: nn.Module, xs: Tensor, state=None) -> tuple[Tensor, object]:
    """The loop as Shi et al. write it: the input convolved at its own step."""
    state = cell.initial_state(xs[:, 0]) if state is None else state
    outputs = []
    for t in range(xs.shape[1]):
        output, state = cell(xs[:, t], state)
        outputs.append(output)
    return torch.stack(outputs, 1), state


def test_one_step_is_equation_3_without_peepholes():
    cell = ConvLSTMCell(C, N, dilation=2)
    x, h, c = torch.randn(B, C, H, W), torch.randn(B, N, H, W), torch.randn(B, N, H, W)
    both = torch.cat([cell.from_input.weight, cell.from_state.weight], 1)  # one joined kernel
    joined = torch.cat([x, h], 1)
    gates = F.conv2d(joined, both, cell.from_input.bias, padding=2, dilation=2)
    i, f, g, o = gates.chunk(4, 1)
    new_c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    new_h = o.sigmoid() * new_c.tanh()
    output, state = cell(x, (h, c))
    torch.testing.assert_close((output, *state), (new_h, new_h, new_c))


def test_on_maps_of_one_pixel_it_is_an_lstm():
    conv, lstm = ConvLSTMCell(C, N), LSTMCell(C, N)
    lstm.from_input.weight.data = conv.from_input.weight.data[:, :, 1, 1]
    lstm.from_input.bias.data = conv.from_input.bias.data
    lstm.from_state.weight.data = conv.from_state.weight.data[:, :, 1, 1]
    xs = torch.randn(B, T, C)
    expected, _ = scan(lstm, xs)
    torch.testing.assert_close(scan(conv, xs[..., None, None])[0][..., 0, 0], expected)


def test_weights_are_counted_by_hand():
    cell = ConvLSTMCell(C, N, kernel=3)
    assert sum(p.numel() for p in cell.parameters()) == 4 * N * (9 * (C + N) + 1)


def test_all_inputs_in_one_convolution_are_the_step_by_step_walk(cell):
    """Outputs, last state, and every gradient."""
    xs = torch.randn(B, T, C, H, W, requires_grad=True)
    gradients = []
    for walk in (scan, step_by_step):
        outputs, (h, c) = walk(cell, xs)
        loss = (outputs * torch.arange(1, T + 1)[:, None, None, None]).square().sum() + c.sum()
        gradients.append([*torch.autograd.grad(loss, [xs, *cell.parameters()]), outputs, h, c])
    for hoisted, stepped in zip(*gradients, strict=True):
        torch.testing.assert_close(hoisted, stepped)


def test_a_walk_convolves_its_inputs_once(cell, monkeypatch):
    calls = []
    plain = cell.from_input.forward
    monkeypatch.setattr(cell.from_input, "forward", lambda xs: calls.append(xs.shape) or plain(xs))
    scan(cell, torch.randn(B, T, C, H, W))
    assert calls == [(B * T, C, H, W)]


def test_chunks_with_a_carried_state_are_the_whole(cell):
    xs = torch.randn(B, T, C, H, W)
    whole, last = scan(cell, xs)
    first, state = scan(cell, xs[:, :2])
    second, state = scan(cell, xs[:, 2:], state)
    torch.testing.assert_close(torch.cat([first, second], 1), whole)
    torch.testing.assert_close(state, last)


@pytest.mark.parametrize("backwards", [False, True])
def test_padding_changes_nothing(cell, backwards):
    xs, lengths = torch.randn(B, T, C, H, W), torch.tensor([2, 5])
    outputs, (h, c) = scan(cell, xs, lengths=lengths, backwards=backwards)
    for b, length in enumerate(lengths.tolist()):
        alone, (last_h, last_c) = scan(cell, xs[b : b + 1, :length], backwards=backwards)
        torch.testing.assert_close(outputs[b : b + 1, :length], alone)
        torch.testing.assert_close((h[b : b + 1], c[b : b + 1]), (last_h, last_c))
        assert not outputs[b, length:].any()


@pytest.mark.parametrize("name", OF_MAPS)
def test_layers_in_both_directions_read_maps(name):
    xs, lengths = torch.randn(B, T, C, H, W), torch.tensor([3, 5])
    stack = Recurrent(C, N, cell=name, layers=2, both_directions=True, dilation=2)
    outputs, state = stack(xs, lengths=lengths)
    assert outputs.shape == (B, T, 2 * N, H, W) and len(state) == 4
    alone, _ = stack(xs[:1, :3])
    torch.testing.assert_close(outputs[:1, :3], alone)
    flipped, _ = stack(xs.flip(1))
    assert not torch.allclose(flipped, outputs)


def test_dropout_is_drawn_once_a_walk_and_not_outside_training():
    cell = ConvLSTMCell(C, N, dropout=0.5, recurrent_dropout=0.5)
    still = torch.ones(1, 1, C, H, W).expand(1, T, C, H, W)
    assert not torch.equal(scan(cell, still)[0], scan(cell, still)[0])
    cell.eval()
    torch.testing.assert_close(scan(cell, still)[0], scan(cell, still)[0])


def test_under_autocast_the_memory_stays_unrounded():
    stack = Recurrent(C, N, cell="convlstm").float()
    xs = torch.randn(B, T, C, H, W, dtype=torch.float32)
    expected, _ = stack(xs)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        outputs, ((_, c),) = stack(xs)
    assert c.dtype == torch.float32
    assert 0 < (outputs - expected).abs().max() < 0.05


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kernel": 4}, "kernel=4: must be odd.* Write kernel=3 or 5"),
        ({"dilation": 0}, "dilation=0: must be a whole number"),
        ({"norm": "batch"}, "norm='batch': must be one of group, none"),
        ({"dropout": 1.0}, "dropout=1.0: must be a share"),
    ],
)
def test_what_cannot_be_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        ConvLSTMCell(C, N, **change)
