"""What `--json` prints of a run folder: its figures with their protocol, and each person's."""

from pathlib import Path
from typing import Any

from kineograph.report.persons import person_rows, person_rows_as_json
from kineograph.report.run_files import RunFiles, read_run
from kineograph.report.scores import score_answers


def summarise(folder: Path | str) -> dict[str, Any]:
    """What `--json` prints of a run folder, from its files alone.

    Scores are None before the run is evaluated; "interval" is None where all answers belong to one
    person or recording. "persons" is there only where every tested clip names one.
    """
    run = read_run(folder)
    scores = score_answers(run.answers, run.classes) if run.answers else {}
    names = ("accuracy", "balanced_accuracy", "macro_f1", "interval")
    persons = person_rows_as_json(person_rows(run.answers, run.classes))
    return {name: scores.get(name) for name in names} | {
        "baselines": run.baselines,
        "protocol": protocol(run, scores.get("n", 0)),
        **({"persons": persons} if persons else {}),
        "run": str(run.folder),
        "report": str(run.folder / "report.html"),
    }


def protocol(run: RunFiles, scored: int) -> dict[str, Any]:
    """What a figure must be printed with: data, split, n of scored clips or frames, seeds."""
    seed = run.known("seed")
    return {
        "data": run.known("data", "name"),
        "split": run.known("data", "split", "how"),
        "n": scored,
        "seeds": seed if isinstance(seed, list) else [] if seed is None else [seed],
        "pooled": True,
    }
