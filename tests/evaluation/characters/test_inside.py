"""Inside of a character model: its own states, a planted cell found, a control that holds."""

import numpy as np
import pytest
import torch

from kineograph.data.text import Alphabet
from kineograph.decoding.ngram_learn import learn_ngram
from kineograph.evaluation.characters.inside import (
    Trace,
    cells_that_follow,
    features_of,
    gradient_through_time,
    saturation,
    trace,
)
from kineograph.evaluation.characters.inside_sections import inside_sections
from kineograph.nets.models.character_model import CharacterModelConfig
from kineograph.report.page import as_html, as_markdown
from kineograph.report.page.blocks import Report

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


def test_saturation_is_a_share_of_the_time():
    gate = np.array([[0.0, 0.5], [0.05, 0.95], [0.5, 0.99], [0.95, 1.0]])
    assert saturation(gate).tolist() == [[0.5, 0.25], [0.0, 0.75]]


def test_the_gradient_is_that_of_a_small_change_and_vanishes_in_a_plain_network():
    net = network("rnn")
    norms = gradient_through_time(net, TEXT, ALPHABET, back=20, places=1)
    told = torch.tensor([ALPHABET.encode(TEXT)[0:22]])
    features = net.embed(told).double()
    net = net.double()

    def nats(features):
        logits = net.head(net.recurrent(features[:, :21])[0][:, -1])
        return -float(logits.log_softmax(-1)[0, told[0, 21]])

    with torch.no_grad():
        for back in (0, 3):
            slopes = []
            for axis in range(features.shape[2]):
                moved = features.clone()
                moved[0, 20 - back, axis] += 1e-6
                slopes.append((nats(moved) - nats(features)) / 1e-6)
            assert norms[back] == pytest.approx(float(np.linalg.norm(slopes)), rel=1e-3)
        for layer in net.recurrent.layers:
            layer[0].from_state.weight.mul_(0.2)
    faded = gradient_through_time(net.float(), TEXT, ALPHABET, back=20)
    assert faded[20] < 1e-6 * faded[0]


def test_the_sections_are_a_page(tmp_path):
    model = learn_ngram([TEXT], 3)
    sections = inside_sections(network("lstm"), TEXT, ALPHABET, model)
    assert [section.title for section in sections] == [
        "Cells that follow something", "Gates", "Gradient through time",
        "Errors beside an n-gram's",
    ]  # fmt: skip
    report = Report("inside", [], "Inside", [], [], sections, "Kineograph")
    page = as_html.page(report)
    assert "<script" not in page and 'class="shaded"' in page and "<svg" in page
    assert "layer 2, forget" in as_markdown.page(report)
