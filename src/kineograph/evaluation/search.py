"""Search for settings inside the training side: the test clips are set aside and asked by nobody.

The clips that are not tested are cut into inner folds; every setting is trained on each, and its
score is the mean over the inner folds. One training at a time in a process, so memory stays that
of a single training however large the grid (the authors of the KTH paper gave their search up
for want of it), and every score is written down as it comes.
"""

import hashlib
import json
import shutil
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from kineograph import __version__
from kineograph.data.annotation import Annotation
from kineograph.data.dataset_folder import DataFolder
from kineograph.data.folds import Fold, default_by, folds
from kineograph.data.split import Split
from kineograph.errors import InputError
from kineograph.evaluation.crossval import check_seeds
from kineograph.evaluation.environment import clip_seconds
from kineograph.evaluation.grid import Setting, grid
from kineograph.evaluation.job import (
    Experiment,
    Stage,
    ask,
    make_network,
    no_stage,
    read_clips,
    training_of,
    write_json,
)
from kineograph.evaluation.pooled import share_right
from kineograph.evaluation.sides import deal_as, prepare_sides
from kineograph.evaluation.trainings import KILLED, FoldTraining, check_plan, run_trainings
from kineograph.recipes import Recipe, recipe_to_json
from kineograph.recipes.trained import write_recipe_file
from kineograph.report.answers import write_answers
from kineograph.report.page.search_page import write_search_report
from kineograph.training.fit import fit
from kineograph.training.log import RunLog
from kineograph.whole_file import write_text_whole


@dataclass
class Search:
    """What to search, and how. `run_search` does it."""

    recipe: Recipe
    data: DataFolder
    run: Path
    settings: Sequence[str]  # "model.units=32,64": alternatives apart by commas
    by: str | None = None  # the column that stays together; None: the first that all clips name
    inner: int = 3
    chance: int | None = None  # so many settings of the grid, drawn at random
    seeds: tuple[int, ...] = (0,)
    workers: int | None = None  # trainings at once; None: as many as there are cores
    allow_leakage: bool = False
    resume: bool = False
    device: str = "cpu"
    words: Sequence[str] = field(default_factory=tuple)  # of the command that trains the best
    stage: Stage = no_stage
    say: Callable[[str], None] = lambda text: None


def run_search(job: Search) -> dict[str, Any]:
    """Score every setting on the inner folds; returns what `--json` prints, best setting first.

    Writes RUN/search.jsonl (a line a training), search.json and a report. A training that fails
    is listed and costs no other. Raises InputError for an empty grid, and if all fail.
    """
    check_seeds(job.seeds)
    found = grid(job.recipe, job.settings, chance=job.chance, say=job.say)
    readable, problems, length = _read(job, found)
    split, by, inner = _inner_folds(job, found[0].recipe, readable)
    plan = {"by": by, "fingerprint": _fingerprint(split, inner)}
    check_plan(job.run / "plan.json", plan, job.resume)
    write_json(job.run / "plan.json", plan)
    write_recipe_file(job.run, job.recipe, tuple(job.data.classes), length, __version__)
    job.say(
        f"{len(found)} settings on {len(inner)} inner folds by {by}; the {len(split.test)} test "
        "clips are set aside"
    )
    trainings = {
        _key(setting.recipe, fold, seed): (setting, _training(job, setting, fold, seed))
        for setting in found
        for seed in job.seeds
        for fold in inner
    }
    rows = _score(job, trainings)
    failed = {name: row["why"] for name, row in rows.items() if row["accuracy"] is None}
    if len(failed) == len(rows):
        raise InputError(f"all {len(rows)} trainings failed. {next(iter(failed.values()))}")
    ranked = _ranked(found, [row for row in rows.values()])
    result = {
        "best": ranked[0] | {"command": _command(job, ranked[0])},
        "settings": ranked,
        "protocol": {
            "data": job.data.name,
            "split": split.how,
            "by": by,
            "inner_folds": [{"fold": f.name, "test": f.test, "val": f.val} for f in inner],
            "seeds": list(job.seeds),
            "n": len(split.train) + len(split.val),
            "n_test_set_aside": len(split.test),
        },
        "failed": list(failed.values()),
        "left_out": problems,
        "run": str(job.run),
        "report": str(job.run / "report.html"),
    }
    write_json(job.run / "search.json", result | {"test_ids": [clip.id for clip in split.test]})
    write_search_report(job.run, result)
    return result


def _read(job: Search, found: Sequence[Setting]) -> tuple[list[Annotation], list[str], float]:
    """Clips that every setting can read, lines about those that none can, a clip's median length.

    Test clips are decoded, too, as `train` does: only so the sides are dealt as it deals them.
    """
    kept: list[Annotation] | None = None
    problems: list[str] = []
    length = 0.0
    for data in dict.fromkeys(setting.recipe.data for setting in found):
        recipe = next(setting.recipe for setting in found if setting.recipe.data == data)
        make_network(_experiment(job, recipe))  # what it refuses costs no decoding
        cache, readable, lines = read_clips(_experiment(job, recipe))
        kept = [clip for clip in kept if clip in readable] if kept is not None else readable
        problems += [line for line in lines if line not in problems]
        length = float(np.median([clip_seconds(cache, clip) for clip in readable]))
    return kept or [], problems, length


def _experiment(job: Search, recipe: Recipe) -> Experiment:
    return Experiment(
        recipe=recipe,
        data=job.data,
        run=job.run,
        workers=job.workers,
        stage=job.stage,
        say=job.say,
    )


def _inner_folds(
    job: Search, recipe: Recipe, readable: Sequence[Annotation]
) -> tuple[Split, str, list[Fold]]:
    """The sides as `train` deals them, and the inner folds of all that is not tested."""
    split = deal_as(recipe, list(readable))
    if split.warning:
        job.say(split.warning)
    rest = [*split.train, *split.val]
    by = job.by or default_by(rest)
    tuned = recipe.training.keep == "best"
    return split, by, folds(rest, by, count=job.inner, tuned=tuned, seed=recipe.data.seed)


def _fingerprint(split: Split, inner: Sequence[Fold]) -> str:
    """Of test side and inner folds: scores of others are not comparable. Settings may be added."""
    sides = [[clip.id for clip in split.test]]
    sides += [[clip.id for clip in fold.split.test] for fold in inner]
    return hashlib.sha256(json.dumps(sides).encode()).hexdigest()[:16]


def _key(recipe: Recipe, fold: Fold, seed: int) -> str:
    """The same for the same training, whatever else is in the grid."""
    seeded = replace(recipe, training=replace(recipe.training, seed=seed))
    sides = [[clip.id for clip in clips] for clips in fold.split.sides.values()]
    known = json.dumps([recipe_to_json(seeded), sides], sort_keys=True)
    return hashlib.sha256(known.encode()).hexdigest()[:12]


def _training(job: Search, setting: Setting, fold: Fold, seed: int) -> FoldTraining:
    recipe = setting.recipe
    return FoldTraining(
        recipe=replace(recipe, training=replace(recipe.training, seed=seed)),
        data=job.data.path,
        run=job.run / "trainings" / _key(recipe, fold, seed),
        fold=fold,
        allow_leakage=job.allow_leakage,
        device=job.device,
    )


@dataclass(frozen=True)
class Score:
    """How a setting did on one inner fold; accuracy None: it failed, and why."""

    accuracy: float | None
    seconds: float = 0.0
    why: str = ""


def score_setting(training: FoldTraining) -> Score:
    """Train on one inner fold and ask about the clips that it leaves out."""
    began = time.monotonic()
    try:
        job = training.experiment()
        network = make_network(job)
        sides, _ = prepare_sides(job)
        fit(training_of(job, network, sides, job.run), resume=True)
        answers = ask(job, network, sides.test, side="val")
    except InputError as error:
        return Score(None, why=str(error))
    write_answers(job.run / "predictions.jsonl", answers)
    shutil.rmtree(job.run / "checkpoint", ignore_errors=True)  # thrice the weights, of no use now
    return Score(share_right(answers), round(time.monotonic() - began, 2))


def _score(
    job: Search, trainings: dict[str, tuple[Setting, FoldTraining]]
) -> dict[str, dict[str, Any]]:
    """A row for each training: those of search.jsonl, and what is trained now and written there."""
    log = RunLog(job.run / "search.jsonl")
    rows = {}
    if job.resume:
        lines = log.read()
        whole = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        write_text_whole(log.path, whole)  # without a line that a crash cut off
        known = {line["key"]: line for line in lines if line.get("accuracy") is not None}
        rows = {key: known[key] for key in trainings if key in known}
        job.say(f"{len(rows)} of {len(trainings)} trainings are done already")
    else:
        log.clear()
    names = {id(training): key for key, (_, training) in trainings.items()}
    open_now = [training for key, (_, training) in trainings.items() if key not in rows]
    ended = [training for key, (_, training) in trainings.items() if key in rows]
    for training, score in run_trainings(
        score_setting,
        open_now,
        done=ended,
        workers=job.workers,
        title="Searching",
        unit="trainings",
        stage=job.stage,
    ):
        key = names[id(training)]
        setting = trainings[key][0]
        row = _row(key, setting, training, score or Score(None, why=KILLED))
        log.write(row)
        rows[key] = row
        shown = "failed" if row["why"] else f"{100 * row['accuracy']:.1f} %"
        job.say(f"{setting.name}, {training.name}: {shown} {row['why']}".rstrip())
    return {key: rows[key] for key in trainings}


def _row(key: str, setting: Setting, training: FoldTraining, score: Score) -> dict[str, Any]:
    return {
        "key": key,
        "set": list(setting.changes),
        "fold": training.fold.name,
        "seed": training.seed,
        "accuracy": score.accuracy,
        "n": len(training.fold.split.test),
        "seconds": score.seconds,
        "why": score.why,
    }


def _ranked(found: Sequence[Setting], rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Settings by their mean over the inner folds, best first; one that failed anywhere is last."""
    listed = []
    for setting in found:
        own = [row for row in rows if row["set"] == list(setting.changes)]
        folds_of: dict[str, list[float]] = {}
        for row in own:
            if row["accuracy"] is not None:
                folds_of.setdefault(row["fold"], []).append(row["accuracy"])
        means = {fold: statistics.mean(shares) for fold, shares in folds_of.items()}
        whole = all(row["accuracy"] is not None for row in own)
        listed.append(
            {
                "name": setting.name,
                "set": list(setting.changes),
                "mean": statistics.mean(means.values()) if whole else None,
                "sd": statistics.stdev(means.values()) if whole and len(means) > 1 else None,
                "folds": means,
                "seconds": round(sum(row["seconds"] for row in own), 2),
            }
        )
    return sorted(listed, key=lambda row: (row["mean"] is None, -(row["mean"] or 0.0)))


def _command(job: Search, best: dict[str, Any]) -> str:
    """What trains the best setting and tests it, once, on the side that was set aside."""
    import shlex

    words = [*job.words, *(word for change in best["set"] for word in ("--set", change))]
    return " ".join(shlex.quote(word) for word in words)
