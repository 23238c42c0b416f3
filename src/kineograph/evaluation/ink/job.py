"""What an experiment with ink is, and its sides: dealt, checked, measured."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch

from kineograph.data.ink.batch import InkExamples
from kineograph.data.ink.config import InkConfig
from kineograph.data.ink.known import KnownInk, known_anew, learn_known
from kineograph.data.ink.line import InkLine
from kineograph.data.ink.split import InkSplit, split_ink
from kineograph.data.prepared_folder import PreparedFolder
from kineograph.data.text import name_some
from kineograph.errors import InputError
from kineograph.evaluation.job import Stage, no_stage
from kineograph.recipes import Recipe, recipe_to_json


@dataclass
class InkExperiment:
    """What to do, and with what. `run_ink_experiment` does it."""

    recipe: Recipe
    data: PreparedFolder[InkLine]
    run: Path
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    resume: bool = False
    start_from: str | None = None  # a run to take weights, characters and measures from
    threads: int | None = None  # of the CPU; None: measured to be fastest
    stage: Stage = no_stage
    say: Callable[[str], None] = lambda text: None

    @property
    def config(self) -> InkConfig:
        """How ink is shown."""
        found: InkConfig = self.recipe.data
        return found


@dataclass(frozen=True)
class InkSides:
    """The three sides of a split as data sets of one measure, and what was left out."""

    split: InkSplit
    known: KnownInk
    train: InkExamples
    val: InkExamples | None
    test: InkExamples
    problems: list[str]


def prepare_ink_sides(job: InkExperiment, begun_as: KnownInk | None = None) -> InkSides:
    """The sides. begun_as: what a network knew that is gone on with. Raises InputError."""
    config = job.config
    split = split_ink(job.data.records, config.split, fractions=config.fractions, seed=config.seed)
    if split.warning:
        job.say(split.warning)
    known = (
        known_anew(begun_as, split.train, config) if begun_as else learn_known(split.train, config)
    )
    train = InkExamples(split.train, known, config, changes=True)
    val = InkExamples(split.val, known, config) if split.val else None
    test = InkExamples(split.test, known, config)
    _say_unseen(job, split, known)
    problems = [*train.problems, *(val.problems if val else []), *test.problems]
    for problem in problems:
        job.say(f"left out: {problem}")
    for side, data in (("train", train), ("test", test)):
        if not len(data):
            raise InputError(
                f"{job.data.path}: no line is left on the {side} side. Raise data.longest_points "
                f"({config.longest_points}), or prepare more lines."
            )
    return InkSides(
        split, known, train, val if val is not None and len(val) else None, test, problems
    )


def fingerprint(job: InkExperiment, sides: InkSides) -> str:
    """Of all that decides the weights: a checkpoint of another training is not gone on with."""
    learned, tuned = ([line.id for line in side] for side in (sides.split.train, sides.split.val))
    whole = [recipe_to_json(job.recipe), job.start_from, learned, tuned, sides.known.as_json()]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:16]


def _say_unseen(job: InkExperiment, split: InkSplit, known: KnownInk) -> None:
    texts = "".join(
        job.config.spelling(line.text) for side in split.sides.values() for line in side
    )
    unseen = known.alphabet.unseen(texts)
    if unseen:
        job.say(f"never in training, so a gap in the text: {name_some(unseen)}")
