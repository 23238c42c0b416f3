"""Inside of a character model: its own states, a planted cell found, a control that holds."""

import numpy as np
import pytest
import torch

from kineograph.data.text import Alphabet
from kineograph.inspect.characters.cells import (
    Trace,
    cells_that_follow,
    features_of,
    saturation,
    trace,
)
from kineograph.nets.models.character_model import CharacterModelConfig

TEXT = ('He said "the cat (a rat) sat" and left.\nThen "more" came, [and] so on.\n' * 4)[:240]
ALPHABET = Alphabet.of(TEXT)


def network(cell: str):
    torch.manual_seed(0)
    return CharacterModelConfig(cell=cell, units=8, layers=2).build(len(ALPHABET)).eval()


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru", "mingru"])
def test_the_last_entry_is_the_networks_own_state(cell):
    net = network(cell)
    traces = trace(net, TEXT, ALPHABET)
    with torch.no_grad():
        _, state = net(torch.tensor([ALPHABET.encode(TEXT)]))
    for layer, each in zip(state, traces, strict=True):
        held = layer[1].tanh() if cell == "lstm" else layer
        assert each.cells[-1] == pytest.approx(held[0].numpy(), abs=1e-5)
        assert each.cells.shape == (len(TEXT), 8)
        assert all((gate >= 0).all() and (gate <= 1).all() for gate in each.gates.values())
    names = {"rnn": [], "lstm": ["input", "forget", "output"], "gru": ["reset", "update"]}
    assert list(traces[0].gates) == names.get(cell, ["update"])


def test_features_are_as_one_counts_them():
    found = features_of('a "b (c)"\nD')
    assert found["inside quotes"].tolist() == [0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0]
    assert found["depth of brackets"].tolist() == [0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0]
    assert found["place in the line"].tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]
    assert found["capitals"].tolist() == [0] * 10 + [1]
    assert "inside quotes" not in features_of("abc d")
    assert features_of("«a» „b“ c")["inside quotes"].tolist() == [1, 1, 0, 0, 1, 1, 0, 0, 0]


def test_a_planted_cell_is_found_and_noise_is_no_more_than_chance():
    rng = np.random.default_rng(0)
    text = "".join(rng.choice(list('ab "(\n)'), 2000))
    features = features_of(text)
    noise = rng.normal(size=(2, 2000, 30))
    planted = noise.copy()
    planted[1][:, 7] += 3 * features["inside quotes"]
    found = {f.feature: f for f in cells_that_follow([Trace(c, {}) for c in planted], features)}
    quotes = found["inside quotes"]
    assert (quotes.layer, quotes.unit) == (1, 7) and quotes.correlation > 3 * quotes.by_chance
    nothing = cells_that_follow([Trace(c, {}) for c in noise], features)
    assert all(abs(each.correlation) < 1.5 * each.by_chance for each in nothing)


def test_a_network_that_counts_brackets_has_its_counter_found():
    """A cell of weights set by hand: up by one at (, down by one at ), else as it was."""
    text = "a(b(c)d)(e)ff(g)" * 20
    alphabet = Alphabet.of(text)
    net = CharacterModelConfig(cell="rnn", units=4, layers=1).build(len(alphabet)).eval()
    cell = net.recurrent.layers[0][0]
    with torch.no_grad():
        cell.from_state.weight[2] = 0
        cell.from_state.weight[2, 2] = 1.0
        cell.from_input.weight[2] = 0
        cell.from_input.bias[2] = 0
        cell.from_input.weight[2, alphabet.encode("(")[0]] = 0.01  # tanh is straight near 0
        cell.from_input.weight[2, alphabet.encode(")")[0]] = -0.01
    (found,) = [
        each
        for each in cells_that_follow(trace(net, text, alphabet), features_of(text))
        if each.feature == "depth of brackets"
    ]
    assert (found.layer, found.unit) == (0, 2) and found.correlation > 0.99


def test_saturation_is_a_share_of_the_time():
    gate = np.array([[0.0, 0.5], [0.05, 0.95], [0.5, 0.99], [0.95, 1.0]])
    assert saturation(gate).tolist() == [[0.5, 0.25], [0.0, 0.75]]
