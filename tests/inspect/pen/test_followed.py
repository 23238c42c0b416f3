"""A line followed: the window and the mixtures are the network's own, the heat is a density."""

import numpy as np
import pytest
import torch

from kineograph.data.ink.known import KnownInk
from kineograph.inspect.pen.followed import follow_line, heat_map
from kineograph.inspect.pen.plot import line_plot, warmed
from kineograph.nets.heads.mixture import pen_log_likelihood, pen_mixture
from kineograph.nets.models.handwriting import HandwritingPredictConfig, HandwritingSynthesisConfig

KNOWN = KnownInk(tuple(" abc"), (0.5, 0.3), 2.0, 5.0, 10)


def ink(count=15):
    points = np.random.default_rng(2).normal(size=(count, 3)).astype(np.float32)
    points[:, 2] = np.arange(count) % 5 == 4
    points[0, :2] = 0
    return points


@pytest.fixture(scope="module")
def writing():
    torch.manual_seed(4)
    return HandwritingSynthesisConfig(units=8, layers=2, mixtures=3, windows=2).build(4, 5.0).eval()


def test_the_window_is_the_models_own_step_by_step(writing):
    points, text = ink(), "ab c"
    found = follow_line(writing, KNOWN, points, text)
    signs = writing.one_hot(torch.tensor([[*KNOWN.alphabet.encode(text), 0]]))
    before, state = torch.zeros(1, 3), writing.initial_state(torch.zeros(1, 3))
    for place, point in enumerate(points):
        with torch.no_grad():
            _, state = writing.step(before, state, signs)
        assert found.window[place] == pytest.approx(state.phi[0].numpy(), abs=1e-6)
        seen = (found.window[place, :, None] * signs[0].numpy()).sum(0)
        assert seen == pytest.approx(state.window[0].numpy(), abs=1e-5)
        before = torch.from_numpy(point[None])
    assert found.window.shape == (15, 5) and found.looks_at.shape == (15,)
    assert found.weights.sum(1) == pytest.approx(np.ones(15))


def test_nats_are_those_of_the_whole_line_and_bias_sharpens(writing):
    points, text = ink(), "ab c"
    found = follow_line(writing, KNOWN, points, text)
    target = torch.tensor([KNOWN.alphabet.encode(text)])
    with torch.no_grad():
        outputs = writing(torch.from_numpy(points)[None], target)
    wanted = pen_log_likelihood(pen_mixture(outputs), torch.from_numpy(points)[None])[0].numpy()
    assert np.isnan(found.nats[0]) and found.nats[1:] == pytest.approx(wanted[1:], abs=1e-4)
    neat = follow_line(writing, KNOWN, points, text, bias=2.0)
    assert (neat.mixture.log_sigma_up < found.mixture.log_sigma_up).all()
    assert (neat.weights.max(1) >= found.weights.max(1) - 1e-9).all()


def test_heat_is_a_density_of_every_point_but_the_first(writing):
    found = follow_line(writing, KNOWN, ink(6), "abc", bias=2.0)
    heat = heat_map(found, KNOWN, 300)
    left, right, low, high = heat.extent
    rows, columns = heat.values.shape
    across = left + (np.arange(columns) + 0.5) * (right - left) / columns
    up = high - (np.arange(rows) + 0.5) * (high - low) / rows
    places = np.cumsum(found.points[:, :2] * np.array(KNOWN.deviation), axis=0)
    wanted = np.zeros((rows, columns))
    grid = np.stack(np.meshgrid(across, up), -1)
    for place in range(1, 6):  # brute force, by torch's own Gaussians
        part = [each[place] for each in found.mixture]
        _, logs, right_, up_, wide, tall, together = part
        scale = torch.tensor(KNOWN.deviation).double()
        for k in range(3):
            a, b = wide[k].exp() * scale[0], tall[k].exp() * scale[1]
            mixed = together[k] * a * b
            covariance = torch.stack([torch.stack([a * a, mixed]), torch.stack([mixed, b * b])])
            middle = torch.stack([right_[k], up_[k]]) * scale + torch.from_numpy(places[place - 1])
            gauss = torch.distributions.MultivariateNormal(middle, covariance)
            wanted += (logs[k].exp() * gauss.log_prob(torch.from_numpy(grid)).exp()).numpy()
    assert heat.values == pytest.approx(wanted, abs=2e-3 * wanted.max())
    cell = (right - left) / columns * (high - low) / rows
    assert 0.3 * 5 < heat.values.sum() * cell < 1.02 * 5


def test_the_picture_shows_the_text_and_a_line_without_one(writing):
    svg = line_plot(follow_line(writing, KNOWN, ink(), "ab c"), KNOWN, "x")
    assert svg.startswith("<svg") and "15 points of ink: ab c" in svg
    assert "the window over the text" in svg and "weights of its 3 Gaussians" in svg
    alone = HandwritingPredictConfig(units=6, mixtures=2).build(4, 5.0).eval()
    found = follow_line(alone, KNOWN, ink(), "")
    assert found.window is None and found.looks_at is None
    svg = line_plot(found, KNOWN, "y")
    assert "the window" not in svg and "15 points of ink" in svg


def test_colour_is_none_where_nothing_is_and_never_more_than_full():
    image = warmed(np.array([[0.0, 1.0], [1e9, 2.0]]), (1.0, 0.5, 0.0))
    assert image.shape == (2, 2, 4) and image[0, 0, 3] == 0 and image[..., 3].max() <= 1
    assert warmed(np.zeros((2, 2)), (1, 0, 0))[..., 3].sum() == 0
