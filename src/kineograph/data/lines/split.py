"""Which lines are learned from, tuned on and tested on: by work, writer or page, as clips are.

The dealing is split.py's. Of a line it takes the picture for the video, so that lines of one page
stay together, and the group and source as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kineograph.data.annotation import Annotation
from kineograph.data.lines.line import Line
from kineograph.data.split import Split, assign_splits
from kineograph.errors import InputError

WORDS = (
    ("annotations", "lines"),
    ("annotation", "line"),
    ("clips", "lines"),
    ("clip", "line"),
    ("video file", "picture"),
    ("video", "picture"),
    ("the same person or place", "the same work or writer"),
    ("group, person, source", "group, source"),
    ("group, person or source", "group or source"),
)
HOW = ("auto", "given", "group", "line")


@dataclass(frozen=True)
class LineSplit:
    """Three lists of lines, how they were made, and what a reader must be warned of."""

    train: list[Line]
    val: list[Line]
    test: list[Line]
    how: str  # "given", "group" or "line"
    warning: str | None = None

    @property
    def sides(self) -> dict[str, list[Line]]:
        """The lists by the names of their sides."""
        return {"train": self.train, "val": self.val, "test": self.test}


def split_lines(
    lines: Sequence[Line],
    how: str = "auto",
    *,
    fractions: Sequence[float] = (0.64, 0.16, 0.20),
    seed: int = 0,
) -> LineSplit:
    """Deal lines to train, val and test, in parts near to `fractions`.

    how: "given" takes the split that each line names; "group" keeps every group, source and page
    on one side; "line" deals each line by itself; "auto" is "given" if all lines name a split,
    else "group". The same lines, fractions and seed give the same split, in whatever order they
    come. Raises InputError if there is not enough to fill the sides.
    """
    if how not in HOW:
        raise InputError(f"split '{how}': known are {', '.join(HOW)}.")
    ordered = sorted(lines, key=lambda line: line.id)
    seen = {number: as_annotation(line, number) for number, line in enumerate(ordered)}
    try:
        split = assign_splits(
            list(seen.values()), "clip" if how == "line" else how, fractions=fractions, seed=seed
        )
    except InputError as error:
        raise InputError(_of_lines(str(error))) from None
    numbers = {annotation.id: number for number, annotation in seen.items()}
    train, val, test = (
        [ordered[numbers[each.id]] for each in side] for side in split.sides.values()
    )
    warning = _of_lines(split.warning) if split.warning else None
    return LineSplit(train, val, test, "line" if split.how == "clip" else split.how, warning)


def as_annotation(line: Line, number: int = 0) -> Annotation:
    """A line as splits see it: one label for all, the picture for the video, `number` its start."""
    return Annotation(
        video=line.picture.strip(),
        label="line",
        start_seconds=float(number),
        group=None if line.group is None else line.group.strip(),
        source=None if line.source is None else line.source.strip(),
        split=line.split,
    )


def as_clips(split: LineSplit) -> Split:
    """The split as split.py's checks take it."""
    sides, number = [], 0
    for lines in split.sides.values():
        sides.append([as_annotation(line, number + place) for place, line in enumerate(lines)])
        number += len(lines)
    return Split(sides[0], sides[1], sides[2], split.how)


def _of_lines(text: str) -> str:
    for theirs, ours in WORDS:
        text = text.replace(theirs, ours)
    return text
