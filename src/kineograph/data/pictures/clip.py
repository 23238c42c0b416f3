"""A clip as a few moments of it, evenly in time: what a network that describes clips is shown."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kineograph.data.sampling import even
from kineograph.media import VIDEO_SUFFIXES, read_chosen, read_shown
from kineograph.media.image import rgb_picture
from kineograph.media.listing import existing

CLIP_AXES = 4  # (T, H, W, 3); a picture has three


def is_clip(path: Path) -> bool:
    """Whether frames are meant: a video, or a folder of pictures. A GIF may be a picture, too."""
    return path.suffix.lower() in VIDEO_SUFFIXES - {".gif"} or path.is_dir()


def clip_frames(path: Path, frames: int) -> NDArray[np.uint8]:
    """(T, H, W, 3) RGB: the frames nearest to the middles of T even spans of a clip's time.

    path: a video, a GIF, a folder of pictures, or one picture, which stands still. Long clips need
    no more room than short ones: their times are read first. Raises InputError.
    """
    seconds = np.array([shown.seconds for shown in read_shown(path)])
    chosen = even(seconds, frames)
    return np.stack([frame.pixels for frame in read_chosen(path, chosen.tolist())])


def seen_file(path: Path, frames: int) -> NDArray[np.uint8]:
    """What a network is shown of a file: a picture (H, W, 3), or so many moments (T, H, W, 3).

    Of a clip one moment is its middle. Raises InputError for what is not there or cannot be read.
    """
    path = existing(path)
    if frames > 1:
        return clip_frames(path, frames)
    return clip_frames(path, 1)[0] if is_clip(path) else rgb_picture(path)
