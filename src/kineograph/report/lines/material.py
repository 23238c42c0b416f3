"""A reader's run folder, read for its report; what is missing or broken is said in words.

Beside recipe.json (with the alphabet), environment.json, log.jsonl and predictions.jsonl:

    alphabet.json   {"policy": "fraktur", "lines": [...]}: the alphabet's report before training
    decoding.json   {"weight": 0.2, "bonus": 0.4, "width": 16}: the language model, as it was tuned
    curve.json      [{"lines": 500, "cer": 0.06, "seed": 0}, ...]: trainings on fewer lines
    worst/          pictures of the worst lines (worst.py)
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kineograph.data.text import POLICIES, TextPolicy
from kineograph.report.lines.answers import LineAnswer, language_helped, read_line_answers
from kineograph.report.lines.worst import WorstLine, read_worst
from kineograph.report.run_files import (
    RunFiles,
    number,
    read_object,
    read_training,
    tested_side,
    within,
)


@dataclass(frozen=True)
class CurvePoint:
    """One training on so many lines, and its character error rate on the same test lines."""

    lines: int
    cer: float
    seed: int | None


@dataclass
class LineRun:
    """What a reader's run folder holds; empty where a file is missing, and `files.notes` says so.

    policy: how the texts of the answers are spelled; None where the folder names none, or one that
    this version does not know.
    """

    files: RunFiles
    policy_name: str | None = None
    answers: list[LineAnswer] = field(default_factory=list)  # the test side's
    alphabet: frozenset[str] = frozenset()
    alphabet_lines: list[str] = field(default_factory=list)
    decoding: dict[str, Any] = field(default_factory=dict)
    curve: list[CurvePoint] = field(default_factory=list)
    worst: list[WorstLine] = field(default_factory=list)

    @property
    def policy(self) -> TextPolicy | None:
        """The text policy by its name."""
        return POLICIES.get(self.policy_name or "")

    @property
    def has_language(self) -> bool:
        """Whether a language model had its say: by the run's files, or by what was read."""
        return bool(self.decoding) or language_helped(self.answers)

    @property
    def leakage(self) -> str | None:
        """What stands on two sides, where that was allowed."""
        told = self.files.environment.get("leakage")
        return str(told) if told else None

    @property
    def unseen(self) -> dict[str, int]:
        """Characters of the truth that the reader cannot write, and how often they stand there."""
        counts: dict[str, int] = {}
        for answer in self.answers if self.alphabet else ():
            for character in answer.truth:
                if character not in self.alphabet:
                    counts[character] = counts.get(character, 0) + 1
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def read_line_run(folder: Path | str) -> LineRun:
    """All files of a reader's run that a report draws from.

    Raises InputError if it is no folder, or a whole line of predictions.jsonl cannot be read.
    """
    files, whole = read_training(folder)
    run = LineRun(files)
    folder, notes = files.folder, files.notes
    name = within(files.recipe, "data", "policy")
    run.policy_name = name if isinstance(name, str) else None
    letters = whole.get("alphabet")
    run.alphabet = frozenset(map(str, letters)) if isinstance(letters, list) else frozenset()
    if (folder / "predictions.jsonl").is_file():
        answers = read_line_answers(folder / "predictions.jsonl", notes)
        run.answers = tested_side(answers, notes, "lines")
    else:
        notes.append("predictions.jsonl is not there: the reader has not been evaluated.")
    report = read_object(folder / "alphabet.json", notes, "no report on the alphabet")
    if run.policy_name is None:  # alphabet.json says all that it does: "nfc (NFC, …)"
        run.policy_name = str(report.get("policy") or "").partition(" (")[0] or None
    lines = report.get("lines")
    run.alphabet_lines = [str(line) for line in lines] if isinstance(lines, list) else []
    if (folder / "decoding.json").exists():
        run.decoding = read_object(folder / "decoding.json", notes, "how it decodes is unknown")
    run.curve = _curve(folder / "curve.json", notes)
    if run.answers:
        run.worst = read_worst(folder, run.answers, notes)
    return run


def _curve(path: Path, notes: list[str]) -> list[CurvePoint]:
    if not path.is_file():
        return []  # nobody asked for one
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        notes.append(f"{path.name} cannot be read ({error}): no curve over the number of lines.")
        return []
    points = []
    for row in rows if isinstance(rows, list) else []:
        lines, cer = number(within(row, "lines")), number(within(row, "cer"))
        if lines is not None and lines > 0 and cer is not None and cer >= 0:
            seed = number(within(row, "seed"))
            points.append(CurvePoint(int(lines), cer, None if seed is None else int(seed)))
    if not points:
        notes.append(f"{path.name} has no point with lines and cer: no curve of that kind.")
    return sorted(points, key=lambda point: (point.lines, point.seed or 0))
