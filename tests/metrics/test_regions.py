"""Dense captions: mAP against plain loops, by hand, and what must not change it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.errors import InputError
from kineograph.metrics.captions.rouge import rouge_l
from kineograph.metrics.regions import (
    LANGUAGE_SCORES,
    LIKENESSES,
    OVERLAPS,
    PictureRegions,
    merged_truths,
    overlaps,
    score_dense_captions,
)

WORDS = ["red", "cat", "dog", "on", "grass"]


def iou(a, b) -> float:
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    both = max(wide, 0) * max(high, 0)
    area = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return both / (area - both)


def drawn(seed: int) -> PictureRegions:
    rng = np.random.default_rng(seed)

    def boxes(count):
        corner = rng.integers(0, 12, (count, 2))
        return np.c_[corner, corner + rng.integers(2, 9, (count, 2))].astype(float)

    def sentences(count):
        return [" ".join(rng.choice(WORDS, rng.integers(1, 4))) for _ in range(count)]

    truths, guesses = boxes(int(rng.integers(1, 5))), boxes(int(rng.integers(0, 4)))
    near = truths + rng.integers(0, 2, truths.shape) * [0, 0, 1, 1]
    found = np.r_[guesses, near]
    said = sentences(len(truths))
    return PictureRegions(
        found,
        rng.permutation(len(found)) + seed % 7 / 10,  # no two equal in a picture
        [*sentences(len(guesses)), *said],
        truths,
        [said[i] if rng.random() < 0.6 else sentences(1)[0] for i in range(len(truths))],
    )


def by_loops(pictures) -> tuple[float, float]:
    """mAP and the mean AP of boxes alone, as the paper's program goes about it."""
    records, truths = [], 0
    for picture in pictures:
        boxes, texts = merged_truths(picture.true_boxes, picture.true_sentences)
        truths += len(boxes)
        used = set()
        for i in sorted(range(len(picture.boxes)), key=lambda i: -picture.confidences[i]):
            best, which = 0.0, None
            for j, box in enumerate(boxes):
                if iou(picture.boxes[i], box) > best:
                    best, which = iou(picture.boxes[i], box), j
            free = which is not None and which not in used
            used.add(which)
            like = rouge_l([picture.sentences[i]], [texts[which]]) if which is not None else 0.0
            records.append((picture.confidences[i], best, like, free))
    records.sort(key=lambda record: -record[0])

    def average_precision(overlap, likeness):
        right, points = 0, []
        for place, (_, best, like, free) in enumerate(records, 1):
            right += free and best >= overlap and like > likeness
            points.append((right / truths, right / place))
        reached = [
            max((p for r, p in points if r >= t / 100 - 1e-9), default=0.0) for t in range(101)
        ]
        return sum(reached) / 101

    every = [average_precision(o, s) for o in OVERLAPS for s in LIKENESSES]
    return float(np.mean(every)), float(np.mean([average_precision(o, -1) for o in OVERLAPS]))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=3, unique_by=lambda seed: seed % 7))
def test_mean_ap_is_that_of_plain_loops(seeds):
    pictures = [drawn(seed) for seed in seeds]
    found = score_dense_captions(pictures)
    whole, boxes = by_loops(pictures)
    assert found.mean_ap == pytest.approx(whole)
    assert np.mean(list(found.box_ap.values())) == pytest.approx(boxes)
    assert len(found.average_precision) == 30 and found.language == "rouge-l"
    assert np.mean(list(found.average_precision.values())) == pytest.approx(whole)
    for (overlap, likeness), ap in found.average_precision.items():
        assert ap <= found.box_ap[overlap] + 1e-12, "words can only take away"
        assert likeness == 0 or ap <= found.average_precision[overlap, 0.0] + 1e-12


@given(st.integers(0, 10**6))
def test_overlaps_by_definition(seed):
    picture = drawn(seed)
    found = overlaps(picture.boxes, picture.true_boxes)
    for i, j in np.ndindex(found.shape):
        assert found[i, j] == pytest.approx(iou(picture.boxes[i], picture.true_boxes[j]))


def one(boxes, confidences, sentences, true_boxes, true_sentences) -> PictureRegions:
    return PictureRegions(
        np.array(boxes, float), np.array(confidences), sentences,
        np.array(true_boxes, float), true_sentences,
    )  # fmt: skip


A, B, HALF_A = [0, 0, 10, 10], [20, 0, 30, 10], [0, 0, 5, 10]


def test_by_hand():
    truth = ([A, B], ["a red cat", "a blue dog"])
    assert score_dense_captions([one([A, B], [2, 1], truth[1], *truth)]).mean_ap == 1.0
    # the first wrong, the second right: recall .5 at precision 1/2, so 51 of 101 recalls have 1/2
    late = score_dense_captions([one([[50, 50, 60, 60], A], [2, 1], truth[1][::-1], *truth)])
    assert late.average_precision[0.7, 0.25] == pytest.approx(51 / 101 / 2)
    # overlap .5: right at three of five thresholds
    half = score_dense_captions([one([HALF_A], [1], ["a red cat"], [A], ["a red cat"])])
    assert half.mean_ap == pytest.approx(3 / 5) and half.box_ap[0.6] == 0.0
    # wrong words in the right box
    dumb = score_dense_captions([one([A], [1], ["sky"], [A], ["a red cat"])])
    assert dumb.mean_ap == 0.0 and dumb.box_ap[0.7] == 1.0
    # same-words asks for all of them
    near = one([A], [1], ["a red hat"], [A], ["a red cat"])
    assert score_dense_captions([near], "same-words").mean_ap == 0.0
    assert score_dense_captions([near], "bleu-1").mean_ap == 1.0
    exact = replace(near, sentences=["A red cat."])
    assert score_dense_captions([exact], "same-words").mean_ap == 1.0


def test_the_surest_takes_the_true_box_even_if_it_says_nonsense():
    found = one([A, A], [2, 1], ["sky", "a red cat"], [A], ["a red cat"])
    assert score_dense_captions([found]).mean_ap == 0.0
    first = replace(found, confidences=np.array([1, 2]))
    assert score_dense_captions([first]).mean_ap == 1.0


def test_what_overlaps_nothing_takes_no_true_box():
    stray = one([[50, 50, 60, 60], A], [2, 1], ["sky", "a red cat"], [A], ["a red cat"])
    assert score_dense_captions([stray]).mean_ap == pytest.approx(1 / 2)


def test_true_boxes_that_nearly_agree_are_one_with_all_sentences():
    boxes = np.array([A, [0, 0, 10, 9], B, [0, 0, 10, 8]], float)
    merged, said = merged_truths(boxes, ["one", "two", "three", "four"])
    assert merged.tolist() == [[0, 0, 10, 9], [20, 0, 30, 10]]
    assert said == [["one", "two", "four"], ["three"]]
    found = one([A], [1], ["two"], boxes[:2].tolist(), ["one", "two"])
    score = score_dense_captions([found])
    assert (score.truths, score.mean_ap) == (1, 1.0)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_order_place_and_size_change_nothing(seed):
    picture = drawn(seed)
    found = score_dense_captions([picture]).mean_ap
    order = np.random.default_rng(seed).permutation(len(picture.boxes))
    turned = replace(
        picture,
        boxes=picture.boxes[order],
        confidences=picture.confidences[order] * 3,
        sentences=[picture.sentences[i] for i in order],
    )
    assert score_dense_captions([turned]).mean_ap == pytest.approx(found)
    moved = replace(picture, boxes=picture.boxes * 4 + 8, true_boxes=picture.true_boxes * 4 + 8)
    assert score_dense_captions([moved]).mean_ap == pytest.approx(found)


def test_pictures_without_anything_found_or_true_count():
    nothing = one(np.zeros((0, 4)), [], [], [A], ["a red cat"])
    assert score_dense_captions([nothing]).mean_ap == 0.0
    right = one([A], [1], ["a red cat"], [A], ["a red cat"])
    assert score_dense_captions([right, nothing]).average_precision[0.3, 0.0] == pytest.approx(
        51 / 101
    )
    empty = one([A], [2], ["a red cat"], np.zeros((0, 4)), [])
    assert score_dense_captions([right, empty]).mean_ap == pytest.approx(1 / 2)


@pytest.mark.parametrize("name", LANGUAGE_SCORES)
def test_every_language_score_is_1_of_the_same_and_0_of_the_other(name):
    score = LANGUAGE_SCORES[name]
    assert score("a red cat on grass", ["some sky", "a red cat on grass"]) == pytest.approx(1)
    assert score("two dogs", ["a red cat on grass"]) == 0.0


@pytest.mark.parametrize(
    ("picture", "language", "words"),
    [
        (one([A], [1], ["a"], [A], ["a"]), "meteor", "score 'meteor': there is none. Take one of"),
        (one([A], [1], ["a"], np.zeros((0, 4)), []), "rouge-l", "no true region in any picture"),
        (one([A], [1], [], [A], ["a"]), "rouge-l", "picture 0: 1 found boxes and 0 sentences"),
        (one([A], [1], ["a"], [A], []), "rouge-l", "picture 0: 1 true boxes and 0 sentences"),
        (one([A], [1, 2], ["a"], [A], ["a"]), "rouge-l", "1 found boxes and confidences"),
        (one([[9, 0, 5, 5]], [1], ["a"], [A], ["a"]), "rouge-l", "has no area. Give left, top"),
        (one([A], [1], ["a"], [A], ["..."]), "rouge-l", "true sentence '...' has no word"),
    ],
)
def test_what_cannot_be_scored_is_said(picture, language, words):
    with pytest.raises(InputError, match=words):
        score_dense_captions([picture], language)


def test_no_picture_is_said():
    with pytest.raises(InputError, match="no picture to score"):
        score_dense_captions([])
