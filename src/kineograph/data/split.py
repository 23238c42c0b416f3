"""Which clips are learnt from, tuned on and tested on, so that no person or recording is on two.

A random split by clip shows a network the same people, rooms and recordings in training and
in test: 91 % on UCF101 became 76 % when that was mended. So clips that belong together are
joined into units first, and whole units are dealt to the sides.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kineograph.data.annotation import SIDES, Annotation
from kineograph.data.copies import copies_of, mirrors_of, originals
from kineograph.data.deal import Counts, deal
from kineograph.data.parts_seen import Seen, parts_seen
from kineograph.errors import InputError, nearest

WRITING_PAPER = "writing-paper-split"  # one person tested, mirrored copies with the originals
PCONVLSTM_PAPER = "pconvlstm-paper-split"  # clips at random in each class, 4 % of them left out
HOW = ("auto", "given", "group", "clip", WRITING_PAPER, PCONVLSTM_PAPER)
PCONVLSTM_SHARES = np.array([0.63, 0.23, 0.10])  # train, val, test: 96 %
JOINING = ("group", "person", "source")  # an annotation's first of these names its unit
WARNING_LINES = 3
PEOPLE_SHOWN = 12

Key = tuple[str, str]  # a column and what it says


@dataclass(frozen=True)
class Split:
    """Three lists of annotations, how they were made, and what a reader must be warned of."""

    train: list[Annotation]
    val: list[Annotation]
    test: list[Annotation]
    how: str  # "given", "group", "clip", or a paper's own: "writing-paper-split", …
    warning: str | None = None
    copies_left_out: int = 0  # mirrored or noised, of clips that are not learned from

    @property
    def sides(self) -> dict[str, list[Annotation]]:
        """The lists by the names of their sides."""
        return {"train": self.train, "val": self.val, "test": self.test}


def assign_splits(
    annotations: Sequence[Annotation],
    how: str = "auto",
    *,
    fractions: Sequence[float] = (0.64, 0.16, 0.20),
    seed: int = 0,
    test_person: str | None = None,
    tuned: bool = True,
) -> Split:
    """Deal annotations to train, val and test, in parts near to `fractions`.

    how: "given" takes the split that each annotation names; "group" keeps every group, person,
    source and video on one side; "clip" deals each annotation by itself. "auto" is "given" if
    all annotations name a split, else "group" if any names a group, person or source, else it
    deals video files. "writing-paper-split" tests one person: `test_person`, else the one with most
    annotations (of equals the first name); all others are learned from, but those that are tuned on
    if `tuned`. "pconvlstm-paper-split" deals the clips of each class at random, 63 % to train, 23 %
    to val, 10 % to test, whatever `fractions` say, and leaves out the rest. The same annotations,
    fractions and seed give the same split, in whatever order they come. Copies go where their
    originals are learned from, and nowhere else; the exception are mirrors of
    "writing-paper-split", tested where their originals are. Raises InputError if there is not
    enough to fill the sides.
    """
    if how not in HOW:
        raise InputError(f"split '{how}': known are {', '.join(HOW)}. {nearest(how, HOW)}".rstrip())
    shares = check_fractions(fractions)
    if not annotations:
        raise InputError("there are no annotations to split. Prepare the data set again.")
    ordered = sorted(annotations, key=lambda annotation: (annotation.video, annotation.id))
    if how == WRITING_PAPER:
        kept = shares if tuned else np.array([1.0, 0.0, 0.0])
        return _one_person(originals(ordered), ordered, kept, seed, test_person)
    return with_copies(_split(originals(ordered), how, shares, seed), ordered)


def _split(annotations: Sequence[Annotation], how: str, shares: Counts, seed: int) -> Split:
    if not annotations:
        raise InputError("all annotations are copies of others. Prepare the data set again.")
    if how == "given" or (how == "auto" and all(each.split for each in annotations)):
        return _given(annotations, shares, seed)
    if how == "group" or (how == "auto" and any(_named(each) for each in annotations)):
        return _by_group(annotations, shares, seed)
    if how == PCONVLSTM_PAPER:
        return _by_class(annotations, seed)
    return _by_clip(annotations, shares, seed, asked=how == "clip")


def with_copies(split: Split, annotations: Sequence[Annotation]) -> Split:
    """A split of originals, and on its training side the copies of those that stand there.

    Of "writing-paper-split" also, on its test side, mirrors.
    """
    added = copies_of(split.train, annotations)
    mirrors = mirrors_of(split.test, annotations) if split.how == WRITING_PAPER else []
    left_out = len(annotations) - len(originals(annotations)) - len(added) - len(mirrors)
    return replace(
        split,
        train=[*split.train, *added],
        test=[*split.test, *mirrors],
        copies_left_out=left_out,
    )


def check_disjoint(split: Split) -> list[str]:
    """One line for each group, person, source or video that is on more than one side.

    Of a video, windows that share no pixel are told apart.
    """
    lines = []
    parts = parts_seen(each for annotations in split.sides.values() for each in annotations)
    for column in (*JOINING, "video"):
        where: dict[str, list[str]] = defaultdict(list)
        for side, annotations in split.sides.items():
            for value in {column_of(each, column, parts) for each in annotations}:
                if value is not None:
                    where[value].append(side)
        lines += [
            f"{column} '{value}' is in {' and '.join(sides)}"
            for value, sides in sorted(where.items())
            if len(sides) > 1
        ]
    return lines


def column_of(annotation: Annotation, column: str, parts: Mapping[Seen, str]) -> str | None:
    """What an annotation says in a column; of "video", the part of it that is looked at."""
    if column == "video":
        return parts[annotation.video, annotation.window]
    return getattr(annotation, column)


def _given(annotations: Sequence[Annotation], shares: Counts, seed: int) -> Split:
    """As the annotations say; where none is marked val, whole groups of train become it."""
    sides = {side: [each for each in annotations if each.split == side] for side in SIDES}
    unsaid = sum(annotation.split is None for annotation in annotations)
    if unsaid:
        raise InputError(
            f"{unsaid} of {len(annotations)} annotations name no split. "
            f'Write train, val or test into each, or set split="group".'
        )
    for side in ("train", "test"):
        if not sides[side]:
            raise InputError(f'no annotation is marked {side}. Mark some, or set split="group".')
    warning = None
    if not sides["val"] and shares[1] > 0:
        without_test = np.array([shares[0], shares[1], 0.0]) / (shares[0] + shares[1])
        units = joined(sides["train"], _all_keys(sides["train"]))
        sides["train"], sides["val"], _ = _dealt(sides["train"], units, without_test, seed)
        warning = f"no annotation is marked val: {len(sides['val'])} marked train are used for it."
    train, val, test = (sides[side] for side in SIDES)
    return Split(train, val, test, how="given", warning=warning)


def _by_group(annotations: Sequence[Annotation], shares: Counts, seed: int) -> Split:
    """Keep together what shares anything. Where too much hangs together then, as when everyone
    fights everyone, go by the first name alone and say what is on two sides.
    """
    warnings = []
    nameless = sum(not _named(annotation) for annotation in annotations)
    if nameless:
        warnings.append(
            f"{nameless} of {len(annotations)} annotations name no group, person or source and "
            f"are split by video file: the same person or place may be on two sides."
        )
    units = joined(annotations, _all_keys(annotations))
    if len(units) < np.count_nonzero(shares):
        units = joined(annotations, _first_key(annotations))
    split = Split(*_dealt(annotations, units, shares, seed), how="group")
    shared = check_disjoint(split)
    if shared:
        left = len(shared) - WARNING_LINES
        more = [f"and {left} more"] if left > 0 else []
        warnings.append("; ".join([*shared[:WARNING_LINES], *more]) + ".")
    return Split(split.train, split.val, split.test, "group", " ".join(warnings) or None)


def _by_clip(annotations: Sequence[Annotation], shares: Counts, seed: int, *, asked: bool) -> Split:
    """Each annotation by itself if that was asked for, else each video file."""
    if asked:
        units = [[place] for place in range(len(annotations))]
        why = "the split is by clip, as asked"
    else:
        units = joined(annotations, _first_key(annotations))
        why = "no group, person or source is named, so the split is by video file"
    warning = f"{why}: the same person or place may be on two sides, and figures be too high."
    return Split(*_dealt(annotations, units, shares, seed), how="clip", warning=warning)


def _by_class(annotations: Sequence[Annotation], seed: int) -> Split:
    """Each class dealt at random by clip, as a paper did; what its shares do not name is left."""
    rng = np.random.default_rng(seed)
    train: list[Annotation] = []
    val: list[Annotation] = []
    test: list[Annotation] = []
    sides = (train, val, test)
    for label in sorted({annotation.label for annotation in annotations}):
        own = [annotation for annotation in annotations if annotation.label == label]
        counts = np.maximum(np.floor(PCONVLSTM_SHARES * len(own) + 0.5).astype(int), 1)
        counts[0] = min(counts[0], len(own) - counts[1:].sum())
        if counts[0] < 1:
            raise InputError(
                f"split '{PCONVLSTM_PAPER}': '{label}' has {len(own)} clips, and {len(counts)} "
                "are needed to learn from, to tune on and to test. Add clips, or set "
                "data.split=group."
            )
        order = rng.permutation(len(own))
        ends = np.cumsum(counts)
        for side, part in zip(sides, np.split(order, ends)[:3], strict=True):
            side.extend(own[place] for place in sorted(part))
    left = len(annotations) - sum(map(len, sides))
    warning = (
        f"{PCONVLSTM_PAPER}: clips are dealt at random within each class, 63 % learned from, 23 % "
        f"tuned on, 10 % tested, and {left} left out, since the paper's shares sum to 96 %. The "
        "same person and the same performance are on two sides: these figures are too high for "
        "people never seen. Beside them belongs data.split=given or group."
    )
    return Split(train, val, test, PCONVLSTM_PAPER, warning)


def _one_person(
    clips: Sequence[Annotation],
    annotations: Sequence[Annotation],
    shares: Counts,
    seed: int,
    asked: str | None,
) -> Split:
    """One person tested with mirrors, as a paper did; the rest learned from, or tuned on."""
    tested = _tested_person(clips, asked)
    test = [clip for clip in clips if clip.person == tested]
    train = [clip for clip in clips if clip.person != tested]
    val: list[Annotation] = []
    if shares[1] > 0:
        without_test = np.array([shares[0], shares[1], 0.0]) / (shares[0] + shares[1])
        train, val, _ = _dealt(train, joined(train, _all_keys(train)), without_test, seed)
    split = with_copies(Split(train, val, test, WRITING_PAPER), annotations)
    mirrors = len(split.test) - len(test)
    warning = (
        f"{WRITING_PAPER}: '{tested}' alone is tested, on {len(test)} samples and {mirrors} "
        "mirrored copies of them, as in the paper: these figures say little of other people. "
        "Beside them belongs kineograph crossval --by person: everyone once, and no copy."
    )
    return replace(split, warning=warning)


def _tested_person(clips: Sequence[Annotation], asked: str | None) -> str:
    """Who is tested: as asked, else the person with most clips, of equals the first by name."""
    nameless = sum(clip.person is None for clip in clips)
    if nameless or not clips:
        raise InputError(
            f"split '{WRITING_PAPER}': {nameless} of {len(clips)} clips name no person, and it "
            "tests one. Write a person into each of annotations.jsonl, or set data.split=group."
        )
    counts = Counter(str(clip.person) for clip in clips)
    if asked is not None and asked not in counts:
        raise InputError(
            f"test_person '{asked}': no clip is of this person; there are {_some(sorted(counts))}. "
            f"{nearest(asked, counts) or 'Name one of them.'}"
        )
    if len(counts) < 2:
        raise InputError(
            f"split '{WRITING_PAPER}': all clips are of '{next(iter(counts))}', and one person is "
            "tested while others are learned from. Add clips of others, or set data.split=clip."
        )
    return asked or min(counts, key=lambda name: (-counts[name], name))


def _some(names: Sequence[str]) -> str:
    more = len(names) - PEOPLE_SHOWN
    return ", ".join(names[:PEOPLE_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _named(annotation: Annotation) -> list[Key]:
    values = [(column, getattr(annotation, column)) for column in JOINING]
    return [(column, value) for column, value in values if value is not None]


def _all_keys(annotations: Sequence[Annotation]) -> Callable[[Annotation], list[Key]]:
    """What an annotation is joined to others by: all that it names, and the part of its video."""
    parts = parts_seen(annotations)
    return lambda each: [*_named(each), ("video", parts[each.video, each.window])]


def _first_key(annotations: Sequence[Annotation]) -> Callable[[Annotation], list[Key]]:
    keys = _all_keys(annotations)
    return lambda each: keys(each)[:1]


def joined(
    annotations: Sequence[Annotation], keys_of: Callable[[Annotation], list[Key]]
) -> list[list[int]]:
    """Units: positions of annotations that hang together by shared keys (union-find)."""
    parent = list(range(len(annotations)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    first_with: dict[Key, int] = {}
    for place, annotation in enumerate(annotations):
        for key in keys_of(annotation):
            parent[root(place)] = root(first_with.setdefault(key, place))
    units: dict[int, list[int]] = defaultdict(list)
    for place in range(len(annotations)):
        units[root(place)].append(place)
    return sorted(units.values())


def _dealt(
    annotations: Sequence[Annotation], units: list[list[int]], shares: Counts, seed: int
) -> tuple[list[Annotation], list[Annotation], list[Annotation]]:
    """Train, val and test. Raises InputError if there are fewer units than sides."""
    needed = np.count_nonzero(shares)
    if len(units) < needed:
        raise InputError(
            f"{len(annotations)} clips are of {len(units)} groups only (a group, person, source or "
            f"video in common), and {needed} sides need {needed}. Add clips of others, write a "
            f'split into the annotations, or set split="clip" and read the figures as too high.'
        )
    labels = sorted({annotation.label for annotation in annotations})
    counts = np.zeros((len(units), len(labels)))
    for row, unit in enumerate(units):
        for place in unit:
            counts[row, labels.index(annotations[place].label)] += 1
    sides: tuple[list[Annotation], ...] = ([], [], [])
    for unit, side in zip(units, deal(counts, shares, np.random.default_rng(seed)), strict=True):
        sides[side].extend(annotations[place] for place in unit)
    return sides[0], sides[1], sides[2]


def check_fractions(fractions: Sequence[float]) -> Counts:
    """Parts of train, val and test as an array. Raises InputError if they are not parts of 1."""
    shares = np.asarray(fractions, dtype=np.float64)
    fine = shares.shape == (3,) and shares[0] > 0 and bool((shares >= 0).all())
    if not fine or abs(shares.sum() - 1.0) > 1e-6:
        raise InputError(
            f"fractions {tuple(fractions)}: train, val, test are parts of 1, and train is not 0. "
            f"Write three numbers such as 0.64, 0.16, 0.20."
        )
    return shares
