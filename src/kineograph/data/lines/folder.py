"""Prepared lines on disk: a folder that says where the pictures are and what is written there.

DATA/dataset.json     "kind": "lines", name, source_root, how and when it was prepared, notes
DATA/lines.jsonl      one line of text a line
DATA/cache/lines-48/  pictures of one height (cache.py); may be deleted at any time
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kineograph.data.lines.cache import LineCache, Progress, build_line_cache
from kineograph.data.lines.line import Line, read_lines, write_lines
from kineograph.data.prepared_folder import Kind, PreparedFolder, write_folder

LINES = Kind(
    "lines",
    "lines.jsonl",
    read_lines,
    write_lines,
    lacks="it does not hold prepared lines",
    run="kineograph prepare lines SRC OUT, or another kind of lines",
)


@dataclass(frozen=True)
class LinesFolder:
    """A folder of lines made by `kineograph prepare`; the pictures stay where they are.

    Raises InputError, here and not later, if `path` is not such a folder.
    """

    path: Path
    prepared: PreparedFolder[Line] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Look whether the folder is prepared."""
        object.__setattr__(self, "path", Path(self.path))
        object.__setattr__(self, "prepared", PreparedFolder(self.path, LINES))

    @property
    def about(self) -> dict[str, Any]:
        """What dataset.json says."""
        return self.prepared.about

    @property
    def name(self) -> str:
        """The name that reports print."""
        return self.prepared.name

    @property
    def notes(self) -> str:
        """What a reader of a report must know about the data; may be empty."""
        return self.prepared.notes

    @property
    def source_root(self) -> Path:
        """The folder that the lines' pictures are relative to."""
        return self.prepared.source_root

    @property
    def lines(self) -> list[Line]:
        """All lines, in the order of the file."""
        return self.prepared.records

    def build_cache(
        self, *, height_pixels: int = 48, progress: Progress | None = None
    ) -> tuple[LineCache, list[str]]:
        """Pictures of all lines at one height, and one line of text for each that has none."""
        cache, faults = build_line_cache(
            self.prepared.cache,
            self.source_root,
            self.lines,
            height_pixels=height_pixels,
            progress=progress,
        )
        return cache, sorted(faults.values())


def write_lines_folder(
    path: Path,
    lines: Sequence[Line],
    *,
    name: str,
    source_root: Path,
    kind: str,
    command: str = "",
    notes: str = "",
) -> LinesFolder:
    """Write `lines` as a prepared folder. Raises InputError if it cannot be written."""
    write_folder(
        path,
        LINES,
        lines,
        name=name,
        source_root=source_root,
        way=kind,
        command=command,
        notes=notes,
    )
    return LinesFolder(path)
