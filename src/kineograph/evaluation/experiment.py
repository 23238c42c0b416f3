"""A whole experiment: split, cache, fit, ask, compare with the baselines, report.

`train`, `demo` and cross-validation are this, with other options. Each stage leaves its file in
the run folder, so that what follows can be done again without what came before.
"""

import time
from typing import Any

import numpy as np

from kineograph import __version__
from kineograph.evaluation.answers import write_answers
from kineograph.evaluation.beside import run_baselines
from kineograph.evaluation.environment import clip_seconds, environment
from kineograph.evaluation.job import Experiment, ask, make_network, training_of, write_json
from kineograph.evaluation.report.report import write_report
from kineograph.evaluation.sides import prepare_sides
from kineograph.evaluation.worst import draw_worst
from kineograph.recipes.trained import write_recipe_file
from kineograph.training.fit import check_resumable, fit


def run_experiment(job: Experiment) -> dict[str, Any]:
    """Do all of it; returns what `--json` prints. Raises InputError for what cannot be done."""
    network = make_network(job)  # first: what it refuses costs no decoding
    sides, problems = prepare_sides(job)
    training = training_of(job, network, sides, job.run)
    if job.resume:
        check_resumable(training)
    length = float(np.median([clip_seconds(sides.cache, a) for a in sides.split.train]))
    write_recipe_file(job.run, job.recipe, job.data_classes, length, __version__)
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
