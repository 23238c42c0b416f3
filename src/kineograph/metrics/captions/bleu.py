"""BLEU-1 to BLEU-4: how many of the answer's n-grams stand in a reference (Papineni et al. 2002).

    BLEU-N = exp(min(0, 1 - r / c)) · (p_1 · … · p_N) ** (1 / N)

p_n: of all n-grams of all answers the share that stands in a reference of its picture, each counted
no more often than in the reference that has it most. c: words of all answers. r: words of the
references nearest in length, of two equally near the shorter one. Nothing is smoothed: where no
n-gram is right, the score is 0.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kineograph.metrics.captions.words import Split, Words, caption_words, split_all

LONGEST = 4
Four = tuple[float, float, float, float]


@dataclass(frozen=True)
class _Counts:
    """right and all: n-grams of each length; said and wanted: words of answer and reference."""

    right: tuple[int, ...]
    all: tuple[int, ...]
    said: int
    wanted: int


def bleu(
    answers: Sequence[str], references: Sequence[Sequence[str]], split: Split = caption_words
) -> Four:
    """BLEU-1 to 4 of all pictures together, 0 to 1: n-grams are pooled, not scores averaged.

    references: some sentences a picture. Raises InputError.
    """
    return _score([_counts(*pair) for pair in split_all(answers, references, split)])


def sentence_bleu(answer: str, references: Sequence[str], split: Split = caption_words) -> Four:
    """BLEU-1 to 4 of one picture. BLEU-4 is 0 of most sentences: judge many by `bleu`."""
    return bleu([answer], [references], split)


def _counts(answer: Words, references: list[Words]) -> _Counts:
    right, every = [], []
    for n in range(1, LONGEST + 1):
        said = ngrams(answer, n)
        most: Counter[Words] = Counter()
        for reference in references:
            most |= ngrams(reference, n)
        right.append((said & most).total())
        every.append(said.total())
    lengths = [len(reference) for reference in references]
    wanted = min(lengths, key=lambda length: (abs(length - len(answer)), length))
    return _Counts(tuple(right), tuple(every), len(answer), wanted)


def _score(counts: list[_Counts]) -> Four:
    said, wanted = sum(each.said for each in counts), sum(each.wanted for each in counts)
    if not said:
        return 0.0, 0.0, 0.0, 0.0
    log, scores = min(0.0, 1 - wanted / said), []
    logs = 0.0
    for n in range(LONGEST):
        right, every = sum(each.right[n] for each in counts), sum(each.all[n] for each in counts)
        logs += math.log(right / every) if right else -math.inf
        scores.append(math.exp(log + logs / (n + 1)))
    one, two, three, four = scores
    return one, two, three, four


def ngrams(words: Words, n: int) -> Counter[Words]:
    """How often each run of n words stands there."""
    return Counter(words[i : i + n] for i in range(len(words) - n + 1))
