"""Folds: every clip is tested once, by a network that saw nothing of its person or recording.

Fold k tests part k, is tuned on the next part (after the last, the first), and learns from the
rest. So validation clips are chosen by rule, never by how well they turn out. A training that keeps
its last epoch is tuned on nothing, and learns from that part, too.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kineograph.data.annotation import Annotation
from kineograph.data.deal import deal
from kineograph.data.split import Key, Split, joined
from kineograph.errors import InputError, nearest
from kineograph.media.listing import natural_order

By = Literal["group", "person", "source", "clip"]
BY = ("group", "person", "source", "clip")
COLUMNS = BY[:3]
NAMES_SHOWN = 3
NONE = "none"  # the validation part where nothing is tuned
FEWEST_PARTS = 3  # one to test, one to tune on, one to learn from
RANDOM = (
    "the folds are dealt by clip, as asked: the same people and places stand on both sides, and "
    "figures are too high."
)


@dataclass(frozen=True)
class Fold:
    """One fold: which part is tested, which is tuned on, and the three sides."""

    name: str  # "fold-01"
    test: str  # the parts in words: "seq 3", or "part 2: p1, p4"
    val: str
    split: Split


def folds(
    annotations: Sequence[Annotation],
    by: str,
    *,
    count: int | None = None,
    tuned: bool = True,
    seed: int = 0,
) -> list[Fold]:
    """Folds in which nothing that shares `by`, or a video file, is on two sides.

    by: "group", "person" or "source" keeps together what that column names; "clip" deals each
    clip by itself. count: None leaves one value out in each fold, in natural order (2 before 10);
    a number deals whole values to so many parts, alike in size and classes. tuned: False leaves the
    validation side empty. The same annotations give the same folds in whatever order they come.
    Raises InputError for a column that some clips lack, and for fewer than three parts.
    """
    ordered = sorted(annotations, key=lambda clip: (clip.video, clip.id))
    _check(ordered, by, count)
    units = _units(ordered, by)
    if count is not None and count > len(units):
        what = "clips" if by == "clip" else f"values of '{by}'"
        raise InputError(
            f"{count} folds: there are {len(units)} {what} to deal, and each fold tests one at "
            f"least. Ask for {len(units)} or fewer."
        )
    parts = units if count is None else _dealt(units, count, seed)
    if len(parts) < FEWEST_PARTS:
        raise InputError(
            f"--by {by}: makes {len(parts)} parts, and {FEWEST_PARTS} are needed: one to test, one "
            "to tune on, one to learn from. Add clips of others, or choose another --by."
        )
    return _folds_of(parts, by, tuned)


def default_by(annotations: Sequence[Annotation]) -> str:
    """The first of group, person and source that every clip names."""
    for column in COLUMNS:
        if annotations and all(getattr(clip, column) for clip in annotations):
            return column
    raise InputError(
        "--by: not every clip names a group, and neither a person nor a source. Write one into "
        "annotations.jsonl, or ask for --by clip --folds 5 and read the figures as too high."
    )


Part = tuple[str, list[Annotation]]  # in words, and its clips


def _check(annotations: Sequence[Annotation], by: str, count: int | None) -> None:
    if by not in BY:
        raise InputError(f"--by {by}: known are {', '.join(BY)}. {nearest(by, BY)}".rstrip())
    if not annotations:
        raise InputError("there are no annotations to fold. Prepare the data set again.")
    if count is not None and count < FEWEST_PARTS:
        raise InputError(
            f"{count} folds: {FEWEST_PARTS} parts are needed, one to test, one to tune on, one "
            f"to learn from. Ask for {FEWEST_PARTS} or more."
        )
    if by == "clip":
        if count is None:
            raise InputError(
                f"--by clip: would make {len(annotations)} folds of one clip. Say how many: "
                "--folds 5."
            )
        return
    nameless = [clip.video for clip in annotations if getattr(clip, by) is None]
    if nameless:
        more = len(nameless) - NAMES_SHOWN
        listed = ", ".join(nameless[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")
        raise InputError(
            f"--by {by}: {len(nameless)} of {len(annotations)} clips name no {by} ({listed}). "
            "Write one into annotations.jsonl, or choose another --by."
        )


def _units(annotations: Sequence[Annotation], by: str) -> list[Part]:
    """What hangs together by the column or by a video file, in natural order of its names."""
    if by == "clip":
        return [(clip.id, [clip]) for clip in annotations]

    def keys(clip: Annotation) -> list[Key]:
        return [(by, getattr(clip, by)), ("video", clip.video)]

    units = []
    for places in joined(annotations, keys):
        clips = [annotations[place] for place in places]
        names = sorted({getattr(clip, by) for clip in clips}, key=natural_order)
        units.append((" + ".join(names), clips))
    return sorted(units, key=lambda unit: natural_order(unit[0]))


def _dealt(units: list[Part], count: int, seed: int) -> list[Part]:
    """Whole units dealt to `count` parts so that sizes and classes come out alike."""
    labels = sorted({clip.label for _, clips in units for clip in clips})
    counts = np.zeros((len(units), len(labels)))
    for row, (_, clips) in enumerate(units):
        for label, number in Counter(clip.label for clip in clips).items():
            counts[row, labels.index(label)] = number
    shares = np.full(count, 1 / count)
    sides = deal(counts, shares, np.random.default_rng(seed))
    parts = []
    for number in range(count):
        members = [unit for unit, side in zip(units, sides, strict=True) if side == number]
        parts.append(
            (_part_name(number, members), [clip for _, clips in members for clip in clips])
        )
    return parts


def _part_name(number: int, members: list[Part]) -> str:
    names = [name for name, _ in members]
    if len(names) == len([clip for _, clips in members for clip in clips]) > NAMES_SHOWN:
        return f"part {number + 1}"  # by clip, most likely: names say nothing
    shown = ", ".join(names[:NAMES_SHOWN])
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return f"part {number + 1}: {shown}{more}"


def _folds_of(parts: list[Part], by: str, tuned: bool) -> list[Fold]:
    digits = max(2, len(str(len(parts))))
    found = []
    for number, (test, tested) in enumerate(parts):
        beside = (number + 1) % len(parts) if tuned else number
        val, chosen_by = parts[beside] if tuned else (NONE, [])
        rest = [
            clip
            for place, (_, clips) in enumerate(parts)
            if place not in (number, beside)
            for clip in clips
        ]
        how, warning = ("clip", RANDOM) if by == "clip" else ("group", None)
        split = Split(train=rest, val=chosen_by, test=tested, how=how, warning=warning)
        found.append(Fold(f"fold-{number + 1:0{digits}}", test, val, split))
    return found
