"""Which pictures are learned from, tuned on and tested on; what is said of one goes with it.

The dealing is split.py's. A picture may have many records (questions, sentences): all of them go
to its side, so that no picture is on two.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from kineograph.data.annotation import Annotation
from kineograph.data.pictures.cache import PictureCache
from kineograph.data.split import assign_splits
from kineograph.errors import InputError, nearest

HOW = ("auto", "given", "group", "picture")
WORDS = (
    ("annotations", "pictures"),
    ("annotation", "picture"),
    ("clips", "pictures"),
    ("clip", "picture"),
    ("video file", "picture"),
    ("video", "picture"),
)


class OfPicture(Protocol):
    """A record that is about a picture."""

    @property
    def picture(self) -> str:
        """Posix path below the source root."""

    @property
    def group(self) -> str | None:
        """What must stay on one side."""

    @property
    def source(self) -> str | None:
        """Where the picture comes from; stays on one side as well."""

    @property
    def split(self) -> str | None:
        """The side that the data set's authors gave it."""


Record = TypeVar("Record", bound=OfPicture)


@dataclass(frozen=True)
class PictureSplit(Generic[Record]):
    """Three lists of records, how they were made, and what a reader must be warned of."""

    train: list[Record]
    val: list[Record]
    test: list[Record]
    how: str  # "given", "group" or "picture"
    warning: str | None = None

    @property
    def sides(self) -> dict[str, list[Record]]:
        """The lists by the names of their sides."""
        return {"train": self.train, "val": self.val, "test": self.test}


def check_how(split: str) -> None:
    """Refuse a way of splitting that is not known: InputError."""
    if split not in HOW:
        hint = nearest(split, HOW)
        raise InputError(f"split '{split}': known are {', '.join(HOW)}. {hint}".rstrip())


def split_pictures(
    records: Sequence[Record],
    how: str = "auto",
    *,
    fractions: Sequence[float] = (0.64, 0.16, 0.20),
    seed: int = 0,
) -> PictureSplit[Record]:
    """Deal records to train, val and test by their pictures, in parts near to `fractions`.

    how: "given" takes the side that each record names; "group" keeps every group, source and
    picture on one side; "picture" deals each picture by itself; "auto" is "given" if all name a
    side, else "group". The same records, fractions and seed give the same split, in whatever order
    they come; each side keeps their order. Raises InputError if there is not enough to fill the
    sides, or if a picture is given to two.
    """
    check_how(how)
    first: dict[str, Record] = {}
    for record in records:
        other = first.setdefault(record.picture, record)
        if how in ("auto", "given") and other.split != record.split:
            raise InputError(
                f"{record.picture}: given to {other.split or 'no side'} and to "
                f"{record.split or 'no side'}, and a picture has one side. Correct it, or set "
                "data.split=group."
            )
    pictures = [_as_annotation(first[name]) for name in sorted(first)]
    try:
        split = assign_splits(
            pictures, "clip" if how == "picture" else how, fractions=fractions, seed=seed
        )
    except InputError as error:
        raise InputError(_of_pictures(str(error))) from None
    side_of = {each.video: side for side, dealt in split.sides.items() for each in dealt}
    sides: dict[str, list[Record]] = {side: [] for side in split.sides}
    for record in records:
        if record.picture in side_of:
            sides[side_of[record.picture]].append(record)
    warning = _of_pictures(split.warning) if split.warning else None
    told = "picture" if split.how == "clip" else split.how
    return PictureSplit(sides["train"], sides["val"], sides["test"], told, warning)


def same_pictures(split: PictureSplit[Record], cache: PictureCache) -> list[str]:
    """Pictures of the same bytes that stand on two sides, one line for each pair of sides."""
    sides: dict[bytes, dict[str, str]] = defaultdict(dict)
    for side, records in split.sides.items():
        for picture in _named(records):
            if picture in cache:
                digest = hashlib.sha256(cache[picture].tobytes()).digest()
                sides[digest].setdefault(side, picture)
    found = []
    for same in sides.values():
        (one, first), *others = same.items()
        found += [f"{name} in {side} is {first} in {one}" for side, name in others]
    return found


def _named(records: Iterable[OfPicture]) -> list[str]:
    return list(dict.fromkeys(record.picture for record in records))


def _as_annotation(record: OfPicture) -> Annotation:
    return Annotation(
        video=record.picture,
        label="picture",
        group=record.group,
        source=record.source,
        split=record.split,
    )


def _of_pictures(text: str) -> str:
    for theirs, ours in WORDS:
        text = text.replace(theirs, ours)
    return text
