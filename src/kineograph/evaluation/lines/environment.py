"""environment.json of a reader: what its figures came from, and what they cost."""

import time
from typing import Any

import numpy as np
import torch
from torch import nn

from kineograph.data.lines.batch import LineExamples
from kineograph.data.lines.split import LineSplit
from kineograph.evaluation.lines.job import LinesExperiment
from kineograph.nets.line_table import line_table
from kineograph.training.reproduce import describe_environment


def lines_environment(
    job: LinesExperiment,
    network: nn.Module,
    split: LineSplit,
    asked: LineExamples,
    problems: list[str],
    seconds: float | None,
) -> dict[str, Any]:
    """environment.json: what the figures came from and what they cost."""
    return describe_environment(job.device) | {
        "seed": job.recipe.training.seed,
        "data": {
            "name": job.data.name,
            "folder": str(job.data.path),
            "also": [folder.name for folder in job.also],
            "notes": job.data.notes,
            "n": {side: len(lines) for side, lines in split.sides.items()},
            "left_out": problems,
            "split": {
                "how": split.how,
                "warning": split.warning,
                **{side: [line.id for line in lines] for side, lines in split.sides.items()},
            },
        },
        "cost": {
            "weights": sum(p.numel() for p in network.parameters()),
            "train_seconds": seconds and round(seconds, 2),
            **_speed(job, network, asked),
        },
        "network": _layers(network, asked),
        "leakage": None,
    }


def _layers(network: Any, data: LineExamples) -> list[dict[str, Any]]:
    """The layer table for the median line, so that a report needs no network."""
    width = int(np.sort(data.widths_pixels)[len(data) // 2])
    wanted = ("name", "shape", "weights", "lane")
    return [{name: getattr(row, name) for name in wanted} for row in line_table(network, width)]


def _speed(
    job: LinesExperiment, network: nn.Module, data: LineExamples, rounds: int = 5
) -> dict[str, float]:
    """Milliseconds for the median line, alone in its batch, without decoding; a median."""
    middle = int(np.argsort(data.widths_pixels)[len(data) // 2])
    picture = torch.from_numpy(np.array(data.example(middle, 0, 0).picture))[None, None]
    lines, widths = picture.to(job.device), torch.tensor([picture.shape[-1]], device=job.device)
    times = []
    with torch.inference_mode():
        for _ in range(rounds + 1):  # the first one warms up
            began = time.perf_counter()
            network(lines, widths)[0].cpu()
            times.append(time.perf_counter() - began)
    return {"milliseconds_per_line": round(float(np.median(times[1:])) * 1e3, 3)}
