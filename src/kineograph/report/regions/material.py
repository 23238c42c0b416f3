"""A run folder of dense captions, read for its report; what is missing is said in words.

Beside recipe.json, environment.json, log.jsonl and predictions.jsonl:

    controls.json   {"frequent sentence": {"what": "…", "mean_ap": {"rouge-l": 0.2, …}}, …}
    shown/          pictures that the report draws boxes into: 0.png, 1.png, … of `shown.json`
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kineograph.report.regions.answers import RegionAnswer, read_region_answers
from kineograph.report.run_files import RunFiles, read_object, read_training, tested_side

SHOWN = "shown"


@dataclass
class RegionRun:
    """What a run folder holds; empty where a file is missing, and `files.notes` says so."""

    files: RunFiles
    answers: list[RegionAnswer] = field(default_factory=list)  # the test side's
    controls: dict[str, Any] = field(default_factory=dict)
    shown: list[tuple[RegionAnswer, Path]] = field(default_factory=list)

    @property
    def leakage(self) -> str | None:
        """What stands on two sides, where that was allowed."""
        told = self.files.environment.get("leakage")
        return str(told) if told else None


def read_region_run(folder: Path | str) -> RegionRun:
    """All files that a report draws from. Raises InputError if it is no folder, or for a bad line
    of predictions.jsonl.
    """
    files, _ = read_training(folder)
    run = RegionRun(files)
    folder, notes = files.folder, files.notes
    if (folder / "predictions.jsonl").is_file():
        answers = read_region_answers(folder / "predictions.jsonl", notes)
        run.answers = tested_side(answers, notes, "pictures")
    else:
        notes.append("predictions.jsonl is not there: the run has not been evaluated.")
    if (folder / "controls.json").is_file():
        run.controls = read_object(folder / "controls.json", notes, "no figures to compare with")
    run.shown = _shown(folder, run.answers)
    return run


def _shown(folder: Path, answers: list[RegionAnswer]) -> list[tuple[RegionAnswer, Path]]:
    """Answers of which the run keeps the picture, in its own order."""
    index = folder / SHOWN / "shown.json"
    if not index.is_file():
        return []
    by_picture = {answer.picture: answer for answer in answers}
    try:
        files = json.loads(index.read_text(encoding="utf-8"))
        pairs = [(str(picture), folder / SHOWN / str(file)) for picture, file in files.items()]
    except (ValueError, AttributeError):
        return []
    return [
        (by_picture[picture], file)
        for picture, file in pairs
        if picture in by_picture and file.is_file()
    ]
