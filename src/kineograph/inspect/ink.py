"""Ink: which characters a hand looked at while it wrote, and where it saw the pen go next."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from kineograph.data.ink.strokes import Offsets
from kineograph.data.prepare.ink_files import keep
from kineograph.errors import InputError
from kineograph.inspect.inspected import Inspected, Inspector, Progress, Wish
from kineograph.inspect.pen.followed import Followed, follow_line
from kineograph.inspect.pen.plot import line_plot
from kineograph.predict.hand import MOST_BIAS, Hand
from kineograph.predict.prime import READERS
from kineograph.report.page.blocks import Block, Picture, Say
from kineograph.tasks.draw_ink import Row, draw_rows
from kineograph.training.reproduce import check_seed, choose_device

MOST_LINES = 8  # of a file or a text that are looked at
SYNTHESIS_BIAS = 0.5  # as `sample` has it

METHOD = (
    "On the paper: how likely the pen was to come to each place, for all points together, each "
    "from where the pen was before it (Graves 2013, figure 10). Blots between strokes are guesses "
    "where the next one begins. Rings are where the pen was lifted."
)
WINDOW = (
    "Below runs time, point by point: which characters the network saw through its window (figures "
    "13 and 14), how likely the pen was to be lifted, and which Gaussians had the weight. A "
    "character stands over the ink where the window looked at it most."
)
ALONE = (
    "Below runs time, point by point: how likely the pen was to be lifted, and which Gaussians had "
    "the weight. This network is told no text: it has no window."
)


def open_ink(run: str, wish: Wish) -> Inspector:
    """A run that writes by hand. Raises InputError for what is none, or a bias out of bounds."""
    bias = wish.bias
    if bias is not None and not 0 <= bias <= MOST_BIAS:
        raise InputError(f"--bias {bias:g}: 0 (as it learned) to {MOST_BIAS:g} (very neat). Try 1.")
    hand = Hand.load(run, choose_device(wish.device))
    method = (METHOD, WINDOW if hand.reads_text else ALONE)
    write = partial(_write, hand, SYNTHESIS_BIAS if bias is None else bias, wish.seed or 0)
    return Inspector(method, partial(_look, hand, bias or 0.0), write=write)


def _look(hand: Hand, bias: float, file: Path, progress: Progress) -> Inspected:
    """Lines that people wrote; a line that cannot be followed is named, the others go on."""
    reader = READERS.get(file.suffix.lower())
    if reader is None:
        raise InputError(
            f"{file}: ink is read from {', '.join(READERS)}. Give such a file, or a text to be "
            "written: --text."
        )
    if not file.is_file():
        raise InputError(f"{file}: there is no such file. Check the path.")
    lines, problems = keep(reader(file))
    if not lines:
        first = f" {problems[0]}" if problems else " It is empty."
        raise InputError(f"{file}: no line of ink can be read.{first}")
    shown = lines[:MOST_LINES]
    found = []
    for number, line in enumerate(shown, start=1):
        try:
            points, text = hand.as_seen(line)
        except InputError as error:
            problems.append(str(error))
            continue
        found.append(_followed(hand, points, text if hand.reads_text else "", bias))
        progress(number, len(shown), file.name)
    if not found:
        raise InputError(f"{file}: {problems[0]}")
    rest = len(lines) - len(shown)
    note = f"The first {len(shown)} of {len(lines)} lines." if rest else ""
    return _inspected(hand, str(file), found, bias, note, "; ".join(problems) or None)


def _write(hand: Hand, bias: float, seed: int, text: str, progress: Progress) -> Inspected:
    """A text written by the network itself, each row begun anew."""
    if not hand.reads_text:
        raise InputError(
            f"{hand.trained.name}: writes no text, it only goes on scribbling. Give a file of ink, "
            "or a run of handwriting-synthesis."
        )
    import torch

    check_seed(seed)
    rows = hand.rows_of(text)
    shown = rows[:MOST_LINES]
    chance = torch.Generator(hand.device).manual_seed(seed)
    network, known = hand.trained.network, hand.trained.known
    drawn = draw_rows(network, known, [Row(row) for row in shown], bias=bias, chance=chance)
    found = []
    for number, (row, each) in enumerate(zip(shown, drawn, strict=True), start=1):
        found.append(_followed(hand, each.offsets, row, bias))
        progress(number, len(shown), row)
    cut = sum(not each.finished for each in drawn)
    problem = f"{cut} rows did not come to their end by themselves" if cut else None
    rest = len(rows) - len(shown)
    note = f"The first {len(shown)} of {len(rows)} rows." if rest else ""
    return _inspected(hand, f"“{text}”", found, bias, note, problem)


def _followed(hand: Hand, points: Offsets, text: str, bias: float) -> Followed:
    return follow_line(hand.trained.network, hand.trained.known, points, text, bias)


def _inspected(
    hand: Hand, name: str, found: list[Followed], bias: float, note: str, problem: str | None
) -> Inspected:
    blocks: list[Block] = []
    for number, each in enumerate(found, start=1):
        svg = line_plot(each, hand.trained.known, f"ink-{number}-{len(each.points)}")
        blocks.append(Picture(svg, _told(each, bias), wide=True))
    if note:
        blocks.append(Say(note, "note"))
    points = sum(len(each.points) for each in found)
    nats = np.concatenate([each.nats[1:] for each in found]).mean()
    line = f"{name}: {len(found)} lines, {points} points, {nats:.3f} nats a point of likelihood"
    return Inspected(
        line, tuple(blocks), {"lines": [_numbers(each, bias) for each in found]}, problem
    )


def _told(each: Followed, bias: float) -> str:
    said = f"{each.text}: " if each.text else ""
    nats = float(each.nats[1:].mean())
    return f"{said}{len(each.points)} points, bias {bias:g}; log likelihood {nats:.2f} nats a point"


def _numbers(each: Followed, bias: float) -> dict[str, Any]:
    looked = each.looks_at
    return {
        "text": each.text or None,
        "bias": bias,
        "points": len(each.points),
        "nats_per_point": round(float(each.nats[1:].mean()), 5),
        "nats": [None, *np.round(each.nats[1:], 4).tolist()],
        "lift_probability": np.round(each.lifts, 5).tolist(),
        "lifted": (each.points[:, 2] > 0.5).astype(int).tolist(),
        "weights": np.round(each.weights, 4).tolist(),
        "looks_at": None if looked is None else looked.tolist(),
        "window": None if each.window is None else np.round(each.window, 4).tolist(),
    }
