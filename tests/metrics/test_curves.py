"""ROC, precision-recall, CMC, calibration: scikit-learn, brute force and hand-worked cases."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    precision_recall_curve,
    roc_auc_score,
    top_k_accuracy_score,
)

from kineograph.metrics.curves import calibration, cmc, precision_recall, roc

CLASSES = ["a", "b", "c", "d"]


def drawn(n: int = 120, seed: int = 0, steps: int = 0) -> tuple[list[str], np.ndarray]:
    rng = np.random.default_rng(seed)
    truths = rng.integers(4, size=n)
    logits = rng.normal(size=(n, 4)) + 1.2 * np.eye(4)[truths]
    if steps:  # coarse logits: many ties
        logits = np.round(logits * steps) / steps
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return [CLASSES[i] for i in truths], probabilities


def test_areas_agree_with_scikit_learn():
    truths, probabilities = drawn()
    curves = roc(truths, probabilities, CLASSES)
    for average, curve in (("macro", curves.macro), ("micro", curves.micro)):
        theirs = roc_auc_score(truths, probabilities, multi_class="ovr", average=average)
        assert curve.area == pytest.approx(theirs)
        assert curve.note is None


def test_an_area_is_the_share_of_pairs_in_the_right_order():
    truths, probabilities = drawn(40, seed=1, steps=2)
    is_a = np.array(truths) == "a"
    higher = probabilities[is_a, 0][:, None] - probabilities[~is_a, 0][None]
    pairs = ((higher > 0) + 0.5 * (higher == 0)).mean()
    assert roc(truths, probabilities, CLASSES).classes[0].area == pytest.approx(pairs)


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_the_area_under_the_macro_curve_is_the_mean_area(steps):
    macro = roc(*drawn(60, seed=2, steps=steps), CLASSES).macro
    under = np.trapezoid(macro.true_positive_rate, macro.false_positive_rate)
    assert under == pytest.approx(macro.area)
    assert (np.diff(macro.true_positive_rate) >= -1e-12).all()
    assert (np.diff(macro.false_positive_rate) >= 0).all()


def test_a_class_absent_from_the_truth_says_so_and_the_macro_leaves_it_out():
    truths, probabilities = drawn()
    kept = [place for place, label in enumerate(truths) if label != "d"]
    curves = roc([truths[i] for i in kept], probabilities[kept], CLASSES)
    assert curves.classes[3].area is None
    assert "d: absent from the truth" in curves.classes[3].note
    assert curves.macro.area == pytest.approx(np.mean([c.area for c in curves.classes[:3]]))
    assert curves.macro.note == "macro: mean of 3 classes; 1 without a curve."


def test_with_one_class_in_the_truth_no_class_has_a_curve():
    curves = roc(["a", "a"], [[0.9, 0.1], [0.4, 0.6]], ["a", "b"])
    assert [curve.area for curve in curves.classes] == [None, None]
    assert "a: every truth" in curves.classes[0].note
    assert curves.macro.area is None and curves.macro.note == "macro: no class has a ROC curve."
    assert curves.micro.area is not None


@pytest.mark.parametrize("steps", [0, 2])
def test_precision_and_recall_agree_with_scikit_learn_class_by_class(steps):
    truths, probabilities = drawn(steps=steps)
    curves = precision_recall(truths, probabilities, CLASSES)
    assert [curve.label for curve in curves] == CLASSES
    for place, curve in enumerate(curves):
        is_true = np.array(truths) == curve.label
        precision, recall, _ = precision_recall_curve(is_true, probabilities[:, place])
        np.testing.assert_allclose(curve.precision, precision)
        np.testing.assert_allclose(curve.recall, recall)
        average = average_precision_score(is_true, probabilities[:, place])
        assert curve.average_precision == pytest.approx(average)
        assert curve.share == is_true.mean() and curve.note is None


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_average_precision_is_the_sum_of_steps_counted_by_hand(steps):
    """Truth: every threshold tried, one after the other."""
    truths, probabilities = drawn(50, seed=3, steps=steps)
    for place, curve in enumerate(precision_recall(truths, probabilities, CLASSES)):
        is_true = np.array(truths) == curve.label
        average, before = 0.0, 0.0
        for threshold in sorted(set(probabilities[:, place]), reverse=True):
            called = probabilities[:, place] >= threshold
            recall = (called & is_true).sum() / is_true.sum()
            average += (recall - before) * (called & is_true).sum() / called.sum()
            before = recall
        assert curve.average_precision == pytest.approx(average)


def test_precision_over_recall_of_a_hand_worked_case():
    """Sorted by probability of w: w, n, w, n. Found 1 of 2 at 1/1, 2 of 2 at 2/3."""
    writing = np.array([0.9, 0.7, 0.6, 0.2])
    probabilities = np.stack([1 - writing, writing], axis=1)
    _, curve = precision_recall(["w", "n", "w", "n"], probabilities, ["n", "w"])
    assert curve.average_precision == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    assert curve.share == 0.5
    points = set(zip(curve.recall.round(6), curve.precision.round(6), strict=True))
    assert {(1.0, 0.5), (1.0, 0.666667), (0.5, 0.5), (0.5, 1.0), (0.0, 1.0)} == points
    assert curve.recall[0] == 1.0 and curve.recall[-1] == 0.0


def test_a_class_that_is_never_true_has_no_precision_to_draw():
    truths, probabilities = drawn()
    kept = [place for place, label in enumerate(truths) if label != "d"]
    *others, absent = precision_recall([truths[i] for i in kept], probabilities[kept], CLASSES)
    assert absent.average_precision is None and "d: absent from the truth" in absent.note
    assert all(curve.average_precision is not None for curve in others)
    assert sum(curve.share for curve in others) == pytest.approx(1)


def test_cmc_agrees_with_scikit_learn_where_nothing_ties():
    truths, probabilities = drawn()
    ours = cmc(truths, probabilities, CLASSES)
    for k in (1, 2, 3):
        theirs = top_k_accuracy_score(truths, probabilities, k=k, labels=CLASSES)
        assert ours[k - 1] == pytest.approx(theirs)
    assert ours[-1] == 1


def test_tied_classes_share_their_ranks_as_the_mean_over_all_orders():
    row = np.array([0.3, 0.2, 0.2, 0.3])
    for place, label in enumerate(CLASSES):
        found = np.zeros(4)
        orders = [o for o in permutations(range(4)) if (np.diff(row[list(o)]) <= 0).all()]
        for order in orders:
            found[order.index(place) :] += 1 / len(orders)
        assert cmc([label], [row], CLASSES) == pytest.approx(found)


@given(st.permutations(range(4)), st.integers(0, 2))
@settings(max_examples=20, deadline=None)
def test_the_order_of_classes_changes_nothing(order, steps):
    truths, probabilities = drawn(50, seed=3, steps=steps)
    classes = [CLASSES[i] for i in order]
    turned = probabilities[:, list(order)]
    assert cmc(truths, turned, classes) == pytest.approx(cmc(truths, probabilities, CLASSES))
    one, other = roc(truths, turned, classes), roc(truths, probabilities, CLASSES)
    assert one.macro.area == pytest.approx(other.macro.area)
    assert one.micro.area == pytest.approx(other.micro.area)
    ours, theirs = calibration(truths, turned, classes), calibration(truths, probabilities, CLASSES)
    assert ours.brier == pytest.approx(theirs.brier)


def test_calibration_of_a_hand_worked_case():
    truths = ["a", "a", "b", "b"]
    probabilities = [[0.95, 0.05], [0.95, 0.05], [0.95, 0.05], [0.35, 0.65]]
    found = calibration(truths, probabilities, ["a", "b"])
    assert [(b.low, b.high, b.count) for b in found.bins] == [(0.6, 0.7, 1), (0.9, 1.0, 3)]
    assert found.bins[1].accuracy == pytest.approx(2 / 3)
    assert found.bins[1].confidence == pytest.approx(0.95)
    assert found.expected_error == pytest.approx(3 / 4 * (0.95 - 2 / 3) + 1 / 4 * 0.35)
    brier = (2 * 2 * 0.05**2 + 2 * 0.95**2 + 2 * 0.35**2) / 4
    assert found.brier == pytest.approx(brier)


def test_the_brier_score_agrees_with_scikit_learn():
    truths, probabilities = drawn()
    theirs = brier_score_loss(truths, probabilities, labels=CLASSES, scale_by_half=False)
    assert calibration(truths, probabilities, CLASSES).brier == pytest.approx(theirs)


def test_perfect_and_always_wrong_answers_bound_the_errors():
    perfect = calibration(["a", "b"], [[1, 0], [0, 1]], ["a", "b"])
    wrong = calibration(["b", "a"], [[1, 0], [0, 1]], ["a", "b"])
    assert (perfect.expected_error, perfect.brier) == (0, 0)
    assert (wrong.expected_error, wrong.brier) == (1, 2)


def test_what_is_no_probability_is_refused_in_words():
    with pytest.raises(ValueError, match=r"shape \(1, 3\): 1 truths and 2 classes need \(1, 2\)"):
        cmc(["a"], [[0.2, 0.3, 0.5]], ["a", "b"])
    with pytest.raises(ValueError, match="0 answers: a curve needs at least one"):
        roc([], np.empty((0, 2)), ["a", "b"])
    with pytest.raises(ValueError, match="answer 1: not all are finite"):
        cmc(["a", "a"], [[1, 0], [np.nan, 0]], ["a", "b"])
    with pytest.raises(ValueError, match=r"sum to 5.000.*Give the softmax, not the logits"):
        calibration(["a", "a"], [[1, 0], [3, 2]], ["a", "b"])
