"""All caption scores of one set of answers at once, with the protocol that belongs to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from kineograph.metrics.captions.bleu import bleu
from kineograph.metrics.captions.cider import ITSELF, DocumentFrequencies, cider, cider_d
from kineograph.metrics.captions.rouge import rouge_l
from kineograph.metrics.captions.words import Split, caption_words


@dataclass(frozen=True)
class CaptionScores:
    """bleu: BLEU-1 to 4. cider: plain, 0 to 1. cider_d: 0 to 10. references: fewest and most a
    picture. corpus: whose document frequencies CIDEr was weighed by.
    """

    bleu: tuple[float, float, float, float]
    rouge_l: float
    cider: float
    cider_d: float
    pictures: int
    references: tuple[int, int]
    corpus: str


def score_captions(
    answers: Sequence[str],
    references: Sequence[Sequence[str]],
    frequencies: DocumentFrequencies | None = None,
    split: Split = caption_words,
) -> CaptionScores:
    """One answer and some references a picture. Raises InputError, for one picture alone too."""
    once = cache(split)  # every score asks for the words of the same sentences
    return CaptionScores(
        bleu=bleu(answers, references, once),
        rouge_l=rouge_l(answers, references, once),
        cider=cider(answers, references, frequencies, once),
        cider_d=cider_d(answers, references, frequencies, once),
        pictures=len(answers),
        references=(min(map(len, references)), max(map(len, references))),
        corpus=frequencies.corpus if frequencies else ITSELF,
    )
