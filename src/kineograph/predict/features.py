"""What the encoder makes of every frame of a file, for a classifier or a search of one's own.

NAME.features.npy      float32 (T, D): one row a frame
NAME.features.json     the file, the run, the shape, and the time of every row
"""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kineograph.errors import InputError
from kineograph.predict.timeline import Reading
from kineograph.recipes import Trained
from kineograph.whole_file import write_bytes_whole, write_text_whole

Progress = Callable[[int, int, str], None]
CHUNK = 64  # frames encoded at once: all that is held beside the features


@dataclass(frozen=True)
class Features:
    """The frames of one file as vectors."""

    path: str
    vectors: NDArray[np.float32]  # (T, D)
    seconds: NDArray[np.float64]  # (T,): when each frame is shown, in the video
    problem: str | None = None  # what ended the file early; the features are of the part before


def features_of(
    path: Path, trained: Trained, *, device: torch.device, progress: Progress | None = None
) -> Features:
    """Read a file once, and encode its frames as the network does before its recurrence."""
    network = trained.network.eval().to(device)
    reading = Reading(path, trained.recipe.data.looks, progress)
    stream = reading.frames()
    rows: list[NDArray[np.float32]] = []
    seconds: list[float] = []
    with torch.inference_mode():
        while frames := list(islice(stream, CHUNK)):
            pixels = torch.from_numpy(np.stack([frame.pixels for frame in frames]))
            found = network.encode(pixels.permute(0, 3, 1, 2).to(device))
            rows.append(found.float().cpu().numpy())
            seconds += [frame.seconds for frame in frames]
    if not rows:
        raise InputError(f"{path}: holds no frame. Give a file with at least one picture.")
    return Features(str(path), np.concatenate(rows), np.array(seconds), reading.problem)


def write_features(stem: Path, found: Features, run: str) -> dict[str, Any]:
    """Write both files beside each other; returns their paths and the shape."""
    vectors, about = (stem.with_name(f"{stem.name}.features{end}") for end in (".npy", ".json"))
    shape = list(found.vectors.shape)
    content = io.BytesIO()
    np.save(content, found.vectors)
    notes = {
        "file": found.path,
        "run": run,
        "features": vectors.name,
        "shape": shape,
        "problem": found.problem,
        "seconds": [round(moment, 6) for moment in found.seconds.tolist()],
    }
    try:
        write_bytes_whole(vectors, content.getvalue())
        write_text_whole(about, json.dumps(notes, ensure_ascii=False) + "\n")
    except OSError as error:
        raise InputError(
            f"{vectors}: cannot be written ({error.strerror or error}). Choose another place."
        ) from error
    return {"file": found.path, "features": str(vectors), "times": str(about), "shape": shape}
