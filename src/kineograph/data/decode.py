"""One pass over one video writes the frames of all its annotations; runs in a worker process."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kineograph.data.annotation import Annotation
from kineograph.data.clock import JUST_BEFORE
from kineograph.data.frame_file import HEADER_BYTES, FrameFile, writing
from kineograph.data.inputs import Look, look_at
from kineograph.errors import InputError
from kineograph.media.frame import Frame
from kineograph.whole_file import write_text_whole

Stamp = dict[str, int]  # how a source is recognised: its size and time, and how it is read


@dataclass(frozen=True)
class Job:
    """Annotations of one window of one video, ordered by start, and where their frames go."""

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
        for frame in _kept_frames(job):
            while waiting and waiting[-1].start_seconds <= frame.seconds + JUST_BEFORE:
                each = waiting.pop()
                file = FrameFile(job.target / f"{each.id}.npy", job.look.size_pixels)
                filling[each.id] = each, file
            for key in [key for key, (each, _) in filling.items() if _is_over(each, frame)]:
                faults |= _finish(job, *filling.pop(key))
            for _, file in filling.values():
                file.add(frame.pixels, frame.seconds)
        for key in list(filling):
            faults |= _finish(job, *filling.pop(key))
        for each in waiting:
            faults[each.id] = f"{each.video}: {_span(each)} lies after its end. Correct the times."
    except (InputError, OSError) as error:
        for each in [*waiting, *(each for each, _ in filling.values())]:
            faults[each.id] = name_video(each.video, error)
    finally:
        for _, file in filling.values():
            file.discard()
    return faults


def is_whole(job: Job, annotation: Annotation) -> bool:
    """Whether the frames are there, all of them, decoded from the source as it is now."""
    try:
        about = json.loads((job.target / f"{annotation.id}.json").read_text(encoding="utf-8"))
        size_bytes = (job.target / f"{annotation.id}.npy").stat().st_size
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


def _kept_frames(job: Job) -> Iterator[Frame]:
    """Frames from the first start to the last end, no more a second than asked for."""
    ends = [each.end_seconds for each in job.annotations]
    return look_at(
        job.source,
        job.look,
        start_seconds=job.annotations[0].start_seconds,
        end_seconds=None if None in ends else max(end for end in ends if end is not None),
        window=job.annotations[0].window,
    )


def _is_over(annotation: Annotation, frame: Frame) -> bool:
    end = annotation.end_seconds
    return end is not None and frame.seconds + JUST_BEFORE >= end


def _finish(job: Job, annotation: Annotation, file: FrameFile) -> dict[str, str]:
    """Make a file whole; its fault if it is empty."""
    if not file.seconds:
        file.discard()
        return {
            annotation.id: f"{annotation.video}: no frame is shown {_span(annotation)}. Widen it."
        }
    if is_whole(job, annotation):  # another process was faster and may be reading it by now
        file.discard()
        return {}
    file.finish()
    moments = [round(moment, 6) for moment in file.seconds]
    about = {"source": job.stamp, "scale": job.look.scale, "seconds": moments}
    with writing():
        write_text_whole(job.target / f"{annotation.id}.json", json.dumps(about))
    return {}


def _span(annotation: Annotation) -> str:
    end = "the end" if annotation.end_seconds is None else f"{annotation.end_seconds:g} s"
    return f"from {annotation.start_seconds:g} s to {end}"
