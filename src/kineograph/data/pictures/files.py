"""Pictures and clips below a folder, pictures also in tar archives that lie there."""

import tarfile
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from kineograph.data.pictures.clip import clip_frames, is_clip
from kineograph.errors import InputError
from kineograph.media.image import grey_picture, rgb_picture


class PictureFiles:
    """The pictures below a folder, also those in tar archives that lie there.

    `files.grey("lines.tar/0001.png")` is (H, W) uint8, `files.rgb(…)` is (H, W, 3); paths are posix
    and relative to `root`. Both are upright; both raise InputError for what cannot be read.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def grey(self, path: str) -> NDArray[np.uint8]:
        """One picture as (H, W) grey."""
        return grey_picture(*self._source(path))

    def rgb(self, path: str) -> NDArray[np.uint8]:
        """One picture as (H, W, 3) in colours; of a clip its middle."""
        if is_clip(self.root / path):
            return self.clip(path, 1)[0]
        return rgb_picture(*self._source(path))

    def clip(self, path: str, frames: int) -> NDArray[np.uint8]:
        """So many moments of one clip, (T, H, W, 3) in colours."""
        archive, _ = self._place(path)
        if archive is not None and is_clip(Path(path)):
            raise InputError(f"{path}: clips are not read out of archives. Unpack it, and name it.")
        if archive is not None:  # a picture stands still
            return np.repeat(self.rgb(path)[None], frames, axis=0)
        return clip_frames(self.root / path, frames)

    def has(self, path: str) -> bool:
        """Whether the picture or clip is there; nothing is read of it."""
        archive, member = self._place(path)
        return member in archive.members if archive else (self.root / path).exists()

    def stamp(self, path: str) -> list[int]:
        """Size and time of the file, or of its archive: another stamp is another picture."""
        archive, _ = self._place(path)
        about = (self.root / path if archive is None else archive.path).stat()
        return [about.st_size, about.st_mtime_ns]

    def _source(self, path: str) -> tuple[Path, bytes | None]:
        """The file; of a member of an archive its name for errors, and its bytes."""
        archive, member = self._place(path)
        if archive is not None:
            return Path(path), archive.content(member)
        if not (self.root / path).is_file():
            raise InputError(f"{path}: not found in {self.root}. Put it back, or prepare again.")
        return self.root / path, None

    def _place(self, path: str) -> tuple["Archive | None", str]:
        parts = PurePosixPath(path).parts
        for count, part in enumerate(parts[:-1], start=1):
            file = self.root.joinpath(*parts[:count])
            if part.endswith(".tar") and file.is_file():
                return open_archive(file), "/".join(parts[count:])
        return None, path


class Archive:
    """A tar file that is read in any order. Raises InputError if it is no plain tar file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def members(self) -> dict[str, tuple[int, int]]:
        """Each file's name, and where its bytes begin and how many they are."""
        try:
            with tarfile.open(self.path, "r:") as tar:
                return {
                    member.name.removeprefix("./"): (member.offset_data, member.size)
                    for member in tar
                    if member.isfile()
                }
        except (tarfile.TarError, OSError) as error:
            raise InputError(
                f"{self.path}: not a plain tar file ({error}). Unpack it, and name the folder."
            ) from None

    def content(self, member: str) -> bytes:
        """The bytes of one file. Raises InputError if it is not there."""
        if member not in self.members:
            raise InputError(f"{self.path.name}/{member}: not in the archive. Prepare again.")
        start, size = self.members[member]
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read(size)


def open_archive(path: Path) -> Archive:
    """The archive at `path`, whose list of members is read once, and again if it has changed."""
    about = path.stat()
    return _archive(path, about.st_size, about.st_mtime_ns)


@lru_cache(maxsize=8)
def _archive(path: Path, size: int, modified_nanoseconds: int) -> Archive:
    return Archive(path)
