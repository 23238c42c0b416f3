"""Pictures of lines on disk, all of one height: each is read once, then only touched.

    DATA/cache/lines-48/part-….bin     grey levels (48, W) uint8, one picture after another
    DATA/cache/lines-48/part-….jsonl   id, place and width of each, and the time of its source

Every build appends to a part of its own, pictures before their places. So a build may be killed at
any moment, and two may run at once: what is there is there, and a torn end is not read.
"""

import json
import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kineograph.data.frame_file import CannotWriteError, writing
from kineograph.data.lines.line import Line
from kineograph.data.lines.picture import (
    Grey,
    PictureFiles,
    cut_line,
    fault_in_picture,
    scale_line,
)
from kineograph.errors import InputError

LAYOUT = 1  # raise it when pictures of the same source come out differently: all are made again
LINES_BETWEEN_FLUSHES = 64

Progress = Callable[[int, int], None]


class Place(NamedTuple):
    """Where a picture lies: part, first byte, width, and what its source was."""

    part: Path
    offset: int
    width: int
    stamp: list[int]


@dataclass(frozen=True, eq=False)
class LineCache:
    """Pictures (H, W) uint8 by line: `cache[line]`, mapped and not read."""

    path: Path
    height_pixels: int
    places: dict[str, Place]
    _maps: dict[Path, NDArray[np.uint8]] = field(default_factory=dict, repr=False)

    def __contains__(self, line: Line) -> bool:
        return line.id in self.places

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, line: Line) -> Grey:
        """One picture, (height_pixels, W) uint8. Raises InputError if it is not here."""
        if line not in self:
            raise InputError(
                f"{line.picture}: its picture is not in {self.path}. Build the cache again."
            )
        place = self.places[line.id]
        if place.part not in self._maps:
            self._maps[place.part] = np.memmap(place.part, dtype=np.uint8, mode="r")
        end = place.offset + self.height_pixels * place.width
        flat = self._maps[place.part][place.offset : end]
        return flat.reshape(self.height_pixels, place.width)

    def width_pixels(self, line: Line) -> int:
        """How wide a line's picture is, without touching it."""
        return self.places[line.id].width


def build_line_cache(
    path: Path,
    source_root: Path,
    lines: Sequence[Line],
    *,
    height_pixels: int = 48,
    progress: Progress | None = None,
) -> tuple[LineCache, dict[str, str]]:
    """Read what is not in `path` yet; also return the faults of lines that cannot be read, by id.

    progress(done, total) counts lines. Raises InputError if `path` cannot be written.
    """
    if height_pixels < 8:
        raise InputError(f"height {height_pixels} pixels: no letter can be told. Write 8 or more.")
    path = path / f"lines-{height_pixels}"
    files = PictureFiles(source_root)
    places = _places(path, height_pixels)
    wanted: dict[str, list[tuple[Line, list[int]]]] = defaultdict(list)
    faults: dict[str, str] = {}
    for line in lines:
        try:
            stamp = [LAYOUT, *files.stamp(line.picture)]
        except OSError:
            faults[line.id] = f"{line.picture}: not found in {source_root}. Put it back."
            continue
        if line.id not in places or places[line.id].stamp != stamp:
            wanted[line.picture].append((line, stamp))
    left = sum(map(len, wanted.values()))
    tell = progress or (lambda done, total: None)
    tell(len(lines) - left, len(lines))
    try:
        with writing():
            path.mkdir(parents=True, exist_ok=True)
        with closing(_Part(path)) as part:
            for group in wanted.values():
                for line, stamp, picture in _pictures(files, group):
                    if isinstance(picture, str):
                        faults[line.id] = picture
                        places.pop(line.id, None)
                    else:
                        scaled = scale_line(picture, height_pixels)
                        places[line.id] = part.add(line, scaled, stamp)
                left -= len(group)
                tell(len(lines) - left, len(lines))
    except CannotWriteError as error:
        raise InputError(
            f"{path}: cannot be written ({error}). Make room there, or choose another folder."
        ) from None
    ids = {line.id for line in lines} - faults.keys()
    return LineCache(path, height_pixels, {name: places[name] for name in ids}), faults


def _pictures(
    files: PictureFiles, group: list[tuple[Line, list[int]]]
) -> Iterator[tuple[Line, list[int], Grey | str]]:
    """Lines of one file with their pictures, or with what is wrong. The file is read once."""
    try:
        page: Grey | str = files.grey(group[0][0].picture)
    except InputError as error:
        page = str(error)
    for line, stamp in group:
        if isinstance(page, str):
            yield line, stamp, page
            continue
        try:
            picture = cut_line(page, line)
        except InputError as error:
            yield line, stamp, str(error)
            continue
        fault = fault_in_picture(picture)
        yield line, stamp, f"{line.picture}: {fault}" if fault else picture


class _Part:
    """One build's two files, made when there is something to write."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / f"part-{time.time_ns():020d}-{secrets.token_hex(4)}.bin"
        self.offset = 0
        self._waiting: list[str] = []

    def add(self, line: Line, picture: Grey, stamp: list[int]) -> Place:
        with writing():
            if self.offset == 0:
                self._data = self.path.open("wb")
            self._data.write(np.ascontiguousarray(picture).data)
        place = Place(self.path, self.offset, picture.shape[1], stamp)
        self.offset += picture.size
        self._waiting.append(json.dumps([line.id, place.offset, place.width, stamp]) + "\n")
        if len(self._waiting) >= LINES_BETWEEN_FLUSHES:
            self._flush()
        return place

    def close(self) -> None:
        if self.offset:
            try:
                self._flush()
            finally:
                with writing():
                    self._data.close()

    def _flush(self) -> None:
        with writing():
            self._data.flush()  # before the places: what is named is there
            with self.path.with_suffix(".jsonl").open("a", encoding="utf-8") as file:
                file.write("".join(self._waiting))
        self._waiting.clear()


def _places(path: Path, height_pixels: int) -> dict[str, Place]:
    """All whole pictures of all parts; of a line that is there twice the later one."""
    places: dict[str, Place] = {}
    for index in sorted(path.glob("part-*.jsonl")):
        part = index.with_suffix(".bin")
        size = part.stat().st_size if part.is_file() else 0
        for row in index.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                name, offset, width, stamp = json.loads(row)
            except (json.JSONDecodeError, ValueError, TypeError):
                continue  # the torn end of a killed build
            if offset + width * height_pixels <= size:
                places[name] = Place(part, offset, width, stamp)
    return places
