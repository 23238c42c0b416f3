"""The two label questions: which steps answer, what is learned, what padding may do."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from kineograph.data.batch import Batch
from kineograph.tasks import LabelClips, LabelFrames
from kineograph.tasks.label_clips import step_weights


class Fixed(nn.Module):
    """A network that answers what it was given."""

    def __init__(self, logits: torch.Tensor):
        super().__init__()
        self.logits = logits

    def forward(self, frames: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        return self.logits


def batch_of(lengths: list[int], targets: list[int], steps: int) -> Batch:
    return Batch(
        inputs=torch.zeros(len(lengths), steps, 3, 2, 2, dtype=torch.uint8),
        lengths=torch.tensor(lengths),
        targets=torch.tensor(targets),
        ids=[str(i) for i in range(len(lengths))],
    )


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("last", [[0, 0, 1, 0], [0, 0, 0, 1]]),
        ("ramp", [[1 / 6, 2 / 6, 3 / 6, 0], [0.1, 0.2, 0.3, 0.4]]),
        ("mean", [[1 / 3, 1 / 3, 1 / 3, 0], [0.25] * 4]),
    ],
)
def test_step_weights_by_hand(steps, expected):
    found = step_weights(steps, torch.tensor([3, 4]), 4)
    torch.testing.assert_close(found, torch.tensor(expected, dtype=torch.float32))


@pytest.mark.parametrize("steps", ["last", "ramp", "mean"])
def test_what_stands_after_a_clips_end_changes_nothing(steps):
    logits = torch.randn(1, 5, 3)
    other = logits.clone()
    other[:, 3:] = 99.0
    task, batch = LabelClips(steps), batch_of([3], [1], 5)
    loss, answers = task.loss(Fixed(logits), batch)
    again, answers_again = task.loss(Fixed(other), batch)
    torch.testing.assert_close(loss, again)
    np.testing.assert_allclose(answers[0], answers_again[0])


def test_the_last_steps_loss_is_plain_cross_entropy():
    logits = torch.randn(4, 3, 5)
    loss, _ = LabelClips("last").loss(Fixed(logits), batch_of([3] * 4, [0, 1, 2, 4], 3))
    expected = nn.functional.cross_entropy(logits[:, -1], torch.tensor([0, 1, 2, 4]))
    torch.testing.assert_close(loss, expected)


def test_answers_are_probabilities_and_score_counts_the_right_ones():
    logits = torch.tensor([[[0.0, math.log(3.0)]], [[2.0, 0.0]]])  # probabilities 1/4 3/4; class 0
    task, batch = LabelClips("last"), batch_of([1, 1], [1, 1], 1)
    answers = task.answer(Fixed(logits), batch)
    np.testing.assert_allclose(answers[0], [0.25, 0.75], rtol=1e-6)
    assert task.score(answers, task.truth(batch)) == {"accuracy": 0.5}


def test_every_true_frame_counts_alike_in_frame_labels():
    logits = torch.randn(2, 4, 3)
    batch = batch_of([2, 4], [0, 2], 4)
    loss, answers = LabelFrames().loss(Fixed(logits), batch)
    true_frames = torch.cat([logits[0, :2], logits[1]])
    expected = nn.functional.cross_entropy(true_frames, torch.tensor([0, 0, 2, 2, 2, 2]))
    torch.testing.assert_close(loss, expected)
    assert [a.shape for a in answers] == [(2, 3), (4, 3)]
    assert [t.tolist() for t in LabelFrames().truth(batch)] == [[0, 0], [2, 2, 2, 2]]


def test_top_three_beside_sorting_by_hand():
    rng = np.random.default_rng(0)
    answers = list(rng.dirichlet(np.ones(6), 50))
    truths = [int(truth) for truth in rng.integers(0, 6, 50)]
    expected = np.mean([t in np.argsort(a)[-3:] for a, t in zip(answers, truths, strict=True)])
    found = LabelClips().score(answers, truths)
    assert found["top3_accuracy"] == pytest.approx(expected)
    assert found["accuracy"] == np.mean(
        [a.argmax() == t for a, t in zip(answers, truths, strict=True)]
    )
    assert found["accuracy"] <= found["top3_accuracy"] < 1
    assert "top3_accuracy" not in LabelClips().score([np.array([0.2, 0.5, 0.3])], [1])
