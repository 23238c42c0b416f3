"""Pictures on disk, all squares of one side: each is read and scaled once, then only touched.

DATA/cache/pictures-112-crop/   RGB (112, 112, 3) uint8, as data/pictures/store.py keeps them
DATA/cache/clips-64-crop-16/    RGB (16, 64, 64, 3): 16 moments of each clip, evenly in time
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from kineograph.data.frame_file import CannotWriteError, writing
from kineograph.data.pictures.clip import CLIP_AXES
from kineograph.data.pictures.files import PictureFiles
from kineograph.data.pictures.store import Part, PictureStore
from kineograph.errors import InputError

LAYOUT = 1  # raise it when pictures of the same source come out differently: all are made again
LEAST_SIDE_PIXELS = 8
FITS = ("crop", "squash")  # cut off what is beyond the middle square, or press all into it

Picture = NDArray[np.uint8]  # (S, S, 3) RGB; of a clip (T, S, S, 3)
Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class PictureCache:
    """Pictures (S, S, 3) uint8 by their path: `cache["images.tar/0001.jpg"]`, mapped, not read.

    Of clips (T, S, S, 3).
    """

    store: PictureStore
    size_pixels: int
    fit: str
    known: frozenset[str]  # the paths that could be read

    def __contains__(self, picture: str) -> bool:
        return picture in self.known

    def __len__(self) -> int:
        return len(self.known)

    def __getitem__(self, picture: str) -> Picture:
        """One picture. Raises InputError if it is not here."""
        if picture not in self.known:
            raise InputError(f"{picture}: it is not in {self.store.path}. Build the cache again.")
        return self.store[picture]


def check_look(size_pixels: int, fit: str) -> None:
    """Refuse a size or a fit that cannot be made: InputError."""
    if size_pixels < LEAST_SIDE_PIXELS:
        raise InputError(
            f"size_pixels {size_pixels}: nothing can be told in it. "
            f"Write {LEAST_SIDE_PIXELS} or more."
        )
    if fit not in FITS:
        raise InputError(f"fit '{fit}': known are {', '.join(FITS)}. Write fit=crop.")


def fit_picture(picture: NDArray[np.uint8], size_pixels: int, fit: str) -> Picture:
    """(H, W, 3) as a square (S, S, 3): area averaging, and linear where it grows.

    crop keeps proportions and loses the ends of the longer side; squash loses proportions. A clip
    (T, H, W, 3) is fitted frame by frame.
    """
    if picture.ndim == CLIP_AXES:
        return np.stack([fit_picture(frame, size_pixels, fit) for frame in picture])
    height, width = picture.shape[:2]
    if fit == "crop" and height != width:
        side = min(height, width)
        top, left = (height - side) // 2, (width - side) // 2
        picture = picture[top : top + side, left : left + side]
    if picture.shape[:2] == (size_pixels, size_pixels):
        return picture
    way = cv2.INTER_AREA if min(picture.shape[:2]) > size_pixels else cv2.INTER_LINEAR
    scaled = cv2.resize(picture, (size_pixels, size_pixels), interpolation=way)
    return np.asarray(scaled, dtype=np.uint8)


def build_picture_cache(
    path: Path,
    source_root: Path,
    pictures: Sequence[str],
    *,
    size_pixels: int,
    fit: str = "crop",
    frames: int = 1,
    progress: Progress | None = None,
) -> tuple[PictureCache, dict[str, str]]:
    """Read what is not in `path` yet; also return why pictures cannot be read, by their path.

    pictures: posix paths below `source_root`, into tar archives, too; one may be named often.
    frames: moments of each; 1 takes pictures as they are, and the middle of clips.
    progress(done, total) counts pictures. Raises InputError if `path` cannot be written.
    """
    check_look(size_pixels, fit)
    files = PictureFiles(source_root)
    look = f"{size_pixels}-{fit}"
    store = PictureStore(path / (f"pictures-{look}" if frames == 1 else f"clips-{look}-{frames}"))
    wanted = list(dict.fromkeys(pictures))
    faults: dict[str, str] = {}
    tell = progress or (lambda done, total: None)
    try:
        with writing():
            store.path.mkdir(parents=True, exist_ok=True)
        with closing(Part(store)) as part:
            for done, picture in enumerate(wanted):
                tell(done, len(wanted))
                try:
                    _read(files, picture, part, store, size_pixels, fit, frames)
                except InputError as error:
                    faults[picture] = str(error)
    except CannotWriteError as error:
        raise InputError(
            f"{store.path}: cannot be written ({error}). Make room there, or choose another folder."
        ) from None
    tell(len(wanted), len(wanted))
    return PictureCache(store, size_pixels, fit, frozenset(wanted) - faults.keys()), faults


def _read(
    files: PictureFiles,
    picture: str,
    part: Part,
    store: PictureStore,
    size_pixels: int,
    fit: str,
    frames: int,
) -> None:
    """Add a picture unless it is there as its source is now. Raises InputError."""
    try:
        stamp = [LAYOUT, *files.stamp(picture)]
    except OSError:
        raise InputError(f"{picture}: not found in {files.root}. Put it back.") from None
    if not store.has(picture, stamp):
        seen = files.rgb(picture) if frames == 1 else files.clip(picture, frames)
        part.add(picture, fit_picture(seen, size_pixels, fit), stamp)
