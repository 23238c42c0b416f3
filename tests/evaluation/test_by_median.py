"""A single-frame run through a median filter, beside the task that asks so from the start."""

from dataclasses import replace

import numpy as np
import pytest

from kineograph.evaluation.by_median import by_median
from kineograph.report.answers import Answer
from kineograph.report.by_kind import right_by_kind


def frames(writing, truth="writing", **more):
    answers = ["writing" if each > 0.5 else "not" for each in writing]
    shares = {"writing": writing, "not": [1 - each for each in writing]}
    own = {"id": "a", "video": "v"} | more
    return Answer(truth=[truth] * 10, answer=answers, probabilities=shares, **own)


def test_ten_frames_become_one_second_by_hand():
    (found,) = by_median([frames([0.9, 0.8, 0.2, 0.7, 0.6, 0.9, 0.1, 0.8, 0.3, 0.7])], tie="not")
    assert (found.truth, found.answer) == ("writing", "writing")
    assert found.probabilities["writing"] == pytest.approx(0.7)
    (other,) = by_median([frames([0.4] * 6 + [0.99] * 4)], tie="not")
    assert other.answer == "not"
    assert by_median([found], tie="not") == [found], "what is one answer already stays"


@pytest.mark.parametrize(
    ("writing", "tie", "truth"),
    [(6, "not", "writing"), (5, "not", "not"), (5, "writing", "writing")],
)
def test_the_truth_of_a_second_is_that_of_most_of_its_frames(writing, tie, truth):
    mixed = replace(frames([0.9] * 10), truth=["writing"] * writing + ["not"] * (10 - writing))
    assert by_median([mixed], tie=tie)[0].truth == truth


def test_rights_are_counted_by_kind():
    rng = np.random.default_rng(0)
    answers = [frames(list(rng.random(10)), id=str(n), video="xyz"[n % 3]) for n in range(9)]
    found = right_by_kind(answers, lambda each: None if each.video == "z" else each.video)
    assert list(found) == ["x", "y"] and found["x"][1] == 30
    for kind in "xy":
        said = [a == "writing" for each in answers if each.video == kind for a in each.answers]
        assert found[kind][0] == pytest.approx(np.mean(said))
