"""Pictures of lines on disk, all of one height: each is read once, then only touched.

DATA/cache/lines-48/   grey levels (48, W) uint8, as data/pictures/store.py keeps them
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from kineograph.data.frame_file import CannotWriteError, writing
from kineograph.data.lines.line import Line
from kineograph.data.lines.picture import Grey, cut_line, fault_in_picture, scale_line
from kineograph.data.pictures.files import PictureFiles
from kineograph.data.pictures.store import Part, PictureStore
from kineograph.errors import InputError

LAYOUT = 2  # raise it when pictures of the same source come out differently: all are made again

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class LineCache:
    """Pictures (H, W) uint8 by line: `cache[line]`, mapped and not read."""

    store: PictureStore
    height_pixels: int
    ids: frozenset[str]  # of the lines that could be read

    @property
    def path(self) -> Path:
        """The folder that the pictures lie in."""
        return self.store.path

    def __contains__(self, line: Line) -> bool:
        return line.id in self.ids

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, line: Line) -> Grey:
        """One picture, (height_pixels, W) uint8. Raises InputError if it is not here."""
        if line not in self:
            raise InputError(
                f"{line.picture}: its picture is not in {self.path}. Build the cache again."
            )
        return self.store[line.id]

    def width_pixels(self, line: Line) -> int:
        """How wide a line's picture is, without touching it."""
        return self.store.places[line.id].shape[1]


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
    store = PictureStore(path)
    wanted: dict[str, list[tuple[Line, list[int]]]] = defaultdict(list)
    faults: dict[str, str] = {}
    for line in lines:
        try:
            stamp = [LAYOUT, *files.stamp(line.picture)]
        except OSError:
            faults[line.id] = f"{line.picture}: not found in {source_root}. Put it back."
            continue
        if not store.has(line.id, stamp):
            wanted[line.picture].append((line, stamp))
    left = sum(map(len, wanted.values()))
    tell = progress or (lambda done, total: None)
    tell(len(lines) - left, len(lines))
    try:
        with writing():
            path.mkdir(parents=True, exist_ok=True)
        with closing(Part(store)) as part:
            for group in wanted.values():
                for line, stamp, picture in _pictures(files, group):
                    if isinstance(picture, str):
                        faults[line.id] = picture
                    else:
                        part.add(line.id, scale_line(picture, height_pixels), stamp)
                left -= len(group)
                tell(len(lines) - left, len(lines))
    except CannotWriteError as error:
        raise InputError(
            f"{path}: cannot be written ({error}). Make room there, or choose another folder."
        ) from None
    ids = frozenset(line.id for line in lines) - faults.keys()
    return LineCache(store, height_pixels, ids), faults


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
