"""Which files are videos or pictures, by suffix; and natural order: frame 2 before frame 10."""

import os
import re
from collections.abc import Collection
from pathlib import Path

from kineograph.errors import InputError, nearest

VIDEO_SUFFIXES = frozenset(
    {".3gp", ".asf", ".avi", ".dav", ".divx", ".flv", ".gif", ".m2ts", ".m4v", ".mkv", ".mov"}
    | {".mp4", ".mpeg", ".mpg", ".mts", ".mxf", ".ogv", ".ts", ".vob", ".webm", ".wmv", ".y4m"}
)
PICTURE_SUFFIXES = frozenset(
    {".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"}
)


def list_media(
    folder: str | os.PathLike[str],
    *,
    suffixes: Collection[str] = VIDEO_SUFFIXES | PICTURE_SUFFIXES,
) -> list[Path]:
    """Every video and picture below `folder`, in natural order; what is hidden is skipped."""
    root = existing(folder)
    if not root.is_dir():
        raise InputError(
            f"{root}: a file; media are listed in a folder. Give the folder it lies in."
        )
    found = []
    for place, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        here = Path(place)
        found += [
            here / name
            for name in files
            if not name.startswith(".") and Path(name).suffix.lower() in suffixes
        ]
    return sorted(found, key=lambda path: natural_order(path.relative_to(root).as_posix()))


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
