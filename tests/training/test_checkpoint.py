"""Checkpoints: everything comes back; a failed write leaves the old one; strangers are refused."""

import pytest
import torch
from torch import nn

from kineograph.errors import InputError
from kineograph.training import checkpoint
from kineograph.training.checkpoint import (
    Place,
    load_checkpoint,
    load_matching_weights,
    load_weights,
    save_checkpoint,
    save_weights,
)


def stepped(kind: type[torch.optim.Optimizer]) -> tuple[nn.Module, torch.optim.Optimizer]:
    torch.manual_seed(0)
    network = nn.Linear(3, 2)
    optimiser = kind(network.parameters(), lr=0.1)
    for _ in range(3):
        optimiser.zero_grad()
        network(torch.randn(4, 3)).square().sum().backward()
        optimiser.step()
    return network, optimiser


@pytest.mark.parametrize("kind", [torch.optim.Adam, torch.optim.AdamW, torch.optim.SGD])
def test_a_loaded_checkpoint_goes_on_bit_for_bit(kind, tmp_path):
    network, optimiser = stepped(kind)
    path = tmp_path / "c" / "training.safetensors"
    save_checkpoint(path, network, optimiser, Place(epoch=3, step=7, fingerprint="x"))

    def go_on(network, optimiser):
        optimiser.zero_grad()
        (network(torch.randn(4, 3)) * torch.rand(2)).sum().backward()
        optimiser.step()
        return network.weight.detach().clone()

    expected = go_on(network, optimiser)
    other = nn.Linear(3, 2)
    its = kind(other.parameters(), lr=0.1)
    place = load_checkpoint(path, other, its)
    assert (place.epoch, place.step, place.fingerprint) == (3, 7, "x")
    assert torch.equal(go_on(other, its), expected)


def test_a_failed_write_says_why_and_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "model.safetensors"
    save_weights(path, nn.Linear(2, 2))
    before = path.read_bytes()

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint, "write_bytes_whole", full)
    with pytest.raises(InputError, match="No space left on device.*Free space.*is whole"):
        save_weights(path, nn.Linear(2, 2))
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["model.safetensors"]


def test_a_truncated_file_is_one_clear_line(tmp_path):
    path = tmp_path / "model.safetensors"
    save_weights(path, nn.Linear(2, 2))
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(InputError, match="not a whole safetensors file.*copy it again"):
        load_weights(path, nn.Linear(2, 2))


def test_weights_of_another_network_are_refused(tmp_path):
    path = tmp_path / "model.safetensors"
    save_weights(path, nn.Linear(2, 2))
    with pytest.raises(InputError, match="of another network.*Use the recipe.json"):
        load_weights(path, nn.Linear(2, 3))


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(InputError, match="not there. Name a run folder"):
        load_weights(tmp_path / "model.safetensors", nn.Linear(2, 2))


def test_matching_weights_are_taken_and_the_rest_named(tmp_path):
    def network(classes: int) -> nn.Module:
        return nn.ModuleDict({"body": nn.Linear(2, 2), "head": nn.Linear(2, classes)})

    old, new = network(3), network(5)
    save_weights(tmp_path / "m", old)
    assert load_matching_weights(tmp_path / "m", new) == ["head.bias", "head.weight"]
    assert torch.equal(new["body"].weight, old["body"].weight)


def test_from_an_unlike_network_nothing_fits(tmp_path):
    save_weights(tmp_path / "m", nn.Linear(2, 2))
    with pytest.raises(InputError, match="none of its 2 weights fits"):
        load_matching_weights(tmp_path / "m", nn.Conv2d(1, 1, 3))
