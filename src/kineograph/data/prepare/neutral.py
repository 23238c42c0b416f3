"""A copy of a data set in which the files give nothing away: the control against shortcuts.

Frame size, rate, length, number of frames, bytes and frames that a bad conversion showed twice can
name a clip's class before a pixel is understood (68 % on surveillance fight by metadata alone). In
the copy all of them are equal, so a network that is as good on it has not used them.

    1  look      the frames of each interval with their true times; which equal the one before
    2  agree     one length and one rate that nearly all clips of every class have
    3  write     the middle of each clip at that rate, its central square, by one encoder
    4  pad       every file to the same number of bytes
"""

import math
import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from kineograph.data.annotation import Annotation
from kineograph.data.clock import JUST_BEFORE, PICTURES_PER_SECOND
from kineograph.data.copies import originals as without_copies
from kineograph.data.dataset_folder import DataFolder, write_data_folder
from kineograph.data.decode import name_video
from kineograph.data.prepare.distinct_frames import (
    Distinct,
    Original,
    find_distinct,
    nearest_in_time,
)
from kineograph.data.prepare.prepared import Prepared, Progress
from kineograph.data.prepare.shortcuts import Shortcut, count_shortcuts, describe_shortcuts
from kineograph.data.prepared_folder import ABOUT
from kineograph.data.workers import run_jobs
from kineograph.errors import InputError
from kineograph.media import read_frames
from kineograph.media.frame import Box
from kineograph.media.write import VideoWriter

SIZE_PIXELS = (160, 160)
# Fifths of a second at these rates are whole frames and whole milliseconds: else a file's header
# says 1.933 s or 1.9333 s, depending on how its frames were coded.
RATES = (15, 10, 5)
FIFTH = 0.2
LEFT_BEHIND = 20  # one clip in so many of a class may be too short, or too slow, for all the others
SOURCE_BYTES_PER_WORKER = 8 * 2**20  # starting a process takes as long as decoding about this


@dataclass(frozen=True)
class Neutral:
    """The copy, and the numbers that all its clips share."""

    prepared: Prepared
    seconds: float
    frames_per_second: int
    frames_per_clip: int
    file_bytes: int
    classes: dict[str, Shortcut]


@dataclass(frozen=True)
class Copy:
    """A clip to write: frames by their index, each may come several times."""

    original: Original
    square: Box
    indices: tuple[int, ...]
    start_seconds: float  # where reading may begin
    target: Path
    frames_per_second: int


def neutral_copy(
    folder: DataFolder,
    out: str | Path,
    *,
    problems: Iterable[str] = (),
    command: str = "",
    overwrite: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Neutral:
    """Write every clip of `folder` anew into OUT/videos, all alike, and prepare OUT from them.

    Labels, persons, groups, sources and sides stay; what cannot be read or is too short is added to
    `problems`. progress(done, total): each clip counts twice, once looked at and once written.
    Raises InputError if `out` is in use, or if fewer than two classes are left.
    """
    out = Path(out)
    unfinished = _make_room(out, overwrite)
    originals = [Original(folder.source(a), a) for a in without_copies(folder.annotations)]
    many = workers or _workers_for(originals)
    tell = progress or (lambda done, total: None)
    try:
        seen, faults = _look_at_all(originals, many, lambda done: tell(done, 2 * len(originals)))
        seconds, rate = agree([(each.annotation.label, found) for each, found in seen.items()])
        copies = _plan(seen, seconds, rate, unfinished, faults)
        file_bytes = _write_all(
            copies, many, faults, lambda done: tell(len(originals) + done, 2 * len(originals))
        )
        written = [copy for copy in copies if copy.original not in faults]
        _check_classes(folder, written, faults)
        classes = count_shortcuts(
            originals,
            seen,
            size_pixels=min(SIZE_PIXELS),
            held={copy.original for copy in written if len(set(copy.indices)) < len(copy.indices)},
            left_out=faults,
        )
        shutil.rmtree(out / "videos", ignore_errors=True)
        unfinished.rename(out / "videos")
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    clips = [_renamed(copy, folder) for copy in written]
    told = [_describe(seconds, rate, file_bytes), *describe_shortcuts(classes, rate)]
    made = write_data_folder(
        out,
        clips,
        name=f"{folder.name}, neutral copy",
        source_root=out / "videos",
        kind="neutral",
        command=command,
        notes=" ".join([folder.notes, *told]).strip(),
        overwrite=overwrite,
    )
    counts = dict(sorted(Counter(clip.label for clip in clips).items()))
    listed = [*problems, *(faults[original] for original in originals if original in faults)]
    done = Prepared(made, counts, listed)
    return Neutral(done, seconds, rate, round(seconds * rate), file_bytes, classes)


def _describe(seconds: float, rate: int, file_bytes: int) -> str:
    height, width = SIZE_PIXELS
    return (
        f"Neutral copy: every clip is the middle {seconds:.1f} s, {round(seconds * rate)} frames "
        f"at {rate} a second, its central square at {width}x{height} pixels, written by one "
        f"encoder and padded to {file_bytes} bytes."
    )


def _make_room(out: Path, overwrite: bool) -> Path:
    """An empty folder for what is not whole yet; another's files are never touched."""
    ours = (out / ABOUT).is_file() and DataFolder(out).source_root == (out / "videos").resolve()
    if (out / ABOUT).is_file() and not overwrite:
        raise InputError(
            f"{out}: holds a data set already. Choose another folder, or replace it with "
            "--overwrite."
        )
    if (out / "videos").exists() and not ours:
        raise InputError(
            f"{out / 'videos'}: is there already, and no neutral copy made it. Choose another "
            "folder."
        )
    unfinished = out / "videos.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)  # of a run that was stopped
    try:
        unfinished.mkdir(parents=True)
    except OSError as error:
        raise InputError(
            f"{out}: cannot be written ({error.strerror}). Choose another folder."
        ) from None
    return unfinished


# ------------------------------------------------------------------------------------ 1 look


def _look_at_all(
    originals: Sequence[Original], workers: int, tell: Callable[[int], None]
) -> tuple[dict[Original, Distinct], dict[Original, str]]:
    seen: dict[Original, Distinct] = {}
    faults: dict[Original, str] = {}
    for done, (original, found) in enumerate(run_jobs(find_distinct, originals, workers), start=1):
        if isinstance(found, Distinct):
            seen[original] = found
        else:
            faults[original] = found or _killed(original)
        tell(done)
    in_order = {original: seen[original] for original in originals if original in seen}
    return in_order, faults  # jobs end in any order


# ----------------------------------------------------------------------------------- 2 agree


def agree(clips: Sequence[tuple[str, Distinct]]) -> tuple[float, int]:
    """Seconds and frames a second for all clips (label, frames).

    The longest time, in fifths of a second, and the highest of the RATES that all but one clip in
    twenty have, in each class: so no class loses many more clips than another.
    """
    if not clips:
        raise InputError("no clip can be read, so there is nothing to copy. Look at the source.")
    length = _reached_by_nearly_all([(label, seen.length_seconds) for label, seen in clips])
    fifths = max(1, math.floor(length / FIFTH + JUST_BEFORE))
    seconds = fifths / 5
    rates = [
        (label, seen.rate_in_the_middle(seconds))
        for label, seen in clips
        if seen.length_seconds >= seconds - JUST_BEFORE
    ]
    reached = _reached_by_nearly_all(rates) + JUST_BEFORE if rates else 0.0
    return seconds, next((rate for rate in RATES if rate <= reached), RATES[-1])


def _reached_by_nearly_all(values: Sequence[tuple[str, float]]) -> float:
    by_label: dict[str, list[float]] = defaultdict(list)
    for label, value in values:
        by_label[label].append(value)
    return min(sorted(each)[len(each) // LEFT_BEHIND] for each in by_label.values())


# ----------------------------------------------------------------------------------- 3 write


def _plan(
    seen: dict[Original, Distinct],
    seconds: float,
    rate: int,
    target: Path,
    faults: dict[Original, str],
) -> list[Copy]:
    """What to write of each clip; those that are too short are added to the faults."""
    copies = []
    for original, found in seen.items():
        if found.length_seconds < seconds - JUST_BEFORE:
            faults[original] = (
                f"{original.annotation.video}: {found.length_seconds:.2f} s long, and the copy's "
                f"clips are {seconds:.1f} s; none is filled up. Bring a longer one."
            )
            continue
        moments = found.middle(seconds) + np.arange(round(seconds * rate)) / rate
        chosen = nearest_in_time(found.seconds, moments)
        copies.append(
            Copy(
                original,
                found.square,
                tuple(int(index) for index in found.indices[chosen]),
                max(float(found.seconds[chosen[0]]) - JUST_BEFORE, 0.0),
                target / _plain_name(original.annotation),
                rate,
            )
        )
    return copies


def _plain_name(clip: Annotation) -> str:
    """A name that tells nothing, not even to a person: annotation ids keep the file's own stem."""
    key = f"{clip.video} {clip.start_seconds} {clip.end_seconds} {clip.window}"
    return sha256(key.encode()).hexdigest()[:12] + ".mp4"


def _write_all(
    copies: Sequence[Copy], workers: int, faults: dict[Original, str], tell: Callable[[int], None]
) -> int:
    """Write the videos and pad them; returns the bytes that each has."""
    for done, (copy, fault) in enumerate(run_jobs(write_copy, copies, workers), start=1):
        if fault != "":
            faults[copy.original] = fault or _killed(copy.original)
        tell(done)
    files = {copy.target for copy in copies if copy.original not in faults}
    if not files:
        return 0
    # 8 bytes at least for each, since that is what an empty box takes.
    file_bytes = max(file.stat().st_size for file in files) + 8
    for file in files:
        pad(file, file_bytes)
    return file_bytes


def write_copy(copy: Copy) -> str:
    """Write one clip; returns its fault, or nothing."""
    try:
        wanted = set(copy.indices)
        pixels = {}
        for frame in read_frames(
            copy.original.source,
            size_pixels=SIZE_PIXELS,
            start_seconds=copy.start_seconds,
            window=copy.square,
            frames_per_second=PICTURES_PER_SECOND,
        ):
            if frame.index in wanted:
                pixels[frame.index] = frame.pixels
            if len(pixels) == len(wanted):
                break
        if len(pixels) < len(wanted):
            return (
                f"{copy.original.annotation.video}: gave fewer frames when it was read again. "
                "Leave it alone while it is copied."
            )
        rate = copy.frames_per_second
        with VideoWriter(copy.target, size_pixels=SIZE_PIXELS, frames_per_second=rate) as video:
            for index in copy.indices:
                video.add(pixels[index])
    except (InputError, OSError) as error:
        return name_video(copy.original.annotation.video, error)
    return ""


def pad(file: Path, file_bytes: int) -> None:
    """Lengthen an MP4 by a box of type `free`, which players skip (ISO/IEC 14496-12, 8.1.2)."""
    missing = file_bytes - file.stat().st_size
    if missing < 8:
        raise ValueError(f"{file}: {missing} bytes are no box; it takes 8 or more.")
    with file.open("ab") as content:
        content.write(missing.to_bytes(4, "big") + b"free" + bytes(missing - 8))


def _renamed(copy: Copy, folder: DataFolder) -> Annotation:
    """The same words about the new file; clips of one video stay tied by their source."""
    old = copy.original.annotation
    shared = sum(each.video == old.video for each in folder.annotations) > 1
    return Annotation(
        video=copy.target.name,
        label=old.label,
        person=old.person,
        group=old.group,
        split=old.split,
        source=old.source or (old.video if shared else None),
    )


def _check_classes(
    folder: DataFolder, written: Sequence[Copy], faults: dict[Original, str]
) -> None:
    if len({copy.original.annotation.label for copy in written}) < 2:
        first = (
            f" Problems: {len(faults)}, the first: {next(iter(faults.values()))}" if faults else ""
        )
        raise InputError(
            f"{folder.path}: fewer than two classes have a clip that can be copied. Bring longer "
            f"clips, or leave the short ones out first.{first}"
        )


def _killed(original: Original) -> str:
    video = original.annotation.video
    return f"{video}: reading it killed the process. Leave it out, or write it again as MP4."


def _workers_for(originals: Sequence[Original]) -> int:
    files = {original.source for original in originals if original.source.is_file()}
    worth_it = 1 + sum(file.stat().st_size for file in files) // SOURCE_BYTES_PER_WORKER
    return max(1, min(os.cpu_count() or 1, len(originals), worth_it))
