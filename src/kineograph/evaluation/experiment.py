"""A whole experiment: split, cache, fit, ask, compare with the baselines, report.

`train`, `demo` and cross-validation are this, with other options. Each stage leaves its file in
the run folder, so that what follows can be done again without what came before.
"""

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from kineograph import __version__
from kineograph.data.annotation import Annotation
from kineograph.data.cache import Cache, build_cache
from kineograph.data.clips import ClipDataset
from kineograph.data.dataset_folder import DataFolder
from kineograph.data.leakage import find_leaks
from kineograph.data.split import Split, assign_splits
from kineograph.errors import InputError
from kineograph.evaluation import baselines
from kineograph.evaluation.answers import Answer, write_answers
from kineograph.evaluation.evaluate import evaluate
from kineograph.evaluation.report.report import write_report
from kineograph.evaluation.worst import draw_worst
from kineograph.nets.models import MODELS
from kineograph.recipes import Recipe, recipe_to_json
from kineograph.recipes.trained import run_folder, write_recipe_file
from kineograph.tasks import LabelClips
from kineograph.training.checkpoint import load_matching_weights
from kineograph.training.fit import Training, check_resumable, fit, silent
from kineograph.training.reproduce import describe_environment, seed_everything
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
    resume: bool = False
    start_from: str | None = None  # a run to take fitting weights from
    with_baselines: bool = True
    look_for_copies: bool = False  # compare pixels across sides, too
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


def run_experiment(job: Experiment) -> dict[str, Any]:
    """Do all of it; returns what `--json` prints. Raises InputError for what cannot be done."""
    network = make_network(job)  # first: what it refuses costs no decoding
    sides, problems = prepare_sides(job)
    training = _training(job, network, sides, job.run)
    if job.resume:
        check_resumable(training)
    clip_seconds = float(np.median([_seconds(sides.cache, a) for a in sides.split.train]))
    write_recipe_file(job.run, job.recipe, job.data_classes, clip_seconds, __version__)
    began = time.time()
    with job.stage("Training", "clips") as training.progress:
        place = fit(training, resume=job.resume)
    answers = ask(job, network, sides.test)
    write_answers(job.run / "predictions.jsonl", answers)
    found = environment(
        job, sides.split, problems, network, sides.test, train_seconds=place.seconds
    )
    write_json(job.run / "environment.json", found | {"leakage": sides.leakage})
    if job.with_baselines:
        write_json(job.run / "baselines.json", run_baselines(job, sides))
    draw_worst(job.run, answers, sides.test)
    report = write_report(job.run)
    seconds = round(time.time() - began, 1)
    return {"run": str(job.run), "report": str(report), "seconds": seconds, "left_out": problems}


def read_clips(job: Experiment) -> tuple[Cache, list[Annotation], list[str]]:
    """Build the cache; returns it, the clips that can be read, and a line for each that cannot."""
    annotations = job.data.annotations
    with job.stage("Reading the clips", "clips") as progress:
        cache, problems = build_cache(
            job.data,
            annotations,
            size_pixels=job.recipe.data.size_pixels,
            frames_per_second=job.recipe.data.frames_per_second,
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


def prepare_sides(job: Experiment) -> tuple[Sides, list[str]]:
    """Read the clips and split them; returns the sides and what was left out."""
    cache, readable, problems = read_clips(job)
    data = job.recipe.data
    split = assign_splits(readable, data.split, fractions=data.fractions, seed=data.seed)
    if split.warning:
        job.say(split.warning)
    _check_sides(job, split)
    leakage = _check_leakage(job, split, cache)
    classes = job.data_classes

    def side(clips: list[Annotation], training: bool) -> ClipDataset:
        return ClipDataset(clips, classes, cache=cache, config=data, training=training)

    val = side(split.val, False) if split.val else None
    return Sides(
        split, leakage, cache, side(split.train, True), val, side(split.test, False)
    ), problems


def make_network(job: Experiment) -> nn.Module:
    """A fresh network with this seed's weights, or a trained run's where they fit."""
    seed_everything(job.recipe.training.seed)
    try:
        network = job.recipe.model.build(len(job.data_classes), job.recipe.data.size_pixels)
    except ValueError as error:
        raise InputError(f"{job.recipe.name}: {error}") from error
    begun = job.resume and (job.run / "checkpoint" / "training.safetensors").exists()
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


def run_baselines(job: Experiment, sides: Sides) -> dict[str, Any]:
    """Majority, metadata and single frame on the same sides; what fails is said, not hidden."""
    train = sides.split.train + sides.split.val
    counts = {a.id: len(sides.cache[a][1]) for a in (*train, *sides.split.test)}
    return {
        "majority": baselines.majority(train, sides.split.test),
        "metadata": baselines.metadata(
            job.data, train, sides.split.test, counts, seed=job.recipe.training.seed
        ),
        "frame": _single_frame(job, sides),
    }


FRAMES_OF_BASELINE = 6  # single frames a clip that vote; more do not help (trials: 6 of 40)


def _single_frame(job: Experiment, sides: Sides) -> dict[str, Any]:
    """The same encoder without recurrence, trained alike on a few frames of every clip."""
    model, data = job.recipe.model, job.recipe.data
    shared = {name: getattr(model, name) for name in FRAME_FIELDS if hasattr(model, name)}
    few, task, note = data, job.recipe.task, "same encoder on the same frames, each alone"
    if isinstance(task, LabelClips):
        frames = min(FRAMES_OF_BASELINE, data.frames_per_clip)
        few = replace(data, frames_per_clip=frames, sampling="even")
        task = replace(task, steps="mean")
        note = f"same encoder, {frames} single frames a clip vote"
    numbers = replace(job.recipe.training, freeze=())
    model = MODELS["frame"](**shared)
    recipe = replace(job.recipe, model=model, task=task, data=few, training=numbers)
    plain = replace(job, recipe=recipe, run=job.run / "baselines" / "frame", start_from=None)
    train, test = replace_config(sides.train, few), replace_config(sides.test, few)
    val = replace_config(sides.val, few) if sides.val else None
    network = make_network(plain)
    few_sides = Sides(sides.split, sides.leakage, sides.cache, train, val, test)
    training = _training(plain, network, few_sides, plain.run)
    with job.stage("Single-frame baseline", "clips") as training.progress:
        fit(training, resume=job.resume)
    answers = ask(replace(plain, stage=no_stage), network, test)
    write_answers(job.run / "baselines" / "frame.jsonl", answers)
    truths = [label for a in answers for label in a.truths]
    found = [label for a in answers for label in a.answers]
    return {
        **baselines.scores_of(truths, found),
        "note": note,
    }


LEAKS_SHOWN = 3
FRAME_FIELDS = (
    "filters",
    "pools",
    "kernel",
    "dropout",
    "dropout_last",
    "channels",
    "frames_norm",
    "start",
)


def replace_config(data: ClipDataset, config: Any) -> ClipDataset:
    """The same clips, read otherwise."""
    return ClipDataset(
        data.annotations, data.classes, cache=data.cache, config=config, training=data.training
    )


def _training(job: Experiment, network: nn.Module, sides: Sides, run: Path) -> Training:
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


def _check_sides(job: Experiment, split: Split) -> None:
    for side, clips in (("train", split.train), ("test", split.test)):
        if not clips:
            raise InputError(
                f"{job.data.path}: no clip is left for the {side} side. "
                "Bring more clips or groups, or change data.fractions."
            )
    missing = sorted(set(job.data_classes) - {a.label for a in split.train})
    if missing:
        raise InputError(
            f"{job.data.path}: no training clip of {', '.join(missing)}. A class must be on the "
            "training side: bring more clips or groups, or change data.split or data.seed."
        )


def _check_leakage(job: Experiment, split: Split, cache: Cache) -> str | None:
    """Refuse what stands on two sides, unless it is allowed: then a sentence for the report."""
    with job.stage("Looking for leaks", "clips") as progress:
        leaks = find_leaks(
            split,
            cache,
            job.data,
            pixels=job.look_for_copies,
            progress=lambda done, total: progress(done, total, ""),
        )
    if not leaks:
        return None
    first = "; ".join(str(leak) for leak in leaks[:LEAKS_SHOWN])
    more = f"; and {len(leaks) - LEAKS_SHOWN} more" if len(leaks) > LEAKS_SHOWN else ""
    if not job.allow_leakage:
        raise InputError(
            f"{job.data.path}: the sides share what they must not ({first}{more}). Give clips that "
            "belong together one group and leave copies out, or train with --allow-leakage: the "
            "report will say so first."
        )
    return f"The sides share what they must not: {first}{more}."


def _seconds(cache: Cache, clip: Annotation) -> float:
    """How long a clip is shown: to the end of its last frame."""
    seconds = cache[clip][1]
    last = float(np.median(np.diff(seconds))) if len(seconds) > 1 else 0.04
    return float(seconds[-1] - seconds[0]) + last


def environment(
    job: Experiment,
    split: Split,
    problems: list[str],
    network: nn.Module,
    asked: ClipDataset,
    *,
    train_seconds: float | None,
) -> dict[str, Any]:
    """environment.json: what the figures came from and what they cost."""
    found = describe_environment()
    found["machine"]["device"] = str(job.device)
    return found | {
        "seed": job.recipe.training.seed,
        "data": {
            "name": job.data.name,
            "folder": str(job.data.path),
            "n": {"train": len(split.train), "val": len(split.val), "test": len(split.test)},
            "classes": dict(Counter(a.label for a in job.data.annotations)),
            "left_out": problems,
            "split": {
                "how": split.how,
                "warning": split.warning,
                **{s: [a.id for a in getattr(split, s)] for s in ("train", "val", "test")},
            },
        },
        "cost": {
            "weights": sum(p.numel() for p in network.parameters()),
            "train_seconds": train_seconds and round(train_seconds, 2),
            **_speed(job, network, asked),
        },
        "leakage": None,
    }


def _speed(
    job: Experiment, network: nn.Module, data: ClipDataset, rounds: int = 5
) -> dict[str, float]:
    """Milliseconds for one clip, alone in its batch, and for each of its frames; a median."""
    frames = torch.from_numpy(data.example(0, epoch=0).frames).permute(0, 3, 1, 2)[None]
    frames = frames.to(job.device)
    times = []
    with torch.inference_mode():
        for _ in range(rounds + 1):  # the first one warms up
            began = time.perf_counter()
            network(frames).cpu()
            times.append(time.perf_counter() - began)
    clip = float(np.median(times[1:])) * 1e3
    return {
        "milliseconds_per_clip": round(clip, 3),
        "milliseconds_per_frame": round(clip / frames.shape[1], 4),
    }


def write_json(path: Path, found: Any) -> None:
    """Readable JSON, names in their own letters."""
    write_text_whole(path, json.dumps(found, indent=2, ensure_ascii=False) + "\n")
