"""Picture-sentence retrieval: does each find the other among many? Recall at 1, 5, 10, median rank.

A network says how well every sentence fits every picture. Asked by a picture, a sentence is sought
(any of its own will do); asked by a sentence, its picture. A rank is 1 + how many strangers score
as high or higher: where all scores are equal nothing was found. Figures hang on how many there are
to choose from, so their number belongs to them (Hodosh et al. 2013; Karpathy & Fei-Fei 2015).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kineograph.errors import InputError

DEPTHS = (1, 5, 10)


@dataclass(frozen=True)
class Retrieved:
    """recall: at 1, 5, 10, the share of askers whose own is among so many best, 0 to 1.
    median_rank: 1 is best. askers; choices: how many each chose from.
    """

    recall: dict[int, float]
    median_rank: float
    askers: int
    choices: int


@dataclass(frozen=True)
class RetrievalScore:
    """Both ways."""

    sentences_by_picture: Retrieved
    pictures_by_sentence: Retrieved


def score_retrieval(
    scores: NDArray[np.floating], picture_of: Sequence[int] | NDArray[np.int64]
) -> RetrievalScore:
    """scores (pictures, sentences): higher fits better. picture_of (sentences,): whose each is.

    A picture without a sentence asks for nothing, and is there to choose. Raises InputError.
    """
    scores, owner = np.asarray(scores), np.asarray(picture_of, dtype=np.int64)
    if scores.ndim != 2 or owner.shape != scores.shape[1:] or not scores.size:
        raise InputError(
            f"scores {scores.shape} and {owner.shape} owners of sentences: (pictures, sentences) "
            "and (sentences,) are needed, none of them 0."
        )
    if owner.min() < 0 or owner.max() >= len(scores):
        raise InputError(
            f"picture_of goes from {owner.min()} to {owner.max()}: there are {len(scores)} "
            "pictures. Number them from 0."
        )
    if np.isnan(scores).any():
        raise InputError("a score is no number. Give -inf to a pair that fits not at all.")
    own = scores[owner, np.arange(len(owner))]  # (sentences,) each with its picture
    by_sentence = (scores >= own).sum(axis=0)  # its own among them, so 1 at best
    by_picture = []
    for picture in np.unique(owner):
        mine = owner == picture
        by_picture.append(1 + int((scores[picture, ~mine] >= own[mine].max()).sum()))
    return RetrievalScore(
        sentences_by_picture=_retrieved(np.array(by_picture), len(owner)),
        pictures_by_sentence=_retrieved(by_sentence, len(scores)),
    )


def _retrieved(ranks: NDArray[np.int64], choices: int) -> Retrieved:
    recall = {depth: float((ranks <= depth).mean()) for depth in DEPTHS}
    return Retrieved(recall, float(np.median(ranks)), len(ranks), choices)
