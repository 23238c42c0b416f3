"""What all sections of a report draw from: a run folder's files and the scores of its answers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kineograph.report.page.blocks import Block, Say
from kineograph.report.run_files import RunFiles, read_run
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


def gather(folder: Path | str) -> Material:
    """Read a run folder and reckon its scores."""
    run = read_run(folder)
    if not any(answer.truths for answer in run.answers):
        return Material(run, None, {}, None)
    return Material(
        run=run,
        pooled=pool(run.answers, run.classes),
        scores=score_answers(run.answers, run.classes),
        gain=paired_difference(run.answers, run.frame_answers),
    )
