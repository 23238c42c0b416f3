"""Decoded frames on disk: every video is read once, then only the sampled frames are touched.

    DATA/cache/60x60/<annotation id>.npy     uint8 frames (T, H, W, 3)
    DATA/cache/60x60/<annotation id>.json    their times, and the size and time of the source
    DATA/cache/60x60-flow-dis-fast/…         the same of what moves, with its scale (inputs.py)
    DATA/cache/60x60-depth/…                 the same of the depth that lies beside the video

All windows of a video are cut in one pass. A mirrored or noised copy has its original's frames.

The .json is written last: without it, or if the source has changed since, the frames are decoded
again. So a build may be killed at any moment, and two may run at once.
"""

import json
import math
import os
import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kineograph.data.annotation import Annotation
from kineograph.data.dataset_folder import DataFolder
from kineograph.data.decode import Job, Stamp, decode, is_whole
from kineograph.data.frame_file import CannotWriteError, writing
from kineograph.data.inputs import Look
from kineograph.data.workers import run_jobs
from kineograph.errors import InputError
from kineograph.media import inspect
from kineograph.media.frame import Box
from kineograph.media.listing import find_depth
from kineograph.whole_file import UNFINISHED

LAYOUT = 1  # raise it when frames of the same source come out differently: all are made again
SOURCE_BYTES_PER_WORKER = 8 * 2**20  # starting a process takes as long as decoding about this
FLOW_BYTES = 4 * 2**20  # measuring the flow of a short clip takes as long as decoding about this
LONG_GAP_SECONDS = 60.0
FORGOTTEN_SECONDS = 3600.0  # an unfinished file that nobody has written to for so long is deleted


@dataclass(frozen=True, eq=False)
class Cache:
    """Frames of annotations by annotation: `frames, seconds = cache[annotation]`."""

    path: Path
    ids: frozenset[str]
    beside: Mapping[str, Path] = field(default_factory=dict)  # input -> where its frames are
    _seconds: dict[str, NDArray[np.float64]] = field(default_factory=dict, repr=False)

    def __contains__(self, annotation: Annotation) -> bool:
        return annotation.original_id in self.ids

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, annotation: Annotation) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
        """Frames (T, H, W, 3) uint8, mapped and not read, and their times (T,) in the video."""
        seconds = self.seconds(annotation)
        frames = np.load(self.path / f"{annotation.original_id}.npy", mmap_mode="r")
        return frames, seconds

    def input(self, annotation: Annotation, name: str) -> NDArray[np.uint8]:
        """Bytes (T, H, W, 3) of one input at the same moments, mapped and not read."""
        if name == "rgb":
            return self[annotation][0]
        frames = np.load(self.beside[name] / f"{annotation.original_id}.npy", mmap_mode="r")
        if len(frames) != len(self.seconds(annotation)):
            raise InputError(
                f"{annotation.video}: {len(frames)} frames of {name} for "
                f"{len(self.seconds(annotation))} pictures. Delete {self.path.parent} and go on."
            )
        return frames

    def seconds(self, annotation: Annotation) -> NDArray[np.float64]:
        """Times (T,) of an annotation's frames, counted from the first frame of its video."""
        if annotation not in self:
            raise InputError(
                f"{annotation.video}: its frames are not in {self.path}. Build the cache again."
            )
        if annotation.original_id not in self._seconds:
            about = json.loads(
                (self.path / f"{annotation.original_id}.json").read_text(encoding="utf-8")
            )
            self._seconds[annotation.original_id] = np.array(about["seconds"], dtype=np.float64)
        return self._seconds[annotation.original_id]


def build_cache(
    folder: DataFolder,
    annotations: Sequence[Annotation],
    *,
    size_pixels: tuple[int, int],
    frames_per_second: float | None = None,
    inputs: Sequence[str] = ("rgb",),
    flow_method: str = "dis-fast",
    crop: str = "none",
    moments: str = "first",
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Cache, list[str]]:
    """Decode what is not there yet, at `size_pixels` (height, width); also return the problems.

    inputs: what is wanted beside the pictures (inputs.py); flow_method, crop, moments: as in Look.
    frames_per_second: keep no more frames of each second than this; None keeps every frame. A
    folder of pictures has no clock of its own: it is taken to have this many a second, else 25.
    workers: processes; None chooses by the size of the sources. progress(done, total) counts
    annotations. A video that cannot be read is a line of the problems and not in the cache.
    Raises InputError if all videos are gone or the frames cannot be written.
    """
    if not folder.source_root.is_dir():
        raise InputError(
            f"{folder.source_root}: the videos of {folder.path} are not there. "
            f"Put them back, or prepare the data set again."
        )
    _check(size_pixels, frames_per_second)
    looks = [
        Look(size_pixels, frames_per_second, name, flow_method, crop, moments)
        for name in dict.fromkeys(("rgb", *inputs))
    ]
    wanted = {annotation.original_id: annotation for annotation in annotations}  # a copy has no own
    tell = progress or (lambda done, total: None)
    jobs: list[Job] = []
    faults: dict[str, str] = {}
    try:
        for look in looks:
            _make_ready(folder.cache / look.name)
            found, lost = _plan(folder, list(wanted.values()), look)
            jobs += found
            faults |= lost
        jobs.sort(key=lambda job: -job.stamp["bytes"])
        left = sum(len(job.annotations) for job in jobs)
        tell(len(wanted) - left // len(looks), len(wanted))
        for job, result in run_jobs(decode, jobs, workers or _workers_for(jobs)):
            faults |= _lost(job) if result is None else result
            left -= len(job.annotations)
            tell(len(wanted) - left // len(looks), len(wanted))
    except CannotWriteError as error:
        raise InputError(_describe_lack(folder.cache / looks[0].name, jobs, str(error))) from None
    problems = [fault for key, fault in sorted(faults.items(), key=lambda item: item[1])]
    paths = {look.input: folder.cache / look.name for look in looks}
    cache = Cache(paths.pop("rgb"), frozenset(wanted.keys() - faults.keys()), paths)
    return cache, list(dict.fromkeys(problems))


def _check(size_pixels: tuple[int, int], frames_per_second: float | None) -> None:
    height, width = size_pixels
    if min(height, width) < 1:
        raise InputError(f"size_pixels {height}x{width}: no frame has this size. Write 1 or more.")
    if frames_per_second is not None and frames_per_second <= 0:
        raise InputError(
            f"frames_per_second {frames_per_second:g}: no video has this rate. Write more than 0."
        )


def _make_ready(path: Path) -> None:
    """Make the folder, and delete what a killed build left in it long ago."""
    with writing():
        path.mkdir(parents=True, exist_ok=True)
    for unfinished in path.glob(f"*{UNFINISHED}"):
        with suppress(OSError):  # another build may own it, or have just moved it
            if time.time() - unfinished.stat().st_mtime > FORGOTTEN_SECONDS:
                unfinished.unlink()


def _plan(
    folder: DataFolder,
    wanted: Sequence[Annotation],
    look: Look,
) -> tuple[list[Job], dict[str, str]]:
    """What is left to decode, and the faults of what cannot be."""
    passes: dict[tuple[str, Box | None, str], list[Annotation]] = defaultdict(list)
    for annotation in sorted(wanted, key=lambda annotation: annotation.start_seconds):
        window = None if look.in_one_pass else annotation.window
        alone = annotation.original_id if look.crop != "none" else ""  # what moves is its own
        passes[annotation.video, window, alone].append(annotation)
    jobs: list[Job] = []
    faults: dict[str, str] = {}
    for (video, _, _), group in [(key, run) for key in passes for run in _runs(passes[key])]:
        source = folder.source_root / video
        try:
            stamp = _stamp(source, find_depth(source) if look.input == "depth" else None)
        except OSError:
            gone = f"{video}: not found in {folder.source_root}. Put it back, or prepare again."
            faults |= {annotation.original_id: gone for annotation in group}
            continue
        job = Job(source, stamp, group, folder.cache / look.name, look)
        missing = [annotation for annotation in group if not is_whole(job, annotation)]
        if missing:
            jobs.append(replace(job, annotations=missing))
    return jobs, faults


def _runs(annotations: list[Annotation]) -> list[list[Annotation]]:
    """Annotations of one video, by start, cut where a long stretch between two is of no use.

    A reader jumps over the gap where the file lets it, and else decodes from the beginning again;
    so only a gap above a sixteenth of the whole is worth it, and there are few of those.
    """
    starts = [annotation.start_seconds for annotation in annotations]
    ends = [math.inf if each.end_seconds is None else each.end_seconds for each in annotations]
    long_gap = max(LONG_GAP_SECONDS, (starts[-1] - starts[0]) / 16)
    runs, reached = [annotations[:1]], ends[0]
    for annotation, start, end in zip(annotations[1:], starts[1:], ends[1:], strict=True):
        if start - reached > long_gap:
            runs.append([])
        runs[-1].append(annotation)
        reached = max(reached, end)
    return runs


def _stamp(source: Path, depth: Path | None = None) -> Stamp:
    """Size and time of a video, or of all pictures of a folder, and of the depth that is read with
    it. Raises OSError if it is gone.
    """
    files = []
    for place in (source, depth) if depth else (source,):
        files.append(place.stat())
        if place.is_dir():
            files += [file.stat() for file in os.scandir(place)]
    return {
        "layout": LAYOUT,
        "files": len(files),
        "bytes": sum(file.st_size for file in files),
        "modified_nanoseconds": max(file.st_mtime_ns for file in files),
    }


def _workers_for(jobs: Sequence[Job]) -> int:
    flows = sum(job.look.input == "flow" for job in jobs)
    source_bytes = sum(job.stamp["bytes"] for job in jobs) + flows * FLOW_BYTES
    worth_it = 1 + source_bytes // SOURCE_BYTES_PER_WORKER
    return max(1, min(os.cpu_count() or 1, len(jobs), worth_it))


def _lost(job: Job) -> dict[str, str]:
    video = job.annotations[0].video
    lost = f"{video}: reading it killed the process. Leave it out, or write it again as MP4."
    return {annotation.original_id: lost for annotation in job.annotations}


def _describe_lack(path: Path, jobs: Sequence[Job], reason: str) -> str:
    needed = sum(_frames_bytes(job) for job in jobs)
    try:
        free = f", {shutil.disk_usage(path).free / 1e9:.2f} GB is free"
    except OSError:
        free = ""
    return (
        f"{path}: cannot be written ({reason}). The frames need about {needed / 1e9:.2f} GB{free}. "
        f"Make room there, or choose smaller frames."
    )


def _frames_bytes(job: Job) -> int:
    """About how much a job writes, as far as the headers of its source tell."""
    height, width = job.look.size_pixels
    frames = 0.0
    with suppress(InputError, OSError):
        info = inspect(job.source)
        length = info.duration_seconds or 0.0
        rate = job.look.frames_per_second or (info.frame_count or 0) / max(length, 1e-9)
        for each in job.annotations:
            end = length if each.end_seconds is None else min(each.end_seconds, length)
            frames += max(end - each.start_seconds, 0.0) * rate
    return round(frames) * height * width * 3
