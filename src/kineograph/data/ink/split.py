"""Which lines of ink are learned from, tuned on and tested on: by writer, as clips are.

The dealing is data/split.py's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kineograph.data.annotation import Annotation
from kineograph.data.ink.line import InkLine
from kineograph.data.split import assign_splits
from kineograph.errors import InputError

WORDS = (
    ("annotations", "lines"),
    ("annotation", "line"),
    ("clips", "lines"),
    ("clip", "line"),
    ("video file", "recording"),
    ("video", "recording"),
    ("the same person or place", "the same writer"),
    ("group, person, source", "group, source"),
    ("group, person or source", "group or source"),
)


@dataclass(frozen=True)
class InkSplit:
    """Three lists of lines, how they were made, and what a reader must be warned of."""

    train: list[InkLine]
    val: list[InkLine]
    test: list[InkLine]
    how: str  # "given", "group" or "line"
    warning: str | None = None

    @property
    def sides(self) -> dict[str, list[InkLine]]:
        """The lists by the names of their sides."""
        return {"train": self.train, "val": self.val, "test": self.test}


def split_ink(
    lines: Sequence[InkLine],
    how: str = "auto",
    *,
    fractions: Sequence[float] = (0.64, 0.16, 0.20),
    seed: int = 0,
) -> InkSplit:
    """Deal lines to train, val and test, in parts near to `fractions`.

    how: "given" takes the side that each line names; "group" keeps every writer and source on one;
    "line" deals each line by itself; "auto" is "given" if all lines name a side, else "group". The
    same lines, fractions and seed give the same split. Raises InputError if there is not enough.
    """
    ordered = sorted(lines, key=lambda line: line.id)
    by_name = {line.id: line for line in ordered}
    seen = [
        Annotation(
            video=line.id,
            label="line",
            group=line.group and line.group.strip(),
            source=line.source and line.source.strip(),
            split=line.split,
        )
        for line in ordered
    ]
    try:
        split = assign_splits(
            seen, "clip" if how == "line" else how, fractions=fractions, seed=seed
        )
    except InputError as error:
        raise InputError(_of_ink(str(error))) from None
    train, val, test = ([by_name[each.video] for each in side] for side in split.sides.values())
    warning = _of_ink(split.warning) if split.warning else None
    return InkSplit(train, val, test, "line" if split.how == "clip" else split.how, warning)


def _of_ink(text: str) -> str:
    for theirs, ours in WORDS:
        text = text.replace(theirs, ours)
    return text
