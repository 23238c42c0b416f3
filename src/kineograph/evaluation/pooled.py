"""One result from many folds: their answers one below the other, never a mean of their scores."""

import json
import shutil
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kineograph.evaluation.baselines import scores_of
from kineograph.evaluation.job import Experiment, write_json
from kineograph.evaluation.trainings import FoldTraining
from kineograph.evaluation.worst import SHOWN
from kineograph.metrics.labels import SCORES
from kineograph.report.answers import Answer, read_answers, write_answers
from kineograph.report.run_files import number, within
from kineograph.report.scores import score_answers
from kineograph.report.streams import stream_files
from kineograph.report.summary import summarise
from kineograph.training.reproduce import describe_environment

BASELINES = ("majority", "metadata", "frame")


def pool_folds(
    run: Path,
    trainings: Sequence[FoldTraining],
    job: Experiment,
    *,
    by: str,
    failed: Mapping[str, str],
    left_out: Sequence[str],
) -> None:
    """predictions.jsonl, baselines.json, environment.json, crossval.json and pictures of a run.

    Of the trainings only those that did not fail are pooled; `failed` are listed with reasons.
    """
    ended = [training for training in trainings if training.name not in failed]
    answers = [answer for training in ended for answer in _answers_of(training)]
    write_answers(run / "predictions.jsonl", answers)
    _pool_streams(run, ended)
    baselines = _pool_baselines(run, ended)
    if baselines:
        write_json(run / "baselines.json", baselines)
    write_json(run / "environment.json", _environment(job, ended, by, left_out))
    write_json(run / "crossval.json", _figures(trainings, answers, by, failed, job.data_classes))
    _pool_pictures(run / "pictures", ended)


def share_right(answers: Sequence[Answer]) -> float:
    """Accuracy over clips, or over the frames of all clips."""
    pairs = [pair for a in answers for pair in zip(a.truths, a.answers, strict=True)]
    return sum(truth == found for truth, found in pairs) / len(pairs)


def _answers_of(training: FoldTraining) -> list[Answer]:
    return [
        replace(answer, fold=training.fold.name, seed=training.seed)
        for answer in read_answers(training.run / "predictions.jsonl")
    ]


def _pool_streams(run: Path, ended: Sequence[FoldTraining]) -> None:
    """Of networks of several streams the answers of each alone."""
    for name in {path.name for training in ended for path in stream_files(training.run)}:
        answers = [
            replace(answer, fold=training.fold.name, seed=training.seed)
            for training in ended
            for answer in read_answers(training.run / "streams" / name)
        ]
        write_answers(run / "streams" / name, answers)


def _pool_baselines(run: Path, ended: Sequence[FoldTraining]) -> dict[str, Any]:
    """Each baseline's answers of all folds, scored once; of several seeds the first that ran it."""
    found: dict[str, Any] = {}
    for name in BASELINES:
        of_fold: dict[str, list[Answer]] = {}
        for training in ended:
            path = training.run / "baselines" / f"{name}.jsonl"
            if path.exists() and training.fold.name not in of_fold:
                of_fold[training.fold.name] = [
                    replace(answer, fold=training.fold.name, seed=training.seed)
                    for answer in read_answers(path)
                ]
        answers = [answer for fold in of_fold.values() for answer in fold]
        if not answers:
            continue
        write_answers(run / "baselines" / f"{name}.jsonl", answers)
        truths = [label for answer in answers for label in answer.truths]
        labels = [label for answer in answers for label in answer.answers]
        note = f"the answers of {len(of_fold)} folds pooled, first seed"
        found[name] = scores_of(truths, labels) | {"note": note}
        if name == "majority" and len(set(labels)) == 1:  # the commonest in every fold
            found[name]["always"] = labels[0]
    return found


def _environment(
    job: Experiment, ended: Sequence[FoldTraining], by: str, left_out: Sequence[str]
) -> dict[str, Any]:
    """What the pooled figures came from; costs are sums, speeds are medians over the folds."""
    told = {training.name: _json(training.run / "environment.json") for training in ended}
    folds = {training.fold.name: training.fold for training in ended}
    tested = sum(len(fold.split.test) for fold in folds.values())
    split = next(iter(folds.values())).split
    leaks = [f"{name}: {told[name]['leakage']}" for name in told if told[name].get("leakage")]
    found = describe_environment()
    found["machine"]["device"] = str(within(told[ended[0].name], "machine", "device"))
    return found | {
        "seed": sorted({training.seed for training in ended}),
        "data": {
            "name": job.data.name,
            "folder": str(job.data.path),
            "n": {"test": tested},
            "classes": dict(Counter(clip.label for clip in job.data.annotations)),
            "left_out": list(left_out),
            "split": {
                "how": split.how,
                "by": by,
                "warning": split.warning,
                "validation": "the part after the tested one" if split.val else "none",
                "folds": [
                    {"fold": fold.name, "test": fold.test, "val": fold.val, "n": _sizes(fold)}
                    for fold in folds.values()
                ],
            },
        },
        "cost": _cost(list(told.values())),
        "leakage": f"{len(leaks)} of {len(told)} folds. {leaks[0]}" if leaks else None,
    }


def _sizes(fold: Any) -> dict[str, int]:
    return {side: len(clips) for side, clips in fold.split.sides.items()}


def _cost(told: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    def values(name: str) -> list[float]:
        found = (number(within(each, "cost", name)) for each in told)
        return [value for value in found if value is not None]

    cost: dict[str, Any] = {"weights": max(map(int, values("weights")), default=None)}
    cost["train_seconds"] = round(sum(values("train_seconds")), 2)
    for name in ("milliseconds_per_clip", "milliseconds_per_frame"):
        if values(name):
            cost[name] = round(statistics.median(values(name)), 4)
    return cost


def _figures(
    trainings: Sequence[FoldTraining],
    answers: Sequence[Answer],
    by: str,
    failed: Mapping[str, str],
    classes: Sequence[str],
) -> dict[str, Any]:
    """crossval.json: accuracy by fold and seed, by seed, and over seeds."""
    seeds = list(dict.fromkeys(training.seed for training in trainings))
    folds = {training.fold.name: training.fold for training in trainings}
    rows = []
    for name, fold in folds.items():
        each = {seed: [a for a in answers if (a.fold, a.seed) == (name, seed)] for seed in seeds}
        known = [share_right(found) for found in each.values() if found]
        rows.append(
            {
                "fold": name,
                "test": fold.test,
                "val": fold.val,
                "n": len(fold.split.test),
                "accuracy": {
                    str(seed): share_right(found) if found else None for seed, found in each.items()
                },
                "mean": statistics.mean(known) if known else None,
            }
        )
    of_seed = []
    for seed in seeds:
        found = [answer for answer in answers if answer.seed == seed]
        if found:
            among = len({answer.fold for answer in found})
            truths = [label for answer in found for label in answer.truths]
            labels = [label for answer in found for label in answer.answers]
            figures = scores_of(truths, labels)
            of_seed.append({"seed": seed, **figures, "n": len(found), "folds": among})
    means, sds = over_seeds(of_seed)
    return {
        "by": by,
        "folds": rows,
        "folds_pooled": len({answer.fold for answer in answers}),
        "seeds": of_seed,
        **means,
        "sd": sds["accuracy"],
        "sds": sds,
        "interval": score_answers(answers, classes)["interval"],
        "failed": dict(failed),
    }


def over_seeds(
    rows: Sequence[Mapping[str, Any]],
) -> tuple[dict[str, float], dict[str, float | None]]:
    """Means of the three figures over seeds, and standard deviations; one seed has none."""
    values = {name: [row[name] for row in rows] for name in SCORES}
    means = {name: statistics.mean(each) for name, each in values.items()}
    several = len(rows) > 1
    return means, {
        name: statistics.stdev(each) if several else None for name, each in values.items()
    }


def _pool_pictures(folder: Path, ended: Sequence[FoldTraining]) -> None:
    """The film strips of the surest mistakes of all folds, each clip once."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("worst*"):
        old.unlink()
    listed = []
    for training in ended:
        path = training.run / "pictures" / "worst.json"
        if path.exists():
            rows = json.loads(path.read_text(encoding="utf-8"))
            listed += [(row, path.parent / row["file"]) for row in rows]
    listed.sort(key=lambda pair: (-(number(pair[0].get("probability")) or 0.0), pair[0]["id"]))
    surest: dict[str, tuple[dict[str, Any], Path]] = {}
    for row, path in listed:
        surest.setdefault(row["id"], (row, path))
    rows = []
    for place, (row, path) in enumerate(list(surest.values())[:SHOWN], 1):
        name = f"worst_{place:02}.png"
        shutil.copyfile(path, folder / name)
        rows.append(row | {"file": name})
    write_json(folder / "worst.json", rows)


def _json(path: Path) -> dict[str, Any]:
    found = json.loads(path.read_text(encoding="utf-8"))
    return found if isinstance(found, dict) else {}


def summarise_folds(run: Path | str) -> dict[str, Any]:
    """What `--json` prints of a cross-validation, from its files alone."""
    found = summarise(run)
    crossval = _json(Path(run) / "crossval.json")
    split = within(_json(Path(run) / "environment.json"), "data", "split")
    tested = {a.id: len(a.truths) for a in read_answers(Path(run) / "predictions.jsonl")}
    protocol = found["protocol"] | {"by": crossval["by"], "n": sum(tested.values())}
    protocol["validation"] = split["validation"]
    return found | {
        **{name: crossval[name] for name in SCORES if name in crossval},
        "sd": crossval["sd"],
        "sds": crossval.get("sds"),
        "interval": crossval["interval"],
        "folds": crossval["folds"],
        "seeds": crossval["seeds"],
        "failed": crossval["failed"],
        "protocol": protocol,
    }
