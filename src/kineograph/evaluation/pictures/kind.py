"""What an experiment with pictures asks of a kind of samples: captions, questions, regions.

The frame (experiment.py, again.py) reads, splits, trains and writes; what only the kind knows is
here, as functions. A new kind of samples is one such object.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import nn

from kineograph.data.batch import Dealt
from kineograph.data.pictures.cache import PictureCache
from kineograph.data.pictures.split import PictureSplit
from kineograph.data.prepared_folder import Kind, PreparedFolder
from kineograph.evaluation.job import Stage, no_stage
from kineograph.recipes import Recipe


class TrainedPictures(Protocol):
    """A trained network of any such kind, as its `load` gives it."""

    folder: Path
    recipe: Recipe
    network: nn.Module

    @property
    def known(self) -> dict[str, Any]:
        """What recipe.json keeps beside the recipe: vocabulary, answers."""


@dataclass
class PictureExperiment:
    """What to do, and with what. `run_picture_experiment` does it."""

    recipe: Recipe
    data: PreparedFolder[Any]
    run: Path
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    resume: bool = False
    start_from: str | None = None  # a run to take weights and words from
    with_baselines: bool = True
    allow_leakage: bool = False  # train all the same; the report's first line says so
    threads: int | None = None  # of the CPU; None: measured to be fastest
    stage: Stage = no_stage
    say: Callable[[str], None] = lambda text: None


@dataclass(frozen=True)
class PictureSides:
    """The three sides of a split as data sets, and what they need to be understood."""

    known: dict[str, Any]  # rebuilds the network beside the recipe; JSON
    train: Dealt
    val: Dealt | None
    test: Dealt
    remarks: list[str] = field(default_factory=list)  # for a person: what is never known, …


@dataclass(frozen=True)
class Asked:
    """One side to be asked about, with what baselines may learn from."""

    job: PictureExperiment
    trained: Any  # a TrainedPictures
    data: Dealt
    side: str  # "test", "val", "train", "all"
    records: Sequence[Any]  # of this side
    learned: Sequence[Any]  # of the training side; none where other data are asked about
    cache: PictureCache


@dataclass(frozen=True)
class PictureKind:
    """A kind of samples, as functions.

    sides(recipe, split, cache, known): the data sets; `known` of a run that is gone on from, or
    None. `split.train` may be empty where a run is only asked.
    build(recipe, known): a fresh network. Raises ValueError.
    load(run): a trained one.
    ask(asked): writes asked.job.run/predictions.jsonl, every answer, and what figures beside them
    need (controls.json, pictures); returns what it cost, for environment.json.
    report(run): draws the report of files alone; summarise(run): what --json prints of them.
    """

    name: str  # "captions"
    unit: str  # what is counted while training: "pictures", "questions"
    folder: Kind[Any]
    sides: Callable[[Recipe, PictureSplit[Any], PictureCache, dict[str, Any] | None], PictureSides]
    build: Callable[[Recipe, dict[str, Any]], nn.Module]
    load: Callable[[str | Path], Any]
    ask: Callable[[Asked], dict[str, Any]]
    report: Callable[[Path], Path]
    summarise: Callable[[Path], dict[str, Any]]
    tell: Callable[[dict[str, Any]], list[list[str]]]  # summarise's result as a table, heads first
