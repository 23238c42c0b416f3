"""What can be said of pictures without looking, or by looking up: the figures to be beaten."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kineograph.data.captions.described import DescribedPicture
from kineograph.metrics.captions.bleu import bleu
from kineograph.metrics.captions.words import caption_words

TRIED, JUDGED_BY = 100, 300  # sentences, training pictures
LENGTHS = range(8, 15)  # words: what is shorter pays BLEU's penalty


def constant_sentence(learned: Sequence[DescribedPicture]) -> str:
    """The training sentence that, said of every picture, has the highest BLEU-4 on training ones.

    Tried are those whose pairs of words are the most usual ones, judged by evenly chosen pictures.
    """
    texts = list(dict.fromkeys(text for record in learned for text in record.sentences))
    split = {text: caption_words(text) for text in texts}
    pairs = Counter(
        pair for words in split.values() for pair in zip(words, words[1:], strict=False)
    )

    def usual(text: str) -> float:
        words = split[text]
        counts = [np.log(pairs[pair]) for pair in zip(words, words[1:], strict=False)]
        return float(np.mean(counts)) if counts else 0.0

    fit = [text for text in texts if len(split[text]) in LENGTHS] or texts
    tried = sorted(fit, key=usual, reverse=True)[:TRIED]
    judges = [record.sentences for record in learned[:: max(1, len(learned) // JUDGED_BY)]]
    return max(tried, key=lambda text: bleu([text] * len(judges), judges)[3])


def nearest_sentences(
    learned: NDArray[np.float32], asked: NDArray[np.float32], sentences: Sequence[str]
) -> list[str]:
    """For each of asked (N, D) the sentence of the learned picture (M, D) of the nearest direction,
    every feature measured in its own spread.
    """
    middle, spread = learned.mean(0), learned.std(0) + 1e-6
    ours, theirs = ((each - middle) / spread for each in (learned, asked))
    ours = ours / np.maximum(np.linalg.norm(ours, axis=1, keepdims=True), 1e-6)
    return [sentences[place] for place in (theirs @ ours.T).argmax(1)]
