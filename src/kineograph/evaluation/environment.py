"""environment.json: what the figures of a run came from, and what they cost."""

import time
from collections import Counter
from typing import Any

import numpy as np
import torch
from torch import nn

from kineograph.data.annotation import Annotation
from kineograph.data.cache import Cache
from kineograph.data.clips import ClipDataset
from kineograph.data.split import Split
from kineograph.evaluation.job import Experiment
from kineograph.training.reproduce import describe_environment


def environment(
    job: Experiment,
    split: Split,
    problems: list[str],
    network: nn.Module,
    asked: ClipDataset,
    *,
    train_seconds: float | None,
) -> dict[str, Any]:
    """environment.json: what the figures came from and what they cost."""
    return describe_environment(job.device) | {
        "seed": job.recipe.training.seed,
        "data": {
            "name": job.data.name,
            "folder": str(job.data.path),
            "n": {"train": len(split.train), "val": len(split.val), "test": len(split.test)},
            "classes": dict(Counter(a.label for a in job.data.annotations)),
            "left_out": problems,
            "split": {
                "how": split.how,
                "warning": split.warning,
                **{s: [a.id for a in getattr(split, s)] for s in ("train", "val", "test")},
            },
        },
        "cost": {
            "weights": sum(p.numel() for p in network.parameters()),
            "train_seconds": train_seconds and round(train_seconds, 2),
            **_speed(job, network, asked),
        },
        "leakage": None,
    }


def _speed(
    job: Experiment, network: nn.Module, data: ClipDataset, rounds: int = 5
) -> dict[str, float]:
    """Milliseconds for one clip, alone in its batch, and for each of its frames; a median."""
    frames = torch.from_numpy(data.example(0, epoch=0).frames).permute(0, 3, 1, 2)[None]
    frames = frames.to(job.device)
    times = []
    with torch.inference_mode():
        for _ in range(rounds + 1):  # the first one warms up
            began = time.perf_counter()
            network(frames).cpu()
            times.append(time.perf_counter() - began)
    clip = float(np.median(times[1:])) * 1e3
    return {
        "milliseconds_per_clip": round(clip, 3),
        "milliseconds_per_frame": round(clip / frames.shape[1], 4),
    }


def clip_seconds(cache: Cache, clip: Annotation) -> float:
    """How long a clip is shown: to the end of its last frame."""
    seconds = cache[clip][1]
    last = float(np.median(np.diff(seconds))) if len(seconds) > 1 else 0.04
    return float(seconds[-1] - seconds[0]) + last
