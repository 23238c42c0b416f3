"""A drawn classroom: a bright hand moves at two places and at no other."""

from pathlib import Path

import numpy as np

from kineograph.media.write import write_video

SIZE = (240, 320)  # height, width
PLACES = ((60, 90), (230, 130))  # where the hands move around: x, y


def draw_room(path: Path, *, seconds: float = 4.0, rate: float = 25.0, seed: int = 0) -> Path:
    """Two hands that swing; the bar along the top grows by a pixel a frame, so frames differ."""
    rng = np.random.default_rng(seed)
    wall = rng.integers(60, 90, (*SIZE, 3), dtype=np.uint8)
    frames = []
    for index in range(round(seconds * rate)):
        frame = wall.copy()
        frame[:6, : 2 * index + 2] = (250, 220, 60)
        for place, (x, y) in enumerate(PLACES):
            dx = round(14 * np.sin(index / 3 + place))
            frame[y - 10 : y + 10, x + dx - 8 : x + dx + 8] = (240, 200, 170)
            frame[y - 34 : y - 14, x - 10 : x + 10] = (120, 60, 40)
        frames.append(frame)
    write_video(path, frames, rate)
    return path
