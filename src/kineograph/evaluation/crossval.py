"""Cross-validation: every clip is tested once for each seed, and all answers are pooled.

    runs/NAME/folds/fold-01-seed-0/    a whole run folder for each fold and seed
    runs/NAME/                         what is pooled from them, with a report of its own

Each fold is an experiment like any other, with its leak check; none sees its test part before it
is trained, and its validation part is the next one, by rule.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from kineograph import __version__
from kineograph.data.dataset_folder import DataFolder
from kineograph.data.folds import Fold, default_by, folds
from kineograph.errors import InputError
from kineograph.evaluation.environment import clip_seconds
from kineograph.evaluation.job import (
    Experiment,
    Stage,
    make_network,
    no_stage,
    read_clips,
    write_json,
)
from kineograph.evaluation.pooled import pool_folds, share_right
from kineograph.evaluation.trainings import (
    KILLED,
    FoldTraining,
    check_plan,
    run_fold,
    run_trainings,
)
from kineograph.recipes import Recipe, recipe_to_json
from kineograph.recipes.trained import write_recipe_file
from kineograph.report.answers import read_answers
from kineograph.report.page.report import write_report


@dataclass
class Crossval:
    """What to cross-validate, and how. `run_crossval` does it."""

    recipe: Recipe
    data: DataFolder
    run: Path
    by: str | None = None  # the column that stays together; None: the first that all clips name
    count: int | None = None  # parts; None: each value is one
    seeds: tuple[int, ...] = (0,)
    workers: int | None = None  # trainings at once; None: as many as there are cores
    with_baselines: bool = True
    look_for_copies: bool = False
    allow_leakage: bool = False
    resume: bool = False
    device: str = "cpu"
    stage: Stage = no_stage
    say: Callable[[str], None] = lambda text: None


def run_crossval(job: Crossval) -> dict[str, Any]:
    """Train every fold with every seed, pool the answers, write the report.

    Returns {"run", "report", "left_out", "failed"}: clips that cannot be read, and folds that
    failed, each with its reason; these cost no other fold. Raises InputError if all failed.
    """
    check_seeds(job.seeds)
    whole = Experiment(
        recipe=job.recipe,
        data=job.data,
        run=job.run,
        workers=job.workers,
        stage=job.stage,
        say=job.say,
    )
    make_network(whole)  # first: what it refuses costs no decoding
    cache, readable, problems = read_clips(whole)
    by = job.by or default_by(readable)
    found = folds(
        readable,
        by,
        count=job.count,
        tuned=job.recipe.training.keep == "best",
        seed=job.recipe.data.seed,
    )
    plan = {"by": by, "fingerprint": fingerprint(job.recipe, found)}
    check_plan(job.run / "plan.json", plan, job.resume)
    write_json(job.run / "plan.json", plan)
    length = float(np.median([clip_seconds(cache, clip) for clip in readable]))
    write_recipe_file(job.run, job.recipe, whole.data_classes, length, __version__)
    _say_plan(job, by, found)
    trainings = [_training(job, fold, seed) for seed in job.seeds for fold in found]
    failed = _train(job, trainings)
    if len(failed) == len(trainings):
        name, why = next(iter(failed.items()))
        raise InputError(f"all {len(failed)} folds failed. {name}: {why}")
    pool_folds(job.run, trainings, whole, by=by, failed=failed, left_out=problems)
    report = write_report(job.run)
    return {"run": str(job.run), "report": str(report), "left_out": problems, "failed": failed}


def check_seeds(seeds: Sequence[int], said: str = "") -> None:
    """Raise InputError unless there is a seed and none is there twice."""
    if not seeds or len(set(seeds)) < len(seeds) or min(seeds) < 0:
        shown = said or ",".join(map(str, seeds))
        raise InputError(f"--seeds {shown}: are whole numbers from 0, each once. Write 0,1,2.")


def fingerprint(recipe: Recipe, found: Sequence[Fold]) -> str:
    """Of all that the figures come from but the seeds: those may be added later."""
    said = recipe_to_json(replace(recipe, training=replace(recipe.training, seed=0)))
    sides = [[[clip.id for clip in clips] for clips in fold.split.sides.values()] for fold in found]
    known = json.dumps([said, sides], sort_keys=True)
    return hashlib.sha256(known.encode()).hexdigest()[:16]


def _say_plan(job: Crossval, by: str, found: Sequence[Fold]) -> None:
    warning = found[0].split.warning
    if warning:
        job.say(warning)
    tuned = "the validation part of a fold is the next one."
    if not found[0].split.val:
        tuned = "no validation part, since the last epoch's weights are kept."
    job.say(f"{len(found)} folds by {by}, seeds {', '.join(map(str, job.seeds))}; {tuned}")


def _training(job: Crossval, fold: Fold, seed: int) -> FoldTraining:
    return FoldTraining(
        recipe=replace(job.recipe, training=replace(job.recipe.training, seed=seed)),
        data=job.data.path,
        run=job.run / "folds" / f"{fold.name}-seed-{seed}",
        fold=fold,
        with_baselines=job.with_baselines and seed == job.seeds[0],
        look_for_copies=job.look_for_copies,
        allow_leakage=job.allow_leakage,
        device=job.device,
    )


def _train(job: Crossval, trainings: Sequence[FoldTraining]) -> dict[str, str]:
    """Train what is not whole yet; returns the failed ones with their reasons."""
    done = [training for training in trainings if training.whole]
    if done:
        job.say(f"{len(done)} of {len(trainings)} folds are whole already.")
    failed = {}
    for training, why in run_trainings(
        run_fold,
        [training for training in trainings if not training.whole],
        done=done,
        workers=job.workers,
        title="Cross-validating",
        unit="folds",
        stage=job.stage,
    ):
        if why is None or why:
            failed[training.name] = why or KILLED
            job.say(f"{training.name}: failed: {failed[training.name]}")
        else:
            answers = read_answers(training.run / "predictions.jsonl")
            job.say(
                f"{training.name} (test {training.fold.test}): {100 * share_right(answers):.1f} % "
                f"of {len(answers)} clips"
            )
    return failed
