"""CIDEr and CIDEr-D: agreement with what people wrote, rare n-grams counting most.

Vedantam, Zitnick, Parikh 2015, *CIDEr: Consensus-based Image Description Evaluation*. A sentence
is for each n = 1 … 4 a vector g over n-grams: how often it has the n-gram, times
log(pictures / pictures whose references have it). Then, the mean over n and over references of

    CIDEr     cosine(g of the answer, g' of the reference)                            0 to 1
    CIDEr-D   10 · exp(-(l - l')² / (2 · 6²)) · min(g, g') · g' / (|g| |g'|)          0 to 10

CIDEr-D takes no more of an n-gram than the reference has, so that repeating words gains nothing;
l, l' are lengths in bigrams, as in the authors' program (which calls CIDEr-D "CIDEr"): as far apart
as in words. Both are of words as they are: the paper's plain CIDEr takes stems.

The weights need a corpus of pictures: of one picture alone every n-gram stands in every picture,
all weights are log 1 = 0 and there is no score. That is said, not scored.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kineograph.errors import InputError
from kineograph.metrics.captions.bleu import LONGEST, ngrams
from kineograph.metrics.captions.words import (
    Split,
    Words,
    caption_words,
    reference_words,
    split_all,
)

SIGMA_BIGRAMS = 6.0
TIMES = 10.0  # CIDEr-D's alone
ITSELF = "the references themselves"


@dataclass(frozen=True)
class DocumentFrequencies:
    """In how many pictures of a corpus an n-gram stands in some reference. Raises InputError.

    An n-gram that the corpus lacks counts as if one picture had it. corpus: its name, which is part
    of the score's protocol.
    """

    pictures: int
    counts: Mapping[Words, int]
    corpus: str

    def __post_init__(self) -> None:
        if self.pictures < 2:
            raise InputError(
                f"{self.corpus}: {self.pictures} picture. CIDEr weighs an n-gram by how few "
                "pictures have it, and of one picture alone it has no weights. Score it among "
                "others, or give the document frequencies of a larger corpus."
            )
        if self.counts and min(self.counts.values()) >= self.pictures:
            raise InputError(
                f"{self.corpus}: all {self.pictures} pictures have the same words, so no n-gram "
                "tells one from another and CIDEr has no weights. Give the document frequencies "
                "of a larger corpus."
            )

    @staticmethod
    def of(
        references: Iterable[Sequence[str]], corpus: str = ITSELF, split: Split = caption_words
    ) -> "DocumentFrequencies":
        """Counted from some sentences a picture."""
        counts: Counter[Words] = Counter()
        pictures = 0
        for number, sentences in enumerate(references):
            words = reference_words(number, sentences, split)
            counts.update({gram for each in words for n in _LENGTHS for gram in ngrams(each, n)})
            pictures = number + 1
        return DocumentFrequencies(pictures, counts, corpus)

    def weight(self, gram: Words) -> float:
        """The inverse document frequency, natural logarithm."""
        return math.log(self.pictures / max(1, self.counts.get(gram, 0)))


_LENGTHS = range(1, LONGEST + 1)


@dataclass(frozen=True)
class _Vector:
    """A sentence: the weights of its n-grams and their norm for each n, its length in bigrams."""

    weights: tuple[dict[Words, float], ...]
    norms: tuple[float, ...]
    bigrams: int

    @staticmethod
    def of(words: Words, frequencies: DocumentFrequencies) -> "_Vector":
        weights = tuple(
            {gram: count * frequencies.weight(gram) for gram, count in ngrams(words, n).items()}
            for n in _LENGTHS
        )
        norms = tuple(math.sqrt(sum(w * w for w in each.values())) for each in weights)
        return _Vector(weights, norms, max(0, len(words) - 1))

    def cosines(self, other: "_Vector", clipped: bool) -> float:
        """The mean over n of the cosine; `clipped`: of no more than the other has."""
        total = 0.0
        for n in range(LONGEST):
            mine, theirs = self.weights[n], other.weights[n]
            product = sum(
                (min(mine[gram], theirs[gram]) if clipped else mine[gram]) * theirs[gram]
                for gram in mine.keys() & theirs.keys()
            )
            if product:
                total += product / (self.norms[n] * other.norms[n])
        return total / LONGEST


class Consensus:
    """The references of many pictures, made ready once to score sentence after sentence.

    frequencies: a corpus's; those of the references themselves unless given. Raises InputError.
    """

    def __init__(
        self,
        references: Sequence[Sequence[str]],
        frequencies: DocumentFrequencies | None = None,
        split: Split = caption_words,
    ):
        self.references, self.split = references, split
        self.frequencies = frequencies or DocumentFrequencies.of(references, split=split)
        self._vectors: dict[int, list[_Vector]] = {}

    def cider(self, picture: int, answer: str) -> float:
        """Of an answer to the picture with this number, 0 to 1."""
        said = _Vector.of(tuple(self.split(answer)), self.frequencies)
        theirs = self._of(picture)
        return sum(said.cosines(each, clipped=False) for each in theirs) / len(theirs)

    def cider_d(self, picture: int, answer: str) -> float:
        """Of an answer to the picture with this number, 0 to 10."""
        said = _Vector.of(tuple(self.split(answer)), self.frequencies)
        theirs = self._of(picture)
        return TIMES * sum(_clipped(said, each) for each in theirs) / len(theirs)

    def _of(self, picture: int) -> list[_Vector]:
        if picture not in self._vectors:
            words = reference_words(picture, self.references[picture], self.split)
            self._vectors[picture] = [_Vector.of(each, self.frequencies) for each in words]
        return self._vectors[picture]


def _clipped(said: _Vector, reference: _Vector) -> float:
    apart = said.bigrams - reference.bigrams
    return math.exp(-(apart**2) / (2 * SIGMA_BIGRAMS**2)) * said.cosines(reference, clipped=True)


def cider(
    answers: Sequence[str],
    references: Sequence[Sequence[str]],
    frequencies: DocumentFrequencies | None = None,
    split: Split = caption_words,
) -> float:
    """Plain CIDEr, the mean over pictures, 0 to 1. Raises InputError, for one picture alone too."""
    split_all(answers, references, split)
    consensus = Consensus(references, frequencies, split)
    return sum(consensus.cider(*each) for each in enumerate(answers)) / len(answers)


def cider_d(
    answers: Sequence[str],
    references: Sequence[Sequence[str]],
    frequencies: DocumentFrequencies | None = None,
    split: Split = caption_words,
) -> float:
    """CIDEr-D, the mean over pictures, 0 to 10. Raises InputError, for one picture alone too."""
    split_all(answers, references, split)
    consensus = Consensus(references, frequencies, split)
    return sum(consensus.cider_d(*each) for each in enumerate(answers)) / len(answers)
