"""One hour of 1080p with four windows: `prepare lecture` against decoding alone.

python -m benchmarks.lecture                 three minutes of it
python -m benchmarks.lecture --minutes 60    all of it

The figure is a ratio of processor seconds: two passes of an hour are never equally disturbed.
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import av

from kineograph.data.annotation import Annotation, write_annotations
from kineograph.data.prepare import PREPARE

from .decode import draw

DRAWN_SECONDS = 20
WINDOWS = ((60, 200, 300, 300), (500, 240, 280, 280), (960, 260, 260, 260), (1400, 300, 240, 240))


def loop(drawn: Path, path: Path, times: int) -> None:
    """The same packets again and again, with times that go on."""
    with av.open(str(path), "w") as target:
        with av.open(str(drawn)) as source:
            stream = target.add_stream_from_template(source.streams.video[0])
        for turn in range(times):
            with av.open(str(drawn)) as source:
                own = source.streams.video[0]
                assert own.duration is not None
                for packet in source.demux(own):
                    if packet.dts is None or packet.pts is None:
                        continue
                    packet.dts += turn * own.duration
                    packet.pts += turn * own.duration
                    packet.stream = stream
                    target.mux(packet)


def mark(folder: Path, seconds: int) -> None:
    """Four people who write every other half a minute."""
    seats, marks = [], []
    for number, window in enumerate(WINDOWS):
        seats.append({"video": "hall.mp4", "person": f"p{number}", "window": window})
        for start in range(0, seconds, 30):
            label = "not writing" if (start // 30 + number) % 2 else "writing"
            who = {"video": "hall.mp4", "person": f"p{number}", "window": window}
            span = {"start_seconds": start, "end_seconds": min(start + 30, seconds)}
            marks.append(Annotation(label=label, **who, **span))  # type: ignore[arg-type]
    lines = "".join(json.dumps(seat) + "\n" for seat in seats)
    (folder / "windows.jsonl").write_text(lines)
    write_annotations(folder / "annotations.jsonl", marks)


def decode_alone(path: Path) -> int:
    """Every frame, no pixel looked at."""
    with av.open(str(path)) as file:
        file.streams.video[0].thread_count = 1
        return sum(1 for _ in file.decode(video=0))


def costs(work: Callable[[], object]) -> tuple[float, float]:
    """Processor seconds, of this process and those it started, and seconds by the clock."""

    def spent() -> float:
        kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, kinds))

    began, before = time.monotonic(), spent()
    work()
    return spent() - before, time.monotonic() - began


def main(minutes: float = 3.0) -> None:
    """Draw, decode, prepare, divide."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        draw(folder / "drawn.mp4", "libx264", 1920, 1080, DRAWN_SECONDS * 25)
        (folder / "hall").mkdir()
        times = max(1, round(minutes * 60 / DRAWN_SECONDS))
        loop(folder / "drawn.mp4", folder / "hall" / "hall.mp4", times)
        mark(folder / "hall", times * DRAWN_SECONDS)
        alone = costs(lambda: decode_alone(folder / "hall" / "hall.mp4"))
        ours = costs(lambda: PREPARE["lecture"](folder / "hall", folder / "data"))
        samples = sum(1 for _ in (folder / "data" / "manifest.csv").open()) - 1
    print(f"\n{times * DRAWN_SECONDS / 60:.0f} minutes of 1080p H.264 with four windows")
    print(f"  decoding alone     {alone[0]:8.1f} s of processor, {alone[1]:8.1f} s by the clock")
    print(f"  prepare lecture    {ours[0]:8.1f} s of processor, {ours[1]:8.1f} s by the clock")
    print(
        f"  ratio              {ours[0] / alone[0]:8.2f}                {samples} samples, copies"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=3.0)
    main(parser.parse_args().minutes)
