"""Pictures on disk by name: each is written once, then only touched.

    FOLDER/part-….bin     pictures uint8, one after another
    FOLDER/part-….jsonl   name, place and shape of each, and a stamp of what it was made from

Every build appends to a part of its own, pictures before their places. So a build may be killed at
any moment, and two may run at once: what is there is there, and a torn end is not read.
"""

import json
import math
import secrets
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kineograph.data.frame_file import writing

PICTURES_BETWEEN_FLUSHES = 64


class Place(NamedTuple):
    """Where a picture lies: part, first byte, shape, and what its source was."""

    part: Path
    offset: int
    shape: tuple[int, ...]
    stamp: list[int]


class PictureStore:
    """The pictures of a folder: `store[name]` is uint8, mapped and not read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.places = _places(path)
        self._maps: dict[Path, NDArray[np.uint8]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self.places

    def __getitem__(self, name: str) -> NDArray[np.uint8]:
        """One picture of its own shape. Raises KeyError if it is not there."""
        place = self.places[name]
        if place.part not in self._maps:
            self._maps[place.part] = np.memmap(place.part, dtype=np.uint8, mode="r")
        end = place.offset + math.prod(place.shape)
        return self._maps[place.part][place.offset : end].reshape(place.shape)

    def has(self, name: str, stamp: list[int]) -> bool:
        """Whether the picture is there, made from a source of this stamp."""
        return name in self.places and self.places[name].stamp == stamp


class Part:
    """One build's two files, made when there is something to write; what it adds, `store` has.

    Raises CannotWriteError where the disk is full or may not be written.
    """

    def __init__(self, store: PictureStore) -> None:
        self._store = store
        self._path = store.path / f"part-{time.time_ns():020d}-{secrets.token_hex(4)}.bin"
        self._offset = 0
        self._waiting: list[str] = []

    def add(self, name: str, picture: NDArray[np.uint8], stamp: list[int]) -> None:
        """Append a picture; of a name that is there already the later one counts."""
        with writing():
            if self._offset == 0:
                self._data = self._path.open("wb")
            self._data.write(np.ascontiguousarray(picture).data)
        self._store.places[name] = Place(self._path, self._offset, picture.shape, stamp)
        self._waiting.append(json.dumps([name, self._offset, picture.shape, stamp]) + "\n")
        self._offset += picture.size
        if len(self._waiting) >= PICTURES_BETWEEN_FLUSHES:
            self._flush()

    def close(self) -> None:
        """Write what waits."""
        if self._offset:
            try:
                self._flush()
            finally:
                with writing():
                    self._data.close()

    def _flush(self) -> None:
        with writing():
            self._data.flush()  # before the places: what is named is there
            with self._path.with_suffix(".jsonl").open("a", encoding="utf-8") as file:
                file.write("".join(self._waiting))
        self._waiting.clear()


def _places(path: Path) -> dict[str, Place]:
    """All whole pictures of all parts; of a name that is there twice the later one."""
    places: dict[str, Place] = {}
    for index in sorted(path.glob("part-*.jsonl")):
        part = index.with_suffix(".bin")
        size = part.stat().st_size if part.is_file() else 0
        for row in index.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                name, offset, shape, stamp = json.loads(row)
                place = Place(part, int(offset), tuple(map(int, shape)), list(stamp))
            except (json.JSONDecodeError, ValueError, TypeError):
                continue  # the torn end of a killed build, or a row of another version
            if place.offset + math.prod(place.shape) <= size:
                places[name] = place
    return places
