"""environment.json of a network that writes: what its figures came from, and what they cost."""

import time
from typing import Any

import torch

from kineograph.evaluation.ink.job import InkExperiment, InkSides
from kineograph.training.reproduce import describe_environment

WARM = 5  # steps that are not timed


def ink_environment(
    job: InkExperiment,
    network: Any,
    sides: InkSides,
    train_seconds: float | None,
    leakage: str | None = None,
) -> dict[str, Any]:
    """What the figures came from and what they cost."""
    split = sides.split
    return describe_environment(job.device) | {
        "seed": job.recipe.training.seed,
        "data": {
            "name": job.data.name,
            "folder": str(job.data.path),
            "notes": job.data.notes,
            "normalisation": str(sides.known),
            "points_per_character": round(sides.known.points_per_character, 2),
            "n": {side: len(lines) for side, lines in split.sides.items()},
            "left_out": sides.problems,
            "split": {
                "how": split.how,
                "warning": split.warning,
                **{side: [line.id for line in lines] for side, lines in split.sides.items()},
            },
        },
        "cost": {
            "weights": sum(p.numel() for p in network.parameters()),
            "train_seconds": train_seconds and round(train_seconds, 2),
            "points_per_second": _speed(network),
        },
        "leakage": leakage,
    }


def _speed(network: Any, lines: int = 16, points: int = 40) -> float:
    """Points a second while it writes, so many lines at once."""
    device = next(network.parameters()).device
    text = torch.zeros(lines, 20, network.characters, device=device)
    point = torch.zeros(lines, 3, device=device)
    state = network.initial_state(point)
    began = 0.0
    with torch.inference_mode():
        for place in range(-WARM, points):
            if not place:
                began = time.perf_counter()
            outputs, state = network.step(point, state, text)
            point = outputs[:, :3]
        outputs.sum().item()  # a device is waited for
    return round(lines * points / (time.perf_counter() - began), 1)
