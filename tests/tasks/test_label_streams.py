"""Streams learn each by itself: their losses, gradients and answers against each alone."""

import numpy as np
import pytest
import torch

from kineograph.data.batch import Batch
from kineograph.errors import InputError
from kineograph.nets.models import LRCNConfig, TwoStreamConfig
from kineograph.nets.models.two_stream import OneStream
from kineograph.recipes import RECIPES, change
from kineograph.tasks import LabelClips, LabelStreams

TINY = LRCNConfig(filters=(4,), pools=(4,), units=5, dropout=0.0)


@pytest.fixture
def network():
    torch.manual_seed(0)
    config = TwoStreamConfig(TINY, TINY, (1.0, 3.0))
    return config.build(3, (12, 12), ("rgb", "flow")).double()


@pytest.fixture
def batch():
    generator = torch.Generator().manual_seed(0)
    frames = torch.randint(0, 256, (2, 4, 6, 12, 12), generator=generator, dtype=torch.uint8)
    return Batch(frames, torch.tensor([4, 3]), torch.tensor([0, 2]), ["a", "b"])


@pytest.mark.parametrize("steps", ["last", "ramp", "mean"])
def test_the_loss_is_the_sum_of_each_stream_s_own(network, batch, steps):
    task = LabelStreams(steps=steps, label_smoothing=0.1)
    alone = [LabelClips(steps, 0.1).loss(OneStream(network, s), batch)[0] for s in ("rgb", "flow")]
    torch.testing.assert_close(task.loss(network, batch)[0], sum(alone))


def test_what_one_stream_learns_does_not_depend_on_the_other(network, batch):
    def gradient():
        network.zero_grad()
        LabelStreams().loss(network, batch)[0].backward()
        return [weight.grad.clone() for weight in network.rgb.parameters()]

    before = gradient()
    with torch.no_grad():
        for weight in network.motion.parameters():
            weight.mul_(3.0)
    torch.testing.assert_close(gradient(), before)


def test_the_answer_is_the_weighted_mean_of_both(network, batch):
    task = LabelStreams(steps="ramp")
    rgb, flow = (LabelClips("ramp").answer(OneStream(network, s), batch) for s in ("rgb", "flow"))
    found = task.answer(network, batch)
    np.testing.assert_allclose(found, (np.array(rgb) + 3 * np.array(flow)) / 4, atol=1e-6)
    np.testing.assert_allclose(task.loss(network, batch)[1], found, atol=1e-6)
    assert task.truth(batch) == [0, 2]
    assert task.score(found, [int(a.argmax()) for a in found]) == {"accuracy": 1.0}


def test_one_stream_alone_learns_and_answers_as_any_network(batch):
    network = TwoStreamConfig(TINY, TINY).build(3, (12, 12), ("flow",)).double().eval()
    one = batch._replace(inputs=batch.inputs[:, :, 3:])
    for steps in ("last", "mean"):
        ours, theirs = LabelStreams(steps, 0.1), LabelClips(steps, 0.1)
        torch.testing.assert_close(ours.loss(network, one)[0], theirs.loss(network, one)[0])
        np.testing.assert_allclose(ours.answer(network, one), theirs.answer(network, one))


def test_a_learned_fusion_learns_and_teaches_the_streams_nothing(batch):
    torch.manual_seed(0)
    mean = TwoStreamConfig(TINY, TINY).build(3, (12, 12)).double()
    learned = TwoStreamConfig(TINY, TINY, fusion="learned").build(3, (12, 12)).double()
    learned.load_state_dict({**learned.state_dict(), **mean.state_dict()})
    task = LabelStreams()
    losses = []
    for network in (mean, learned):
        loss, _ = task.loss(network, batch)
        loss.backward()
        losses.append(loss.detach())
    fused = learned(batch.inputs, batch.lengths)
    own = torch.nn.functional.cross_entropy(fused[[0, 1], batch.lengths - 1], batch.targets)
    assert float(losses[1] - losses[0]) == pytest.approx(float(own.detach()), abs=1e-5)
    assert learned.fusion.weight.grad.abs().sum() > 0
    gradients = dict(learned.named_parameters())
    for name, weight in mean.named_parameters():
        torch.testing.assert_close(gradients[name].grad, weight.grad)


def test_streams_and_their_task_belong_together():
    with pytest.raises(InputError, match="two streams and the task label_streams belong together"):
        from dataclasses import replace

        replace(RECIPES["two-stream-lrcn"], task=LabelClips())


def test_a_stream_s_numbers_are_changed_by_name():
    changed = change(RECIPES["two-stream-lrcn"], "model.rgb.units", "48")
    assert (changed.model.rgb.units, changed.model.motion.units) == (48, 64)


def test_a_share_of_smoothing_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="label_smoothing=1.5"):
        LabelStreams(label_smoothing=1.5)
