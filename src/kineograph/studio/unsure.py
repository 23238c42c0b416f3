"""Which seconds to mark next: those in which a trained network is least sure of what it sees.

Marking what a network already knows teaches it little (uncertainty sampling, Lewis and Gale 1994).
Each second of a window is cut into a clip of its own, so that every network that can answer about
files can be asked, and none needs to know of windows.
"""

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kineograph.errors import InputError
from kineograph.media import Box, Frame, read_frames
from kineograph.media.write import VideoWriter
from kineograph.predict.answer import Prediction
from kineograph.predict.model import Model

SHOWN_PIXELS = 256  # a window is cut out no larger
MOST_SECONDS = 240  # of a long video are asked about, in stretches spread over it
STRETCHES = 8
LEAST_FRAMES = 2  # of a second: less is the torn end of a video


def ask(model: Model, path: Path, box: Box, duration_seconds: float) -> list[dict[str, Any]]:
    """Every second that was looked at, the least sure first: start, end, label, probability.

    Raises InputError for a video that cannot be read.
    """
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="kineograph-") as folder:
        piece = Path(folder) / "second.mp4"
        for start, end in stretches(duration_seconds):
            for second, frames in _seconds(path, box, start, end):
                with VideoWriter(piece, size_pixels=frames[0].pixels.shape[:2]) as video:
                    for frame in frames:
                        video.add(frame.pixels, frame.seconds)
                found.append(answer_of(model.predict(piece), second, duration_seconds))
    return sorted(found, key=lambda each: (each["certainty"], each["start_seconds"]))


def answer_of(prediction: Prediction, second: int, duration_seconds: float) -> dict[str, Any]:
    """One second with its certainty: how far the best label lies before the next, from 0 to 1."""
    first, next_best, *_ = [*sorted(prediction.probabilities.values(), reverse=True), 0.0]
    return {
        "start_seconds": float(second),
        "end_seconds": min(float(second + 1), duration_seconds),
        "label": prediction.label,
        "probability": round(prediction.probability, 4),
        "certainty": round(first - next_best, 4),
    }


def stretches(duration_seconds: float) -> list[tuple[int, int]]:
    """From which second to which a video is looked at: all of a short one, parts of a long one."""
    whole = int(duration_seconds) + (duration_seconds % 1 > 0)
    if whole <= MOST_SECONDS:
        return [(0, whole)]
    length = MOST_SECONDS // STRETCHES
    starts = [(whole - length) * k // (STRETCHES - 1) for k in range(STRETCHES)]
    return [(start, start + length) for start in starts]


def _seconds(path: Path, box: Box, start: int, end: int) -> Iterator[tuple[int, list[Frame]]]:
    """The frames of a window, second by second; one second is held at a time."""
    side = max(2, min(SHOWN_PIXELS, box.width) // 2 * 2)
    frames = read_frames(
        path, start_seconds=start, end_seconds=end, window=box, size_pixels=(side, side)
    )
    try:
        for second, group in itertools.groupby(frames, key=lambda f: int(f.seconds + 1e-6)):
            inside = list(group)
            if len(inside) >= LEAST_FRAMES:
                yield second, inside
    except InputError:
        if start == 0:
            raise  # later, it is only the end that a header promised, or a break
