"""One pass over one video writes the frames of all its annotations; runs in a worker process."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from kineograph.data.annotation import Annotation
from kineograph.data.clock import JUST_BEFORE
from kineograph.data.frame_file import HEADER_BYTES, FrameFile, writing
from kineograph.data.inputs import Look, cuts_of, look_at
from kineograph.errors import InputError
from kineograph.media.frame import Box
from kineograph.whole_file import write_text_whole

Stamp = dict[str, int]  # how a source is recognised: its size and time, and how it is read


@dataclass(frozen=True)
class Job:
    """Annotations of one video, ordered by start, and where their frames go.

    They may be of several windows if the look takes these in one pass; else of one.
    """

    source: Path
    stamp: Stamp
    annotations: list[Annotation]
    target: Path
    look: Look


def decode(job: Job) -> dict[str, str]:
    """Write `<id>.npy` and `<id>.json` of each annotation; return the faults of the others by id.

    Only annotations that overlap at one moment have open files. Raises CannotWriteError.
    """
    faults: dict[str, str] = {}
    waiting = list(reversed(job.annotations))
    filling: dict[str, tuple[Annotation, FrameFile]] = {}
    try:
        for moment, cut in _kept_pictures(job):
            while waiting and waiting[-1].start_seconds <= moment + JUST_BEFORE:
                each = waiting.pop()
                file = FrameFile(job.target / f"{each.original_id}.npy", job.look.size_pixels)
                filling[each.original_id] = each, file
            for key in [key for key, (each, _) in filling.items() if _is_over(each, moment)]:
                faults |= _finish(job, *filling.pop(key))
            faults |= _add(filling, moment, cut)
        for key in list(filling):
            faults |= _finish(job, *filling.pop(key))
        for each in waiting:
            faults[each.original_id] = (
                f"{each.video}: {_span(each)} lies after its end. Correct the times."
            )
    except (InputError, OSError) as error:
        for each in [*waiting, *(each for each, _ in filling.values())]:
            faults[each.original_id] = name_video(each.video, error)
    finally:
        for _, file in filling.values():
            file.discard()
    return faults


def is_whole(job: Job, annotation: Annotation) -> bool:
    """Whether the frames are there, all of them, decoded from the source as it is now."""
    try:
        about = json.loads(
            (job.target / f"{annotation.original_id}.json").read_text(encoding="utf-8")
        )
        size_bytes = (job.target / f"{annotation.original_id}.npy").stat().st_size
    except (OSError, ValueError):
        return False
    height, width = job.look.size_pixels
    frames_bytes = len(about.get("seconds", [])) * height * width * 3
    return about.get("source") == job.stamp and size_bytes == HEADER_BYTES + frames_bytes


def name_video(video: str, error: Exception) -> str:
    """What went wrong, in one line that begins with the video as the annotations name it."""
    text = " ".join(str(error).split())
    _, named, rest = text.partition(f"{PurePosixPath(video).name}: ")
    return f"{video}: {rest if named else text}"


Cut = Callable[[Box | None], NDArray[np.uint8]]


def _kept_pictures(job: Job) -> Iterator[tuple[float, Cut]]:
    """Moments from the first start to the last end, and what cuts a window from the picture."""
    ends = [each.end_seconds for each in job.annotations]
    start = job.annotations[0].start_seconds
    end = None if None in ends else max(end for end in ends if end is not None)
    if job.look.in_one_pass:
        windows = list(dict.fromkeys(each.window for each in job.annotations))
        for cuts, moment in cuts_of(job.source, job.look, windows, span=(start, end)):
            yield moment, cuts.window
        return
    window = job.annotations[0].window
    for frame in look_at(job.source, job.look, start_seconds=start, end_seconds=end, window=window):
        yield frame.seconds, partial(_already_cut, frame.pixels)


def _already_cut(pixels: NDArray[np.uint8], window: Box | None) -> NDArray[np.uint8]:
    return pixels


def _add(
    filling: dict[str, tuple[Annotation, FrameFile]], moment: float, cut: Cut
) -> dict[str, str]:
    """Give each open file its window's pixels; the faults of those that cannot be cut."""
    pixels: dict[Box | None, NDArray[np.uint8]] = {}
    faults = {}
    for key, (each, file) in list(filling.items()):
        try:
            if each.window not in pixels:
                pixels[each.window] = cut(each.window)
        except InputError as error:  # this window's alone: the others go on
            faults[key] = name_video(each.video, error)
            filling.pop(key)[1].discard()
            continue
        file.add(pixels[each.window], moment)
    return faults


def _is_over(annotation: Annotation, moment: float) -> bool:
    end = annotation.end_seconds
    return end is not None and moment + JUST_BEFORE >= end


def _finish(job: Job, annotation: Annotation, file: FrameFile) -> dict[str, str]:
    """Make a file whole; its fault if it is empty."""
    if not file.seconds:
        file.discard()
        empty = f"{annotation.video}: no frame is shown {_span(annotation)}. Widen it."
        return {annotation.original_id: empty}
    if is_whole(job, annotation):  # another process was faster and may be reading it by now
        file.discard()
        return {}
    file.finish()
    moments = [round(moment, 6) for moment in file.seconds]
    about = {"source": job.stamp, "scale": job.look.scale, "seconds": moments}
    with writing():
        write_text_whole(job.target / f"{annotation.original_id}.json", json.dumps(about))
    return {}


def _span(annotation: Annotation) -> str:
    end = "the end" if annotation.end_seconds is None else f"{annotation.end_seconds:g} s"
    return f"from {annotation.start_seconds:g} s to {end}"
