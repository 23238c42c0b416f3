"""Clips: what a network would have said after every frame, and which frames moved its answer."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kineograph.inspect.clip_plot import clip_plot, spread_over
from kineograph.inspect.inspected import Inspected, Inspector, Progress, Wish
from kineograph.inspect.occlusion import Watched, watch
from kineograph.inspect.overlay import as_jpeg, seen_part
from kineograph.inspect.stretch import stretch_of
from kineograph.media import BrokenClipError, read_frames
from kineograph.predict.engine import torch_engine
from kineograph.predict.timeline import Reading
from kineograph.recipes import Trained, load
from kineograph.report.page.blocks import Block, Picture, Say, Tile, Tiles
from kineograph.report.page.words import percent
from kineograph.tasks import LabelFrames
from kineograph.training.reproduce import choose_device

SHOWN = 5  # frames that moved the answer most
FRAME_PIXELS = 240  # their longer side

OCCLUSION = (
    "Which frames moved the answer was found by leaving each out in turn: the features of the "
    "frame before stand in its place, and the network is asked again. The bar is how much of the "
    "label's log-odds, log p / (1 - p), is lost without the frame: above zero it spoke for the "
    "label, below zero against it. 0.7 halves the odds, 2.3 makes them a tenth. Frames near each "
    "other say much the same, so the wide pale bars leave out a whole part of the clip."
)
ENDED = "The curve is what the network would have said, had the clip ended with that frame."
OWN = (
    "This network answers for every frame: the curve is each frame's own answer, and the label is "
    "that of the whole stretch, frames counted by the time that they stay."
)
LONG = (
    "Of a video that is longer than the clips it learned from, the window with the surest answer "
    "is shown; --from-seconds chooses another one."
)


def open_clips(run: str, wish: Wish) -> Inspector:
    """A run that labels clips. Raises InputError for what is none."""
    trained, device = load(run), choose_device(wish.device)
    own = isinstance(trained.recipe.task, LabelFrames)
    method = (OWN if own else ENDED, OCCLUSION, LONG)
    return Inspector(method, partial(_look, trained, device, wish.from_seconds))


def _look(
    trained: Trained, device: Any, from_seconds: float | None, file: Path, progress: Progress
) -> Inspected:
    engine = torch_engine(trained.network, device)
    reading = Reading(file, trained.recipe.data.looks)
    frames = stretch_of(file, reading, trained, engine, from_seconds)
    found = watch(frames, trained, engine, lambda done, of: progress(done, of, file.name))
    label, sure = trained.classes[found.label], float(found.answer[found.label])
    span = frames[0].seconds, frames[-1].seconds
    line = f"{file}: {label} ({percent(sure, 0)}), {span[0]:.2f} to {span[1]:.2f} s"
    pictures = _pictures(file, found.seconds)
    return Inspected(
        line, _blocks(found, pictures, trained.classes), _numbers(found, trained), reading.problem
    )


def _pictures(file: Path, seconds: NDArray[np.float64]) -> list[NDArray[np.uint8]]:
    """The frames as they were filmed, nearest to the moments that the network was shown."""
    kept: list[NDArray[np.uint8]] = []
    gaps: list[float] = []
    try:
        for frame in read_frames(
            file, start_seconds=max(0.0, seconds[0] - 1), end_seconds=seconds[-1] + 1
        ):
            small = None
            for place, moment in enumerate(seconds):
                gap = abs(frame.seconds - moment)
                if place < len(kept) and gap >= gaps[place]:
                    continue
                if small is None:
                    small = seen_part(frame.pixels, "squash", FRAME_PIXELS)
                if place < len(kept):
                    kept[place], gaps[place] = small, gap
                else:
                    kept.append(small)
                    gaps.append(gap)
    except BrokenClipError:
        pass  # what came before it is there, and the page says so
    return kept


def _blocks(
    found: Watched, pictures: Sequence[NDArray[np.uint8]], classes: tuple[str, ...]
) -> tuple[Block, ...]:
    label, sure = classes[found.label], float(found.answer[found.label])
    count, first, last = len(found.places), found.seconds[0], found.seconds[-1]
    said = f"{label} ({percent(sure, 0)}), from {count} frames, {first:.2f} to {last:.2f} s."
    blocks: list[Block] = [Say(said)]
    if found.curve is None:
        told = "This network goes over the clip in several windows: there is no curve to show."
        blocks.append(Say(told, "missing"))
    few = [pictures[place] for place in spread_over(count)]
    blocks.append(Picture(clip_plot(found, few, classes), "", wide=True))
    if found.drops is None:
        told = "Only one frame was shown: none can be left out."
        return (*blocks, Say(told, "missing"))
    order = np.argsort(-np.abs(found.drops), kind="stable")[:SHOWN]
    tiles = [
        Tile(
            as_jpeg(pictures[place]),
            f"Frame at {found.seconds[place]:.2f} s",
            f"{found.seconds[place]:.2f} s",
            f"log-odds {signed(-found.drops[place])} without it",
        )
        for place in order
    ]
    return (*blocks, Say("The frames that moved the answer most:"), Tiles(tiles))


def _numbers(found: Watched, trained: Trained) -> dict[str, Any]:
    classes = trained.classes
    rows = []
    for place, moment in enumerate(found.seconds):
        row: dict[str, Any] = {"seconds": round(float(moment), 4)}
        if found.drops is not None:
            row["log_odds_drop"] = round(float(found.drops[place]), 5)
        if found.curve is not None:
            row["probabilities"] = _named(found.curve[place], classes)
        rows.append(row)
    return {
        "label": classes[found.label],
        "probabilities": _named(found.answer, classes),
        "parts": [
            {
                "from_seconds": round(float(found.seconds[first]), 4),
                "to_seconds": round(float(found.seconds[end - 1]), 4),
                "log_odds_drop": round(float(drop), 5),
            }
            for (first, end), drop in zip(found.parts, found.part_drops, strict=True)
        ],
        "curve": "own" if isinstance(trained.recipe.task, LabelFrames) else "ended",
        "frames": rows,
    }


def signed(value: float) -> str:
    """+0.16, −0.04: with a minus as wide as the plus."""
    return f"{value:+.2f}".replace("-", "\u2212")


def _named(probabilities: NDArray[np.float64], classes: tuple[str, ...]) -> dict[str, float]:
    return {name: round(float(p), 5) for name, p in zip(classes, probabilities, strict=True)}
