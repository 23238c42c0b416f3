"""What all sections of a report draw from: a run folder's files and the scores of its answers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kineograph.metrics.labels import SCORES
from kineograph.report.page.blocks import Block, Say
from kineograph.report.run_files import RunFiles, number, read_run
from kineograph.report.scores import Difference, Pooled, paired_difference, pool, score_answers


@dataclass(frozen=True)
class Material:
    """A run folder and what was reckoned from it, once, for all sections."""

    run: RunFiles
    pooled: Pooled | None  # None: not evaluated
    scores: dict[str, Any]
    gain: Difference | None  # ours minus the single-frame network

    def missing(self, file: str) -> list[Block]:
        """The notes about one file, to stand where its content would."""
        return [Say(note, "missing") for note in self.run.notes if note.startswith(file)]


def _over_seeds(run: RunFiles) -> dict[str, Any]:
    """Of several seeds the means of the figures: F1 of all answers together is another number."""
    if number(run.crossval.get("sd")) is None:
        return {}
    means = {name: number(run.crossval.get(name)) for name in SCORES}
    return {name: mean for name, mean in means.items() if mean is not None}


def gather(folder: Path | str) -> Material:
    """Read a run folder and reckon its scores."""
    run = read_run(folder)
    if not any(answer.truths for answer in run.answers):
        return Material(run, None, {}, None)
    return Material(
        run=run,
        pooled=pool(run.answers, run.classes),
        scores=score_answers(run.answers, run.classes) | _over_seeds(run),
        gain=paired_difference(run.answers, run.frame_answers),
    )
