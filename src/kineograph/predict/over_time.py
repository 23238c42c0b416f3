"""A file's answers as a camera would get them: probabilities over time, each when it is known."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from kineograph.errors import InputError
from kineograph.predict.ask import ask
from kineograph.predict.timeline import Progress, Reading, windows
from kineograph.recipes import Trained
from kineograph.tasks import LabelFrames

ANSWERS_A_WINDOW = 4  # a network of whole clips is asked again each quarter of one


def answers_of(
    path: Path, trained: Trained, device: torch.device, progress: Progress | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Seconds (N,), going forward, and probabilities (N, V) of a video.

    An answer stands at the end of its window: it could not have been given before. Raises
    InputError for a file that cannot be read to its end: what was not seen was not missed.
    """
    window = trained.clip_seconds
    per_frame = isinstance(trained.recipe.task, LabelFrames)
    hop = window if per_frame else window / ANSWERS_A_WINDOW
    network = trained.network.eval().to(device)
    reading = Reading(path, trained.recipe.data.looks, progress)
    seconds: list[float] = []
    rows: list[NDArray[np.float64]] = []
    for frames in windows(reading.frames(), window, hop):
        times = np.array([frame.seconds for frame in frames])
        pixels = np.stack([frame.pixels for frame in frames])
        for _, end, probabilities in ask(times, [pixels], trained, network, device)[0]:
            if not seconds or end > seconds[-1]:  # the last window reaches back over others
                seconds.append(float(end))
                rows.append(np.asarray(probabilities, dtype=float))
    if reading.problem:
        raise InputError(f"{reading.problem} Repair the file, or leave it out.")
    if not rows:
        raise InputError(f"{path}: holds no frame. Give a file with at least one picture.")
    return np.array(seconds), np.stack(rows)
