"""Which seconds to mark next: those in which a trained network is least sure of what it sees.

Marking what a network already knows teaches it little (uncertainty sampling, Lewis and Gale 1994).
"""

from pathlib import Path
from typing import Any

import numpy as np

from kineograph.media import Box
from kineograph.predict.model import Model

MOST = 30


def least_sure(moments: list[tuple[float, float, dict[str, float]]]) -> list[dict[str, Any]]:
    """Stretches with the probabilities of their labels, the least certain first.

    Certainty is the lead of the first label over the second: 0 where the network tosses a coin.
    """
    found = []
    for start, end, probabilities in moments:
        ordered = sorted(probabilities.items(), key=lambda pair: -pair[1])
        lead = ordered[0][1] - (ordered[1][1] if len(ordered) > 1 else 0.0)
        found.append(
            {
                "start_seconds": start,
                "end_seconds": end,
                "label": ordered[0][0],
                "probability": round(float(ordered[0][1]), 4),
                "certainty": round(float(lead), 4),
            }
        )
    return sorted(found, key=lambda each: (each["certainty"], each["start_seconds"]))
