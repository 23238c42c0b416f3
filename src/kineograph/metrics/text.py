"""How far a text that was read is from what stands there: edits, error rates, confused characters.

    truth   w i r   l e ſ e n        character error rate (CER): edits / characters that stand there
    read    w i r   l e f e n        1 / 9: one substitution, ſ read as f

Rates are pooled: the edits of all lines over the characters of all lines, not a mean of lines, so
that a short line counts for what it is. A rate may be above 1. Word error rates (WER) are the same
over words, which are what white space separates; punctuation stays with its word. Both are of the
text as it is given: whoever normalises says so beside the figure.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein

from kineograph.metrics.intervals import Interval, bootstrap_interval

NOTHING = ""  # what stands for a character that was put in, or that was left out


@dataclass(frozen=True)
class Edits:
    """Least changes that turn what was read into the truth, and what there was to read.

    Their number is certain; where several least ways exist, the kinds are those of one of them.
    """

    substitutions: int
    insertions: int  # read, but not there
    deletions: int  # there, but not read
    length: int  # of the truth

    @property
    def count(self) -> int:
        """All of them."""
        return self.substitutions + self.insertions + self.deletions

    @property
    def rate(self) -> float | None:
        """Edits a unit of truth; None where nothing stands there, whatever was read."""
        return self.count / self.length if self.length else None

    def __add__(self, other: "Edits") -> "Edits":
        return Edits(
            self.substitutions + other.substitutions,
            self.insertions + other.insertions,
            self.deletions + other.deletions,
            self.length + other.length,
        )


NO_EDITS = Edits(0, 0, 0, 0)


@dataclass(frozen=True)
class TextScore:
    """Of many lines together."""

    characters: Edits
    words: Edits
    lines: int
    exact: int  # lines read without a fault

    @property
    def cer(self) -> float | None:
        """Character error rate."""
        return self.characters.rate

    @property
    def wer(self) -> float | None:
        """Word error rate."""
        return self.words.rate


@dataclass(frozen=True)
class Confusion:
    """A character that was read as another; `NOTHING` where one was left out or put in."""

    truth: str
    read: str
    count: int
    of: int  # how often the truth stands there; 0 for what was put in


def character_edits(truth: str, read: str) -> Edits:
    """By code points, as they are given."""
    return _edits(truth, read)


def word_edits(truth: str, read: str) -> Edits:
    """By words."""
    return _edits(truth.split(), read.split())


def score_text(truths: Sequence[str], reads: Sequence[str]) -> TextScore:
    """All lines pooled. Raises ValueError where there are not as many of both."""
    pairs = _pairs(truths, reads)
    return TextScore(
        characters=sum((character_edits(*pair) for pair in pairs), NO_EDITS),
        words=sum((word_edits(*pair) for pair in pairs), NO_EDITS),
        lines=len(pairs),
        exact=sum(truth == read for truth, read in pairs),
    )


def score_by(
    truths: Sequence[str], reads: Sequence[str], groups: Sequence[str]
) -> dict[str, TextScore]:
    """The lines of each group, a work or a writer, by its name, in the order of names."""
    members: dict[str, list[tuple[str, str]]] = {}
    for group, pair in zip(groups, _pairs(truths, reads), strict=True):
        members.setdefault(group, []).append(pair)
    return {
        group: score_text([truth for truth, _ in lines], [read for _, read in lines])
        for group, lines in sorted(members.items())
    }


def cer_interval(
    truths: Sequence[str],
    reads: Sequence[str],
    groups: Sequence[Hashable],
    *,
    draws: int = 1000,
    seed: int = 0,
) -> Interval | None:
    """Of the pooled CER, whole groups drawn; None for fewer than two groups, or without text."""
    edits = [character_edits(*pair) for pair in _pairs(truths, reads)]
    counts = np.array([each.count for each in edits])
    lengths = np.array([each.length for each in edits])
    if not lengths.sum():
        return None

    def rate(places: np.ndarray) -> float:
        return float(counts[places].sum() / max(int(lengths[places].sum()), 1))

    return bootstrap_interval(rate, groups, draws=draws, seed=seed)


def confusions(truths: Sequence[str], reads: Sequence[str]) -> list[Confusion]:
    """Every pair of characters that was confused, the most frequent first.

    Where several least ways to mend a line exist, one of them is counted.
    """
    pairs = _pairs(truths, reads)
    counted: Counter[tuple[str, str]] = Counter()
    for truth, read in pairs:
        counted.update(_confused(truth, read))
    stands: Mapping[str, int] = Counter(character for truth, _ in pairs for character in truth)
    return [
        Confusion(truth, read, count, stands.get(truth, 0))
        for (truth, read), count in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    ]


def _confused(truth: str, read: str) -> Iterable[tuple[str, str]]:
    for edit in Levenshtein.editops(truth, read):
        match edit.tag:
            case "replace":
                yield truth[edit.src_pos], read[edit.dest_pos]
            case "delete":
                yield truth[edit.src_pos], NOTHING
            case _:
                yield NOTHING, read[edit.dest_pos]


def _edits(truth: Sequence[str], read: Sequence[str]) -> Edits:
    tags = Counter(edit.tag for edit in Levenshtein.editops(truth, read))
    return Edits(tags["replace"], tags["insert"], tags["delete"], len(truth))


def _pairs(truths: Sequence[str], reads: Sequence[str]) -> list[tuple[str, str]]:
    if len(truths) != len(reads):
        raise ValueError(
            f"{len(truths)} lines stand there, {len(reads)} were read: one for each is needed. "
            "Give an empty text for a line that could not be read."
        )
    return list(zip(truths, reads, strict=True))
