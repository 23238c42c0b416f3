"""A line of ink, point by point through the network: where it looked, and what it expected next.

Source: Graves 2013 (arXiv:1308.0850), figures 10, 13 and 14.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kineograph.data.ink.known import KnownInk
from kineograph.data.ink.strokes import Offsets
from kineograph.nets.heads.mixture import (
    PenMixture,
    component_log_densities,
    pen_log_likelihood,
    pen_mixture,
)

Values = NDArray[np.float64]

REACH = 4.0  # standard deviations of a Gaussian; farther there is nothing to see
SLIGHT = 0.005  # a Gaussian of less weight is not drawn
MARGIN = 0.35  # of the line's height, around it
LEAST_CELLS = 1e-9  # of a height


@dataclass(frozen=True, eq=False)
class Followed:
    """A line of T points and U characters as the network followed it.

    points: (T, 3) as the network sees ink. window: (T, U + 1), how much of each character, and of
    the end of the text, the network saw before it made each point; None without a text. weights:
    (T, K) of the Gaussians; lifts (T,): how likely the pen was to be lifted; nats (T,): the log
    likelihood of each point, the first one's is nan: it is given. Mixtures are with the bias.
    """

    text: str
    points: Offsets
    window: Values | None
    weights: Values
    lifts: Values
    nats: Values
    mixture: PenMixture

    @property
    def looks_at(self) -> NDArray[np.int64] | None:
        """(T,) the character that each point was made for, from 0; U is the end of the text."""
        return None if self.window is None else self.window.argmax(1)


@torch.inference_mode()
def follow_line(
    network: Any, known: KnownInk, points: Offsets, text: str, bias: float = 0.0
) -> Followed:
    """The network is given each point of normalised ink (T, 3) after it was asked for it."""
    device = next(network.parameters()).device
    ink = torch.from_numpy(np.ascontiguousarray(points)).to(device)[None]
    before = torch.cat([torch.zeros_like(ink[:, :1]), ink[:, :-1]], 1)
    signs = None
    if network.reads_text:
        target = [*known.alphabet.encode(text), known.alphabet.blank]
        signs = network.one_hot(torch.tensor([target], device=device))
    outputs, _, looked = network.follow(before, signs)
    mixture = pen_mixture(outputs[0].double().cpu(), bias)
    nats = pen_log_likelihood(mixture, ink[0].double().cpu()).numpy()
    nats[0] = np.nan
    window = torch.stack([phi[0] for phi in looked]).double().cpu().numpy() if looked else None
    return Followed(
        text,
        points,
        window,
        mixture.log_weights.exp().numpy(),
        mixture.pen.sigmoid().numpy(),
        nats,
        mixture,
    )


@dataclass(frozen=True, eq=False)
class HeatMap:
    """Densities of all next points, added up: values (rows, columns), the first row at the top.

    extent: left, right, bottom, top in the ink's own units, as matplotlib has it.
    """

    values: Values
    extent: tuple[float, float, float, float]


def heat_map(found: Followed, known: KnownInk, columns: int) -> HeatMap:
    """Where the pen was expected: of each point the mixture's density around the point before.

    The first point is given, and expected nowhere. Densities are of the ink's own units, so that
    all of them over the paper add up to the number of points (but for what falls off its edges).
    """
    scale = np.array(known.deviation)
    ways = found.points[:, :2].astype(np.float64) * scale
    places = np.cumsum(ways, axis=0)
    left, low = places.min(0)
    right, high = places.max(0)
    edge = MARGIN * max(high - low, (right - left) / 20, LEAST_CELLS)
    left, right, low, high = left - edge, right + edge, low - edge, high + edge
    side = (right - left) / columns
    rows = max(1, round((high - low) / side))
    across = left + (np.arange(columns) + 0.5) * side
    up = high - (np.arange(rows) + 0.5) * (high - low) / rows
    values = np.zeros((rows, columns))
    for place in range(1, len(places)):
        _add(values, across, up, places[place - 1], found.mixture, place, scale)
    return HeatMap(values, (left, right, low, high))


def _add(
    values: Values,
    across: Values,
    up: Values,
    begun: Values,
    mixture: PenMixture,
    place: int,
    scale: Values,
) -> None:
    """One point's density, on the part of the paper that its Gaussians reach."""
    one = PenMixture(*(part[place] for part in mixture))
    weights = one.log_weights.exp()
    kept = weights >= min(SLIGHT, float(weights.max()))
    ranges = []
    for middle, spread, size, origin in (
        (one.mean_right, one.log_sigma_right, scale[0], begun[0]),
        (one.mean_up, one.log_sigma_up, scale[1], begun[1]),
    ):
        reach = REACH * spread[kept].exp()
        ends = (middle[kept] - reach).min(), (middle[kept] + reach).max()
        ranges.append(tuple(float(end) * size + origin for end in ends))
    columns = np.flatnonzero((across >= ranges[0][0]) & (across <= ranges[0][1]))
    rows = np.flatnonzero((up >= ranges[1][0]) & (up <= ranges[1][1]))
    if not len(columns) or not len(rows):
        return
    x, y = np.meshgrid((across[columns] - begun[0]) / scale[0], (up[rows] - begun[1]) / scale[1])
    grid = torch.from_numpy(np.stack([x, y], -1))
    logs = component_log_densities(one, grid) + one.log_weights
    density = logs[..., kept].logsumexp(-1).exp().numpy() / scale.prod()
    values[np.ix_(rows, columns)] += density
