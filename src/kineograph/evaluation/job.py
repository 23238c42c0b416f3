"""What an experiment is, and the stages that all of them share: read, make, fit, ask."""

import hashlib
import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from kineograph.data.annotation import Annotation
from kineograph.data.cache import Cache, build_cache
from kineograph.data.clips import ClipDataset
from kineograph.data.dataset_folder import DataFolder
from kineograph.data.split import Split
from kineograph.errors import InputError
from kineograph.evaluation.evaluate import evaluate
from kineograph.nets.encoders.pretrained import take_pretrained
from kineograph.recipes import Recipe, recipe_to_json
from kineograph.recipes.trained import run_folder
from kineograph.report.answers import Answer
from kineograph.training.checkpoint import load_matching_weights
from kineograph.training.fit import Training, silent
from kineograph.training.reproduce import seed_everything
from kineograph.whole_file import write_text_whole

Progress = Callable[[int, int, str], None]
Stage = Callable[[str, str], AbstractContextManager[Progress]]  # title, unit


def no_stage(title: str, unit: str) -> AbstractContextManager[Progress]:
    """Work in silence."""
    return nullcontext(silent)


@dataclass
class Experiment:
    """What to do, and with what. `run_experiment` does it."""

    recipe: Recipe
    data: DataFolder
    run: Path
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    split: Split | None = None  # the sides, ready dealt; None: as the recipe says
    resume: bool = False
    start_from: str | None = None  # a run to take fitting weights from
    with_baselines: bool = True
    look_for_copies: bool = False  # also those that are only likely copies
    allow_leakage: bool = False  # train all the same; the report's first line says so
    workers: int | None = None
    threads: int | None = None  # of the CPU; None: measured to be fastest
    stage: Stage = no_stage
    say: Callable[[str], None] = lambda text: None

    @property
    def data_classes(self) -> tuple[str, ...]:
        """The labels, in the order of the logits."""
        return tuple(self.data.classes)


@dataclass(frozen=True)
class Sides:
    """The three sides of a split as data sets of one cache."""

    split: Split
    leakage: str | None  # what stands on two sides, if that was allowed
    cache: Cache
    train: ClipDataset
    val: ClipDataset | None
    test: ClipDataset


def read_clips(job: Experiment) -> tuple[Cache, list[Annotation], list[str]]:
    """Build the cache; returns it, the clips that can be read, and a line for each that cannot."""
    annotations, data = job.data.annotations, job.recipe.data
    with job.stage("Reading the clips", "clips") as progress:
        cache, problems = build_cache(
            job.data,
            annotations,
            size_pixels=data.size_pixels,
            frames_per_second=data.frames_per_second,
            inputs=data.inputs,
            flow_method=data.flow_method,
            crop=data.crop,
            workers=job.workers,
            progress=lambda done, total: progress(done, total, ""),
        )
    for problem in problems:
        job.say(f"left out: {problem}")
    readable = [a for a in annotations if a in cache]
    if not readable:
        raise InputError(
            f"{job.data.path}: none of its {len(annotations)} clips can be read. "
            "Look at the lines above, mend the files, and prepare the folder again."
        )
    return cache, readable, problems


def make_network(job: Experiment) -> nn.Module:
    """A fresh network with this seed's weights, or a trained run's where they fit."""
    seed_everything(job.recipe.training.seed)
    data = job.recipe.data
    begun = job.resume and (job.run / "checkpoint" / "training.safetensors").exists()
    try:
        network = job.recipe.model.build(len(job.data_classes), data.size_pixels, data.inputs)
        if not begun:
            take_pretrained(network)
    except ValueError as error:
        raise InputError(f"{job.recipe.name}: {error}") from error
    if job.start_from is not None and not begun:
        fresh = load_matching_weights(run_folder(job.start_from) / "model.safetensors", network)
        new = f"; new: {', '.join(fresh)}" if fresh else ""
        job.say(f"from {job.start_from}: all weights that fit{new}")
    return network


def ask(job: Experiment, network: nn.Module, data: ClipDataset, side: str = "test") -> list[Answer]:
    """The network's answer about every clip of one side."""
    with job.stage("Testing", "clips") as progress:
        return evaluate(
            network,
            job.recipe.task,
            data,
            split=side,
            batch=job.recipe.training.batch,
            device=job.device,
            progress=progress,
        )


def training_of(job: Experiment, network: nn.Module, sides: Sides, run: Path) -> Training:
    """The training of a network on these sides, not yet begun."""
    return Training(
        network=network,
        task=job.recipe.task,
        train=sides.train,
        val=sides.val,
        config=job.recipe.training,
        run=run,
        device=job.device,
        fingerprint=_fingerprint(job, sides),
        threads=job.threads,
    )


def _fingerprint(job: Experiment, sides: Sides) -> str:
    """Of all that decides the weights: a checkpoint of another training is not gone on with."""
    known = json.dumps(
        [
            recipe_to_json(job.recipe),
            job.start_from,
            [a.id for a in sides.split.train],
            [a.id for a in sides.split.val],
        ],
        sort_keys=True,
    )
    return hashlib.sha256(known.encode()).hexdigest()[:16]


def write_json(path: Path, found: Any) -> None:
    """Readable JSON, names in their own letters."""
    write_text_whole(path, json.dumps(found, indent=2, ensure_ascii=False) + "\n")
