"""A folder for each class becomes a prepared data set.

SRC/walking/a.mp4            a clip of the class "walking"
SRC/walking/monday/b.avi     so is this: the first level names the class
SRC/walking/c/0001.png ...   and so is c, a folder of pictures
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from kineograph.data.annotation import Annotation
from kineograph.data.prepare.prepared import Prepared, Progress, write_prepared
from kineograph.errors import InputError
from kineograph.media import VIDEO_SUFFIXES, list_media


def prepare_folder(
    source: str | Path,
    out: str | Path,
    *,
    group: str | None = None,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Prepared:
    r"""Every video file and every folder of pictures under SRC/CLASS/ becomes one annotation.

    group: a regular expression with one (part) that is searched for in the path below `source`;
    clips with the same part stay on one side of a split, as in r"(person\d+)_". progress(done,
    total) counts clips. Raises InputError if there are not two classes with a readable clip.
    """
    source, out = Path(source), Path(out)
    if not source.is_dir():
        raise InputError(
            f"{source}: there is no such folder. Name the one with a folder per class."
        )
    if out.resolve() == source.resolve():
        raise InputError(f"{out}: source and result are the same folder. Name another one for OUT.")
    annotations: list[Annotation] = []
    problems = _describe_loose(source)
    for folder in _class_folders(source, out):
        clips, faults = _clips_of(folder)
        problems += faults
        if not clips and not faults:
            problems.append(
                f"{folder.name}: no video in this class. Add some, or remove the folder."
            )
        annotations += [
            Annotation(video=clip.relative_to(source).as_posix(), label=folder.name.strip())
            for clip in clips
        ]
    if group is not None:
        annotations = _with_groups(annotations, group)
    return write_prepared(
        out,
        annotations,
        problems,
        source_root=source,
        kind="folder",
        name=name,
        command=command,
        overwrite=overwrite,
        progress=progress,
    )


def _class_folders(source: Path, out: Path) -> list[Path]:
    hidden = (".", "__")  # .git, __MACOSX
    found = sorted(
        folder
        for folder in source.iterdir()
        if folder.is_dir()
        and not folder.name.startswith(hidden)
        and folder.resolve() != out.resolve()
    )
    if not found:
        raise InputError(
            f"{source}: there are no folders in it. Put the clips of each class into a folder of "
            f"its own, named after the class."
        )
    return found


def _clips_of(folder: Path) -> tuple[list[Path], list[str]]:
    """Video files and folders of pictures, sorted; and what cannot be taken for a clip."""
    files = list_media(folder)
    videos = [file for file in files if file.suffix.lower() in VIDEO_SUFFIXES]
    pictures = [file for file in files if file.suffix.lower() not in VIDEO_SUFFIXES]
    # A picture beside a video is its thumbnail.
    with_pictures = {file.parent for file in pictures} - {file.parent for file in videos}
    faults = []
    if folder in with_pictures:
        count = sum(file.parent == folder for file in pictures)
        faults.append(
            f"{folder.name}: {count} pictures lie directly in the folder of the class, so it is "
            f"unclear where a clip begins. Put the frames of each clip into a folder of their own."
        )
    return sorted([*videos, *(with_pictures - {folder})]), faults


def _describe_loose(source: Path) -> list[str]:
    loose = sorted(
        file
        for file in source.iterdir()
        if file.is_file() and file.suffix.lower() in VIDEO_SUFFIXES
    )
    return [f"{file.name}: it is in no class. Move it into the folder of one." for file in loose]


def _with_groups(annotations: Sequence[Annotation], group: str) -> list[Annotation]:
    try:
        pattern = re.compile(group)
    except re.error as error:
        raise InputError(f"group '{group}' is not a regular expression ({error}).") from None
    if pattern.groups != 1:
        raise InputError(
            f"group '{group}' has {pattern.groups} parts in ( ), and one names the group. "
            r"Write it as in (person\d+)_."
        )
    found = [pattern.search(annotation.video) for annotation in annotations]
    without = [each.video for each, match in zip(annotations, found, strict=True) if not match]
    if without:
        raise InputError(
            f"group '{group}' is found in {len(annotations) - len(without)} of {len(annotations)} "
            f"clips, for example not in {without[0]}. Correct it so that every clip has a group."
        )
    return [
        replace(each, group=match[1])
        for each, match in zip(annotations, found, strict=True)
        if match
    ]
