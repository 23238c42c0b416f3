"""Dense captions: boxes and their sentences, judged together, as Johnson et al. 2016 do (§4.1).

A found region is right at a pair of thresholds if its box overlaps a true one by at least the first
(intersection over union, .3 to .7) and its sentence is nearer to that region's than the second (a
language score of 0 to .25). Average precision at each of the 30 pairs; their mean is the mAP.

- True boxes that overlap by .7 and more are first made one, their mean, with all their sentences.
- The surest region chooses first, each the true box that it overlaps most, if any; a second one
  that chooses the same is wrong, however good, and so at every threshold.
- Precision is the greatest at that recall or more, averaged over recalls 0, .01, … 1.

The paper's language score is METEOR, a Java program with a table of synonyms. Ours are named, and a
figure with one is not to be set beside a figure with another: the same threshold asks for more or
less. Boxes here are of real numbers; the paper's program counts both border pixels of a box, which
matters for small ones.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kineograph.errors import InputError
from kineograph.metrics.captions.bleu import sentence_bleu
from kineograph.metrics.captions.rouge import rouge_l
from kineograph.metrics.captions.words import caption_words

Boxes = NDArray[np.float64]
OVERLAPS = (0.3, 0.4, 0.5, 0.6, 0.7)
LIKENESSES = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25)  # a sentence must come above
MERGED = 0.7
RECALLS = np.arange(101) / 100


def _same_words(answer: str, references: Sequence[str]) -> float:
    return float(caption_words(answer) in [caption_words(each) for each in references])


LANGUAGE_SCORES: dict[str, Callable[[str, Sequence[str]], float]] = {
    "rouge-l": lambda answer, references: rouge_l([answer], [references]),
    "bleu-1": lambda answer, references: sentence_bleu(answer, references)[0],
    "bleu-4": lambda answer, references: sentence_bleu(answer, references)[3],
    "same-words": _same_words,  # 1 or 0: for drawn scenes, whose sentences follow a rule
}


@dataclass(frozen=True)
class PictureRegions:
    """One picture. boxes (N, 4), true_boxes (M, 4): left, top, right, bottom. confidences (N,)."""

    boxes: Boxes
    confidences: NDArray[np.float64]
    sentences: Sequence[str]
    true_boxes: Boxes
    true_sentences: Sequence[str]


@dataclass(frozen=True)
class DenseScore:
    """mean_ap: over all pairs; average_precision: by (overlap, likeness); box_ap: by overlap alone,
    whatever was said. truths: true regions after they were made one. language: the score's name.
    """

    mean_ap: float
    average_precision: Mapping[tuple[float, float], float]
    box_ap: Mapping[float, float]
    truths: int
    language: str


@dataclass(frozen=True)
class _Claims:
    """All found regions. free: no surer one chose the same true box."""

    confidences: NDArray[np.float64]
    overlaps: NDArray[np.float64]
    likenesses: NDArray[np.float64]
    free: NDArray[np.bool_]
    truths: int


def score_dense_captions(
    pictures: Sequence[PictureRegions], language: str = "rouge-l"
) -> DenseScore:
    """Over all pictures together. language: a name in LANGUAGE_SCORES. Raises InputError."""
    if language not in LANGUAGE_SCORES:
        names = ", ".join(LANGUAGE_SCORES)
        raise InputError(f"language score '{language}': there is none. Take one of {names}.")
    claims = _together([_claims(n, each, language) for n, each in enumerate(pictures)])
    if not claims.truths:
        raise InputError("no true region in any picture: there is nothing to find. Give some.")
    by_pair = {
        (overlap, likeness): _average_precision(
            claims, (claims.overlaps >= overlap) & (claims.likenesses > likeness)
        )
        for overlap in OVERLAPS
        for likeness in LIKENESSES
    }
    return DenseScore(
        mean_ap=float(np.mean(list(by_pair.values()))),
        average_precision=by_pair,
        box_ap={o: _average_precision(claims, claims.overlaps >= o) for o in OVERLAPS},
        truths=claims.truths,
        language=language,
    )


def overlaps(one: Boxes, other: Boxes) -> NDArray[np.float64]:
    """(N, M) intersection over union of boxes (N, 4) and (M, 4): left, top, right, bottom."""
    first = np.maximum(one[:, None, :2], other[None, :, :2])
    last = np.minimum(one[:, None, 2:], other[None, :, 2:])
    both = np.prod(np.maximum(last - first, 0), axis=2)
    area = [np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) for boxes in (one, other)]
    shared: NDArray[np.float64] = both / (area[0][:, None] + area[1][None] - both)
    return shared


def merged_truths(boxes: Boxes, sentences: Sequence[str]) -> tuple[Boxes, list[list[str]]]:
    """True boxes (M, 4) that overlap by .7 and more made one, each with all its sentences.

    The box with the most such neighbours takes them first, then of those left the next one.
    """
    near = overlaps(boxes, boxes) >= MERGED
    means, said = [], []
    while near.any():
        group = near[near.sum(axis=0).argmax()].copy()
        means.append(boxes[group].mean(axis=0))
        said.append([sentences[i] for i in np.flatnonzero(group).tolist()])
        near[group], near[:, group] = False, False
    return np.array(means).reshape(-1, 4), said


def _claims(number: int, picture: PictureRegions, language: str) -> _Claims:
    boxes = _checked(number, "found", picture.boxes, len(picture.sentences))
    given = _checked(number, "true", picture.true_boxes, len(picture.true_sentences))
    confidences = np.asarray(picture.confidences, float).reshape(-1)
    if confidences.shape != boxes.shape[:1] or np.isnan(confidences).any():
        raise InputError(
            f"picture {number}: {len(boxes)} found boxes and confidences {confidences.tolist()[:5]}"
            ": one number for each is needed."
        )
    for sentence in picture.true_sentences:
        if not caption_words(sentence):
            raise InputError(
                f"picture {number}: true sentence '{sentence}' has no word. Leave its region out."
            )
    true_boxes, true_sentences = merged_truths(given, picture.true_sentences)
    shared = overlaps(boxes, true_boxes)
    likenesses, free = np.zeros(len(boxes)), np.zeros(len(boxes), bool)
    greatest = shared.max(axis=1, initial=0.0)
    taken: set[int] = set()
    for row in np.argsort(-confidences, kind="stable").tolist():
        if greatest[row] > 0:
            chosen = int(shared[row].argmax())
            free[row] = chosen not in taken
            taken.add(chosen)
            if free[row] and greatest[row] >= min(OVERLAPS):  # else nobody asks what it says
                score = LANGUAGE_SCORES[language]
                likenesses[row] = score(picture.sentences[row], true_sentences[chosen])
    return _Claims(confidences, greatest, likenesses, free, len(true_boxes))


def _checked(number: int, kind: str, boxes: Boxes, sentences: int) -> Boxes:
    found = np.asarray(boxes, float).reshape(-1, 4) if np.size(boxes) else np.zeros((0, 4))
    if len(found) != sentences:
        raise InputError(
            f"picture {number}: {len(found)} {kind} boxes and {sentences} sentences: one for each "
            "is needed."
        )
    bad = np.flatnonzero(~(found[:, 2:] > found[:, :2]).all(axis=1))
    if len(bad):
        raise InputError(
            f"picture {number}: {kind} box {found[bad[0]].tolist()} has no area. Give left, top, "
            "right, bottom, right and bottom the greater ones."
        )
    return found


def _together(claims: list[_Claims]) -> _Claims:
    if not claims:
        raise InputError("no picture to score. Give at least one with its true regions.")
    return _Claims(
        np.concatenate([each.confidences for each in claims]),
        np.concatenate([each.overlaps for each in claims]),
        np.concatenate([each.likenesses for each in claims]),
        np.concatenate([each.free for each in claims]),
        sum(each.truths for each in claims),
    )


def _average_precision(claims: _Claims, good: NDArray[np.bool_]) -> float:
    """Of regions in the order of their confidences, those good and free right, the others wrong."""
    order = np.argsort(-claims.confidences, kind="stable")
    right = (good & claims.free)[order].cumsum()
    precision = right / np.arange(1, len(right) + 1)
    at_least = np.maximum.accumulate(precision[::-1])[::-1]  # the best from here on
    place = np.searchsorted(right / claims.truths, RECALLS - 1e-12)
    return float(np.append(at_least, 0.0)[place].mean())
