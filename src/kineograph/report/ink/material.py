"""A writing network's run folder, read for its report; what is missing is said in words.

Beside recipe.json, environment.json and log.jsonl:

    predictions.jsonl   {"id", "text", "group", "split", "points", "nats", "control"}: each line's
                        log likelihood, by the network and by one Gaussian without memory
    samples.json        texts as they were written and as the network writes them
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from kineograph.errors import InputError
from kineograph.metrics.intervals import Interval, bootstrap_interval
from kineograph.report.run_files import RunFiles, read_training


@dataclass(frozen=True)
class InkAnswer:
    """How likely one line was, in nats; larger is likelier."""

    id: str
    text: str
    group: str | None
    points: int
    nats: float
    control: float


@dataclass(frozen=True)
class InkScores:
    """Log losses as Graves 2013 prints them: nats, lower is better."""

    lines: int
    points: int
    per_point: float
    per_line: float
    control_per_point: float
    interval: Interval | None  # of per_point, by writers


@dataclass
class InkRun:
    """What the folder holds; empty where a file is missing, and `files.notes` says so."""

    files: RunFiles
    answers: list[InkAnswer] = field(default_factory=list)
    samples: list[dict[str, Any]] = field(default_factory=list)

    @property
    def scores(self) -> InkScores | None:
        """Of all lines together; None before the run is evaluated."""
        return score_ink(self.answers) if self.answers else None

    @property
    def normalisation(self) -> str:
        """What nats are counted in."""
        told = self.files.known("data", "normalisation")
        return str(told) if told else "a measure that is not told in this folder"


def read_ink_run(folder: Path | str) -> InkRun:
    """All files of a run that a report draws from. Raises InputError for a broken line."""
    files, _ = read_training(folder)
    run = InkRun(files)
    path = files.folder / "predictions.jsonl"
    if path.is_file():
        run.answers = _answers(path)
    else:
        files.notes.append("predictions.jsonl is not there: the network has not been evaluated.")
    path = files.folder / "samples.json"
    if path.is_file():
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            run.samples = found if isinstance(found, list) else []
        except ValueError as error:
            files.notes.append(f"samples.json cannot be read ({error}): no ink is shown.")
    return run


def score_ink(answers: list[InkAnswer]) -> InkScores:
    """Nats a point and a line, with an interval over writers (lines where none is named)."""
    nats = np.array([answer.nats for answer in answers])
    points = np.array([answer.points for answer in answers])
    control = sum(answer.control for answer in answers)

    def per_point(places: Any) -> float:
        return float(-nats[places].sum() / points[places].sum())

    groups = [answer.group or answer.id for answer in answers]
    return InkScores(
        lines=len(answers),
        points=int(points.sum()),
        per_point=float(-nats.sum() / points.sum()),
        per_line=float(-nats.mean()),
        control_per_point=float(-control / points.sum()),
        interval=bootstrap_interval(per_point, groups),
    )


def _answers(path: Path) -> list[InkAnswer]:
    found = []
    for number, row in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not row.strip():
            continue
        try:
            values = json.loads(row)
            found.append(
                InkAnswer(
                    str(values["id"]),
                    str(values["text"]),
                    values.get("group"),
                    int(values["points"]),
                    float(values["nats"]),
                    float(values["control"]),
                )
            )
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path} line {number}: broken ({error}). Evaluate again.") from None
    return found
