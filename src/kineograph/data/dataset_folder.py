"""A prepared data set on disk: a folder that says where the videos are and what is in them.

DATA/dataset.json        name, source_root, classes, how and when it was prepared, notes
DATA/annotations.jsonl   one labelled interval a line
DATA/cache/              decoded frames (cache.py); may be deleted at any time
"""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from kineograph.data.annotation import Annotation, read_annotations, write_annotations
from kineograph.errors import InputError
from kineograph.whole_file import write_text_whole

ABOUT = "dataset.json"
ANNOTATIONS = "annotations.jsonl"
LINES = "lines.jsonl"  # instead, where the samples are lines of text (lines/folder.py)


@dataclass(frozen=True)
class DataFolder:
    """A folder made by `kineograph prepare`; the videos themselves stay where they are.

    Raises InputError, here and not later, if `path` is not such a folder.
    """

    path: Path

    def __post_init__(self) -> None:
        """Look whether the folder is prepared."""
        object.__setattr__(self, "path", Path(self.path))
        if (self.path / LINES).is_file() and not (self.path / ANNOTATIONS).is_file():
            raise InputError(
                f"{self.path}: it holds lines of text, and clips are asked for. Name a folder of "
                "clips, or a recipe that reads lines."
            )
        for name in (ABOUT, ANNOTATIONS):
            if not (self.path / name).is_file():
                raise InputError(
                    f"{self.path}: there is no {name} in it, so it is not a prepared data set. "
                    "Run: kineograph prepare KIND SRC OUT; KIND is folder, csv, lecture or another."
                )

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
        """The folder that the annotations' videos are relative to."""
        return (self.path / self.about["source_root"]).resolve()

    @cached_property
    def annotations(self) -> list[Annotation]:
        """All annotations, in the order of the file."""
        found = read_annotations(self.path / ANNOTATIONS)
        if not found:
            raise InputError(f"{self.path / ANNOTATIONS} is empty. Prepare the data set again.")
        return found

    @cached_property
    def classes(self) -> list[str]:
        """Labels in alphabetical order; taken from the annotations, which may be edited by hand."""
        return sorted({annotation.label for annotation in self.annotations})

    @property
    def cache(self) -> Path:
        """Where decoded frames are kept."""
        return self.path / "cache"

    def source(self, annotation: Annotation) -> Path:
        """The video file or the folder of pictures that an annotation speaks of."""
        return self.source_root / annotation.video


def write_data_folder(
    path: str | Path,
    annotations: Sequence[Annotation],
    *,
    name: str,
    source_root: str | Path,
    kind: str = "",
    command: str = "",
    notes: str = "",
    overwrite: bool = False,
) -> DataFolder:
    """Write `annotations` as a prepared data set.

    A source root inside of `path` is kept as a relative path, so that both can move together.
    kind: the word of `kineograph prepare` that it was prepared by. Raises InputError if `path`
    holds annotations of other videos, or of another kind, and `overwrite` is not set.
    """
    path, source_root = Path(path), Path(source_root).resolve()
    if (path / ANNOTATIONS).is_file() and not (path / ABOUT).is_file():
        raise InputError(
            f"{path} holds an {ANNOTATIONS} that kineograph prepare did not write, perhaps marks "
            "that were made by hand. It stays as it is: choose another folder."
        )
    if not overwrite:
        refuse_other_source(path, source_root, kind)
    if overwrite:
        # A file of the same name, size and time elsewhere would pass for the one that was cached.
        shutil.rmtree(path / "cache", ignore_errors=True)
    try:
        path.mkdir(parents=True, exist_ok=True)
        write_annotations(path / ANNOTATIONS, annotations)
        classes = sorted({annotation.label for annotation in annotations})
        # Last, since its presence says that the folder is prepared.
        write_about(path, name, source_root, kind, command, notes, {"classes": classes})
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{path}: cannot be written ({reason}). Choose another folder.") from None
    return DataFolder(path)


def write_about(
    path: Path,
    name: str,
    source_root: Path,
    kind: str,
    command: str,
    notes: str,
    more: dict[str, Any],
) -> None:
    """Write dataset.json. A source root inside of `path` is kept relative. Raises OSError."""
    source_root, home = source_root.resolve(), path.resolve()
    inside = source_root.is_relative_to(home)
    about = {
        "name": name,
        "source_root": (source_root.relative_to(home) if inside else source_root).as_posix(),
        **more,
        "prepared": {
            "kind": kind,
            "command": command,
            "when": datetime.now(UTC).isoformat(timespec="seconds"),
        },
        "notes": notes,
    }
    write_text_whole(path / ABOUT, json.dumps(about, indent=2, ensure_ascii=False) + "\n")


def refuse_other_source(path: Path, source_root: Path, kind: str = "") -> None:
    """Raise InputError if `path` already describes other videos than those under `source_root`.

    Or the same ones, read by another kind of preparation: their labels and sides are others.
    """
    if (path / ABOUT).is_file():
        about = read_about(path)
        already = (path / about["source_root"]).resolve()
        before = (about.get("prepared") or {}).get("kind", "")
        if already != source_root.resolve():
            holds = f"the data set made from {already}"
        elif kind and before and kind != before:
            holds = f"the same source prepared as {before}, and this is {kind}"
        else:
            return
    else:
        return
    raise InputError(
        f"{path} holds {holds}. Choose another folder, or replace it with --overwrite."
    )


def read_about(path: Path) -> dict[str, Any]:
    """What dataset.json in `path` says. Raises InputError if it is not what prepare wrote."""
    file = path / ABOUT
    try:
        about = json.loads(file.read_text(encoding="utf-8-sig"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{file} is not JSON ({error}). Prepare the data set again.") from None
    if not isinstance(about, dict) or not isinstance(about.get("source_root"), str):
        raise InputError(f"{file} has no source_root. Prepare the data set again.")
    return about
