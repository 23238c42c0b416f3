"""Timelines of people as a person wants them: CSV, JSON, SRT, a labelled video."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kineograph.errors import InputError
from kineograph.media import Frame, inspect, read_frames
from kineograph.media.draw_windows import Seen, blur_heads, draw_windows
from kineograph.media.write import write_video
from kineograph.predict.people import Watched
from kineograph.predict.shares import Share, colour_of
from kineograph.predict.write import srt_time, until_break, write_text

Progress = Callable[[int, int, str], None]
Shares = dict[str, list[Share]]  # by person

COLUMNS = ("video", "person", "second", "label", "probability")


def write_seconds_csv(path: Path, found: Sequence[Watched]) -> None:
    """One row a person and second."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for video in found:
        for person in video.people:
            for each in person.seconds:
                row = [video.path, person.person, each.second, each.label]
                table.writerow([*row, f"{each.probability:.4f}"])
    write_text(path, text.getvalue())


def write_people_json(path: Path, found: Sequence[Watched], shares: Sequence[Shares]) -> None:
    """A list with one object a video."""
    objects = [as_object(video, own) for video, own in zip(found, shares, strict=True)]
    write_text(path, json.dumps(objects, indent=2, ensure_ascii=False) + "\n")


def as_object(video: Watched, shares: Shares) -> dict[str, Any]:
    """Everything about one video, as JSON has it."""
    people = [
        {
            "person": each.person,
            "window": list(each.window),
            "shares": [asdict(share) for share in shares[each.person]],
            "segments": [asdict(segment) for segment in each.segments],
            "seconds": [asdict(second) for second in each.seconds],
        }
        for each in video.people
    ]
    return {
        "path": video.path,
        "seconds": video.seconds,
        "people": people,
        "left_out": video.left_out,
        "problem": video.problem,
    }


def write_people_srt(path: Path, video: Watched) -> None:
    """Subtitles: everyone's label, a line each, while nothing changes."""
    blocks = [
        f"{number}\n{srt_time(start)} --> {srt_time(end)}\n{text}\n"
        for number, (start, end, text) in enumerate(_blocks(video), 1)
    ]
    write_text(path, "\n".join(blocks))


def _blocks(video: Watched) -> Iterator[tuple[float, float, str]]:
    """Stretches in which everyone's label stays."""
    seconds = sorted({each.second for person in video.people for each in person.seconds})
    begun, until, text = 0, -1, ""
    for second in seconds:
        now = "\n".join(
            f"{person.person}: {each.label}"
            for person in video.people
            if (each := person.at(second)) is not None
        )
        if now != text or second != until:
            if until > begun:
                yield float(begun), float(until), text
            begun, text = second, now
        until = second + 1
    if until > begun:
        yield float(begun), float(until), text


def write_people_video(
    path: Path,
    video: Watched,
    classes: Sequence[str],
    *,
    blur: bool = False,
    progress: Progress | None = None,
) -> None:
    """The video again, with everyone's window, name and label.

    blur: no face is told any more: all outside the windows, and the upper half of each, is blurred.
    """
    source = Path(video.path)
    info = inspect(source)
    boxes = [person.window for person in video.people]

    def labelled() -> Iterator[Frame]:
        for frame in until_break(read_frames(source), video.problem):
            pixels = blur_heads(frame.pixels, boxes) if blur else frame.pixels
            seen = []
            for person in video.people:
                now = person.at(frame.seconds)
                place = colour_of(now.label, classes) if now else None
                share = now.probability if now else None
                text = f"{person.person}: {now.label}" if now else person.person
                seen.append(Seen(person.window, text, share, place))
            yield Frame(draw_windows(pixels, seen), frame.seconds, frame.index)
            if progress:
                progress(frame.index + 1, max(info.frame_count or 0, frame.index + 1), path.name)

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{path.parent}: cannot be made ({error.strerror}). Choose another folder."
        ) from error
    write_video(path, labelled(), float(info.frames_per_second or 25))
