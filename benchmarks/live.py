"""Watching: a step against a window recomputed, how many cameras are followed, where time goes.

python -m benchmarks.live [--seconds 30] [--most 32]

The network is `lrcn-kth` at its published size with weights by chance, run by ONNX Runtime on one
thread. Cameras are a drawn file of 640×480 H.264 at 25 pictures a second, with a sensor's noise at
1.5 Mbit/s, played at its own pace. A camera is followed if none of its pictures is dropped and they
are decoded as fast as they are shown.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event as Flag

import av
import numpy as np
import torch

from kineograph.data.inputs import Laid
from kineograph.export.onnx import export
from kineograph.export.run import OnnxFile
from kineograph.live.detection.rules import Rule
from kineograph.live.evidence.writer import EvidenceOptions
from kineograph.live.plan import CameraPlan, WatchPlan
from kineograph.live.state import WatchState
from kineograph.live.watch import Watch
from kineograph.media.cameras.options import CameraOptions
from kineograph.media.cameras.source import parse_source
from kineograph.media.cameras.still import StillPicture
from kineograph.media.convert import Converter, Shown
from kineograph.predict.engine import Engine, OnnxSteps, torch_engine
from kineograph.predict.session import Session
from kineograph.recipes import RECIPES, Trained

from .ratio import compare, print_table

WIDTH, HEIGHT, RATE = 640, 480, 25
BITS_PER_SECOND = 1_500_000
NOISE_GREY_LEVELS = 4.0
WARM_UP_SECONDS = 5.0  # files are opened, the first windows filled
FOLLOWED = 0.99  # of the pictures that were shown
CALLS = 50  # steps a call: one alone is too short to time
CLASSES = tuple("abcdef")
RECIPE = RECIPES["lrcn-kth"]
SIZE = RECIPE.data.size_pixels


def draw(path: Path, seconds: float) -> Path:
    """Three people-sized boxes that walk before a still wall; each picture has noise of its own."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    wall = 110 + 40 * np.sin(x / 60) + 25 * np.cos(y / 35)
    with av.open(str(path), "w") as file:
        options = {"preset": "veryfast", "g": "50", "bf": "0"}
        stream = file.add_stream("libx264", rate=RATE, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.bit_rate = BITS_PER_SECOND
        for t in range(round(seconds * RATE)):
            grey = wall + rng.normal(0, NOISE_GREY_LEVELS, wall.shape)
            for k in range(3):
                left = (80 + 190 * k + (2 + k) * t) % WIDTH
                grey[180 + 20 * k : 330 + 20 * k, left : left + 45] = 50 + 70 * k
            pixels = grey.clip(0, 255).astype(np.uint8)[..., None].repeat(3, axis=2)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(pixels)))
        file.mux(stream.encode(None))
    return path


def exported(folder: Path) -> Trained:
    """The network, and its two files in the folder."""
    torch.manual_seed(0)
    network = RECIPE.model.build(len(CLASSES), SIZE, RECIPE.data.inputs).eval()
    trained = Trained(folder, RECIPE, CLASSES, network, 2.0)
    export(trained)
    return trained


def compare_step(folder: Path) -> None:
    """A new picture: a step, or the window of 40 that ends with it."""
    step, whole = OnnxFile(folder / "step.onnx"), OnnxFile(folder / "clip.onnx")
    shape = (1, RECIPE.data.frames_per_clip, 3, *SIZE)
    clip = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    state = step.initial_state()

    def often(call: Callable[[], object]) -> Callable[[], None]:
        def many() -> None:
            for _ in range(CALLS):
                call()

        return many

    contestants = {
        "window of 40 recomputed, ONNX Runtime": often(lambda: whole(frames=clip)),
        "one step, ONNX Runtime": often(lambda: step.step(clip[:, 0], state)),
    }
    print_table("A new picture, one thread", compare(contestants), f"{CALLS} pictures a call.")


def where_time_goes(film: Path, trained: Trained, engine: Engine) -> None:
    """Processor time of one picture, part by part."""
    with av.open(str(film)) as file:
        file.streams.video[0].thread_count = 1
        pictures: list[av.VideoFrame] = []
        spent = {"decode": _spent(lambda: pictures.extend(file.decode(video=0)))}
    still, convert = StillPicture(0.5), Converter(film.name, size_pixels=SIZE)
    session = Session(trained, engine)
    shown = [Shown(i, i / RATE, (i + 1) / RATE, lambda p=p: p) for i, p in enumerate(pictures)]  # type: ignore[misc]
    small: list[np.ndarray] = []

    def watch() -> None:
        for each, pixels in zip(shown, small, strict=True):
            session.see("camera", Laid(pixels, each.seconds))
            session.answers()

    spent["is it frozen"] = _spent(lambda: [still.same_for(s.load(), s.seconds) for s in shown])
    spent["to RGB, 60×60"] = _spent(lambda: small.extend(map(convert, shown)))
    spent["network, two windows open"] = _spent(watch)
    print("\n| of a picture | processor | part |\n|---|--:|--:|")
    for name, seconds in spent.items():
        share = seconds / sum(spent.values())
        print(f"| {name} | {1e6 * seconds / len(shown):.0f} µs | {100 * share:.0f} % |")


def _spent(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


@dataclass(frozen=True)
class Followed:
    """So many cameras, from the end of the warm-up on."""

    count: int
    decoded: float  # part of the pictures that were shown
    dropped: int
    cores: float  # that were kept busy
    delay_seconds: tuple[float, float]  # p50, p99: of the slowest camera, warm-up included

    @property
    def whole(self) -> bool:
        """Whether no picture was lost, and none came later and later."""
        return not self.dropped and self.decoded >= FOLLOWED

    def row(self) -> str:
        """A line of a Markdown table."""
        p50, p99 = (1e3 * each for each in self.delay_seconds)
        return (
            f"| {self.count} | {'yes' if self.whole else 'no'} | {100 * self.decoded:.0f} % "
            f"| {self.dropped} | {p50:.0f} ms | {p99:.0f} ms | {self.cores:.2f} "
            f"| {self.cores / (self.count * self.decoded):.3f} |"
        )


def follow(film: Path, count: int, seconds: float, trained: Trained, engine: Engine) -> Followed:
    """Watch so many cameras at once for a while."""
    marks: list[tuple[float, float, WatchState]] = []
    stop = Flag()

    def tell(state: WatchState) -> None:
        if state.seconds >= WARM_UP_SECONDS:
            marks.append((time.monotonic(), time.process_time(), state))
        if state.seconds >= seconds:
            stop.set()

    with tempfile.TemporaryDirectory() as folder:
        cameras = tuple(
            CameraPlan(parse_source(str(film), f"camera{n}"), CameraOptions(as_camera=True))
            for n in range(count)
        )
        never = Rule(CLASSES[0], high=1.0, low=1.0)
        plan = WatchPlan(cameras, (never,), EvidenceOptions(folder=Path(folder)))
        Watch(plan, trained, engine).run(stop, tell)
    (began, before, first), (ended, after, last) = marks[0], marks[-2]  # the last is of the end
    took = ended - began
    delays = [each.delay_seconds for each in last.cameras if each.delay_seconds]
    return Followed(
        count,
        (_frames(last) - _frames(first)) / (RATE * took * count),
        sum(b.camera.dropped - a.camera.dropped for a, b in zip(first.cameras, last.cameras)),  # noqa: B905
        (after - before) / took,
        (max(p50 for p50, _ in delays), max(p99 for _, p99 in delays)),
    )


def _frames(state: WatchState) -> int:
    return sum(each.camera.frames for each in state.cameras)


def main(seconds: float = 30.0, most: int = 32) -> None:
    """All three."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        trained = exported(folder)
        compare_step(folder)
        film = draw(folder / "film.mp4", seconds + WARM_UP_SECONDS)
        whole = torch_engine(trained.network)
        steps = OnnxSteps(OnnxFile(folder / "step.onnx"))
        engine = Engine("onnxruntime", whole.whole, whole.device, steps=steps)
        where_time_goes(film, trained, engine)
        print(f"\nload {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, niceness {os.nice(0)}\n")
        print("| cameras | followed | decoded | dropped | p50 | p99 | cores | cores a camera |")
        print("|--:|---|--:|--:|--:|--:|--:|--:|")
        count = 1
        while count <= most:
            found = follow(film, count, seconds, trained, engine)
            print(found.row(), flush=True)
            if not found.whole:
                break
            count *= 2


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--most", type=int, default=32)
    given = parser.parse_args()
    main(given.seconds, given.most)
