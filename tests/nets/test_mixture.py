"""The mixture that a pen's next point is drawn of."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.nets.heads.mixture import (
    draw_point,
    mixture_outputs,
    pen_log_likelihood,
    pen_mixture,
)


@pytest.fixture
def outputs() -> torch.Tensor:
    return torch.randn(5, mixture_outputs(4), generator=torch.Generator().manual_seed(3)).double()


def with_torch(outputs: torch.Tensor) -> torch.distributions.Distribution:
    """The same mixture by torch.distributions, of K weights, means, covariances."""
    weights, right, up, wide, high, together = outputs[..., 1:].chunk(6, -1)
    a, b, rho = wide.exp(), high.exp(), 0.999 * together.tanh()
    covariance = torch.stack(
        [torch.stack([a * a, rho * a * b], -1), torch.stack([rho * a * b, b * b], -1)], -2
    )
    each = torch.distributions.MultivariateNormal(torch.stack([right, up], -1), covariance)
    return torch.distributions.MixtureSameFamily(
        torch.distributions.Categorical(logits=weights), each
    )


def test_likelihood_is_that_of_torch_distributions(outputs):
    points = torch.randn(5, 3).double()
    points[:, 2] = torch.tensor([0, 1, 1, 0, 1])
    place = with_torch(outputs).log_prob(points[:, :2])
    pen = torch.distributions.Bernoulli(logits=outputs[:, 0]).log_prob(points[:, 2])
    assert torch.allclose(pen_log_likelihood(pen_mixture(outputs), points), place + pen)


def test_density_adds_up_to_one_over_the_plane_and_both_pens(outputs):
    steps = torch.arange(-30, 30, 0.05).double()
    right, up = torch.meshgrid(steps, steps, indexing="ij")
    total = 0.0
    for lifted in (0.0, 1.0):
        points = torch.stack([right, up, torch.full_like(up, lifted)], -1).view(-1, 3)
        found = pen_log_likelihood(pen_mixture(outputs[:1] * 0.5), points)
        total += float(found.exp().sum()) * 0.05**2
    assert total == pytest.approx(1.0, abs=1e-4)


def test_ten_thousand_extreme_outputs_give_neither_nan_nor_infinity():
    chance = torch.Generator().manual_seed(0)
    size = 10 ** torch.empty(10_000, 1).uniform_(-3, 30, generator=chance)
    outputs = size * torch.randn(10_000, mixture_outputs(3), generator=chance)
    outputs.requires_grad_(True)
    points = torch.randn(10_000, 3, generator=chance) * 10 ** torch.empty(10_000, 1).uniform_(
        -3, 6, generator=chance
    )
    points[:, 2] = (points[:, 2] > 0).float()
    found = pen_log_likelihood(pen_mixture(outputs), points)
    found.sum().backward()
    assert torch.isfinite(found).all()
    assert torch.isfinite(outputs.grad).all()
    with torch.no_grad():
        drawn = draw_point(pen_mixture(outputs, bias=2.0), chance)
    assert torch.isfinite(drawn).all()


def test_gradients_are_those_of_differences(outputs):
    points = torch.randn(5, 3).double()
    points[:, 2] = (points[:, 2] > 0).double()
    outputs = outputs[:2].requires_grad_(True)
    assert torch.autograd.gradcheck(
        lambda given: pen_log_likelihood(pen_mixture(given), points[:2]), outputs
    )


def test_moments_of_drawn_points_are_the_mixture_s(outputs):
    many = outputs[:1].float().expand(40_000, -1)
    drawn = draw_point(pen_mixture(many), torch.Generator().manual_seed(5))
    true = with_torch(outputs[0])
    spread = true.variance.sqrt()
    assert torch.all((drawn[:, :2].mean(0) - true.mean).abs() < 0.03 * spread)
    assert torch.all((drawn[:, :2].std(0) / spread - 1).abs() < 0.05)
    assert abs(float(drawn[:, 2].mean()) - float(torch.sigmoid(outputs[0, 0]))) < 0.01
    covered = torch.cov(drawn[:, :2].T)[0, 1]
    sure = pen_mixture(outputs[0])
    share = sure.log_weights.exp()
    middle = (share * sure.mean_right).sum(), (share * sure.mean_up).sum()
    within = sure.correlation * (sure.log_sigma_right + sure.log_sigma_up).exp()
    between = (sure.mean_right - middle[0]) * (sure.mean_up - middle[1])
    assert float(covered) == pytest.approx(float((share * (within + between)).sum()), abs=0.3)


@given(bias=st.floats(0.1, 5))
@settings(max_examples=20, deadline=None)
def test_bias_makes_points_surer(bias):
    outputs = torch.randn(1, mixture_outputs(3), generator=torch.Generator().manual_seed(1))
    plain, neat = pen_mixture(outputs), pen_mixture(outputs, bias)
    assert torch.all(neat.log_sigma_up < plain.log_sigma_up)
    entropy = [-(each.log_weights.exp() * each.log_weights).sum() for each in (plain, neat)]
    assert entropy[1] < entropy[0]
    lifted, surer = torch.sigmoid(plain.pen), torch.sigmoid(neat.pen)
    assert torch.all((surer - 0.5).abs() > (lifted - 0.5).abs())
    assert torch.equal(surer > 0.5, lifted > 0.5)


def test_one_gaussian_of_a_known_case():
    outputs = torch.zeros(7)  # one standard Gaussian, a pen of even chance
    found = pen_log_likelihood(pen_mixture(outputs), torch.tensor([3.0, 4.0, 1.0]))
    assert float(found) == pytest.approx(-math.log(2 * math.pi) - 12.5 - math.log(2))
