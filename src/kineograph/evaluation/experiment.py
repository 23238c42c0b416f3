"""A whole experiment: split, cache, fit, ask, compare with the baselines, report.

`train`, `demo` and cross-validation are this, with other options. Each stage leaves its file in
the run folder, so that what follows can be done again without what came before.
"""

import time
from dataclasses import replace
from typing import Any

import numpy as np
from torch import nn

from kineograph import __version__
from kineograph.evaluation.beside import run_baselines
from kineograph.evaluation.environment import clip_seconds, environment
from kineograph.evaluation.job import (
    Experiment,
    Sides,
    ask,
    make_network,
    training_of,
    write_json,
)
from kineograph.evaluation.sides import prepare_sides
from kineograph.evaluation.worst import draw_worst
from kineograph.nets.models.two_stream import OneStream, TwoStream
from kineograph.recipes.trained import write_recipe_file
from kineograph.report.answers import write_answers
from kineograph.report.page.report import write_report
from kineograph.training.fit import check_resumable, fit
from kineograph.training.parallel import ALONE, Parallel


def run_experiment(job: Experiment, parallel: Parallel = ALONE) -> dict[str, Any]:
    """Do all of it; returns what `--json` prints. Raises InputError for what cannot be done.

    Processes that train together all call it. What is not training the first does alone, while the
    others wait; they return nothing.
    """
    parallel.check_batch(job.recipe.training.batch)
    network = make_network(job)  # first: what it refuses costs no decoding
    sides, problems = _sides(job, parallel)
    training = training_of(job, network, sides, job.run)
    training.parallel = parallel
    if job.resume:
        check_resumable(training)
    if parallel.first:
        length = float(np.median([clip_seconds(sides.cache, a) for a in sides.split.train]))
        write_recipe_file(job.run, job.recipe, job.data_classes, length, __version__)
    began = time.time()
    with job.stage("Training", "clips") as training.progress:
        place = fit(training, resume=job.resume)
    done: dict[str, Any] = {}
    if parallel.first:
        done = _after_training(job, network, sides, problems, place.seconds)
        done["seconds"] = round(time.time() - began, 1)
    parallel.wait()
    return done


def _sides(job: Experiment, parallel: Parallel) -> tuple[Sides, list[str]]:
    """The sides; the first process decodes and looks for leaks, the others then find it done."""
    if parallel.first:
        found = prepare_sides(job)
        parallel.wait()
        return found
    parallel.wait()
    return prepare_sides(replace(job, look_for_copies=False, allow_leakage=True))


def _after_training(
    job: Experiment, network: nn.Module, sides: Sides, problems: list[str], seconds: float
) -> dict[str, Any]:
    """Ask, compare, report."""
    answers = ask(job, network, sides.test)
    write_answers(job.run / "predictions.jsonl", answers)
    _ask_streams(job, network, sides)
    found = environment(job, sides.split, problems, network, sides.test, train_seconds=seconds)
    write_json(job.run / "environment.json", found | {"leakage": sides.leakage})
    if job.with_baselines:
        write_json(job.run / "baselines.json", run_baselines(job, sides))
    draw_worst(job.run, answers, sides.test)
    report = write_report(job.run)
    return {"run": str(job.run), "report": str(report), "left_out": problems}


def _ask_streams(job: Experiment, network: nn.Module, sides: Sides) -> None:
    """Each stream of a network of several alone: RUN/streams/NAME.jsonl."""
    if isinstance(network, TwoStream):
        for name in network.streams:
            answers = ask(job, OneStream(network, name), sides.test)
            write_answers(job.run / "streams" / f"{name}.jsonl", answers)
