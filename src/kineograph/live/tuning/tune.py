"""The journey of tune-alerts: marked videos watched, thresholds chosen, a part of watch.toml."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import torch

from kineograph.data.annotation import Annotation
from kineograph.errors import InputError, nearest
from kineograph.live.detection.rules import Rule, rule_to_toml
from kineograph.live.tuning.marked import MarkedVideo, group_of, marks_by_video
from kineograph.live.tuning.thresholds import Tuned
from kineograph.live.tuning.words import score_in_words
from kineograph.media import inspect
from kineograph.metrics.events import HOUR_SECONDS, EventScore
from kineograph.predict.over_time import answers_of
from kineograph.predict.shares import label_in_question
from kineograph.recipes import Trained

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Watched:
    """The videos that could be watched, what ended others, and marked names that none has."""

    videos: list[MarkedVideo]
    failed: dict[str, str]
    unknown: list[str]


def watch_marked(
    paths: Sequence[Path],
    annotations: Sequence[Annotation],
    trained: Trained,
    device: torch.device,
    *,
    by: str = "video",
    progress: Progress | None = None,
) -> Watched:
    """Ask a network about marked videos; one that fails is named and the others go on.

    by: video, group or source. Raises InputError for marks that cannot be told apart.
    """
    marks, unknown = marks_by_video(paths, annotations)
    groups = {path: group_of(path, some, by) for path, some in marks.items()}
    videos: list[MarkedVideo] = []
    failed: dict[str, str] = {}
    for done, (path, some) in enumerate(marks.items(), 1):
        try:
            seconds, probabilities = answers_of(path, trained, device)
            length = max(inspect(path).duration_seconds or 0.0, float(seconds[-1]))
            _check_inside(path, some, length)
            videos.append(
                MarkedVideo(str(path), groups[path], seconds, probabilities, tuple(some), length)
            )
        except InputError as error:
            failed[str(path)] = str(error)
        if progress:
            progress(done, len(marks), path.name)
    return Watched(videos, failed, unknown)


def _check_inside(path: Path, marks: Sequence[Annotation], length: float) -> None:
    for mark in marks:
        if mark.start_seconds >= length:
            raise InputError(
                f"{path}: '{mark.label}' is marked from {mark.start_seconds:.1f} s, but it ends at "
                f"{length:.1f} s. Check that it is the video that was marked."
            )


def rules_for(
    said: Sequence[str], classes: Sequence[str], annotations: Sequence[Annotation], file: str
) -> list[Rule]:
    """A rule of defaults for each label asked for: `fight`, or `violence=kick,punch`.

    None said: the label in question of two, or the only one that is marked. Raises InputError for
    one that the network lacks, and where it is not clear which is meant.
    """
    rules = [_rule_said(each, classes) for each in said]
    for rule in rules:
        if sum(other.label == rule.label for other in rules) > 1:
            raise InputError(f"--label {rule.label}: is there twice. Leave one out.")
    if rules:
        return rules
    there = sorted({label for mark in annotations for label in mark.marks or (mark.label,)})
    known = [label for label in there if label in classes]
    if not known:
        raise InputError(
            f"{file}: marks {', '.join(there) or 'nothing'}, and the network knows "
            f"{', '.join(classes)}. Say which is which: --label NAME=A,B, or mark its labels."
        )
    asked = label_in_question(classes)
    if asked not in known and len(known) > 1:
        raise InputError(
            f"{file}: marks {', '.join(known)}; which of them is to be called for is not clear. "
            f"Add --label {known[0]}, or another; --label may be given several times."
        )
    return [Rule(asked if asked in known else known[0])]


def _rule_said(text: str, classes: Sequence[str]) -> Rule:
    name, _, several = text.partition("=")
    rule = Rule(name.strip(), tuple(part.strip() for part in several.split(",") if part.strip()))
    for label in rule.labels or (rule.label,):
        if label not in classes:
            hint = nearest(label, classes) or f"Its labels are {', '.join(classes)}."
            raise InputError(f"--label {text}: the network has no label '{label}'. {hint}")
    return rule


def toml_of(found: Sequence[Tuned], origin: str) -> str:
    """`[[rules]]` for watch.toml, each with what it was chosen by and how it was judged."""
    parts = [f"# {origin}\n"]
    for tuned in found:
        lines = [f"# {tuned.rule.label}: left out, {score_in_words(tuned.judged)}"]
        if not tuned.kept:
            lines.append("# No setting kept to the asked rate; this one has the fewest.")
        parts.append("\n".join([*lines, rule_to_toml(tuned.rule)]))
    return "\n".join(parts)


def fields_of_tuned(tuned: Tuned) -> dict[str, Any]:
    """A choice as JSON values."""
    return {
        "rule": _fields_of_rule(tuned.rule),
        "kept_to_the_rate": tuned.kept,
        "judged": fields_of_score(tuned.judged),
        "chosen_by": fields_of_score(tuned.chosen_by),
        "folds": [
            {
                "left_out": fold.left_out,
                "rule": _fields_of_rule(fold.rule),
                "kept_to_the_rate": fold.kept,
                "chosen_by": fields_of_score(fold.chosen_by),
                "judged": fields_of_score(fold.judged),
            }
            for fold in tuned.folds
        ],
    }


def fields_of_score(score: EventScore) -> dict[str, Any]:
    """A score as JSON values; shares that there is nothing to take of are None."""
    return {
        "true": score.true,
        "found": score.found,
        "hits": score.hits,
        "recall": score.recall,
        "recall_interval": score.recall_interval(),
        "precision": score.precision,
        "f1": score.f1,
        "false_alerts": score.false_alerts,
        "false_alerts_per_hour": score.false_alerts_per_hour,
        "false_alerts_per_hour_interval": score.false_alerts_per_hour_interval(),
        "delay_median_seconds": score.delay(),
        "delay_p90_seconds": score.delay(0.9),
        "watched_hours": score.watched_seconds / HOUR_SECONDS,
    }


def _fields_of_rule(rule: Rule) -> dict[str, Any]:
    values = {field.name: getattr(rule, field.name) for field in fields(Rule)}
    return {name: value for name, value in values.items() if value not in (None, ())}
