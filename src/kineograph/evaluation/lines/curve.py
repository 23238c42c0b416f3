"""What fewer lines would have given: the same training on parts of them, tested on the same lines.

Every part is walked through as much oftener as it is smaller, so that all trainings take the same
steps and differ in nothing but the lines. What less of them has, more of them has too.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kineograph.errors import InputError
from kineograph.evaluation.job import write_json
from kineograph.evaluation.lines.experiment import run_lines_experiment
from kineograph.evaluation.lines.job import LinesExperiment
from kineograph.recipes import change
from kineograph.report.lines.page import write_lines_report
from kineograph.report.lines.summary import summarise_lines


def check_shares(shares: Sequence[float]) -> None:
    """Refuse what is no part of the lines."""
    for share in shares:
        if not 0 < share < 1:
            raise InputError(
                f"--curve {share:g}: a part of the training lines, more than 0 and less than 1. "
                "Write --curve 0.25,0.5; all of them are learned from besides."
            )


def run_curve(job: LinesExperiment, shares: Sequence[float]) -> list[dict[str, Any]]:
    """RUN/curve/SHARE for each share, after RUN itself; RUN/curve.json and the report anew.

    Error rates are of the best path, which no language model of fewer texts colours. One that was
    interrupted is gone on with by the same call.
    """
    runs = [_run_share(job, share) for share in sorted(shares)]
    points = [_point(run) for run in (*runs, job.run)]
    write_json(job.run / "curve.json", points)
    write_lines_report(job.run)
    return points


def _run_share(job: LinesExperiment, share: float) -> Path:
    run = job.run / "curve" / f"{share:g}"
    if (run / "report.html").exists():
        return run
    run.mkdir(parents=True, exist_ok=True)
    epochs = max(1, round(job.recipe.training.epochs / share))
    recipe = change(change(job.recipe, "data.learn_from", share), "training.epochs", epochs)
    job.say(f"Learning from {share:g} of the lines, {epochs} epochs")
    run_lines_experiment(
        replace(job, recipe=recipe, run=run, with_language=False, resume=True, say=lambda _: None)
    )
    return run


def _point(run: Path) -> dict[str, Any]:
    known = json.loads((run / "environment.json").read_text(encoding="utf-8"))
    found = summarise_lines(run)["best_path"]
    return {"lines": known["data"]["n"]["train"], "cer": found["cer"], "seed": known["seed"]}
