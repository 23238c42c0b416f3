"""From what was read to figures: error rates with intervals over whole works, group by group.

Rates are pooled over lines (metrics/text.py). A text policy may be put on truth and reading before
they are compared: as printed they are compared as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kineograph.data.text import POLICIES, TextPolicy
from kineograph.metrics.intervals import Interval, bootstrap_tallies
from kineograph.metrics.labels import Numbers
from kineograph.metrics.text import (
    TextScore,
    character_edits,
    score_by,
    score_text,
    word_edits,
)
from kineograph.report.lines.answers import LineAnswer, language_helped

Reading = Literal["read", "best_path"]
MODERN = POLICIES["modern"]  # what those compare who care for words and not for print
RATES = ("cer", "wer", "exact")
KINDS = ("group", "source", "picture")  # what is drawn as a whole, the widest first


@dataclass(frozen=True)
class LineScores:
    """Lines under one text policy, and from where to where each rate may lie by chance.

    intervals: of "cer", "wer" and "exact" (the share of lines without a fault); None where fewer
    than two groups leave no spread.
    """

    text: TextScore
    intervals: Mapping[str, Interval | None]

    def rate(self, name: str) -> float | None:
        """One of RATES; None where there is nothing to read."""
        if name == "exact":
            return self.text.exact / self.text.lines if self.text.lines else None
        return self.text.cer if name == "cer" else self.text.wer


@dataclass(frozen=True)
class Scores:
    """A run's lines as read and by the best path alone, in its own spelling and in the modern one.

    best_path is None where the language model changed nothing, modern where the run's policy is it.
    """

    read: LineScores
    best_path: LineScores | None
    modern: LineScores | None
    modern_best_path: LineScores | None
    kind: str  # what the intervals draw as wholes: "group", "source", "picture" or "line"


@dataclass(frozen=True)
class GroupRow:
    """The lines of one work, writer, source or script, as read and by the best path alone."""

    name: str
    read: TextScore
    best_path: TextScore


def score_lines(
    answers: Sequence[LineAnswer],
    policy: TextPolicy | None = None,
    *,
    reading: Reading = "read",
    draws: int = 1000,
    seed: int = 0,
) -> LineScores:
    """All lines together, with 95 % intervals; whole groups are drawn, as `resampled` tells."""
    truths, reads = texts(answers, policy, reading)
    groups = resampled(answers)[1]
    tallies = _tallies(truths, reads, groups)
    return LineScores(
        score_text(truths, reads),
        {
            name: bootstrap_tallies(_share, tallies[:, place], draws=draws, seed=seed)
            if tallies[:, place, 1].any()
            else None
            for place, name in enumerate(RATES)
        },
    )


def score_run(answers: Sequence[LineAnswer], policy_name: str | None) -> Scores | None:
    """All that a report says of all lines together; None where there are none."""
    if not answers:
        return None
    differs = language_helped(answers)
    modern = None if policy_name == MODERN.name else MODERN
    return Scores(
        read=score_lines(answers),
        best_path=score_lines(answers, reading="best_path") if differs else None,
        modern=score_lines(answers, modern) if modern else None,
        modern_best_path=(
            score_lines(answers, modern, reading="best_path") if modern and differs else None
        ),
        kind=resampled(answers)[0],
    )


def texts(
    answers: Sequence[LineAnswer], policy: TextPolicy | None, reading: Reading = "read"
) -> tuple[list[str], list[str]]:
    """Truths and readings as they are, or both as a policy spells them."""
    pairs = [(answer.truth, getattr(answer, reading)) for answer in answers]
    if policy is not None:
        pairs = [(policy(truth), policy(read)) for truth, read in pairs]
    return [truth for truth, _ in pairs], [read for _, read in pairs]


def resampled(answers: Sequence[LineAnswer]) -> tuple[str, list[str]]:
    """What an interval draws as wholes: groups if all lines name one and there are two or more.

    Else sources, else pictures (pages), else the lines themselves.
    """
    for kind in KINDS:
        names = [getattr(answer, kind) for answer in answers]
        if all(names) and len(answers) > len(set(names)) > 1:
            return kind, names
    return "line", [answer.id for answer in answers]


def rows_by(answers: Sequence[LineAnswer], names: Sequence[str]) -> list[GroupRow]:
    """A row a name, the highest character error rate first; names stand beside the answers."""
    found = [score_by(*texts(answers, None, way), names) for way in ("read", "best_path")]
    rows = [GroupRow(name, found[0][name], found[1][name]) for name in found[0]]
    return sorted(rows, key=lambda row: (-(row.read.cer or 0.0), row.name))


def _tallies(truths: Sequence[str], reads: Sequence[str], groups: Sequence[str]) -> Numbers:
    """Edits and length per group, (G, 3, 2): of characters, of words, and exact of all lines."""
    names = {name: place for place, name in enumerate(sorted(set(groups)))}
    tallies = np.zeros((len(names), len(RATES), 2))
    for truth, read, group in zip(truths, reads, groups, strict=True):
        characters, words = character_edits(truth, read), word_edits(truth, read)
        tallies[names[group]] += (
            (characters.count, characters.length),
            (words.count, words.length),
            (truth == read, 1),
        )
    return tallies


def _share(summed: Numbers) -> Numbers:
    """Rates of many draws, (draws, 2) -> (draws,); a draw of groups without text counts as 0."""
    return summed[:, 0] / np.maximum(summed[:, 1], 1)
