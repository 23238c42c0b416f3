"""A run folder read for its report: every file is optional; what is missing is said in words."""

import json
import math
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar

from kineograph.errors import InputError
from kineograph.report.answers import Answer, read_answers

STRIPS = 12  # more film strips than anyone looks at


class OnASide(Protocol):
    """An answer that says on which side of the split its question was."""

    @property
    def split(self) -> str | None:
        """ "train", "val" or "test"; None where nobody said."""


Sided = TypeVar("Sided", bound=OnASide)


@dataclass(frozen=True)
class Strip:
    """A film strip of one mistake, as a PNG file's bytes."""

    png: bytes
    id: str
    truth: str
    answer: str
    probability: float | None
    where: str = ""  # who and when, where the answers tell


@dataclass
class RunFiles:
    """What a run folder holds; empty where a file is missing, and then `notes` says so."""

    folder: Path
    recipe: dict[str, Any] = field(default_factory=dict)
    classes: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)  # the test side's
    frame_answers: list[Answer] = field(default_factory=list)  # the single-frame network's
    epochs: list[dict[str, Any]] = field(default_factory=list)  # in order, each once
    best_epoch: int | None = None
    stopped: str | None = None  # why training ended
    baselines: dict[str, dict[str, Any]] = field(default_factory=dict)
    environment: dict[str, Any] = field(default_factory=dict)
    crossval: dict[str, Any] = field(default_factory=dict)  # fold by fold, if it is of folds
    strips: list[Strip] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def known(self, *path: str) -> Any:
        """What environment.json says under a path of names; None where it says nothing."""
        return within(self.environment, *path)

    @property
    def per_frame(self) -> bool:
        """Whether every frame was labelled."""
        return any(answer.per_frame for answer in self.answers)


def within(found: Any, *path: str) -> Any:
    """A value deep in JSON; None where a step is missing."""
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def number(value: Any) -> float | None:
    """A finite number of JSON, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def read_run(folder: Path | str) -> RunFiles:
    """All files of a run folder that a report draws from; raises InputError if it is no folder."""
    folder = _there(folder)
    run = RunFiles(folder)
    classes = _read_recipe(run).get("classes")
    run.classes = [str(label) for label in classes] if isinstance(classes, list) else []
    run.answers = tested_side(_answers(folder / "predictions.jsonl", run.notes), run.notes)
    if (folder / "crossval.json").is_file():  # the folds have the logs
        run.crossval = read_object(
            folder / "crossval.json", run.notes, "nothing is known fold by fold"
        )
    else:
        _read_log(run)
    run.baselines = {
        name: scores
        for name, scores in read_object(
            folder / "baselines.json",
            run.notes,
            "no baseline was asked for",
        ).items()
        if isinstance(scores, dict)
    }
    frames = folder / "baselines" / "frame.jsonl"
    if frames.exists():
        run.frame_answers = tested_side(_answers(frames, run.notes), [])
    _read_environment(run)
    places = {answer.id: _where(answer) for answer in run.answers}
    run.strips = [
        replace(strip, where=places.get(strip.id, ""))
        for strip in _strips(folder / "pictures", run.notes)
    ]
    return run


def read_training(folder: Path | str) -> tuple[RunFiles, dict[str, Any]]:
    """A run's recipe, log and environment without any answers, and recipe.json as it stands.

    For runs whose answers are not labels. Raises InputError if it is no folder.
    """
    run = RunFiles(_there(folder))
    whole = _read_recipe(run)
    _read_log(run)
    _read_environment(run)
    return run, whole


def _there(folder: Path | str) -> Path:
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"{folder}: no such run folder. Train first, or give the folder's path.")
    return folder


def _read_recipe(run: RunFiles) -> dict[str, Any]:
    path = run.folder / "recipe.json"
    whole = read_object(path, run.notes, "recipe and published figures are unknown")
    run.recipe = within(whole, "recipe") if isinstance(within(whole, "recipe"), dict) else {}
    return whole


def _read_environment(run: RunFiles) -> None:
    path = run.folder / "environment.json"
    run.environment = read_object(path, run.notes, "protocol, cost and machine are unknown")


def _where(answer: Answer) -> str:
    """Who is seen and when, so that a person can look it up in the video."""
    if answer.end_seconds is None:
        return answer.person or ""
    clock = str(timedelta(seconds=int(answer.start_seconds))).removeprefix("0:")
    who = f"{answer.person}, " if answer.person else ""
    return f"{who}{answer.video} at {clock}"


def read_object(path: Path, notes: list[str], without: str) -> dict[str, Any]:
    """A file's JSON object; an empty one where it cannot be had, and `notes` says so."""
    if not path.is_file():
        notes.append(f"{path.name} is not there: {without}.")
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:  # not JSON, or not UTF-8
        notes.append(f"{path.name} cannot be read ({error}): {without}.")
        return {}
    if not isinstance(found, dict):
        notes.append(f"{path.name} is not a JSON object: {without}.")
        return {}
    return found


def _answers(path: Path, notes: list[str]) -> list[Answer]:
    if not path.is_file():
        notes.append(f"{path.name} is not there: the network has not been evaluated.")
        return []
    return read_answers(path, notes)


def tested_side(answers: list[Sided], notes: list[str], unit: str = "clips") -> list[Sided]:
    """The test side's answers; only where there are none, all that there are."""
    test = [answer for answer in answers if answer.split == "test"]
    used = sorted({answer.split for answer in answers if answer.split in ("train", "val")})
    if not test and used:
        notes.append(f"These are {unit} of the {' and '.join(used)} side: this is no test result.")
    return test or answers


def _read_log(run: RunFiles) -> None:
    path = run.folder / "log.jsonl"
    if not path.is_file():
        run.notes.append("log.jsonl is not there: no curves of the training.")
        return
    by_epoch: dict[int, dict[str, Any]] = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            event = json.loads(line)
        except json.JSONDecodeError:
            continue  # cut short by a crash; the next line is whole
        if not isinstance(event, dict):
            continue
        epoch = number(event.get("epoch"))
        if event.get("event") == "epoch" and epoch is not None:
            by_epoch[int(epoch)] = event  # a resumed training writes an epoch again
        elif event.get("event") == "best" and epoch is not None:
            run.best_epoch = int(epoch)
        elif event.get("event") == "stop":
            run.stopped = str(event.get("reason") or "") or None
            best = number(event.get("best_epoch"))
            run.best_epoch = int(best) if best is not None else run.best_epoch
    run.epochs = [by_epoch[epoch] for epoch in sorted(by_epoch)]
    if not run.epochs:
        run.notes.append("log.jsonl holds no whole epoch: no curves of the training.")
    elif run.best_epoch is None:
        losses = {e: number(line.get("val_loss")) for e, line in by_epoch.items()}
        known = {epoch: loss for epoch, loss in losses.items() if loss is not None}
        run.best_epoch = min(known, key=lambda epoch: known[epoch]) if known else None


def _strips(folder: Path, notes: list[str]) -> list[Strip]:
    path = folder / "worst.json"
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        notes.append("pictures/worst.json is not there: no film strips of the worst mistakes.")
        return []
    strips = []
    for row in rows if isinstance(rows, list) else []:
        picture = folder / Path(str(within(row, "file") or "")).name  # nothing outside the folder
        if not picture.is_file() or picture.suffix.lower() != ".png":
            notes.append(f"pictures/{picture.name} is not there: one film strip fewer.")
            continue
        strips.append(
            Strip(
                png=picture.read_bytes(),
                id=str(within(row, "id") or "?"),
                truth=str(within(row, "truth") or "?"),
                answer=str(within(row, "answer") or "?"),
                probability=number(within(row, "probability")),
            )
        )
    return strips[:STRIPS]
