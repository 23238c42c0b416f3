"""Predictions as a person wants them: CSV, JSON, SRT subtitles, a labelled video."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from kineograph.errors import InputError
from kineograph.media import BrokenClipError, Frame, inspect, read_frames
from kineograph.media.draw import draw_labels
from kineograph.media.write import write_video
from kineograph.predict.answer import Prediction
from kineograph.whole_file import write_text_whole

Progress = Callable[[int, int, str], None]


def write_csv(path: Path, predictions: list[Prediction]) -> None:
    """One row a segment: file, start, end, label, probability."""
    rows = [
        (p.path, f"{s.start_seconds:.3f}", f"{s.end_seconds:.3f}", s.label, f"{s.probability:.4f}")
        for p in predictions
        for s in p.segments
    ]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["file", "start_seconds", "end_seconds", "label", "probability"])
    table.writerows(rows)
    write_text(path, text.getvalue())


def write_json(path: Path, predictions: list[Prediction]) -> None:
    """A list with one object a file."""
    text = json.dumps([asdict(p) for p in predictions], indent=2, ensure_ascii=False) + "\n"
    write_text(path, text)


def write_srt(path: Path, prediction: Prediction) -> None:
    """Subtitles: any player shows the label while it holds."""
    blocks = [
        f"{number}\n{srt_time(s.start_seconds)} --> {srt_time(s.end_seconds)}\n"
        f"{s.label} ({s.probability:.0%})\n"
        for number, s in enumerate(prediction.segments, 1)
    ]
    write_text(path, "\n".join(blocks))


def srt_time(seconds: float) -> str:
    """3661.5 -> "01:01:01,500"."""
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02},{rest % 1000:03}"


def write_labelled_video(
    path: Path, prediction: Prediction, progress: Progress | None = None
) -> None:
    """The file again with its label and probability drawn in, at its own times."""
    source = Path(prediction.path)
    info = inspect(source)

    def labelled() -> Iterator[Frame]:
        for frame in until_break(read_frames(source), prediction.problem):
            segment = prediction.at(frame.seconds)
            drawn = draw_labels(
                frame.pixels, bars=[(segment.label, segment.probability)], below=True
            )
            yield Frame(drawn, frame.seconds, frame.index)
            if progress:
                progress(frame.index + 1, max(info.frame_count or 0, frame.index + 1), path.name)

    path.parent.mkdir(parents=True, exist_ok=True)
    write_video(path, labelled(), float(info.frames_per_second or 25))


def until_break(frames: Iterator[Frame], problem: str | None) -> Iterator[Frame]:
    """All frames; of a file that breaks, and was answered up to there, those before."""
    try:
        yield from frames
    except BrokenClipError:
        if not problem:
            raise


def write_text(path: Path, text: str) -> None:
    """Text, whole or not at all, its folder made. Raises InputError where the disk refuses."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text_whole(path, text)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error.strerror or error}). Choose another place."
        ) from error
