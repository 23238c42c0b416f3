"""What every preparation of regions ends with: keep the pictures that can be read, say the rest."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kineograph.data.pictures.files import PictureFiles
from kineograph.data.prepared_folder import (
    PreparedFolder,
    forget_cache,
    refuse_other_kind,
    refuse_other_source,
    write_folder,
)
from kineograph.data.regions.folder import REGIONS
from kineograph.data.regions.picture import RegionPicture
from kineograph.errors import InputError

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class PreparedRegions:
    """A folder of pictures with regions, how many are on each side, and what was left out."""

    data_folder: PreparedFolder[RegionPicture]
    counts: dict[str, int]  # side, or "not split" -> pictures
    problems: list[str]

    @property
    def regions(self) -> int:
        """Of all pictures together."""
        return sum(len(picture.regions) for picture in self.data_folder.records)


def write_prepared_regions(
    out: Path,
    pictures: Sequence[RegionPicture],
    problems: Sequence[str],
    *,
    source_root: Path,
    kind: str,
    name: str,
    command: str = "",
    notes: Iterable[str] = (),
    overwrite: bool = False,
    look: bool = True,
    progress: Progress | None = None,
) -> PreparedRegions:
    """Write the pictures that are there; add the others to the problems.

    look: ask for each file whether it is there; False where they were just written. progress(done,
    total) counts pictures. Raises InputError if none is left, or if `out` holds other data and
    `overwrite` is not set.
    """
    refuse_other_kind(out, REGIONS)
    if overwrite:
        forget_cache(out)
    else:
        refuse_other_source(out, source_root, kind)
    kept, lost = list(pictures), list(problems)
    if look:
        kept = []
        files = PictureFiles(source_root)
        for number, picture in enumerate(pictures, start=1):
            fault = _fault(files, picture.picture)
            if fault is None:
                kept.append(picture)
            else:
                lost.append(fault)
            if progress:
                progress(number, len(pictures))
    if not kept:
        first = f" Problems: {len(lost)}, the first: {lost[0]}" if lost else ""
        raise InputError(f"{source_root}: no picture can be read, and one is needed.{first}")
    write_folder(
        out,
        REGIONS,
        kept,
        name=name,
        source_root=source_root,
        way=kind,
        command=command,
        notes=" ".join(notes),
    )
    counts = Counter(picture.split or "not split" for picture in kept)
    return PreparedRegions(PreparedFolder(out, REGIONS), dict(sorted(counts.items())), lost)


def _fault(files: PictureFiles, picture: str) -> str | None:
    """Why a picture is not there; it is read later, when its cache is built."""
    try:
        files.stamp(picture)
    except (InputError, OSError):
        return f"{picture}: not found in {files.root}. Put it there, or leave it out."
    return None
