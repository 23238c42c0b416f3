"""One token after another, drawn as it comes: for whoever shows a text while it is written.

The network is a function as in sequence_beam.py, of one sequence. What is drawn depends on the
seed alone.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kineograph.decoding.sequence_beam import Sampling, Step, draw_tokens

DRAWN_AT_ONCE = 4096  # random numbers


def stream(
    step: Step, logs: NDArray[np.floating[Any]], state: Any, sampling: Sampling
) -> Iterator[tuple[int, float]]:
    """Yield tokens without end, each with the network's own log-probability of it.

    logs: (1, V) log-probabilities of the first token, -inf is what cannot come; state: the
    network's after what came before.
    """
    chance = np.random.default_rng([sampling.seed, 0, 0])
    while True:
        for luck in chance.random(DRAWN_AT_ONCE):
            token = draw_tokens(logs, np.array([luck]), sampling)
            yield int(token[0]), float(logs[0, token[0]])
            logs, state = step(token, state)
