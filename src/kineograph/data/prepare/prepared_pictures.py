"""What every preparation of pictures ends with: records of pictures that are there, written."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kineograph.data.pictures.files import PictureFiles
from kineograph.data.prepared_folder import (
    Kind,
    PreparedFolder,
    forget_cache,
    refuse_other_kind,
    refuse_other_source,
    write_folder,
)
from kineograph.errors import InputError


@dataclass(frozen=True)
class PreparedPictures:
    """A folder of records about pictures, and what was left out and why."""

    data_folder: PreparedFolder[Any]
    problems: list[str]

    @property
    def pictures(self) -> int:
        """How many different pictures the records are about."""
        return len({record.picture for record in self.data_folder.records})

    @property
    def counts(self) -> dict[str, int]:
        """Side, or "not split" -> records."""
        sides = Counter(record.split or "not split" for record in self.data_folder.records)
        return dict(sorted(sides.items()))


def write_prepared_pictures(
    out: Path,
    kind: Kind[Any],
    records: Sequence[Any],
    problems: Sequence[str],
    *,
    source_root: Path,
    way: str,
    name: str | None = None,
    command: str = "",
    notes: Iterable[str] = (),
    overwrite: bool = False,
) -> PreparedPictures:
    """Write the records whose pictures are there; a picture that is not there is a problem.

    way: the word of `kineograph prepare`. notes: sentences that a reader of a report must know.
    Raises InputError if none is left, or if `out` holds other data and `overwrite` is not set.
    """
    refuse_other_kind(out, kind)
    if overwrite:
        forget_cache(out)
    else:
        refuse_other_source(out, source_root, way)
    missing = _missing(PictureFiles(source_root), records)
    kept = [record for record in records if record.picture not in missing]
    problems = [*problems, *missing.values()]
    if not kept:
        first = (
            f" Problems: {len(problems)}, the first: {problems[0]}"
            if problems
            else " The files name not one. Write some, or name another source."
        )
        raise InputError(f"{source_root}: none of the {kind.name} can be used.{first}")
    write_folder(
        out,
        kind,
        kept,
        name=name or source_root.resolve().name,
        source_root=source_root,
        way=way,
        command=command,
        notes=" ".join(notes),
    )
    return PreparedPictures(PreparedFolder(out, kind), problems)


def _missing(files: PictureFiles, records: Sequence[Any]) -> dict[str, str]:
    """Pictures that are not there, each with its line."""
    found: dict[str, str] = {}
    for picture in dict.fromkeys(record.picture for record in records):
        if not files.has(picture):
            found[picture] = f"{picture}: not found in {files.root}. Put it there, or leave it out."
    return found
