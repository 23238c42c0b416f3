"""Schedules by hand, against torch's own; freezing; refusals."""

import pytest
import torch
from torch import nn

from kineograph.errors import InputError
from kineograph.nets.learning import set_to_learn
from kineograph.training.optimise import (
    TrainingConfig,
    freeze,
    learning_rate_at,
    make_optimiser,
)


def rates(config: TrainingConfig, steps: int, per_epoch: int = 10) -> list[float]:
    return [learning_rate_at(s, steps, per_epoch, config) for s in range(steps)]


def test_a_constant_rate_stays():
    assert set(rates(TrainingConfig(learning_rate=0.5), 7)) == {0.5}


def test_cosine_falls_from_the_peak_to_nearly_nothing():
    found = rates(TrainingConfig(learning_rate=1.0, schedule="cosine"), 100)
    assert found[0] == 1.0 and found[50] == pytest.approx(0.5) and 0 < found[-1] < 1e-3
    assert found == sorted(found, reverse=True)


def test_warm_up_climbs_in_equal_steps():
    config = TrainingConfig(learning_rate=1.0, warmup=0.1, schedule="cosine")
    found = rates(config, 50)
    assert found[:5] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])


def test_steps_fall_every_so_many_epochs():
    config = TrainingConfig(learning_rate=1.0, schedule="step", step_epochs=2, step_factor=0.1)
    found = rates(config, 60)
    assert found[0] == found[19] == 1.0
    assert found[20] == pytest.approx(0.1) and found[59] == pytest.approx(0.01)


def test_one_cycle_agrees_with_torch():
    steps, peak = 50, 0.3
    parameter = nn.Parameter(torch.zeros(1))
    optimiser = torch.optim.SGD([parameter], lr=peak)
    theirs = torch.optim.lr_scheduler.OneCycleLR(optimiser, peak, total_steps=steps + 1)
    ours = rates(TrainingConfig(learning_rate=peak, schedule="one_cycle"), steps)
    for step in range(steps):
        at = optimiser.param_groups[0]["lr"]
        assert ours[step] == pytest.approx(at, rel=0.15), step  # their turn lies at a whole step
        optimiser.step()
        theirs.step()


def test_frozen_parts_get_no_gradient():
    network = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    optimiser = make_optimiser(network, TrainingConfig(freeze=("0.",)))
    assert [p.requires_grad for p in network.parameters()] == [False, False, True, True]
    assert len(optimiser.param_groups[0]["params"]) == 2


def test_frozen_parts_keep_the_statistics_of_their_batch_norms():
    """PyTorch moves them by the forward pass alone; only a batch norm that learns may."""
    network = nn.Sequential(
        nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Dropout(0.5)),
        nn.Linear(3, 3),
        nn.BatchNorm1d(3),
    )
    freeze(network, ("0.",))
    set_to_learn(network)
    assert [part.training for part in network] == [False, True, True] and not network[0][2].training
    before = {name: value.clone() for name, value in network.named_buffers()}
    network(torch.randn(16, 2) + 5)
    moved = {name for name, value in network.named_buffers() if not value.equal(before[name])}
    assert moved == {name for name in before if name.startswith("2.")}
    freeze(network, ())
    set_to_learn(network)
    assert all(part.training for part in network.modules())


def test_a_part_that_is_not_there_cannot_be_frozen():
    with pytest.raises(InputError, match=r"encode: no parameter begins so. Parts are: 0, 1\."):
        freeze(nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2)), ("encode",))


def test_a_mistyped_part_is_answered_with_the_nearest():
    network = nn.ModuleDict({"encoder": nn.Linear(2, 2), "head": nn.Linear(2, 2)})
    with pytest.raises(InputError, match="Parts are: encoder, head. Did you mean 'encoder'?"):
        freeze(network, ("encodr",))


def test_freezing_everything_is_refused():
    with pytest.raises(InputError, match="nothing is left to learn. Freeze less"):
        make_optimiser(nn.Linear(2, 2), TrainingConfig(freeze=("weight", "bias")))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("epochs", 0, "epochs=0: at least 1"),
        ("learning_rate", 0.0, "learning_rate=0.0: above zero"),
        ("learning_rate", float("nan"), "learning_rate=nan: above zero and finite"),
        ("warmup", 1.0, "warmup=1.0: a share of all steps"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(field, value, words):
    with pytest.raises(ValueError, match=words):
        TrainingConfig(**{field: value})
