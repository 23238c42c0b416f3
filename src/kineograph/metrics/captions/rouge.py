"""ROUGE-L: the longest common subsequence of an answer and a reference (Lin 2004).

    P = LCS / words of the answer      R = LCS / words of the reference
    ROUGE-L = (1 + β²) P R / (R + β² P),  β = 1.2

As caption evaluation has it: P and R are each the greatest over the references, which may be two
different ones, and the score of many pictures is the mean.
"""

from collections.abc import Sequence

from kineograph.metrics.captions.words import Split, Words, caption_words, split_all

BETA = 1.2


def rouge_l(
    answers: Sequence[str], references: Sequence[Sequence[str]], split: Split = caption_words
) -> float:
    """The mean over pictures, 0 to 1. references: some sentences a picture. Raises InputError."""
    pairs = split_all(answers, references, split)
    return sum(_score(*pair) for pair in pairs) / len(pairs)


def _score(answer: Words, references: list[Words]) -> float:
    common = [_common(answer, reference) for reference in references]
    if not any(common):
        return 0.0
    precision = max(common) / len(answer)
    recall = max(c / len(words) for c, words in zip(common, references, strict=True))
    return (1 + BETA**2) * precision * recall / (recall + BETA**2 * precision)


def _common(one: Words, other: Words) -> int:
    """The length of the longest common subsequence, row by row."""
    row = [0] * (len(other) + 1)
    for word in one:
        above = row
        row = [0]
        for place, against in enumerate(other):
            longer = above[place] + 1 if word == against else max(above[place + 1], row[-1])
            row.append(longer)
    return row[-1]
