"""The task of describing regions: its losses teach all parts, its score is worked by hand."""

import numpy as np
import pytest
import torch

from kineograph.data.regions.batch import RegionBatch
from kineograph.data.words import END
from kineograph.tasks.describe_regions import Described, DescribeRegions
from tests.nets.test_dense_caption import small_network


def batch_of_two() -> RegionBatch:
    draw = torch.Generator().manual_seed(0)
    return RegionBatch(
        torch.randint(0, 255, (2, 3, 32, 32), dtype=torch.uint8, generator=draw),
        torch.tensor([[[2.0, 2, 14, 14], [16, 16, 30, 28]], [[8, 4, 24, 20], [0, 0, 0, 0]]]),
        torch.tensor([[[4, 5, END], [6, END, 0]], [[7, 8, END], [0, 0, 0]]]),
        torch.tensor([2, 1]),
        ["a", "b"],
    )


def test_every_weight_learns_from_the_five_losses():
    network = small_network().train()
    loss, answers = DescribeRegions().loss(network, batch_of_two())
    loss.backward()
    assert loss.isfinite() and len(answers) == 2
    still = [name for name, p in network.named_parameters() if p.grad is None]
    assert not still


def test_a_few_steps_lower_the_loss_and_words_are_learned():
    network, batch = small_network().train(), batch_of_two()
    task = DescribeRegions(box_weight=1, confidence_weight=1)
    optimiser = torch.optim.Adam(network.parameters(), 1e-2)
    losses = []
    for _ in range(25):
        optimiser.zero_grad()
        loss, _ = task.loss(network, batch)
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert np.mean(losses[-5:]) < 0.6 * losses[0]


def test_what_is_judged_without_learning_is_the_same_twice():
    network, batch = small_network(), batch_of_two()
    with torch.inference_mode():
        first, second = (DescribeRegions().loss(network, batch)[0] for _ in range(2))
    assert float(first) == float(second)


def test_truth_is_what_was_given_and_answers_are_sentences_of_each_box():
    task, batch = DescribeRegions(beam=2, longest=3), batch_of_two()
    truth = task.truth(batch)
    assert truth[0].words == [[4, 5], [6]] and truth[1].boxes.tolist() == [[8, 4, 24, 20]]
    for answer in task.answer(small_network(), batch):
        assert len(answer.boxes) == len(answer.confidences) == len(answer.words) > 0
        assert all(len(words) <= 3 and min(words, default=9) > 3 for words in answer.words)


def test_the_score_is_the_share_of_true_boxes_met_by_half():
    truth = Described(np.array([[0.0, 0, 10, 10], [20, 20, 30, 30]]), np.ones(2), [])
    half = Described(np.array([[0.0, 0, 10, 5], [20, 20, 30, 24]]), np.ones(2), [])
    none = Described(np.zeros((0, 4)), np.ones(0), [])
    score = DescribeRegions().score
    assert score([half], [truth])["box_recall"] == 0.5  # overlaps of 0.5 and 0.4
    assert score([truth, none], [truth, truth])["box_recall"] == 0.5


def test_weights_below_zero_are_refused():
    with pytest.raises(ValueError, match="words_weight=-1: 0 or more"):
        DescribeRegions(words_weight=-1)
