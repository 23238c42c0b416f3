"""A file's answers as a camera would get them: probabilities over time, each when it is known."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from kineograph.errors import InputError
from kineograph.predict.engine import fastest_engine
from kineograph.predict.session import Answer, Session
from kineograph.predict.timeline import Progress, Reading
from kineograph.recipes import Trained


def answers_of(
    path: Path, trained: Trained, device: torch.device, progress: Progress | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Seconds (N,), going forward, and probabilities (N, V) of a video.

    An answer stands where the newest picture is that it knows of: it could not have been given
    before. Raises InputError for a file that cannot be read to its end: what was not seen was not
    missed.
    """
    session = Session(trained, fastest_engine(trained, device))
    reading = Reading(path, trained.recipe.data.looks, progress)
    found: list[Answer] = []
    for frame in reading.frames():
        session.see(path, frame)
        found += session.answers()
    found += session.end(path)
    if reading.problem:
        raise InputError(f"{reading.problem} Repair the file, or leave it out.")
    if not found:
        raise InputError(f"{path}: holds no frame. Give a file with at least one picture.")
    seconds = np.array([each.seen_seconds for each in found])
    forward = np.diff(seconds, prepend=-np.inf) > 0  # a picture after a pause may answer twice
    return seconds[forward], np.stack([each.probabilities for each in found])[forward]
