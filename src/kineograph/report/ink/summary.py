"""What `--json` prints of a writing network's run: nats with their protocol."""

from pathlib import Path
from typing import Any

from kineograph.report.ink.material import read_ink_run
from kineograph.report.summary import protocol


def summarise_ink(run: Path | str) -> dict[str, Any]:
    """From the run's files alone: log losses in nats (lower is better), None before evaluation.

    "interval" is of log_loss_per_point, over writers.
    """
    found = read_ink_run(run)
    scores = found.scores
    files = found.files
    return {
        "log_loss_per_point": scores and scores.per_point,
        "log_loss_per_line": scores and scores.per_line,
        "interval": [scores.interval.low, scores.interval.high]
        if scores and scores.interval
        else None,
        "baselines": {
            "without_memory": {"log_loss_per_point": scores and scores.control_per_point}
        },
        "protocol": protocol(files, len(found.answers))
        | {
            "unit": "lines",
            "points": scores.points if scores else 0,
            "normalisation": found.normalisation,
        },
        "leakage": files.environment.get("leakage"),
        "run": str(files.folder),
        "report": str(files.folder / "report.html"),
    }
