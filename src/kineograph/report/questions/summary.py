"""What `--json` and the screen tell of a run that answers questions, from its files alone."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kineograph.metrics.intervals import Interval
from kineograph.report.page.words import percent
from kineograph.report.questions.answers import QuestionAnswer, read_question_answers
from kineograph.report.questions.scores import (
    QuestionScores,
    accuracy,
    control,
    score_questions,
)
from kineograph.report.run_files import RunFiles, read_training, tested_side
from kineograph.report.summary import protocol


@dataclass(frozen=True)
class QuestionRun:
    """A run folder and what was reckoned of its answers, once."""

    files: RunFiles
    answers: list[QuestionAnswer]
    scores: QuestionScores | None  # None: not evaluated, or nobody's answers are known


def read_question_run(folder: Path | str) -> QuestionRun:
    """Read a run folder and reckon its scores. Raises InputError if it is no folder."""
    files, _ = read_training(folder)
    path = files.folder / "predictions.jsonl"
    answers = read_question_answers(path, files.notes)
    answers = tested_side(answers, files.notes, "questions")
    return QuestionRun(files, answers, score_questions(answers))


def summarise_questions(folder: Path | str) -> dict[str, Any]:
    """Accuracy, by kind, VQA's where ten people answered, and controls without the picture.

    Scores are None before the run is evaluated.
    """
    run = read_question_run(folder)
    scores = run.scores
    return {
        "accuracy": scores.accuracy if scores else None,
        "interval": _pair(scores.interval) if scores else None,
        "by_kind": _by_kind(scores) if scores else {},
        "vqa": scores.vqa if scores else {},
        "baselines": {name: {"accuracy": share} for name, share in scores.controls.items()}
        if scores
        else {},
        "protocol": protocol(run.files, len(scores.answers) if scores else 0)
        | {
            "unit": "questions",
            "pictures": len({answer.picture for answer in scores.answers}) if scores else 0,
            "unscored": scores.unscored if scores else len(run.answers),
        },
        "leakage": run.files.known("leakage"),
        "run": str(run.files.folder),
        "report": str(run.files.folder / "report.html"),
    }


def tell_questions(found: dict[str, Any]) -> list[list[str]]:
    """The same as a table, its heads first."""
    controls = list(found["baselines"])
    rows = [["", "questions", "accuracy", *controls]]
    rows += [
        [
            kind,
            str(each["n"]),
            percent(each["accuracy"]),
            *(percent(each["baselines"][name]) for name in controls),
        ]
        for kind, each in found["by_kind"].items()
    ]
    whole = found["baselines"]
    rows.append(
        [
            "all",
            str(found["protocol"]["n"]),
            percent(found["accuracy"]),
            *(percent(whole[name]["accuracy"]) for name in controls),
        ]
    )
    for name, share in found["vqa"].items():
        rows.append([f"VQA accuracy, {name}", "", percent(share), *("" for _ in controls)])
    return rows


def _by_kind(scores: QuestionScores) -> dict[str, Any]:
    return {
        kind: {
            "n": len(answers),
            "accuracy": accuracy(answers, lambda answer: answer.answer),
            "baselines": {name: accuracy(answers, control(name)) for name in scores.control_names},
        }
        for kind, answers in scores.kinds.items()
    }


def _pair(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]
