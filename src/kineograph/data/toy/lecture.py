"""A drawn lecture: students at desks who write, or hold the pen as if they did.

    FOLDER/lecture1.mp4 …          the recordings, each with students of its own
    FOLDER/lecture1.depth.mkv …    if asked for: how far away all is, in millimetres
    FOLDER/windows.jsonl           one line a student: video, person, window, hand, sha256
    FOLDER/annotations.jsonl       when who writes and when not: what `prepare lecture` reads
    FOLDER/truth.jsonl             what is done in fine: write, hold, look, drink, raise, rest, move

A single frame cannot tell writing from the pen held still (student.py): only motion can.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kineograph.data.annotation import Annotation, write_annotations
from kineograph.data.records import write_records
from kineograph.data.toy.figure import Pixels, cast_actor
from kineograph.data.toy.hall import Guest, draw_hall, find_seats
from kineograph.data.toy.hall_depth import Millimetres, draw_depth
from kineograph.data.toy.student import HANDS, Span, draw_habits, plan, sit
from kineograph.data.workers import run_jobs
from kineograph.errors import InputError
from kineograph.media.write import VideoWriter, write_depth

MOST_IN_A_HALL = 6
LEAST_PIXELS = (180, 320)  # or a hand would be no hand


@dataclass(frozen=True)
class LectureConfig:
    """How many students, how many of them in one recording, and how long it is."""

    people: int = 12
    people_per_recording: int = 4
    seconds: float = 60.0
    frames_per_second: int = 25
    size_pixels: tuple[int, int] = (360, 640)
    seed: int = 0
    depth: bool = False  # write what a depth camera measures, beside each video

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        if not 1 <= self.people_per_recording <= MOST_IN_A_HALL:
            raise InputError(
                f"people_per_recording={self.people_per_recording}: a hall seats 1 to "
                f"{MOST_IN_A_HALL}. Ask for as many, and for more people in more recordings."
            )
        if self.people < 1:
            raise InputError(f"people={self.people}: nobody is drawn. Ask for 1 or more.")
        if not self.seconds * self.frames_per_second >= 1 or self.frames_per_second < 1:
            raise InputError(
                f"seconds={self.seconds}, frames_per_second={self.frames_per_second}: that is no "
                f"frame. Ask for more of both."
            )
        if any(given < least for given, least in zip(self.size_pixels, LEAST_PIXELS, strict=True)):
            raise InputError(
                f"size_pixels={self.size_pixels}: a hand needs {LEAST_PIXELS} or more. "
                f"Ask for a larger picture."
            )

    @property
    def recordings(self) -> int:
        """How many videos; the last may show fewer people."""
        return -(-self.people // self.people_per_recording)

    @property
    def frame_count(self) -> int:
        """Frames of each video."""
        return round(self.seconds * self.frames_per_second)


@dataclass(frozen=True)
class Scene:
    """One recording before it is drawn: who sits where, and what each does when."""

    video: str
    people: list[str]
    guests: list[Guest]
    spans: list[list[Span]]


def set_scene(config: LectureConfig, recording: int) -> Scene:
    """The students of one recording and their time: the same numbers give the same scene."""
    first = recording * config.people_per_recording
    numbers = range(first, min(first + config.people_per_recording, config.people))
    rng = np.random.default_rng([config.seed, recording, 1])
    seats = find_seats(len(numbers), config.size_pixels, rng)
    seconds = np.arange(config.frame_count) / config.frames_per_second
    guests, spans = [], []
    for number, seat in zip(numbers, seats, strict=True):
        own = np.random.default_rng([config.seed, number, 2])
        actor, habits = cast_actor(own), draw_habits(own)
        planned = plan(config.frame_count, config.frames_per_second, own)
        sitting = sit(planned, actor.body, habits, seconds=seconds, rng=own)
        guests.append(Guest(seat, actor, habits, sitting))
        spans.append(planned)
    people = [f"student{number + 1:02d}" for number in numbers]
    return Scene(f"lecture{recording + 1}.mp4", people, guests, spans)


def draw_recording(config: LectureConfig, recording: int) -> Iterator[Pixels]:
    """Frames (H, W, 3) uint8 RGB of one recording; the same numbers give the same pixels."""
    guests = set_scene(config, recording).guests
    rng = np.random.default_rng([config.seed, recording, 3])
    return draw_hall(guests, config.size_pixels, config.frame_count, rng)


def draw_recording_depth(config: LectureConfig, recording: int) -> Iterator[Millimetres]:
    """Its depth, uint16 millimetres at half the size, 0 where a depth camera measures nothing."""
    guests = set_scene(config, recording).guests
    return draw_depth(guests, config.size_pixels, config.frame_count)


# ------------------------------------------------------------------------------------ writing


def write_lecture(
    folder: str | Path,
    config: LectureConfig,
    workers: int = 2,
    progress: Callable[[int, int], None] | None = None,
) -> list[Annotation]:
    """Draw all recordings into `folder`, with windows, marks and the fine truth beside them.

    progress(done, total) counts recordings. Raises InputError where the disk refuses.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [(folder, config, recording) for recording in range(config.recordings)]
    hashes: dict[int, str] = {}
    for (_, _, recording), digest in run_jobs(_write_recording, jobs, workers):
        if digest is None:
            raise InputError(
                f"{folder}: the process that drew recording {recording + 1} died, perhaps for "
                f"want of memory. Try workers=1."
            )
        hashes[recording] = digest
        if progress:
            progress(len(hashes), config.recordings)
    scenes = [set_scene(config, recording) for recording in range(config.recordings)]
    annotations = [each for scene in scenes for each in annotate(scene, config)]
    _write_lines(folder / "windows.jsonl", _windows(scenes, hashes))
    _write_lines(folder / "truth.jsonl", _truth(scenes, config))
    write_annotations(folder / "annotations.jsonl", annotations)
    return annotations


def annotate(scene: Scene, config: LectureConfig) -> list[Annotation]:
    """Marks of everyone in a scene: intervals of writing and of not writing, without a gap."""
    marks = []
    for person, guest, spans in zip(scene.people, scene.guests, scene.spans, strict=True):
        merged: list[tuple[str, int, int]] = []
        for span in spans:
            if merged and merged[-1][0] == span.label:
                merged[-1] = (span.label, merged[-1][1], span.end)
            else:
                merged.append((span.label, span.start, span.end))
        marks += [
            Annotation(
                video=scene.video,
                label=label,
                start_seconds=start / config.frames_per_second,
                end_seconds=end / config.frames_per_second,
                window=guest.seat.window,
                person=person,
            )
            for label, start, end in merged
        ]
    return marks


def _write_recording(job: tuple[Path, LectureConfig, int]) -> str:
    """Write one video; returns the SHA-256 of its bytes."""
    folder, config, recording = job
    path = folder / f"lecture{recording + 1}.mp4"
    rate = config.frames_per_second
    with VideoWriter(path, size_pixels=config.size_pixels, frames_per_second=rate) as video:
        for frame in draw_recording(config, recording):
            video.add(frame)
    if config.depth:
        write_depth(path.with_suffix(".depth.mkv"), draw_recording_depth(config, recording), rate)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _windows(scenes: list[Scene], hashes: dict[int, str]) -> Iterator[dict[str, object]]:
    for recording, scene in enumerate(scenes):
        for person, guest in zip(scene.people, scene.guests, strict=True):
            yield {
                "video": scene.video,
                "person": person,
                "window": list(guest.seat.window),
                "hand": HANDS[guest.habits.hand],
                "sha256": hashes[recording],
            }


def _truth(scenes: list[Scene], config: LectureConfig) -> Iterator[dict[str, object]]:
    for scene in scenes:
        for person, spans in zip(scene.people, scene.spans, strict=True):
            for span in spans:
                yield {
                    "video": scene.video,
                    "person": person,
                    "start_seconds": span.start / config.frames_per_second,
                    "end_seconds": span.end / config.frames_per_second,
                    "activity": span.activity,
                }


def _write_lines(path: Path, lines: Iterator[dict[str, object]]) -> None:
    try:
        write_records(path, lines)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error.strerror}). Choose another folder."
        ) from None
