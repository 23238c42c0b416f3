"""The network that writes: its window, its steps, its padding."""

import math

import pytest
import torch

from kineograph.nets.cells import OVER_TIME
from kineograph.nets.models.handwriting import (
    Handwriting,
    HandwritingPredictConfig,
    HandwritingSynthesisConfig,
)
from kineograph.nets.text_window import TextWindow

TEXTS = torch.tensor([[1, 2, 3, 2], [4, 1, 0, 0]])


def network(layers: int = 3, windows: int = 2, cell: str = "lstm") -> Handwriting:
    torch.manual_seed(2)
    return Handwriting(
        7, layers, 3, characters=4, windows=windows, points_per_character=3.0, cell=cell
    ).double()


def points(length: int = 9) -> torch.Tensor:
    drawn = torch.randn(2, length, 3, generator=torch.Generator().manual_seed(4)).double()
    drawn[..., 2] = (drawn[..., 2] > 1).double()
    return drawn


def test_window_is_that_of_nested_loops():
    torch.manual_seed(0)
    window = TextWindow(5, 3, 4.0)
    hidden, places = torch.randn(2, 5), torch.rand(2, 3)
    text = torch.nn.functional.one_hot(TEXTS, 5)[..., 1:].float()
    with torch.no_grad():
        seen, moved, phi = window(hidden, places, text)
        raw = window.read(hidden).tolist()
    for row in range(2):
        expected = [0.0] * 4
        for u in range(1, 5):
            total = 0.0
            for j in range(3):
                alpha, beta = math.exp(raw[row][j]), math.exp(raw[row][3 + j])
                kappa = float(places[row, j]) + math.exp(raw[row][6 + j])
                assert float(moved[row, j]) == pytest.approx(kappa, rel=1e-5)
                total += alpha * math.exp(-beta * (kappa - u + 0.5) ** 2)
            assert float(phi[row, u - 1]) == pytest.approx(total, rel=1e-4)
            if TEXTS[row, u - 1]:
                expected[TEXTS[row, u - 1] - 1] += total
        assert seen[row].tolist() == pytest.approx(expected, rel=1e-4)


def test_a_fresh_window_goes_at_the_pace_of_the_ink():
    window = TextWindow(5, 3, 4.0)
    places, text = torch.zeros(1, 3), torch.ones(1, 9, 2)
    for _ in range(12):
        _, places, _ = window(torch.zeros(1, 5), places, text)
    assert places.tolist()[0] == pytest.approx([3.0] * 3)


@pytest.mark.parametrize("cell", OVER_TIME)
@pytest.mark.parametrize("windows", [0, 2])
@pytest.mark.parametrize("layers", [1, 3])
def test_whole_line_equals_one_step_at_a_time(layers, windows, cell):
    net, line = network(layers, windows, cell), points()
    if not windows:
        net = Handwriting(7, layers, 3, cell=cell).double()
    text = net.one_hot(TEXTS) if windows else None
    whole = net(line, TEXTS)
    state, before = net.initial_state(line[:, 0]), torch.zeros_like(line[:, 0])
    for place in range(line.shape[1]):
        outputs, state = net.step(before, state, text)
        assert torch.allclose(outputs, whole[:, place])
        before = line[:, place]


@pytest.mark.parametrize("cell", OVER_TIME)
def test_a_line_followed_in_two_parts_is_the_line_followed_whole(cell):
    net, line = network(cell=cell), points()
    text = net.one_hot(TEXTS)
    whole, last, _ = net.follow(line, text)
    first, state, _ = net.follow(line[:, :4], text)
    second, end, looked = net.follow(line[:, 4:], text, state)
    assert torch.allclose(torch.cat([first, second], 1), whole)
    assert torch.allclose(end.window, last.window)
    assert len(looked) == 5


def test_what_follows_changes_nothing_before_it():
    net, line = network(), points()
    other = line.clone()
    other[:, 5:] = 9.0
    assert torch.allclose(net(line, TEXTS)[:, :6], net(other, TEXTS)[:, :6])


def test_padding_of_points_and_of_texts_changes_nothing():
    net, line = network(), points()
    alone = net(line[1:, :6], TEXTS[1:, :2])
    longer = torch.nn.functional.pad(TEXTS, (0, 3))
    assert torch.allclose(net(line, longer)[1, :6], alone[0])


def test_gradients_are_those_of_differences():
    torch.manual_seed(1)
    net = Handwriting(
        3, 2, 1, characters=4, windows=1, points_per_character=3.0, clip_outputs=0.0
    ).double()
    line = points(4).requires_grad_(True)
    assert torch.autograd.gradcheck(lambda given: net(given, TEXTS), line)


def test_gradients_of_the_outputs_are_clipped_one_by_one():
    net, free = network(), network()
    free.clip_outputs = 0.0
    (1e6 * net(points(), TEXTS)).sum().backward()
    (100 * free(points(), TEXTS)).sum().backward()
    assert torch.allclose(net.output.bias.grad, free.output.bias.grad)


def test_the_paper_s_sizes():
    one = HandwritingPredictConfig().build(0, 25.0)
    assert (one.units, len(one.layers), one.output.out_features) == (900, 1, 121)
    many = HandwritingSynthesisConfig().build(57, 25.0)
    assert (many.units, len(many.layers), many.window.parts) == (400, 3, 10)


def test_a_network_that_reads_asks_for_its_text():
    with pytest.raises(ValueError, match="texts=None: this network is told what to write"):
        network()(points())


@pytest.mark.parametrize("config", [HandwritingPredictConfig, HandwritingSynthesisConfig])
def test_a_cell_that_is_not_known_is_refused(config):
    with pytest.raises(ValueError, match="cell='lstn'"):
        config(cell="lstn")


@pytest.mark.parametrize("wrong", [{"units": 0}, {"mixtures": 0}, {"clip_outputs": -1.0}])
def test_numbers_that_mean_nothing_are_refused(wrong):
    with pytest.raises(ValueError, match=r"or more"):
        HandwritingSynthesisConfig(**wrong)
