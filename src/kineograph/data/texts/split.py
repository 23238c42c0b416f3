"""Texts dealt to sides: no text, no answer of a pair and no group stands on two of them."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

import numpy as np

from kineograph.data.deal import deal
from kineograph.data.texts.config import TextsConfig
from kineograph.data.texts.record import SIDES, TextRecord
from kineograph.errors import InputError


@dataclass(frozen=True)
class TextsSplit:
    """The records of each side, and what was done to come to them."""

    train: tuple[TextRecord, ...]
    val: tuple[TextRecord, ...]
    test: tuple[TextRecord, ...]
    how: str  # "given", "group" or "text"
    remarks: tuple[str, ...] = field(default=())

    @property
    def sides(self) -> dict[str, tuple[TextRecord, ...]]:
        """Each side by its name."""
        return {"train": self.train, "val": self.val, "test": self.test}


def same_text(text: str) -> str:
    """What two texts share that are the same but for case and white space."""
    return " ".join(text.casefold().split())


def split_texts(
    records: Sequence[TextRecord], config: TextsConfig, *, answers_apart: bool
) -> TextsSplit:
    """Deal the records; each text with its answer is kept once. Raises InputError.

    answers_apart: answers are texts, and no answer is on two sides; else they are labels, and each
    label's share is like on all sides. Where every record names its split that one is taken, and
    what is learned from gives way to what is asked about.
    """
    kept = list({(same_text(each.text), each.answer): each for each in reversed(records)}.values())
    kept.reverse()
    remarks = []
    if len(kept) < len(records):
        remarks.append(
            f"{len(records) - len(kept)} of {len(records)} stand there twice: each is kept once."
        )
    named = sum(bool(record.split) for record in kept)
    if named == len(kept):
        return _given(kept, remarks, answers_apart)
    if named:
        remarks.append(
            f"{named} of {len(kept)} texts name their split, and it is heeded where all do: all "
            "are dealt. Name it for every text, or leave the column away."
        )
    units = _units(kept, answers_apart)
    labels = {} if answers_apart else _numbered([record.answer for record in kept])
    counts = np.zeros((max(units) + 1, max(1, len(labels))))
    for unit, record in zip(units, kept, strict=True):
        counts[unit, labels.get(record.answer, 0)] += 1
    dealt = _dealt(counts, config)
    sides = [
        tuple(each for unit, each in zip(units, kept, strict=True) if dealt[unit] == number)
        for number in range(len(SIDES))
    ]
    for name, side, share in zip(SIDES, sides, config.fractions, strict=True):
        if share and not side:
            raise InputError(
                f"{len(kept)} texts in {len(counts)} parts that stay together leave none for "
                f"{name}. Give more texts, or smaller groups."
            )
    how = "group" if any(record.group for record in kept) else "text"
    train, val, test = sides
    return TextsSplit(train, val, test, how, tuple(remarks))


def _dealt(counts: np.ndarray, config: TextsConfig) -> np.ndarray:
    """The side of each unit. Units of one record are dealt label by label, which is exact."""
    rng = np.random.default_rng(config.seed)
    shares = np.array(config.fractions)
    if counts.sum(axis=1).max() > 1:
        return deal(counts, shares, rng)
    dealt = np.zeros(len(counts), dtype=np.int64)
    for column in counts.T:
        members = rng.permutation(np.flatnonzero(column))
        ends = np.round(np.cumsum(shares)[:-1] * len(members)).astype(int)
        for number, part in enumerate(np.split(members, ends)):
            dealt[part] = number
    return dealt


def _given(records: list[TextRecord], remarks: list[str], answers_apart: bool) -> TextsSplit:
    """The sides that the records name, without what a later side holds too."""
    sides: dict[str, list[TextRecord]] = {}
    seen: set[Hashable] = set()
    for name in reversed(SIDES):
        side = [record for record in records if record.split == name]
        sides[name] = [each for each in side if not seen & _keys(each, answers_apart)]
        if len(sides[name]) < len(side):
            remarks.append(
                f"{len(side) - len(sides[name])} of the {name} side stand on a side that is asked "
                "about, too: they are left out there."
            )
        seen |= {key for each in side for key in _keys(each, answers_apart)}
    if not sides["train"] or not sides["test"]:
        raise InputError(
            "split: the sides that are named have nothing to learn from, or nothing to ask about. "
            "Name train and test, or leave the column away."
        )
    train, val, test = (tuple(sides[name]) for name in SIDES)
    return TextsSplit(train, val, test, "given", tuple(remarks))


def _keys(record: TextRecord, answers_apart: bool) -> set[Hashable]:
    """What no record of another side shares with it."""
    keys: set[Hashable] = {("text", same_text(record.text))}
    if answers_apart:
        keys.add(("answer", same_text(record.answer)))
    if record.group:
        keys.add(("group", record.group))
    return keys


def _units(records: list[TextRecord], answers_apart: bool) -> list[int]:
    """The number of each record's unit: records that share a key, by however many steps."""
    parent: dict[Hashable, Hashable] = {}

    def root(key: Hashable) -> Hashable:
        while parent.setdefault(key, key) != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    keys = [sorted(_keys(record, answers_apart), key=str) for record in records]
    for first, *others in keys:
        for other in others:
            parent[root(other)] = root(first)
    roots = [root(first) for first, *_ in keys]
    numbers = _numbered(roots)
    return [numbers[each] for each in roots]


def _numbered(names: Sequence[Hashable]) -> dict[Hashable, int]:
    return {name: number for number, name in enumerate(dict.fromkeys(names))}
