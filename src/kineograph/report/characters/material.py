"""A character model's run folder, read for its report; what is missing or broken is said in words.

Beside recipe.json (with the alphabet), environment.json, log.jsonl and predictions.jsonl:

    baselines.json   {"5-gram": {"nats": 1.62, "bits": 2.34, "ngrams": 210000}, …}
    samples.json     [{"temperature": 0.8, "nats": 1.1, "text": "…"}, …]
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kineograph.report.characters.answers import TextAnswers, read_text_answers
from kineograph.report.run_files import RunFiles, number, read_object, read_training, within


@dataclass(frozen=True)
class Sample:
    """A text of the network's own."""

    temperature: float
    nats: float | None  # a character, as the network sees its own text
    text: str


@dataclass
class TextRun:
    """What a character model's run folder holds; empty where a file is missing."""

    files: RunFiles
    alphabet: tuple[str, ...] = ()
    answers: TextAnswers | None = None
    beside: dict[str, float] = field(default_factory=dict)  # n-grams, nats a character
    samples: list[Sample] = field(default_factory=list)

    @property
    def nats(self) -> float | None:
        """A mean over the side's characters, the state carried through."""
        return mean_known(self.answers.nats) if self.answers else None

    @property
    def nats_in_windows(self) -> float | None:
        """The same with a state that begins anew in each window."""
        return mean_known(self.answers.windows) if self.answers else None

    @property
    def window(self) -> int | None:
        """Characters of such a window."""
        found = number(self.files.known("protocol", "window_characters"))
        return None if found is None else int(found)

    @property
    def side(self) -> str:
        """Which side of the split was asked about, as sentences have it."""
        name = self.answers.split if self.answers else "test"
        return {"val": "validation", "train": "training"}.get(name, name)

    @property
    def leakage(self) -> str | None:
        """Why this is no test, if it is none."""
        told = self.files.environment.get("leakage")
        return str(told) if told else None


def mean_known(values: Sequence[float]) -> float | None:
    """Over what is a number; None where nothing is."""
    known = [value for value in values if not math.isnan(value)]
    return math.fsum(known) / len(known) if known else None


def read_text_run(folder: Path | str) -> TextRun:
    """All files of such a run. Raises InputError if it is no folder, or a line cannot be read."""
    files, whole = read_training(folder)
    run = TextRun(files)
    letters = whole.get("alphabet")
    run.alphabet = tuple(map(str, letters)) if isinstance(letters, list) else ()
    path = files.folder / "predictions.jsonl"
    if path.is_file():
        run.answers = read_text_answers(path)
    else:
        files.notes.append("predictions.jsonl is not there: the network has not been evaluated.")
    if (files.folder / "baselines.json").is_file():
        found = read_object(files.folder / "baselines.json", files.notes, "no n-grams beside")
        rows = {name: number(within(row, "nats")) for name, row in found.items()}
        run.beside = {name: nats for name, nats in rows.items() if nats is not None}
    run.samples = _samples(files.folder / "samples.json", files.notes)
    return run


def _samples(path: Path, notes: list[str]) -> list[Sample]:
    if not path.is_file():
        return []
    try:
        rows: Any = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        notes.append(f"{path.name} cannot be read ({error}): no samples.")
        return []
    return [
        Sample(number(within(row, "temperature")) or 1.0, number(within(row, "nats")), row["text"])
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(within(row, "text"), str)
    ]
