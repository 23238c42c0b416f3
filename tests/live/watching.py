"""What the tests of watching share: clips drawn by hand, a network that says what is bright."""

from collections.abc import Sequence
from pathlib import Path
from threading import Event as Flag

import numpy as np
import torch

from kineograph.live.detection.rules import Rule
from kineograph.live.evidence.writer import EvidenceOptions
from kineograph.live.lookout import Lookout
from kineograph.live.plan import CameraPlan, WatchPlan
from kineograph.live.watch import Watch, Watched
from kineograph.media.cameras.options import CameraOptions
from kineograph.media.cameras.source import parse_source
from kineograph.predict.engine import Engine
from kineograph.recipes import RECIPES, Trained, change_all
from tests.media.drawn_clips import encode

CLASSES = ("dark", "bright")
WINDOW = 1.6
SETTINGS = [
    "data.size_pixels=16,16", "data.frames_per_clip=8", "data.inputs=rgb", "model.filters=4,8",
    "model.pools=4,2", "model.units=6",
]  # fmt: skip
SOON = {
    "first_retry_seconds": 0.1,
    "longest_retry_seconds": 0.2,
    "open_seconds": 5.0,
    "queue_frames": 500,
}


def network(folder: Path = Path("none"), *sets: str) -> Trained:
    """An LRCN with weights by chance."""
    recipe = change_all(RECIPES["lrcn"], [*SETTINGS, *sets])
    torch.manual_seed(0)
    built = recipe.model.build(len(CLASSES), recipe.data.size_pixels, recipe.data.inputs).eval()
    return Trained(folder, recipe, CLASSES, built, WINDOW)


class Brightness:
    """Steps that say `bright` of a bright picture, and remember nothing."""

    def start(self) -> tuple:
        return ()

    def step(self, frames: np.ndarray, states: Sequence[tuple]) -> tuple[np.ndarray, Sequence]:
        light = frames.astype(float).mean((1, 2, 3)) / 255
        return np.stack([8 * (0.5 - light), 8 * (light - 0.5)], 1), states


BRIGHT = Engine("bright", lambda *_: torch.zeros(1, 1, 2), torch.device("cpu"), steps=Brightness())


def lamp(path: Path, seconds: float = 8.0, on: tuple[float, float] = (3.0, 5.0), **options) -> Path:
    """Ten pictures a second of a lamp that is on from when to when; noise, as cameras have."""
    rng = np.random.default_rng(0)
    pictures = []
    for number in range(round(seconds * 10)):
        light = 220 if on[0] <= number / 10 < on[1] else 20
        noise = rng.integers(0, 30, (48, 64, 3))
        pictures.append((light + noise).astype(np.uint8))
    return encode(path, pictures, **options)


def plan(*sources: str | Path, folder: Path, rules: Sequence[Rule] = (), **options) -> WatchPlan:
    """These sources, named a, b, c."""
    return WatchPlan(
        tuple(
            CameraPlan(parse_source(str(each), "abcdef"[place]), CameraOptions(**options))
            for place, each in enumerate(sources)
        ),
        rules=tuple(rules),
        evidence=EvidenceOptions(
            folder=folder, pre_roll_seconds=1.0, post_roll_seconds=0.5, longest_seconds=20
        ),
    )


class Heard:
    """Every answer that a watch acts on: (camera, seconds, probabilities)."""

    def __init__(self, monkeypatch) -> None:
        self.answers: list[tuple[str, float, np.ndarray]] = []
        hear = Lookout.hear

        def recorded(lookout, answer, window):
            self.answers.append((lookout.plan.name, answer.seen_seconds, answer.probabilities))
            return hear(lookout, answer, window)

        monkeypatch.setattr(Lookout, "hear", recorded)


def watch(what: WatchPlan, trained: Trained, engine: Engine = BRIGHT) -> Watched:
    """To the end of all files."""
    return Watch(what, trained, engine).run(Flag())


def watch_until(what: WatchPlan, trained: Trained, engine: Engine, enough) -> Watched:
    """Until `enough(state)` holds, as Ctrl-C would end it."""
    stop = Flag()

    def tell(state) -> None:
        if enough(state):
            stop.set()

    return Watch(what, trained, engine).run(stop, tell)
