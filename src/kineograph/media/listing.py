"""Which files are videos or pictures, by suffix; and natural order: frame 2 before frame 10.

What is named like depth of the video beside it (lecture1.depth.mkv) is no clip of its own.
"""

import os
import re
from collections.abc import Collection, Iterable
from pathlib import Path

from kineograph.errors import InputError, nearest

VIDEO_SUFFIXES = frozenset(
    {".3gp", ".asf", ".avi", ".dav", ".divx", ".flv", ".gif", ".m2ts", ".m4v", ".mkv", ".mov"}
    | {".mp4", ".mpeg", ".mpg", ".mts", ".mxf", ".ogv", ".ts", ".vob", ".webm", ".wmv", ".y4m"}
)
PICTURE_SUFFIXES = frozenset(
    {".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"}
)

DEPTH_MARKS = (".depth", "_depth")  # after the name of the video whose depth it is
DEPTH_SUFFIXES = (".mkv", ".avi", ".mp4", ".mov")


def list_media(
    folder: str | os.PathLike[str],
    *,
    suffixes: Collection[str] = VIDEO_SUFFIXES | PICTURE_SUFFIXES,
) -> list[Path]:
    """Every video and picture below `folder`, in natural order; not what is hidden, nor depth."""
    root = existing(folder)
    if not root.is_dir():
        raise InputError(
            f"{root}: a file; media are listed in a folder. Give the folder it lies in."
        )
    found = []
    for place, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        clips = {Path(name).stem for name in files if Path(name).suffix.lower() in VIDEO_SUFFIXES}
        clips |= set(folders)
        folders[:] = [name for name in folders if not _is_depth(name, clips)]
        here = Path(place)
        found += [
            here / name
            for name in files
            if not name.startswith(".")
            and Path(name).suffix.lower() in suffixes
            and not _is_depth(Path(name).stem, clips)
        ]
    return sorted(found, key=lambda path: natural_order(path.relative_to(root).as_posix()))


def pictures_of(files: Iterable[Path]) -> list[Path]:
    """A folder stands for the pictures below it; one without any is left, to be told of."""
    return _inside(files, PICTURE_SUFFIXES)


def clips_of(files: Iterable[Path]) -> list[Path]:
    """A folder stands for the videos below it; one of pictures alone is a clip itself."""
    return _inside(files, VIDEO_SUFFIXES)


def _inside(files: Iterable[Path], suffixes: Collection[str]) -> list[Path]:
    found: list[Path] = []
    for file in files:
        found += (list_media(file, suffixes=suffixes) if file.is_dir() else []) or [file]
    return found


def find_depth(source: Path) -> Path | None:
    """The depth that lies beside a video: lecture1.depth or lecture1_depth, a folder before a file.

    None where there is none.
    """
    name = source.name if source.is_dir() else source.stem
    places = [source.with_name(name + mark) for mark in DEPTH_MARKS]
    files = [place.with_name(place.name + end) for place in places for end in DEPTH_SUFFIXES]
    folder = next((place for place in places if place.is_dir()), None)
    return folder or next((file for file in files if file.is_file()), None)


def _is_depth(name: str, clips: Collection[str]) -> bool:
    """Whether a name without its suffix is one of `clips` with a mark of depth behind it."""
    return any(name.endswith(mark) and name.removesuffix(mark) in clips for mark in DEPTH_MARKS)


def natural_order(name: str) -> tuple[list[tuple[int, str]], str]:
    """A sorting key that counts: clip2 comes before clip10, and upper case beside lower case."""
    parts = re.split(r"(\d+)", name.casefold())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts], name


def existing(path: str | os.PathLike[str]) -> Path:
    """The path itself; where nothing is there, an InputError names the nearest file beside it."""
    wanted = Path(path)
    try:
        if wanted.exists():
            return wanted
        neighbours = os.listdir(wanted.parent) if wanted.parent.is_dir() else []
    except OSError as error:
        raise InputError(
            f"{wanted}: cannot be looked at ({error.strerror}). Check the path and its permissions."
        ) from error
    remedy = nearest(wanted.name, neighbours) or "Check the path and its spelling."
    raise InputError(f"{wanted}: no such file or folder. {remedy}")
