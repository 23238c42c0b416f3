"""A whole experiment with ink: sides, fit, ask, write, report."""

import time
from dataclasses import replace
from typing import Any

from torch import nn

from kineograph import __version__
from kineograph.errors import InputError
from kineograph.evaluation.ink.ask import ask_side, write_samples
from kineograph.evaluation.ink.environment import ink_environment
from kineograph.evaluation.ink.job import (
    InkExperiment,
    InkSides,
    fingerprint,
    prepare_ink_sides,
)
from kineograph.evaluation.job import write_json
from kineograph.recipes.hand import TrainedHand, build_hand, load_hand, write_hand_file
from kineograph.recipes.trained import run_folder
from kineograph.report.ink.page import write_ink_report
from kineograph.training.checkpoint import load_matching_weights
from kineograph.training.fit import Training, check_resumable, fit
from kineograph.training.parallel import ALONE, Parallel
from kineograph.training.reproduce import seed_everything


def run_ink_experiment(job: InkExperiment, parallel: Parallel = ALONE) -> dict[str, Any]:
    """Do all of it; returns what `--json` prints. Raises InputError for what cannot be done.

    Processes that train together all call it; the first alone tests and writes.
    """
    parallel.check_batch(job.recipe.training.batch)
    begun_as = load_hand(job.start_from).known if job.start_from else None
    spoken = job if parallel.first else replace(job, say=lambda text: None)
    sides = prepare_ink_sides(spoken, begun_as)
    network = _make_network(spoken, sides)
    training = Training(
        network=network,
        task=job.recipe.task,
        train=sides.train,
        val=sides.val,
        config=job.recipe.training,
        run=job.run,
        device=job.device,
        fingerprint=fingerprint(job, sides),
        threads=job.threads,
        parallel=parallel,
    )
    if job.resume:
        check_resumable(training)
    if parallel.first:
        write_hand_file(job.run, job.recipe, sides.known, __version__)
    began = time.time()
    with job.stage("Training", "lines") as training.progress:
        place = fit(training, resume=job.resume)
    done: dict[str, Any] = {}
    if parallel.first:
        trained = TrainedHand(job.run, job.recipe, sides.known, network.eval())
        found = ink_environment(job, network, sides, place.seconds)
        report = ask_and_report(job, trained, sides, "test", found)
        done = {"run": str(job.run), "report": str(report), "left_out": sides.problems}
        done["seconds"] = round(time.time() - began, 1)
    parallel.wait()
    return done


def ask_and_report(
    job: InkExperiment, trained: TrainedHand, sides: InkSides, side: str, found: dict[str, Any]
) -> Any:
    """Every line of the test side asked about, some texts written, the report drawn."""
    write_json(job.run / "environment.json", found)
    ask_side(job, trained, sides, side)
    write_samples(job, trained, sides.test)
    return write_ink_report(job.run)


def _make_network(job: InkExperiment, sides: InkSides) -> nn.Module:
    """A fresh network with this seed's weights, or with a run's where they fit."""
    seed_everything(job.recipe.training.seed)
    try:
        network: nn.Module = build_hand(job.recipe, sides.known)
    except ValueError as error:
        raise InputError(f"{job.recipe.name}: {error}") from error
    begun = job.resume and (job.run / "checkpoint" / "training.safetensors").exists()
    if job.start_from and not begun:
        fresh = load_matching_weights(run_folder(job.start_from) / "model.safetensors", network)
        anew = f"; begun anew: {', '.join(fresh)}" if fresh else ""
        job.say(f"from {job.start_from}: all weights that fit{anew}")
    return network
