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
    """Seconds (N,), going forward, and probabilities (N, V) of a video, from a camera's session.

    An answer stands at the newest time that it knows of: it could not have been given before.
    Raises InputError for a file that cannot be read to its end: what was not seen was not missed.
    """
    session = Session(trained, fastest_engine(trained, device))
    reading = Reading(path, trained.recipe.data.looks, progress)
    said: list[Answer] = []
    for frame in reading.frames():
        session.see("file", frame)
        said += session.answers()
    said += session.end("file")
    if reading.problem:
        raise InputError(f"{reading.problem} Repair the file, or leave it out.")
    if not said:
        raise InputError(f"{path}: holds no frame. Give a file with at least one picture.")
    forward = _forward(said)
    seconds = np.array([each.seen_seconds for each in forward])
    return seconds, np.stack([each.probabilities for each in forward]).astype(float)


def _forward(said: list[Answer]) -> list[Answer]:
    """One answer a moment: what the last window says again of time before it is left out."""
    kept: list[Answer] = []
    for each in said:
        if not kept or each.seen_seconds > kept[-1].seen_seconds:
            kept.append(each)
    return kept
