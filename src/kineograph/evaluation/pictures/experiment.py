"""A whole experiment with pictures: sides, fit, ask, report; the same for every kind of samples."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from torch import nn

from kineograph import __version__
from kineograph.errors import InputError
from kineograph.evaluation.job import write_json
from kineograph.evaluation.pictures.environment import picture_environment
from kineograph.evaluation.pictures.kind import (
    Asked,
    PictureExperiment,
    PictureKind,
    PictureSides,
)
from kineograph.evaluation.pictures.sides import deal_sides, fingerprint, read_pictures
from kineograph.recipes.trained import run_folder, write_run_file
from kineograph.training.checkpoint import load_matching_weights
from kineograph.training.fit import Training, check_resumable, fit
from kineograph.training.parallel import ALONE, Parallel
from kineograph.training.reproduce import seed_everything


def run_picture_experiment(
    job: PictureExperiment, kind: PictureKind, parallel: Parallel = ALONE
) -> dict[str, Any]:
    """Do all of it; returns what `--json` prints. Raises InputError for what cannot be done.

    Processes that train together all call it; the first alone reads, tests and writes.
    """
    parallel.check_batch(job.recipe.training.batch)
    known = kind.load(job.start_from).known if job.start_from else None
    if not parallel.first:
        parallel.wait()  # until the first has read the pictures
    cache, records, problems = read_pictures(job)
    split, leakage = deal_sides(job if parallel.first else _unasked(job), records, cache)
    if parallel.first:
        parallel.wait()
    sides = kind.sides(job.recipe, split, cache, known)
    for remark in sides.remarks:
        job.say(remark)
    network = _make_network(job, kind, sides)
    training = Training(
        network=network,
        task=job.recipe.task,
        train=sides.train,
        val=sides.val,
        config=job.recipe.training,
        run=job.run,
        device=job.device,
        fingerprint=fingerprint(job, split, sides.known),
        threads=job.threads,
        parallel=parallel,
    )
    if job.resume:
        check_resumable(training)
    if parallel.first:
        write_run_file(job.run, job.recipe, sides.known, __version__)
    began = time.time()
    with job.stage("Training", kind.unit) as training.progress:
        place = fit(training, resume=job.resume)
    done: dict[str, Any] = {}
    if parallel.first:
        found = picture_environment(
            job,
            network,
            split,
            problems=problems,
            remarks=sides.remarks,
            leakage=leakage,
            train_seconds=place.seconds,
        )
        asked = Asked(job, kind.load(job.run), sides.test, "test", split.test, split.train, cache)
        report = ask_and_report(kind, asked, found)
        done = {"run": str(job.run), "report": str(report), "left_out": problems}
        done["seconds"] = round(time.time() - began, 1)
    parallel.wait()
    return done


def ask_and_report(kind: PictureKind, asked: Asked, environment: dict[str, Any]) -> Path:
    """Every record of a side asked about, what it cost noted, the report drawn."""
    run = asked.job.run
    asked.trained.network.to(asked.job.device)
    write_json(run / "environment.json", environment)
    environment["cost"] |= kind.ask(asked)
    write_json(run / "environment.json", environment)
    return kind.report(run)


def _unasked(job: PictureExperiment) -> PictureExperiment:
    """The same job for a process that repeats in silence what the first has checked."""
    return replace(job, allow_leakage=True, say=lambda text: None)


def _make_network(job: PictureExperiment, kind: PictureKind, sides: PictureSides) -> nn.Module:
    """A fresh network with this seed's weights, or with a run's where they fit."""
    seed_everything(job.recipe.training.seed)
    try:
        network = kind.build(job.recipe, sides.known)
    except ValueError as error:
        raise InputError(f"{job.recipe.name}: {error}") from error
    begun = job.resume and (job.run / "checkpoint" / "training.safetensors").exists()
    if job.start_from and not begun:
        fresh = load_matching_weights(run_folder(job.start_from) / "model.safetensors", network)
        anew = f"; begun anew: {', '.join(fresh)}" if fresh else ""
        job.say(f"from {job.start_from}: all weights that fit{anew}")
    return network
