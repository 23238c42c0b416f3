"""Answers scored: mAP over box and language, under the language scores that are told."""

from collections.abc import Sequence

import numpy as np

from kineograph.metrics.regions import DenseScore, PictureRegions, score_dense_captions
from kineograph.report.regions.answers import DescribedBox, RegionAnswer

LANGUAGE = "rouge-l"  # of the figure that people quote; METEOR, the paper's, is a Java program
EXACT = "same-words"  # a sentence is right or wrong: for scenes whose sentences follow a rule


def score_regions(answers: Sequence[RegionAnswer], language: str = LANGUAGE) -> DenseScore | None:
    """Over all pictures together; None where no picture has a true region."""
    if not any(answer.true for answer in answers):
        return None
    return score_dense_captions([_as_scored(answer) for answer in answers], language)


def _as_scored(answer: RegionAnswer) -> PictureRegions:
    return PictureRegions(
        boxes=_boxes(answer.found),
        confidences=np.array([each.confidence for each in answer.found]),
        sentences=[each.sentence for each in answer.found],
        true_boxes=_boxes(answer.true),
        true_sentences=[each.sentence for each in answer.true],
    )


def _boxes(described: Sequence[DescribedBox]) -> np.ndarray:
    return np.array([each.box for each in described], np.float64).reshape(-1, 4)
