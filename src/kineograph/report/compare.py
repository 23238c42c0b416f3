"""Two runs on the same clips: who is right more often, whether by chance, and on which clips.

    compare("runs/lrcn-kth", "runs/lrcn-kth-2")

From the run folders' files alone: no network, no torch. A cross-validation answers each clip once a
seed: shares and the interval take the mean of these answers, "right or wrong" their majority.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kineograph.errors import InputError, nearest
from kineograph.metrics.paired import Paired, mcnemar, paired_counts
from kineograph.report.answers import Answer
from kineograph.report.run_files import RunFiles, read_run
from kineograph.report.scores import (
    Difference,
    all_classes,
    paired_difference,
    score_answers,
    share_right_by_clip,
)


@dataclass(frozen=True)
class Side:
    """One of the two runs, with its answers to the clips that both were asked about."""

    name: str
    run: RunFiles
    answers: list[Answer]
    alone: int  # clips that only this one was asked about
    scores: dict[str, Any]


@dataclass(frozen=True)
class Clip:
    """A clip and what each run made of it."""

    id: str
    truth: str
    answers: tuple[str, str]
    shares: tuple[float, float]  # how much of it is right
    gap: float  # how much surer of the truth the second is

    @property
    def gained(self) -> float:
        """How much more of it the second has right."""
        return self.shares[1] - self.shares[0]

    def right(self, place: int) -> bool:
        """Whether the first run (0) or the second (1) answers with the truth."""
        return self.answers[place] == self.truth


@dataclass(frozen=True)
class Comparison:
    """The second run against the first."""

    first: Side
    second: Side
    classes: list[str]
    difference: Difference  # second − first
    counts: Paired | None  # None where every frame has a label: a clip is not right or wrong then
    p: float | None  # McNemar's
    gained: list[Clip]  # where the second does better, the clearest first
    lost: list[Clip]
    clips: int
    several: bool  # some clip has more than one answer

    @property
    def sides(self) -> tuple[Side, Side]:
        """The first and the second."""
        return self.first, self.second


def compare(first: str | Path, second: str | Path) -> Comparison:
    """Compare two evaluated runs: paths, or names under ./runs.

    Raises InputError if one is missing or not evaluated, if they are the same, were tested on
    different data, or have no clip in common.
    """
    runs = [_read(first), _read(second)]
    _check_alike(runs[0], runs[1])
    names = _names(runs[0].folder, runs[1].folder)
    by_id = [_by_id(run.answers) for run in runs]
    common = [name for name in by_id[0] if name in by_id[1]]
    if not common:
        raise InputError(
            f"{names[1]}: none of its {len(by_id[1])} clips is among the {len(by_id[0])} of "
            f"{names[0]}. Compare runs with the same test side: the same data, split and seed of "
            "the split."
        )
    _check_truths(common, by_id[0], by_id[1], names)
    answers = [[answer for name in common for answer in found[name]] for found in by_id]
    classes = all_classes([*answers[0], *answers[1]], runs[0].classes)
    sides = [
        Side(
            name=names[place],
            run=runs[place],
            answers=answers[place],
            alone=len(by_id[place]) - len(common),
            scores=score_answers(answers[place], classes),
        )
        for place in (0, 1)
    ]
    clips = _clips(common, by_id[0], by_id[1])
    per_frame = runs[0].per_frame
    counts = None if per_frame else _counts(clips)
    difference = paired_difference(answers[1], answers[0])
    assert difference is not None  # they share a clip
    return Comparison(
        first=sides[0],
        second=sides[1],
        classes=classes,
        difference=difference,
        counts=counts,
        p=None if counts is None else mcnemar(counts),
        gained=_ordered(clips, per_frame, 1),
        lost=_ordered(clips, per_frame, -1),
        clips=len(common),
        several=any(len(found[name]) > 1 for found in by_id for name in common),
    )


def summarise_comparison(found: Comparison) -> dict[str, Any]:
    """What `--json` prints and comparison.json keeps."""
    names = ("accuracy", "balanced_accuracy", "macro_f1", "interval", "n")
    return {
        "runs": [
            {"run": str(side.run.folder), "name": side.name, "only_here": side.alone}
            | {name: side.scores[name] for name in names}
            for side in found.sides
        ],
        "clips": found.clips,
        "difference": found.difference.points,
        "interval": found.difference.interval,
        "interval_by": found.difference.by,
        "groups": found.difference.groups,
        "p": found.p,
        "counts": None
        if found.counts is None
        else {
            "both": found.counts.both,
            "only_first": found.counts.only_first,
            "only_second": found.counts.only_second,
            "neither": found.counts.neither,
        },
        "gained": [clip.id for clip in found.gained],
        "lost": [clip.id for clip in found.lost],
    }


def _read(run: str | Path) -> RunFiles:
    for folder in (Path(run), Path("runs") / run):
        if (folder / "predictions.jsonl").is_file():
            found = read_run(folder)
            if any(answer.truths for answer in found.answers):
                return found
        if folder.is_dir():
            raise InputError(
                f"{folder}: holds no answers (predictions.jsonl). Let it answer first: "
                "kineograph evaluate RUN DATA."
            )
    runs = Path("runs")
    names = [folder.name for folder in runs.iterdir()] if runs.is_dir() else []
    hint = nearest(Path(run).name, names)
    raise InputError(f"{run}: no run folder. Give a path, or a name under ./runs. {hint}".rstrip())


def _check_alike(first: RunFiles, second: RunFiles) -> None:
    if first.folder.resolve() == second.folder.resolve():
        raise InputError(f"{second.folder}: is compared with itself. Give two different runs.")
    data = [run.known("data", "name") for run in (first, second)]
    if all(data) and data[0] != data[1]:
        raise InputError(
            f"{second.folder}: was tested on {data[1]}, {first.folder} on {data[0]}. Compare runs "
            "of one data set: let one answer on the other's data with kineograph evaluate RUN DATA."
        )
    if first.per_frame != second.per_frame:
        frames, clips = (first, second) if first.per_frame else (second, first)
        raise InputError(
            f"{frames.folder}: labels every frame, {clips.folder} every clip. Compare runs of one "
            "task."
        )


def _names(first: Path, second: Path) -> tuple[str, str]:
    """The folders' names, longer where they are the same."""
    parts = [folder.resolve().parts for folder in (first, second)]
    for length in range(1, max(map(len, parts)) + 1):
        names = ["/".join(each[-length:]) for each in parts]
        if names[0] != names[1]:
            break
    return names[0], names[1]


def _by_id(answers: Sequence[Answer]) -> dict[str, list[Answer]]:
    found: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        found[answer.id].append(answer)
    return dict(found)


def _check_truths(
    common: Sequence[str],
    first: dict[str, list[Answer]],
    second: dict[str, list[Answer]],
    names: tuple[str, str],
) -> None:
    for name in common:
        truths = first[name][0].truth, second[name][0].truth
        if isinstance(truths[0], str) and truths[0] != truths[1]:
            raise InputError(
                f"clip {name}: is '{truths[0]}' in {names[0]} and '{truths[1]}' in {names[1]}. "
                "Evaluate both runs on the same annotations."
            )


def _clips(
    common: Sequence[str], first: dict[str, list[Answer]], second: dict[str, list[Answer]]
) -> list[Clip]:
    by_id = first, second
    shares = [share_right_by_clip([a for name in common for a in found[name]]) for found in by_id]
    return [
        Clip(
            id=name,
            truth=_commonest(first[name][0].truths),
            answers=(_majority(first[name]), _majority(second[name])),
            shares=(shares[0][name], shares[1][name]),
            gap=_sureness(second[name]) - _sureness(first[name]),
        )
        for name in common
    ]


def _majority(answers: Sequence[Answer]) -> str:
    """The label that most of the answers give; of equals the first seed's."""
    return _commonest([label for answer in answers for label in answer.answers])


def _commonest(labels: Sequence[str]) -> str:
    return Counter(labels).most_common(1)[0][0]  # of equals the first met


def _sureness(answers: Sequence[Answer]) -> float:
    """The mean probability of the truth; 0 where none was kept."""
    found = [
        probabilities[place]
        for answer in answers
        for place, truth in enumerate(answer.truths)
        if (probabilities := answer.probabilities_of(truth))
    ]
    return sum(found) / len(found) if found else 0.0


def _counts(clips: Sequence[Clip]) -> Paired:
    return paired_counts([clip.right(0) for clip in clips], [clip.right(1) for clip in clips])


def _ordered(clips: Sequence[Clip], per_frame: bool, sign: int) -> list[Clip]:
    """Clips that one run has right and the other not (of frames: more of it right)."""
    if per_frame:
        changed = [clip for clip in clips if sign * clip.gained > 0]
        return sorted(changed, key=lambda clip: (-sign * clip.gained, clip.id))
    better, worse = (1, 0) if sign > 0 else (0, 1)
    changed = [clip for clip in clips if clip.right(better) and not clip.right(worse)]
    return sorted(changed, key=lambda clip: (-sign * clip.gap, clip.id))
