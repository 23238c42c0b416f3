"""Cells against other implementations, and the one contract of all of them."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper
from torch import Tensor, nn

from kineograph.nets.cells import OVER_TIME, GRUCell, LSTMCell, MinGRUCell, RNNCell
from kineograph.nets.cells.activations import ACTIVATIONS
from kineograph.nets.cells.cell import Masks, draw_masks
from kineograph.nets.scan import scan

B, T, D, N = 3, 6, 4, 5


@pytest.fixture(autouse=True)
def double_precision_and_a_seed():
    torch.manual_seed(0)
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def turn_update(weights: Tensor) -> Tensor:
    reset, update, new = weights.chunk(3)
    return torch.cat([reset, -update, new])


# --- the contract, over the dict


@pytest.mark.parametrize("name", OVER_TIME)
def test_a_cell_is_its_two_halves(name):
    cell, x = OVER_TIME[name](D, N), torch.randn(B, D)
    state = cell.initial_state(x)
    torch.testing.assert_close(cell(x, state), cell.advance(cell.project(x), state))


@pytest.mark.parametrize("name", OVER_TIME)
def test_output_and_state_have_the_units(name):
    cell, x = OVER_TIME[name](D, N), torch.randn(B, D)
    output, state = cell(x, cell.initial_state(x))
    assert output.shape == (B, N)
    for part in state if isinstance(state, tuple) else [state]:
        assert part.shape == (B, N)


@pytest.mark.parametrize("name", OVER_TIME)
def test_a_cell_without_biases_has_none(name):
    cell = OVER_TIME[name](D, N, bias=False)
    assert not [key for key, _ in cell.named_parameters() if key.endswith("bias")]
    scan(cell, torch.randn(B, T, D))


@pytest.mark.parametrize("name", OVER_TIME)
def test_a_batch_is_its_sequences_alone(name):
    cell, xs = OVER_TIME[name](D, N), torch.randn(B, T, D)
    together, _ = scan(cell, xs)
    alone = torch.cat([scan(cell, xs[b : b + 1])[0] for b in range(B)])
    torch.testing.assert_close(alone, together)


# --- other implementations


def test_lstm_agrees_with_torch():
    ours, theirs = LSTMCell(D, N), nn.LSTM(D, N, batch_first=True)
    theirs.weight_ih_l0.data = ours.from_input.weight.data
    theirs.weight_hh_l0.data = ours.from_state.weight.data
    theirs.bias_ih_l0.data = ours.from_input.bias.data
    theirs.bias_hh_l0.data.zero_()
    xs, h, c = torch.randn(B, T, D), torch.randn(B, N), torch.randn(B, N)
    outputs, state = scan(ours, xs, (h, c))
    expected, (last_h, last_c) = theirs(xs, (h[None], c[None]))
    torch.testing.assert_close(outputs, expected)
    torch.testing.assert_close(state, (last_h[0], last_c[0]))


def test_lstm_agrees_with_a_hand_worked_step():
    """One unit, all weights and biases 0 but the candidate's bias: half of tanh(1), half kept."""
    cell = LSTMCell(1, 1)
    for weight in cell.parameters():
        nn.init.zeros_(weight)
    cell.from_input.bias.data[2] = 1.0
    output, (h, c) = cell(torch.zeros(1, 1), (torch.zeros(1, 1), torch.full((1, 1), 2.0)))
    assert c.item() == pytest.approx(0.5 * 2 + 0.5 * 0.7615941559557649)
    assert output.item() == h.item() == pytest.approx(0.5 * np.tanh(c.item()))


def test_gru_that_resets_after_agrees_with_torch():
    ours, theirs = GRUCell(D, N, reset="after"), nn.GRU(D, N, batch_first=True)
    theirs.weight_ih_l0.data = turn_update(ours.from_input.weight.data)
    theirs.weight_hh_l0.data = turn_update(
        torch.cat([ours.from_state.weight.data, ours.new_from_state.weight.data])
    )
    theirs.bias_ih_l0.data = turn_update(ours.from_input.bias.data)
    theirs.bias_hh_l0.data = torch.cat([torch.zeros(2 * N), ours.new_from_state.bias.data])
    xs, h = torch.randn(B, T, D), torch.randn(B, N)
    outputs, state = scan(ours, xs, h)
    expected, last = theirs(xs, h[None])
    torch.testing.assert_close(outputs, expected)
    torch.testing.assert_close(state, last[0])


def test_gru_that_resets_before_agrees_with_onnx():
    cell = GRUCell(D, N, reset="before").float()
    xs = torch.randn(B, T, D, dtype=torch.float32)
    outputs, _ = scan(cell, xs)

    def in_onnx_order(weights: Tensor) -> np.ndarray:  # update, reset, new; z says what is kept
        reset, update, new = weights.detach().chunk(3)
        return torch.cat([-update, reset, new])[None].numpy()

    recurrent = torch.cat([cell.from_state.weight, cell.new_from_state.weight])
    bias = np.concatenate([in_onnx_order(cell.from_input.bias), np.zeros((1, 3 * N))], 1)
    weights = {
        "W": in_onnx_order(cell.from_input.weight),
        "R": in_onnx_order(recurrent),
        "b": bias.astype(np.float32),
    }
    node = helper.make_node("GRU", ["x", *weights], ["y"], hidden_size=N, linear_before_reset=0)
    graph = helper.make_graph(
        [node],
        "gru",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [T, B, D])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [T, 1, B, N])],
        [onnx.numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    (expected,) = session.run(None, {"x": xs.transpose(0, 1).numpy()})
    torch.testing.assert_close(outputs.transpose(0, 1), torch.from_numpy(expected[:, 0]))


def test_the_two_resets_are_different_functions():
    before, after = GRUCell(D, N, reset="before"), GRUCell(D, N, reset="after")
    after.load_state_dict({**before.state_dict(), "new_from_state.bias": torch.zeros(N)})
    xs = torch.randn(B, T, D)
    first_before, first_after = scan(before, xs)[0][:, 0], scan(after, xs)[0][:, 0]
    torch.testing.assert_close(first_before, first_after)  # nothing to reset yet
    assert (scan(before, xs)[0] - scan(after, xs)[0]).abs().max() > 1e-3


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_rnn_agrees_with_torch(activation):
    ours = RNNCell(D, N, activation=activation)
    theirs = nn.RNN(D, N, batch_first=True, nonlinearity=activation)
    theirs.weight_ih_l0.data = ours.from_input.weight.data
    theirs.weight_hh_l0.data = ours.from_state.weight.data
    theirs.bias_ih_l0.data = ours.from_input.bias.data
    theirs.bias_hh_l0.data.zero_()
    xs, h = torch.randn(B, T, D), torch.randn(B, N)
    torch.testing.assert_close(scan(ours, xs, h)[0], theirs(xs, h[None])[0])


@pytest.mark.parametrize("start", ["zeros", "remembered"])
def test_mingru_all_at_once_agrees_with_its_steps(start):
    cell, xs = MinGRUCell(D, N), 3 * torch.randn(B, 200, D)
    state = cell.initial_state(xs[:, 0]) if start == "zeros" else torch.rand(B, N)
    stepped, _ = scan(cell, xs, state)
    torch.testing.assert_close(cell.advance_all(cell.project(xs), state), stepped)
    assert (stepped > 0).all()


def test_mingru_all_at_once_agrees_with_its_steps_in_single_precision():
    cell, xs = MinGRUCell(D, N).float(), torch.randn(B, 40, D, dtype=torch.float32)
    state = cell.initial_state(xs[:, 0])
    at_once = cell.advance_all(cell.project(xs), state)
    torch.testing.assert_close(at_once, scan(cell, xs)[0], rtol=1e-4, atol=1e-6)


def test_mingru_learns_the_same_both_ways():
    cell, xs = MinGRUCell(D, N), torch.randn(B, T, D)
    weigh = torch.randn(B, T, N)
    (scan(cell, xs)[0] * weigh).sum().backward()
    stepped = cell.from_input.weight.grad.clone()
    cell.zero_grad()
    state = cell.initial_state(xs[:, 0])
    (cell.advance_all(cell.project(xs), state) * weigh).sum().backward()
    torch.testing.assert_close(cell.from_input.weight.grad, stepped)


# --- weights, as papers count them


def test_one_bias_as_keras_counts():
    def count(module: nn.Module) -> int:
        return sum(weight.numel() for weight in module.parameters())

    assert count(RNNCell(D, N)) == D * N + N * N + N
    assert count(LSTMCell(D, N)) == 4 * (D * N + N * N + N)
    assert count(GRUCell(D, N)) == 3 * (D * N + N * N + N)
    assert count(GRUCell(D, N, bias=False)) == 3 * (D * N + N * N)
    assert count(MinGRUCell(D, N)) == 2 * (D * N + N)


# --- options


def test_hard_sigmoid_is_that_of_keras_3():
    x = torch.tensor([-4.0, -3.0, -1.5, 0.0, 1.5, 3.0, 4.0])
    expected = torch.tensor([0.0, 0.0, 0.25, 0.5, 0.75, 1.0, 1.0])
    torch.testing.assert_close(ACTIVATIONS["hard_sigmoid"](x), expected)


@pytest.mark.parametrize("name", ["lstm", "gru"])
def test_activations_are_put_where_they_are_named(name):
    """With gates that are always open or shut, what comes out is the activation alone."""
    cell = OVER_TIME[name](1, 1, activation="linear", recurrent_activation="hard_sigmoid")
    for weight in cell.parameters():
        nn.init.zeros_(weight)
    cell.from_input.bias.data.fill_(3.0)  # gates: 1; candidate: 3
    output, _ = cell(torch.zeros(1, 1), cell.initial_state(torch.zeros(1, 1)))
    assert output.item() == 3.0


@pytest.mark.parametrize("name", OVER_TIME)
def test_dropout_is_drawn_once_a_walk_and_never_outside_training(name):
    cell = OVER_TIME[name](D, N, dropout=0.5)
    if hasattr(cell, "from_state"):
        cell = OVER_TIME[name](D, N, dropout=0.5, recurrent_dropout=0.25)
    xs = torch.randn(B, T, D)
    torch.manual_seed(1)
    outputs, _ = scan(cell, xs)
    torch.manual_seed(1)
    masks = draw_masks(cell, xs[:, 0])
    state = cell.initial_state(xs[:, 0])
    for t in range(T):
        output, state = cell(xs[:, t], state, masks)
        torch.testing.assert_close(output, outputs[:, t])
    assert set(masks.inputs.unique().tolist()) <= {0.0, 2.0}
    if masks.state is not None:
        assert set(masks.state.unique().tolist()) <= {0.0, 4 / 3}

    again, _ = scan(cell, xs)
    assert (again - outputs).abs().max() > 1e-6
    cell.eval()
    plain = OVER_TIME[name](D, N)
    plain.load_state_dict(cell.state_dict())
    torch.testing.assert_close(scan(cell, xs), scan(plain, xs))


def test_gates_do_not_see_what_is_dropped_of_the_state():
    x, h, c, mask = torch.randn(B, D), torch.randn(B, N), torch.randn(B, N), torch.rand(B, N)
    lstm, rnn = LSTMCell(D, N), RNNCell(D, N)
    masks = Masks(state=mask)
    torch.testing.assert_close(lstm(x, (h, c), masks), lstm(x, (h * mask, c)))
    torch.testing.assert_close(rnn(x, h, masks), rnn(x, h * mask))


@pytest.mark.parametrize("reset", ["before", "after"])
def test_a_gru_keeps_in_memory_what_its_gates_do_not_see(reset):
    cell, x, h = GRUCell(D, N, reset=reset), torch.randn(B, D), torch.randn(B, N)
    unseen, _ = cell(x, h, Masks(state=torch.zeros(B, N)))
    nothing_kept, _ = cell(x, torch.zeros(B, N))
    update = cell.project(x)[:, N : 2 * N].sigmoid()
    torch.testing.assert_close(unseen, nothing_kept + (1 - update) * h)


def test_masks_keep_the_mean():
    cell = LSTMCell(D, N, dropout=0.25, recurrent_dropout=0.5)
    masks = draw_masks(cell, torch.randn(20_000, D))
    assert masks.inputs.mean().item() == pytest.approx(1.0, abs=0.02)
    assert masks.state.mean().item() == pytest.approx(1.0, abs=0.02)


# --- words


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        (
            "lstm",
            {"activation": "tahn"},
            "activation='tahn': must be one of .* Did you mean 'tanh'",
        ),
        ("gru", {"recurrent_activation": "?"}, "recurrent_activation='\\?': must be one of"),
        ("gru", {"reset": "never"}, "reset='never': must be one of after, before. Write reset="),
        ("rnn", {"dropout": 1.0}, "dropout=1.0: must be a share .* below 1. Write dropout=0.25"),
        ("lstm", {"recurrent_dropout": -0.1}, "recurrent_dropout=-0.1: must be a share"),
        ("rnn", {"recurrent_activation": "relu"}, "a plain RNN has no gates .* Leave it out"),
        ("mingru", {"activation": "relu"}, "minGRU comes with its own.* Leave both out"),
        ("mingru", {"recurrent_dropout": 0.5}, "do not read the state.* or use dropout"),
    ],
)
def test_options_that_cannot_be_are_refused(name, options, words):
    with pytest.raises(ValueError, match=words):
        OVER_TIME[name](D, N, **options)


def test_a_cell_of_no_units_is_refused():
    with pytest.raises(ValueError, match="units=0: must be a whole number of 1 or more"):
        LSTMCell(D, 0)
