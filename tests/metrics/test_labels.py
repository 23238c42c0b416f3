"""Scores of labels against scikit-learn, hand-worked cases and invariances."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from kineograph.metrics.labels import (
    SCORES,
    accuracy,
    balanced_accuracy,
    class_table,
    confused_pairs,
    confusion_counts,
    confusion_rates,
    label_indices,
    macro_f1,
    tallies,
)

CLASSES = ["boxing", "jogging", "running", "walking"]


def drawn(n: int = 200, seed: int = 0) -> tuple[list[str], list[str]]:
    rng = np.random.default_rng(seed)
    truths = rng.choice(CLASSES, n, p=[0.5, 0.3, 0.15, 0.05])
    wrong = rng.random(n) < 0.3
    answers = np.where(wrong, rng.choice(CLASSES, n), truths)
    return truths.tolist(), answers.tolist()


def test_a_hand_worked_case():
    truths = ["walk", "walk", "walk", "run"]
    answers = ["walk", "walk", "run", "run"]
    assert accuracy(truths, answers) == 3 / 4
    assert balanced_accuracy(truths, answers) == pytest.approx((2 / 3 + 1) / 2)
    assert macro_f1(truths, answers) == pytest.approx((4 / 5 + 2 / 3) / 2)
    counts = confusion_counts(truths, answers, ["run", "walk"])
    assert counts.tolist() == [[1, 0], [1, 2]]  # rows true
    assert confusion_rates(counts).tolist() == [[1, 0], [1 / 3, 2 / 3]]


def test_scores_agree_with_scikit_learn():
    truths, answers = drawn()
    assert accuracy(truths, answers) == pytest.approx(sk.accuracy_score(truths, answers))
    assert balanced_accuracy(truths, answers) == pytest.approx(
        sk.balanced_accuracy_score(truths, answers)
    )
    assert macro_f1(truths, answers) == pytest.approx(sk.f1_score(truths, answers, average="macro"))
    counts = confusion_counts(truths, answers, CLASSES)
    assert (counts == sk.confusion_matrix(truths, answers, labels=CLASSES)).all()


def test_the_class_table_agrees_with_scikit_learn():
    truths, answers = drawn(seed=1)
    table = class_table(confusion_counts(truths, answers, CLASSES), CLASSES)
    report = sk.classification_report(truths, answers, labels=CLASSES, output_dict=True)
    for row in [*table.rows, table.macro, table.weighted]:
        theirs = report[
            {"macro": "macro avg", "weighted": "weighted avg"}.get(row.label, row.label)
        ]
        ours = [row.precision, row.recall, row.f1, row.support]
        assert ours == pytest.approx(
            [theirs[key] for key in ("precision", "recall", "f1-score", "support")]
        )
    assert table.accuracy == pytest.approx(report["accuracy"])
    assert table.notes == []


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_the_order_of_classes_and_answers_changes_no_score(data):
    pairs = data.draw(
        st.lists(st.tuples(st.sampled_from(CLASSES), st.sampled_from(CLASSES)), min_size=1)
    )
    mixed = data.draw(st.permutations(pairs))
    classes = data.draw(st.permutations(CLASSES))
    for score in SCORES.values():
        one = score(tallies(confusion_counts(*zip(*pairs, strict=True), CLASSES)))
        other = score(tallies(confusion_counts(*zip(*mixed, strict=True), classes)))
        assert float(one) == pytest.approx(float(other))
        assert 0 <= one <= 1


def test_renaming_the_classes_changes_no_score():
    truths, answers = drawn(seed=2)
    new = dict(zip(CLASSES, reversed(CLASSES), strict=True))
    renamed = [new[t] for t in truths], [new[a] for a in answers]
    for score in (accuracy, balanced_accuracy, macro_f1):
        assert score(truths, answers) == pytest.approx(score(*renamed))


def test_a_class_that_nobody_saw_changes_no_mean():
    truths, answers = drawn(seed=3)
    table = class_table(confusion_counts(truths, answers, CLASSES), CLASSES)
    more = class_table(
        confusion_counts(truths, answers, [*CLASSES, "jumping"]), [*CLASSES, "jumping"]
    )
    assert more.macro == table.macro and more.weighted == table.weighted
    assert (more.rows[-1].precision, more.rows[-1].recall, more.rows[-1].f1) == (None, None, None)
    assert more.notes == ["jumping: neither in the truth nor answered; it counts in no mean."]


def test_a_class_absent_from_the_truth_is_said():
    counts = confusion_counts(["a", "a"], ["a", "b"], ["a", "b"])
    table = class_table(counts, ["a", "b"])
    assert table.rows[1].recall is None and table.rows[1].precision == 0 and table.rows[1].f1 == 0
    assert table.notes == ["b: not in the truth, so no recall; answered 1 times."]
    assert table.macro.recall == balanced_accuracy(["a", "a"], ["a", "b"]) == 0.5
    assert confusion_rates(counts)[1].tolist() == [0, 0]


def test_a_class_never_answered_does_not_flatter():
    table = class_table(confusion_counts(["a", "a", "b"], ["a", "a", "a"], ["a", "b"]), ["a", "b"])
    assert table.macro.precision == pytest.approx((2 / 3 + 0) / 2)
    assert table.notes == ["b: never answered; its precision is counted as 0."]


def test_one_class_only_is_all_right_or_all_wrong():
    assert accuracy(["a"], ["a"]) == balanced_accuracy(["a"], ["a"]) == macro_f1(["a"], ["a"]) == 1
    assert accuracy(["a"], ["b"]) == balanced_accuracy(["a"], ["b"]) == macro_f1(["a"], ["b"]) == 0


def test_frequent_mistakes_come_first():
    counts = np.array([[5, 3, 0], [1, 8, 1], [0, 0, 2]])
    assert confused_pairs(counts, ["a", "b", "c"], most=2) == [
        ("a", "b", 3, 3 / 8),
        ("b", "a", 1, 1 / 10),
    ]


def test_what_cannot_be_scored_is_refused_in_words():
    with pytest.raises(ValueError, match="0 answers: a score needs at least one"):
        accuracy([], [])
    with pytest.raises(ValueError, match="0 answers: a table needs at least one"):
        class_table(np.zeros((2, 2), dtype=np.int64), ["a", "b"])
    with pytest.raises(ValueError, match="2 truths, 1 answers: one answer to each truth"):
        confusion_counts(["a", "b"], ["a"], ["a", "b"])
    with pytest.raises(ValueError, match="'b' is not among the 1 classes. Add it"):
        confusion_counts(["a"], ["b"], ["a"])
    with pytest.raises(ValueError, match="'a' stands twice"):
        label_indices(["a"], ["a", "b", "a"])
