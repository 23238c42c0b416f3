"""The four systems that cells are tried in: data that anyone can draw, a network, a measure.

Each is a recipe of the package at a size for a minute of one core. The cell and its width are all
that differs between two contestants, but for ConvLSTM, whose place is in a network of maps.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from kineograph.data.augment import Augmentation
from kineograph.data.batch import Dealt
from kineograph.data.characters.batch import TextExamples
from kineograph.data.characters.config import TextConfig
from kineograph.data.characters.corpus import read_corpus as read_text_corpus
from kineograph.data.characters.split import split_text
from kineograph.data.dataset_folder import DataFolder, write_data_folder
from kineograph.data.ink.config import InkConfig
from kineograph.data.ink.line import INK
from kineograph.data.lines.config import LinesConfig
from kineograph.data.lines.corpus import BUILT_IN, ENGLISH, LineTexts, read_corpus
from kineograph.data.lines.folder import LinesFolder
from kineograph.data.prepare.cursive import prepare_cursive
from kineograph.data.prepare.ink_drawn import prepare_ink_drawn
from kineograph.data.prepared_folder import PreparedFolder
from kineograph.data.text import Alphabet
from kineograph.data.toy.actors import ActorsConfig, write_actors
from kineograph.evaluation.ink.job import InkExperiment, prepare_ink_sides
from kineograph.evaluation.job import Experiment
from kineograph.evaluation.lines.job import LinesExperiment, prepare_line_sides
from kineograph.evaluation.sides import prepare_sides
from kineograph.recipes import RECIPES, Recipe
from kineograph.recipes.pconvlstm import SMALL_STREAM
from kineograph.tasks import LabelClips

CELLS = ("rnn", "lstm", "gru", "mingru")
ROUNDS, CALLS = 5, 20  # of the timing of a step: the median of so many means
DRAWN_TEXT_CHARACTERS = 400_000
Step = Callable[[], Any]


class Opened(NamedTuple):
    """A system's sides, how its network is built, and one step of such a network."""

    train: Dealt
    val: Dealt
    test: Dealt
    build: Callable[[Any], nn.Module]  # from a model's configuration
    step: Callable[[Any], tuple[Step, int]]  # a call to be timed, and how many steps it makes
    about: str  # the data in words


@dataclass(frozen=True)
class Measure:
    """What counts, as a reader wants to see it."""

    name: str  # "accuracy, %"
    of: Callable[[float, dict[str, float]], float]  # from loss and scores
    higher_is_better: bool
    digits: int


@dataclass(frozen=True)
class System:
    """One of the four; `models` has a configuration for each cell, its width still to be solved."""

    name: str
    title: str
    recipe: Recipe  # data, task and training of every cell
    models: dict[str, Any]
    measure: Measure
    step_is: str  # what one step takes in
    open: Callable[[Recipe, Path, Path | None], Opened]  # recipe, where to draw, real data

    def of(self, cell: str) -> Recipe:
        """The recipe with a cell in it."""
        return replace(self.recipe, model=self.models[cell])


def microseconds(call: Step, steps: int) -> float:
    """Processor time of one step: the median over rounds, so that a neighbour does not count."""
    found = []
    with torch.inference_mode():
        for _ in range(ROUNDS):
            began = time.process_time()
            for _ in range(CALLS):
                call()
            found.append((time.process_time() - began) / CALLS / steps)
    return 1e6 * float(np.median(found))


# --------------------------------------------------------------------------------- one system each


def open_actors(recipe: Recipe, folder: Path, _: Path | None) -> Opened:
    """Six actions of drawn actors; those tested are never seen in training."""
    if not (folder / "dataset.json").exists():
        clips = write_actors(folder / "clips", ACTORS_DRAWN)
        write_data_folder(
            folder, clips, name="drawn actors", source_root=folder / "clips", overwrite=True
        )
    data = DataFolder(folder)
    sides, _problems = prepare_sides(Experiment(recipe, data, folder / "run"))
    size = recipe.data.size_pixels
    frame = torch.zeros(1, 3, *size, dtype=torch.uint8)

    def step(network: Any) -> tuple[Step, int]:
        return lambda: network.step(frame, network.initial_state(1)), 1

    assert sides.val is not None
    return Opened(
        sides.train,
        sides.val,
        sides.test,
        lambda model: model.build(len(data.classes), size, recipe.data.inputs),
        step,
        f"{len(sides.train)} / {len(sides.val)} / {len(sides.test)} clips of "
        f"{ACTORS_DRAWN.actors} drawn actors, by actor",
    )


def open_lines(recipe: Recipe, folder: Path, _: Path | None) -> Opened:
    """Drawn handwriting, English; hands that are tested are never seen in training."""
    if not (folder / "dataset.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        text = folder / "english.txt"
        text.write_text(ENGLISH.replace('"', "").lower(), encoding="utf-8")
        prepare_cursive(text, folder, overwrite=True, **LINES_DRAWN)
    # Two hands may write a short word alike, which the check would refuse; the hands are apart.
    job = LinesExperiment(recipe, LinesFolder(folder), folder / "run", allow_leakage=True)
    sides, _problems = prepare_line_sides(job)
    height = recipe.data.height_pixels
    line = torch.zeros(1, 1, height, 8 * height, dtype=torch.uint8)
    width = torch.tensor([line.shape[3]])

    def step(network: Any) -> tuple[Step, int]:
        return lambda: network(line, width), int(line.shape[3] * network.columns_per_pixel)

    assert sides.val is not None
    return Opened(
        sides.train,
        sides.val,
        sides.test,
        lambda model: model.build(len(sides.alphabet), height),
        step,
        f"{len(sides.train)} / {len(sides.val)} / {len(sides.test)} drawn lines of "
        f"{LINES_DRAWN['writers']} hands, by hand; {len(sides.alphabet) - 1} characters",
    )


def open_text(recipe: Recipe, folder: Path, data: Path | None) -> Opened:
    """Tiny Shakespeare where it is, else drawn text; the end of it is tested."""
    path = data / "text" / "tinyshakespeare.txt" if data else folder / "drawn.txt"
    if not path.exists():
        path = folder / "drawn.txt"
    if not path.exists():
        write_drawn_text(path)
    split = split_text(read_text_corpus(path), recipe.data)
    alphabet = Alphabet.of([split.train])
    rows, window = recipe.training.batch, recipe.data.window_characters
    sides = [
        TextExamples(text, alphabet, rows=rows, window_characters=window)
        for text in (split.train, split.val, split.test)
    ]
    character = torch.ones(1, dtype=torch.int64)

    def step(network: Any) -> tuple[Step, int]:
        state = network.initial_state(1)
        return lambda: network.step(character, state), 1

    return Opened(
        *sides,
        lambda model: model.build(len(alphabet)),
        step,
        f"{path.stem}, {len(split.train):,} / {len(split.val):,} / {len(split.test):,} "
        "characters, by place",
    )


def open_ink(recipe: Recipe, folder: Path, _: Path | None) -> Opened:
    """Drawn pen strokes, Latin and Cyrillic; hands that are tested are never seen in training."""
    if not (folder / "dataset.json").exists():
        prepare_ink_drawn(BUILT_IN, folder, overwrite=True, **INK_DRAWN)
    job = InkExperiment(recipe, PreparedFolder(folder, INK), folder / "run")
    sides = prepare_ink_sides(job)
    point = torch.zeros(1, 3)

    def step(network: Any) -> tuple[Step, int]:
        state = network.initial_state(point)
        return lambda: network.step(point, state), 1

    assert sides.val is not None
    known = sides.known
    return Opened(
        sides.train,
        sides.val,
        sides.test,
        lambda model: model.build(len(known.characters), known.points_per_character),
        step,
        f"{len(sides.train)} / {len(sides.val)} / {len(sides.test)} drawn lines of "
        f"{INK_DRAWN['writers']} hands, by hand; offsets of deviation 1",
    )


def write_drawn_text(path: Path) -> None:
    """Lines of the built-in texts, in any order, some of invented words and numbers."""
    texts, rng = LineTexts(read_corpus(BUILT_IN)), np.random.default_rng(0)
    lines, characters = [], 0
    while characters < DRAWN_TEXT_CHARACTERS:
        lines.append(texts.draw(rng))
        characters += len(lines[-1]) + 1
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


# ------------------------------------------------------------------------------------ their numbers

ACTORS_DRAWN = ActorsConfig(actors=30, clips_per_action=2, frames_per_clip=32, size_pixels=(60, 80))
LINES_DRAWN: dict[str, int] = {"count": 1600, "writers": 40, "longest": 10, "height": 32}
INK_DRAWN: dict[str, int] = {"count": 800, "writers": 40, "longest": 12}


def _by_cell(model: Any, **of_gru: Any) -> dict[str, Any]:
    found = {cell: replace(model, cell=cell) for cell in CELLS}
    found["gru"] = replace(found["gru"], **of_gru)
    return found


def _own(recipe: Recipe, **training: Any) -> Recipe:
    """The recipe with one schedule for all systems, and nothing that stops or chooses."""
    same: dict[str, Any] = {
        "keep": "last",
        "patience": None,
        "optimiser": "adamw",
        "schedule": "one_cycle",
        "warmup": 0.0,
        "weight_decay": 0.01,
        "epsilon": 1e-8,
        "clip_norm": 1.0,
    }
    return replace(recipe, training=replace(recipe.training, **same | training))


_ACTORS = _own(
    replace(
        RECIPES["actors"],
        data=replace(
            RECIPES["actors"].data,
            frames_per_clip=16,
            augmentation=Augmentation(mirror=True, crop=0.1),
        ),
        task=LabelClips(steps="ramp", label_smoothing=0.05),
    ),
    learning_rate=4e-3,
    batch=8,
)
_LRCN = replace(_ACTORS.model, units=64)
_MAPS = replace(  # its encoder leaves the ConvLSTM room for half of the weights
    SMALL_STREAM, causal=True, width=12, pyramid=8, layers=1, memory_dilations=(1,)
)
_LINES = _own(
    replace(RECIPES["ocr-line"], data=LinesConfig(height_pixels=32)),
    learning_rate=4e-3,
    batch=16,
)
_READER = replace(
    _LINES.model,
    stem_filters=16,
    filters=(32, 48, 64),
    units=64,
    layers=1,
    layers_dropout=0.0,
    outputs_dropout=0.0,
    auxiliary=True,
)
_TEXT = _own(
    replace(
        RECIPES["char-lstm"],
        data=TextConfig(fractions=(0.9, 0.05, 0.05), window_characters=64),
    ),
    learning_rate=4e-3,
    batch=32,
)
_WRITER = replace(_TEXT.model, units=128, layers=2)
_INK = _own(
    replace(RECIPES["handwriting-predict-3"], data=InkConfig(points_per_character=9.0)),
    learning_rate=3e-3,
    batch=16,
)
_HAND = replace(_INK.model, units=96, layers=3, mixtures=10)

SYSTEMS = {
    system.name: system
    for system in (
        System(
            name="lrcn",
            title="LRCN: the action in a clip",
            recipe=_ACTORS,
            models=_by_cell(_LRCN, reset="after") | {"convlstm": _MAPS},
            measure=Measure("accuracy, %", lambda _, scores: 100 * scores["accuracy"], True, 1),
            step_is="a frame through CNN and cell",
            open=open_actors,
        ),
        System(
            name="reader",
            title="Line reader: drawn handwriting into text",
            recipe=_LINES,
            models=_by_cell(_READER),
            measure=Measure(
                "CER, %", lambda _, scores: 100 * (1 - scores["character_accuracy"]), False, 1
            ),
            step_is="a column, the line read at once, since it looks ahead",
            open=open_lines,
        ),
        System(
            name="characters",
            title="Character model: what comes next in a text",
            recipe=_TEXT,
            models=_by_cell(_WRITER),
            measure=Measure("nats a character", lambda loss, _: loss, False, 3),
            step_is="a character",
            open=open_text,
        ),
        System(
            name="handwriting",
            title="Handwriting: where the pen goes next",
            recipe=_INK,
            models=_by_cell(_HAND),
            measure=Measure(
                "nats a point", lambda _, scores: -scores["log_likelihood_per_point"], False, 3
            ),
            step_is="a point of the pen",
            open=open_ink,
        ),
    )
}
