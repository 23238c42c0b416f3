"""What every preparation ends with: look into each video once, write what can be read."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kineograph.data.annotation import Annotation
from kineograph.data.dataset_folder import DataFolder, write_data_folder
from kineograph.data.decode import name_video
from kineograph.data.prepared_folder import refuse_other_source
from kineograph.errors import InputError
from kineograph.media import inspect
from kineograph.media.frame import MediaInfo

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Prepared:
    """A data folder, how many clips each class has in it, and what was left out and why."""

    data_folder: DataFolder
    counts: dict[str, int]
    problems: list[str]


def write_prepared(
    out: Path,
    annotations: Sequence[Annotation],
    problems: Sequence[str],
    *,
    source_root: Path,
    kind: str,
    name: str | None = None,
    command: str = "",
    notes: Iterable[str] = (),
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Prepared:
    """Write the annotations whose videos can be read; add the others to the problems.

    kind: the word of `kineograph prepare` that it was prepared by. notes: sentences that a reader
    of a report must know. progress(done, total) counts videos.
    Raises InputError if fewer than two classes are left, or if `out` holds other data and
    `overwrite` is not set.
    """
    if not overwrite:
        refuse_other_source(out, source_root, kind)
    kept, unreadable = _readable(annotations, source_root, progress)
    problems = [*problems, *unreadable]
    counts = dict(sorted(Counter(annotation.label for annotation in kept).items()))
    if len(counts) < 2:
        raise InputError(_describe_too_few(source_root, counts, problems))
    folder = write_data_folder(
        out,
        kept,
        name=name or source_root.resolve().name,
        source_root=source_root,
        kind=kind,
        command=command,
        notes=" ".join(notes),
        overwrite=overwrite,
    )
    return Prepared(folder, counts, problems)


def _readable(
    annotations: Sequence[Annotation], source_root: Path, progress: Progress | None
) -> tuple[list[Annotation], list[str]]:
    """Annotations that lie within a video which gives a first frame; faults of the others."""
    videos = list(dict.fromkeys(annotation.video for annotation in annotations))
    known: dict[str, MediaInfo] = {}
    faults = []
    for done, video in enumerate(videos, start=1):
        try:
            known[video] = inspect(source_root / video)
        except (InputError, OSError) as error:
            faults.append(name_video(video, error))
        if progress:
            progress(done, len(videos))
    kept = []
    for annotation in annotations:
        if annotation.video in known:
            fault = _fault_within(annotation, known[annotation.video])
            if fault:
                faults.append(f"{annotation.video}: {fault}")
            else:
                kept.append(annotation)
    return kept, faults


def _fault_within(annotation: Annotation, info: MediaInfo) -> str | None:
    length, start, window = info.duration_seconds, annotation.start_seconds, annotation.window
    if length is not None and start > 0 and start >= length:
        return f"start_seconds {start:g} is after its end, {length:.1f} s. Correct it."
    if window and (window.x + window.width > info.width or window.y + window.height > info.height):
        return (
            f"window {list(window)} reaches out of the picture of {info.width}x{info.height} "
            f"pixels. Correct it."
        )
    return None


def _describe_too_few(source_root: Path, counts: dict[str, int], problems: Sequence[str]) -> str:
    found = f"only the class '{next(iter(counts))}' has" if counts else "no class has"
    first = f" Problems: {len(problems)}, the first: {problems[0]}" if problems else ""
    return (
        f"{source_root}: {found} a clip that can be read, and two are needed. Bring clips of "
        f"another class (to reviewed alerts: --with DATA).{first}"
    )
