"""Which part of a video is looked into: all of a clip, or of a longer one the surest window.

    a clip      |-------- all of it --------|
    a video     |---- window ----|
                        |==== window ====|           the one whose answer is surest
                                |---- window ----|

Windows are those that predict asks about.
"""

from pathlib import Path

import numpy as np

from kineograph.data.inputs import Laid
from kineograph.errors import InputError
from kineograph.predict.ask import Pixels, ask
from kineograph.predict.engine import Engine
from kineograph.predict.sliding import windows
from kineograph.predict.timeline import Reading, spans_of
from kineograph.recipes import Trained


def stretch_of(
    path: Path, reading: Reading, trained: Trained, engine: Engine, from_seconds: float | None
) -> list[Laid]:
    """The frames of one window, as predict would ask about it; only one more is held meanwhile.

    from_seconds: of the window that begins there. Raises InputError for a file without a frame,
    or with none so late.
    """
    if from_seconds is not None:
        return _begun_at(path, reading, trained, from_seconds)
    window, hop = spans_of(path, trained, None, None)
    if window == float("inf"):
        found = list(reading.frames())
    else:
        found = _surest(reading, trained, engine, window, hop or window / 2)
    if not found:
        raise InputError(f"{path}: holds no frame. Give a file with at least one picture.")
    return found


def _begun_at(path: Path, reading: Reading, trained: Trained, from_seconds: float) -> list[Laid]:
    if not from_seconds >= 0:
        raise InputError(f"--from-seconds {from_seconds:g}: a video begins at 0. Give 0 or more.")
    found: list[Laid] = []
    last = 0.0
    for frame in reading.frames():
        last = frame.seconds
        if last >= from_seconds + trained.clip_seconds:
            break
        if last >= from_seconds:
            found.append(frame)
    if not found:
        raise InputError(
            f"{path}: its last frame is at {last:.2f} s, and --from-seconds says "
            f"{from_seconds:g}. Begin earlier."
        )
    return found


def _surest(
    reading: Reading, trained: Trained, engine: Engine, window: float, hop: float
) -> list[Laid]:
    """The window whose likeliest label has the greatest probability; of equals the first."""
    best, most = [], -1.0
    for frames in windows(reading.frames(), window, hop):
        seconds = np.array([frame.seconds for frame in frames])
        clip = Pixels(np.stack([frame.pixels for frame in frames]))
        (moments,) = ask(seconds, [clip], trained, engine.whole, engine.device)
        sure = max(float(row.max()) for _, _, row in moments)
        if sure > most:
            best, most = frames, sure
    return best
