"""A prepared data set of clips: a folder that says where the videos are and what is in them.

DATA/dataset.json        name, source_root, classes, how and when it was prepared, notes
DATA/annotations.jsonl   one labelled interval a line
DATA/cache/              decoded frames (cache.py); may be deleted at any time
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from kineograph.data.annotation import Annotation, read_annotations, write_annotations
from kineograph.data.prepared_folder import (
    Kind,
    PreparedFolder,
    forget_cache,
    refuse_other_kind,
    refuse_other_source,
    write_folder,
)

ANNOTATIONS = "annotations.jsonl"
CLIPS = Kind(
    "clips",
    ANNOTATIONS,
    read_annotations,
    write_annotations,
    lacks="it is not a prepared data set",
    run="kineograph prepare KIND SRC OUT; KIND is folder, csv, lecture or another",
)


@dataclass(frozen=True)
class DataFolder:
    """A folder made by `kineograph prepare`; the videos themselves stay where they are.

    Raises InputError, here and not later, if `path` is not such a folder.
    """

    path: Path
    prepared: PreparedFolder[Annotation] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Look whether the folder is prepared."""
        object.__setattr__(self, "path", Path(self.path))
        object.__setattr__(self, "prepared", PreparedFolder(self.path, CLIPS))

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
        """The folder that the annotations' videos are relative to."""
        return self.prepared.source_root

    @property
    def cache(self) -> Path:
        """Where decoded frames are kept."""
        return self.prepared.cache

    @property
    def annotations(self) -> list[Annotation]:
        """All annotations, in the order of the file."""
        return self.prepared.records

    @cached_property
    def classes(self) -> list[str]:
        """Labels in alphabetical order; taken from the annotations, which may be edited by hand."""
        return sorted({annotation.label for annotation in self.annotations})

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
    path, source_root = Path(path), Path(source_root)
    refuse_other_kind(path, CLIPS)
    if overwrite:
        forget_cache(path)
    else:
        refuse_other_source(path, source_root, kind)
    write_folder(
        path,
        CLIPS,
        annotations,
        name=name,
        source_root=source_root,
        way=kind,
        command=command,
        notes=notes,
        more={"classes": sorted({annotation.label for annotation in annotations})},
    )
    return DataFolder(path)
