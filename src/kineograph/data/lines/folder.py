"""Prepared lines on disk: a folder that says where the pictures are and what is written there.

DATA/dataset.json     "kind": "lines", name, source_root, how and when it was prepared, notes
DATA/lines.jsonl      one line of text a line
DATA/cache/lines-48/  pictures of one height (cache.py); may be deleted at any time
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from kineograph.data.dataset_folder import ABOUT, LINES, read_about, write_about
from kineograph.data.lines.cache import LineCache, Progress, build_line_cache
from kineograph.data.lines.line import Line, read_lines, write_lines
from kineograph.errors import InputError

KIND = "lines"


@dataclass(frozen=True)
class LinesFolder:
    """A folder of lines made by `kineograph prepare`; the pictures stay where they are.

    Raises InputError, here and not later, if `path` is not such a folder.
    """

    path: Path

    def __post_init__(self) -> None:
        """Look whether the folder is prepared."""
        object.__setattr__(self, "path", Path(self.path))
        for name in (ABOUT, LINES):
            if not (self.path / name).is_file():
                raise InputError(
                    f"{self.path}: there is no {name} in it, so it does not hold prepared lines. "
                    "Run: kineograph prepare lines SRC OUT, or another kind of lines."
                )
        if self.about.get("kind") != KIND:
            raise InputError(f"{self.path / ABOUT}: its kind is not {KIND}. Prepare it again.")

    @cached_property
    def about(self) -> dict[str, Any]:
        """What dataset.json says."""
        return read_about(self.path)

    @property
    def name(self) -> str:
        """The name that reports print."""
        return str(self.about.get("name", self.path.name))

    @property
    def notes(self) -> str:
        """What a reader of a report must know about the data; may be empty."""
        return str(self.about.get("notes", ""))

    @cached_property
    def source_root(self) -> Path:
        """The folder that the lines' pictures are relative to."""
        return (self.path / self.about["source_root"]).resolve()

    @cached_property
    def lines(self) -> list[Line]:
        """All lines, in the order of the file."""
        found = read_lines(self.path / LINES)
        if not found:
            raise InputError(f"{self.path / LINES} is empty. Prepare the lines again.")
        return found

    def build_cache(
        self, *, height_pixels: int = 48, progress: Progress | None = None
    ) -> tuple[LineCache, list[str]]:
        """Pictures of all lines at one height, and one line of text for each that has none."""
        cache, faults = build_line_cache(
            self.path / "cache",
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
    try:
        path.mkdir(parents=True, exist_ok=True)
        write_lines(path / LINES, lines)
        # Last, since its presence says that the folder is prepared.
        write_about(path, name, source_root, kind, command, notes, {"kind": KIND})
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{path}: cannot be written ({reason}). Choose another folder.") from None
    return LinesFolder(path)


def forget_cache(path: Path) -> None:
    """Delete cached pictures: a file of the same name, size and time elsewhere would pass."""
    shutil.rmtree(path / "cache", ignore_errors=True)
