"""The median of ten frames' answers: the label most of them have, beside counting."""

from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from kineograph.data.batch import Batch
from kineograph.tasks import LabelByMedian, LabelClips
from kineograph.tasks.label_by_median import median_of


def pairs(writing):
    return [np.array([1 - each, each]) for each in writing]


def test_by_hand():
    found = median_of(pairs([0.9, 0.8, 0.2, 0.7, 0.6, 0.9, 0.1, 0.8, 0.3, 0.7]))
    np.testing.assert_allclose(found, [0.3, 0.7])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=11))
def test_of_two_classes_it_is_what_most_frames_say(writing):
    found = median_of(pairs(writing))
    assert found.sum() == pytest.approx(1.0)
    votes = Counter(each > 0.5 for each in writing)
    if votes[True] != votes[False] and 0.5 not in writing:
        assert (found[1] > 0.5) == (votes[True] > votes[False])


class Said(nn.Module):
    """A network that says what it was given: inputs (B, T, V) are its logits."""

    def forward(self, frames, lengths=None):
        return frames


def batch_of(logits, lengths, targets):
    inputs = torch.tensor(logits, dtype=torch.float32)
    return Batch(inputs, torch.tensor(lengths), torch.tensor(targets), ["a"] * len(targets))


def test_a_clip_is_answered_by_the_median_of_its_own_frames_and_learned_by_all():
    logits = np.log(np.array([pairs([0.9, 0.2, 0.8, 0.1]), pairs([0.1, 0.3, 0.9, 0.6])]))
    batch = batch_of(logits, [3, 4], [1, 0])
    answers = LabelByMedian().answer(Said(), batch)
    np.testing.assert_allclose(answers[0], [0.2, 0.8], atol=1e-6)  # the padding says nothing
    np.testing.assert_allclose(answers[1], [0.55, 0.45], atol=1e-6)
    assert LabelByMedian().score(answers, LabelByMedian().truth(batch)) == {"accuracy": 1.0}
    loss, _ = LabelByMedian().loss(Said(), batch)
    first = -np.log([0.9, 0.2, 0.8]).mean()
    second = -np.log([0.9, 0.7, 0.1, 0.4]).mean()
    assert loss.item() == pytest.approx((first + second) / 2, rel=1e-5)


def test_single_frames_are_answered_as_they_are():
    batch = batch_of(np.log(np.array([pairs([0.9]), pairs([0.2])])), [1, 1], [1, 0])
    for one, other in zip(
        LabelByMedian().answer(Said(), batch), LabelClips().answer(Said(), batch), strict=True
    ):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_a_smoothing_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="label_smoothing=1.5: a share"):
        LabelByMedian(label_smoothing=1.5)
