"""What `--json` prints of a reader's run: its error rates with their protocol, group by group."""

from pathlib import Path
from typing import Any

from kineograph.metrics.intervals import Interval
from kineograph.metrics.text import TextScore
from kineograph.report.lines.material import LineRun, read_line_run
from kineograph.report.lines.scores import (
    RATES,
    GroupRow,
    LineScores,
    Scores,
    rows_by,
    score_run,
)
from kineograph.report.lines.words import decoder_words, policy_words
from kineograph.report.summary import protocol


def summarise_lines(run: Path | str) -> dict[str, Any]:
    """What `--json` prints of a reader's run folder, from its files alone.

    "cer", "wer", "exact" (share of lines without a fault) and "interval" (of cer, [low, high]) are
    of what the reader answers; "best_path" has the same without the language
    model, and "language" says whether it was there. All are None before
    the run is evaluated. "modern" is None where the run's text policy is that one. "by_group" and
    "by_source" go by name, the worst first, and leave out lines that name none.
    """
    found = read_line_run(run)
    scores = score_run(found.answers, found.policy_name)
    read = _rates(scores.read if scores else None)
    alone = _rates(scores.best_path or scores.read) if scores else read
    return read | {
        "best_path": alone,
        "language": found.has_language,
        "modern": _modern(scores),
        "by_group": _by(found, "group"),
        "by_source": _by(found, "source"),
        "policy": policy_words(found),
        "protocol": _protocol(found, scores),
        "leakage": found.leakage,
        "alphabet": {
            "characters": len(found.alphabet) or None,
            "unseen": found.unseen,
            "unseen_times": sum(found.unseen.values()),
        },
        "run": str(found.files.folder),
        "report": str(found.files.folder / "report.html"),
    }


def _rates(scores: LineScores | None) -> dict[str, Any]:
    if scores is None:
        return {name: None for name in (*RATES, "interval", "intervals")}
    intervals = {name: _pair(interval) for name, interval in scores.intervals.items()}
    rates = {name: scores.rate(name) for name in RATES}
    return rates | {"interval": intervals["cer"], "intervals": intervals}


def _modern(scores: Scores | None) -> dict[str, Any] | None:
    if scores is None or scores.modern is None:
        return None
    alone = scores.modern_best_path or scores.modern
    return _rates(scores.modern) | {"best_path": _rates(alone)}


def _by(run: LineRun, kind: str) -> dict[str, dict[str, Any]]:
    named = [answer for answer in run.answers if getattr(answer, kind)]
    rows = rows_by(named, [getattr(answer, kind) for answer in named])
    return {row.name: _row(row) for row in rows}


def _row(row: GroupRow) -> dict[str, Any]:
    read: TextScore = row.read
    return {
        "lines": read.lines,
        "characters": read.characters.length,
        "cer": read.cer,
        "wer": read.wer,
        "exact": read.exact / read.lines,
        "best_path_cer": row.best_path.cer,
    }


def _protocol(run: LineRun, scores: Scores | None) -> dict[str, Any]:
    """What a figure must be printed with; n counts lines, groups what the interval draws."""
    interval = scores.read.intervals["cer"] if scores else None
    return protocol(run.files, len(run.answers)) | {
        "unit": "lines",
        "characters": scores.read.text.characters.length if scores else 0,
        "groups": len({answer.group for answer in run.answers if answer.group}),
        "interval_by": scores.kind if scores and interval else None,
        "decoder": decoder_words(run) if scores else None,
        "policy": run.policy_name,
    }


def _pair(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]
