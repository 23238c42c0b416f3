"""Walking a cell: whole = steps = chunks, padding changes nothing, one call = many."""

import pytest
import torch
from torch import Tensor, nn

from kineograph.nets.cells import OVER_TIME, GRUCell, LSTMCell, RNNCell
from kineograph.nets.fused import FUSED, can_fuse, fused_scan
from kineograph.nets.scan import reverse, scan

B, T, D, N = 4, 7, 3, 5
LENGTHS = torch.tensor([7, 1, 4, 0])

CELLS = {
    **OVER_TIME,
    "gru after": lambda *sizes, **o: GRUCell(*sizes, reset="after", **o),
    "rnn relu": lambda *sizes, **o: RNNCell(*sizes, activation="relu", **o),
    "lstm without biases": lambda *sizes: LSTMCell(*sizes, bias=False),
    "gru after without biases": lambda *sizes: GRUCell(*sizes, reset="after", bias=False),
}
FUSABLE = [name for name, make in CELLS.items() if can_fuse(make(D, N))]
WALKS = [(scan, name) for name in CELLS] + [(fused_scan, name) for name in FUSABLE]
over_walks = pytest.mark.parametrize(("walk", "name"), WALKS)


@pytest.fixture(autouse=True)
def double_precision_and_a_seed():
    torch.manual_seed(0)
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def parts(state) -> tuple[Tensor, ...]:
    return state if isinstance(state, tuple) else (state,)


def remembered(cell: nn.Module) -> Tensor | tuple[Tensor, ...]:
    """A state that a walk of two steps left behind."""
    return scan(cell, torch.randn(B, 2, D))[1]


@over_walks
def test_whole_equals_one_step_at_a_time(walk, name):
    cell, xs = CELLS[name](D, N), torch.randn(B, T, D)
    outputs, last = walk(cell, xs)
    state = cell.initial_state(xs[:, 0])
    for t in range(T):
        output, state = cell(xs[:, t], state)
        torch.testing.assert_close(output, outputs[:, t])
    torch.testing.assert_close(state, last)


@over_walks
def test_whole_equals_chunks(walk, name):
    cell, xs = CELLS[name](D, N), torch.randn(B, T, D)
    outputs, last = walk(cell, xs)
    first, state = walk(cell, xs[:, :3])
    second, state = walk(cell, xs[:, 3:], state)
    torch.testing.assert_close(torch.cat([first, second], 1), outputs)
    torch.testing.assert_close(state, last)


@pytest.mark.parametrize("backwards", [False, True])
@over_walks
def test_padding_changes_nothing(walk, name, backwards):
    cell, xs = CELLS[name](D, N), torch.randn(B, T, D)
    start = remembered(cell)
    for b, length in enumerate(LENGTHS):
        xs[b, length:] = 1e3  # what stands in the padding must not matter
    outputs, last = walk(cell, xs, start, LENGTHS, backwards)
    for b, length in enumerate(LENGTHS.tolist()):
        own = tuple(part[b : b + 1] for part in parts(start))
        alone, state = torch.zeros(1, 0, N), own
        if length:
            own_state = own if isinstance(start, tuple) else own[0]
            alone, state = scan(cell, xs[b : b + 1, :length], own_state, None, backwards)
        torch.testing.assert_close(outputs[b : b + 1, :length], alone)
        assert (outputs[b, length:] == 0).all()
        for ours, expected in zip(parts(last), parts(state), strict=True):
            torch.testing.assert_close(ours[b : b + 1], expected)


@over_walks
def test_full_lengths_change_nothing(walk, name):
    cell, xs = CELLS[name](D, N), torch.randn(B, T, D)
    torch.testing.assert_close(walk(cell, xs, None, torch.full((B,), T)), walk(cell, xs))


@over_walks
def test_backwards_is_forwards_over_the_reversed(walk, name):
    cell, xs = CELLS[name](D, N), torch.randn(B, T, D)
    outputs, last = walk(cell, xs, backwards=True)
    expected, state = walk(cell, xs.flip(1))
    torch.testing.assert_close(outputs, expected.flip(1))
    torch.testing.assert_close(last, state)


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("lengths", [None, LENGTHS])
@pytest.mark.parametrize("name", FUSABLE)
def test_one_call_learns_what_many_steps_learn(name, lengths, backwards):
    cell = CELLS[name](D, N)
    weigh = [torch.randn(B, T, N), torch.randn(B, N), torch.randn(B, N)]
    gradients = []
    xs, start = torch.randn(B, T, D), remembered(cell)
    for walk in (scan, fused_scan):
        leaves = [xs, *parts(start)]
        leaves = [leaf.detach().clone().requires_grad_() for leaf in leaves]
        state = tuple(leaves[1:]) if isinstance(start, tuple) else leaves[1]
        outputs, last = walk(cell, leaves[0], state, lengths, backwards)
        loss = sum((y * w).sum() for y, w in zip([outputs, *parts(last)], weigh, strict=False))
        gradients.append(torch.autograd.grad(loss, [*leaves, *cell.parameters()]))
    torch.testing.assert_close(*gradients)


@pytest.mark.parametrize("name", ["rnn", "lstm", "mingru"])
def test_one_call_drops_inputs_as_many_steps_do(name):
    cell, xs = CELLS[name](D, N, dropout=0.5), torch.randn(B, T, D)
    torch.manual_seed(1)
    expected = scan(cell, xs)
    torch.manual_seed(1)
    torch.testing.assert_close(fused_scan(cell, xs), expected)


def test_only_what_the_kernels_compute_is_fused():
    assert set(FUSED) >= {type(CELLS[name](D, N)) for name in FUSABLE}
    assert can_fuse(LSTMCell(D, N))
    assert not can_fuse(LSTMCell(D, N, recurrent_activation="hard_sigmoid"))
    assert not can_fuse(LSTMCell(D, N, activation="relu"))
    assert not can_fuse(LSTMCell(D, N, recurrent_dropout=0.5))
    assert can_fuse(LSTMCell(D, N, recurrent_dropout=0.5).eval())
    assert not can_fuse(GRUCell(D, N, reset="before"))
    assert not can_fuse(RNNCell(D, N, activation="sigmoid"))


def test_reverse_turns_each_sequence_and_leaves_its_padding():
    xs = torch.tensor([[1, 2, 3, 9], [4, 5, 9, 9]])
    turned = reverse(xs, torch.tensor([3, 2]))
    assert turned.tolist() == [[3, 2, 1, 9], [5, 4, 9, 9]]
    assert reverse(turned, torch.tensor([3, 2])).tolist() == xs.tolist()
