"""MDLSTM: the walk by diagonals against nested loops, gradients, corners, and padding."""

import pytest
import torch
from torch import Tensor

from kineograph.nets.cells import OVER_GRID
from kineograph.nets.cells.mdlstm import MDLSTMCell
from kineograph.nets.scan_grid import scan_grid

B, C, N = 2, 3, 4
SIZES = [(3, 5), (5, 2), (1, 4), (4, 1), (1, 1)]
STABLE = {"peepholes": False, "stable": True}
VARIANTS = [{}, {"peepholes": False}, STABLE, {"bias": False}, {"directions": 1}]


@pytest.fixture(autouse=True)
def double_precision_and_a_seed():
    torch.manual_seed(0)
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.fixture(params=VARIANTS, ids=str)
def cell(request):
    return with_all_weights(MDLSTMCell(C, N, **request.param))


def with_all_weights(cell: MDLSTMCell) -> MDLSTMCell:
    """Biases and peepholes start at zero; a test should see them."""
    for weights in cell.parameters():
        torch.nn.init.normal_(weights, std=0.5)
    return cell


def by_nested_loops(cell: MDLSTMCell, grid: Tensor) -> Tensor:
    """One grid (C, H, W), place by place with the paper's equations, each direction by itself."""
    _, height, width = grid.shape
    found = torch.zeros(cell.directions * N, height, width)
    for d in range(cell.directions):
        rows = range(height) if d in (0, 1) else range(height - 1, -1, -1)
        columns = range(width) if d in (0, 2) else range(width - 1, -1, -1)
        up, back = (-1 if d in (0, 1) else 1), (-1 if d in (0, 2) else 1)
        w = cell.from_input[d].T
        u1, u2 = cell.from_states[d, :N].T, cell.from_states[d, N:].T
        b = torch.zeros(5 * N) if cell.bias is None else cell.bias[d, 0]
        p = torch.zeros(5 * N) if cell.peepholes is None else cell.peepholes[d, 0]
        pi1, pi2, pf1, pf2, po = p.split(N)
        memory = {}
        blank = torch.zeros(N), torch.zeros(N)
        for i in rows:
            for j in columns:
                h1, c1 = memory.get((i, j + back), blank)
                h2, c2 = memory.get((i + up, j), blank)
                ai, af1, af2, ao, ag = (w @ grid[:, i, j] + u1 @ h1 + u2 @ h2 + b).split(N)
                f1, f2 = torch.sigmoid(af1 + pf1 * c1), torch.sigmoid(af2 + pf2 * c2)
                kept = f1 * (f2 * c1 + (1 - f2) * c2) if cell.stable else f1 * c1 + f2 * c2
                c = kept + torch.sigmoid(ai + pi1 * c1 + pi2 * c2) * torch.tanh(ag)
                h = torch.sigmoid(ao + po * c) * torch.tanh(c)
                memory[i, j] = h, c
        placed = [torch.stack([memory[i, j][0] for j in range(width)], 1) for i in range(height)]
        found[d * N : (d + 1) * N] = torch.stack(placed, 1)
    return found


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_diagonals_are_the_nested_loops(cell, size):
    maps = torch.randn(B, C, *size)
    expected = torch.stack([by_nested_loops(cell, grid) for grid in maps])
    torch.testing.assert_close(scan_grid(cell, maps), expected)


def test_so_are_all_gradients(cell):
    maps, weigh = (
        torch.randn(1, C, 3, 4, requires_grad=True),
        torch.randn(cell.directions * N, 3, 4),
    )
    given = [maps, *cell.parameters()]
    ours = torch.autograd.grad((scan_grid(cell, maps)[0] * weigh).sum(), given)
    theirs = torch.autograd.grad((by_nested_loops(cell, maps[0]) * weigh).sum(), given)
    torch.testing.assert_close(ours, theirs)


def test_gradients_are_those_of_small_steps():
    cell = with_all_weights(MDLSTMCell(2, 2))
    maps = torch.randn(2, 2, 2, 3, requires_grad=True)
    widths = torch.tensor([3, 2])
    assert torch.autograd.gradcheck(lambda x: scan_grid(cell, x, widths), maps)


@pytest.mark.parametrize("padding", [0.0, 7.0, float("1e6")])
def test_padding_on_the_right_changes_nothing(cell, padding):
    widths = [4, 1, 3]
    grids = [torch.randn(1, C, 3, width) for width in widths]
    padded = torch.full((3, C, 3, 5), padding)
    for row, grid in zip(padded, grids, strict=True):
        row[:, :, : grid.shape[3]] = grid[0]
    found = scan_grid(cell, padded, torch.tensor(widths))
    for outputs, grid, width in zip(found, grids, widths, strict=True):
        torch.testing.assert_close(outputs[None, :, :, :width], scan_grid(cell, grid))
        assert not outputs[:, :, width:].any()


def test_each_direction_sees_its_quarter_of_the_grid_and_no_more():
    """What changes when one place does: the quarter that lies behind it, seen from each corner."""
    cell, size = with_all_weights(MDLSTMCell(C, N)), (4, 5)
    maps = torch.randn(1, C, *size)
    other = maps.clone()
    other[0, :, 1, 2] += 1.0
    moved = (scan_grid(cell, maps) != scan_grid(cell, other))[0].unflatten(0, (4, N)).any(1)
    rows, columns = torch.arange(4)[:, None], torch.arange(5)
    quarters = [
        (rows >= 1) & (columns >= 2),
        (rows >= 1) & (columns <= 2),
        (rows <= 1) & (columns >= 2),
        (rows <= 1) & (columns <= 2),
    ]
    assert torch.equal(moved, torch.stack(quarters))


def test_a_row_alone_is_an_lstm_without_peepholes():
    """torch's LSTM, gates in its own order; a row has no upper neighbours to forget."""
    cell = with_all_weights(MDLSTMCell(C, N, directions=1, peepholes=False))
    lstm = torch.nn.LSTM(C, N, batch_first=True)
    order = [0, 1, 4, 3]  # torch: input, forget, candidate, output
    with torch.no_grad():
        for theirs, ours in (
            (lstm.weight_ih_l0, cell.from_input[0].T),
            (lstm.weight_hh_l0, cell.from_states[0, :N].T),
            (lstm.bias_ih_l0, cell.bias[0, 0]),
        ):
            theirs.copy_(torch.cat([ours.split(N)[gate] for gate in order]))
        lstm.bias_hh_l0.zero_()
    xs = torch.randn(B, 6, C)
    outputs = scan_grid(cell, xs.transpose(1, 2)[:, :, None])
    torch.testing.assert_close(outputs[:, :, 0].transpose(1, 2), lstm(xs)[0])


def test_all_inputs_are_read_in_one_product(monkeypatch):
    cell, calls = MDLSTMCell(C, N), []
    plain = cell.project
    monkeypatch.setattr(cell, "project", lambda *given: calls.append(1) or plain(*given))
    scan_grid(cell, torch.randn(B, C, 3, 4))
    assert calls == [1]


def test_weights_are_counted_by_hand():
    one = 5 * (C * N + 2 * N * N + N)
    plain = MDLSTMCell(C, N, peepholes=False)
    assert sum(p.numel() for p in plain.parameters()) == 4 * one
    assert sum(p.numel() for p in MDLSTMCell(C, N).parameters()) == 4 * (one + 5 * N)


def after_100_equal_places(cell: MDLSTMCell) -> float:
    """Amid a grid of equal places both neighbours remember the same."""
    x = torch.ones(4, 1, C)
    state = cell.initial_state(x)
    for _ in range(100):
        _, state = cell(x, state, state)
    return float(state[1].detach().abs().max())


def test_two_open_forget_gates_let_a_memory_grow_and_a_stable_cell_does_not():
    torch.manual_seed(0)
    assert after_100_equal_places(MDLSTMCell(C, N, peepholes=False)) > 1e6
    torch.manual_seed(0)
    assert after_100_equal_places(MDLSTMCell(C, N, **STABLE)) <= 100  # at most 1 a place


def test_a_stable_cell_has_no_peepholes():
    with pytest.raises(ValueError, match="stable=True, peepholes=True: .* Write peepholes=False"):
        MDLSTMCell(C, N, stable=True)


def test_under_autocast_the_memory_stays_unrounded():
    cell = MDLSTMCell(C, N).float()
    maps = torch.randn(B, C, 3, 4, dtype=torch.float32)
    expected = scan_grid(cell, maps)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        outputs = scan_grid(cell, maps)
    assert outputs.dtype == torch.float32
    torch.testing.assert_close(outputs, expected)


@pytest.mark.parametrize("name", OVER_GRID)
def test_counts_below_one_are_refused(name):
    with pytest.raises(ValueError, match="units=0: must be a whole number of 1 or more. Write"):
        OVER_GRID[name](C, 0)
