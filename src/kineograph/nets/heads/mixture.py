"""Where a pen goes next: a mixture of two-dimensional Gaussians, and whether it is lifted.

Source: Graves 2013 (arXiv:1308.0850), equations 15-26; bias: equations 61 and 62. K Gaussians are
6K + 1 outputs: pen, K weights, K means to the right, K up, K widths to the right, K up, K
correlations. Nats are of the units that points are given in.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

NARROWEST, WIDEST = -7.0, 7.0  # of log sigma: a point is never surer than 1/1000 of a deviation
STRONGEST = 0.999  # correlation: at 1 the likelihood has no bound
FARTHEST = 1e5  # deviations from a mean; farther is as unlikely, and squares stay finite
LARGEST = 1e4  # a mean, in units of the points


class PenMixture(NamedTuple):
    """What is expected of the next point; leading dimensions (…,) are the caller's.

    pen: logit that it is lifted (…,); the paper's sign is the other one. log_weights, and means,
    log_sigmas to the right and up and correlation: (…, K).
    """

    pen: Tensor
    log_weights: Tensor
    mean_right: Tensor
    mean_up: Tensor
    log_sigma_right: Tensor
    log_sigma_up: Tensor
    correlation: Tensor


def mixture_outputs(mixtures: int) -> int:
    """How many outputs such a mixture takes."""
    return 6 * mixtures + 1


def pen_mixture(outputs: Tensor, bias: float = 0.0) -> PenMixture:
    """The mixture of a network's outputs (…, 6K + 1), always of finite likelihood.

    bias: 0 writes as it learned, 1 and more neater: narrower Gaussians, likelier ones preferred
    (Graves 2013, equations 61 and 62), and a pen that is lifted where that is likelier than not.
    """
    outputs = outputs.to(torch.promote_types(outputs.dtype, torch.float32))  # bf16 is too coarse
    pen, rest = outputs[..., 0], outputs[..., 1:]
    weights, right, up, wide, high, together = rest.chunk(6, -1)
    return PenMixture(
        pen * (1 + bias),
        F.log_softmax(weights * (1 + bias), -1),
        right.clamp(-LARGEST, LARGEST),
        up.clamp(-LARGEST, LARGEST),
        (wide - bias).clamp(NARROWEST, WIDEST),
        (high - bias).clamp(NARROWEST, WIDEST),
        STRONGEST * torch.tanh(together),
    )


def component_log_densities(mixture: PenMixture, places: Tensor) -> Tensor:
    """Of places (…, 2) under each Gaussian, in nats: (…, K)."""
    right, up = places[..., :1], places[..., 1:2]
    a = (right - mixture.mean_right) * torch.exp(-mixture.log_sigma_right)
    b = (up - mixture.mean_up) * torch.exp(-mixture.log_sigma_up)
    a, b = a.clamp(-FARTHEST, FARTHEST), b.clamp(-FARTHEST, FARTHEST)
    rest = 1 - mixture.correlation.square()
    # a² + b² - 2ρab over 1 - ρ², as a sum of squares: it cannot come out below zero
    distance = (a - mixture.correlation * b).square() / rest + b.square()
    scale = mixture.log_sigma_right + mixture.log_sigma_up + 0.5 * torch.log(rest)
    return -0.5 * distance - scale - math.log(2 * math.pi)


def pen_log_likelihood(mixture: PenMixture, points: Tensor) -> Tensor:
    """Of points (…, 3): nats of the place's density and of the pen's being lifted: (…,)."""
    each = mixture.log_weights + component_log_densities(mixture, points[..., :2])
    lifted = points[..., 2]
    pen = lifted * F.logsigmoid(mixture.pen) + (1 - lifted) * F.logsigmoid(-mixture.pen)
    return torch.logsumexp(each, -1) + pen


def draw_point(mixture: PenMixture, generator: torch.Generator | None = None) -> Tensor:
    """A point (…, 3) drawn of each mixture, the pen as 0 or 1."""
    shape = mixture.pen.shape
    flat = mixture.log_weights.exp().flatten(0, -2)
    which = torch.multinomial(flat, 1, generator=generator).view(*shape, 1)
    right, up, wide, high, together = (part.gather(-1, which).squeeze(-1) for part in mixture[2:])
    device = mixture.pen.device
    chance = torch.randn(*shape, 2, generator=generator, device=device)
    a = chance[..., 0]
    b = together * a + torch.sqrt(1 - together.square()) * chance[..., 1]
    level = torch.rand(shape, generator=generator, device=device)
    lifted = (level < torch.sigmoid(mixture.pen)).float()
    return torch.stack([right + wide.exp() * a, up + high.exp() * b, lifted], -1)
