"""Dropout by bytes does what torch's does, place by place and on the whole."""

import pytest
import torch

from kineograph.nets.encoders.dropout import Dropout


@pytest.fixture(autouse=True)
def a_seed():
    torch.manual_seed(0)


@pytest.mark.parametrize(("share", "exact"), [(0.25, 64), (0.5, 128), (0.1, 26)])
def test_the_share_is_dropped_and_the_mean_is_kept(share, exact):
    x = torch.ones(400, 1003)
    dropped = Dropout(share)(x)
    assert (dropped == 0).float().mean() == pytest.approx(exact / 256, abs=0.002)
    assert dropped.mean() == pytest.approx(1.0, abs=0.005)
    assert dropped[dropped > 0].unique().tolist() == [pytest.approx(256 / (256 - exact))]


def test_every_place_has_its_own_chance():
    kept = Dropout(0.5)(torch.ones(4000, 64)) > 0
    together = torch.corrcoef(kept.T.float())
    assert (together - torch.eye(64)).abs().max() < 0.08
    assert (kept.float().mean(0) - 0.5).abs().max() < 0.05


def test_evaluation_and_share_zero_pass_everything():
    x = torch.randn(3, 5)
    assert torch.equal(Dropout(0.5).eval()(x), x) and torch.equal(Dropout(0.0)(x), x)


def test_gradients_flow_where_numbers_did():
    x = torch.ones(7, 9, requires_grad=True)
    dropped = Dropout(0.25)(x)
    dropped.sum().backward()
    assert torch.equal(x.grad, dropped.detach())


@pytest.mark.parametrize("turned", ["channels last", "transposed", "plain"])
def test_the_order_of_memory_is_kept_or_harmless(turned):
    x = torch.randn(2, 4, 5, 6) + 10
    if turned == "channels last":
        x = x.contiguous(memory_format=torch.channels_last)
    if turned == "transposed":
        x = x.transpose(0, 3)
    dropped = Dropout(0.25)(x)
    left = dropped != 0
    torch.testing.assert_close(dropped[left], x[left] * 256 / 192)
    if turned == "channels last":
        assert dropped.is_contiguous(memory_format=torch.channels_last)


def test_the_same_seed_drops_the_same_places():
    x, found = torch.ones(50), []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        found.append(Dropout(0.5)(x))
    assert torch.equal(found[0], found[1]) and not torch.equal(found[0], found[2])
