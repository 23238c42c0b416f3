"""Stateful training: the state goes on over windows, begins anew each epoch, and is resumed."""

import json

import pytest
import torch

from kineograph.data.batch import IGNORED, Memory, Pass
from kineograph.data.characters.batch import TextExamples
from kineograph.data.text import Alphabet
from kineograph.nets.models.character_model import CharacterModelConfig
from kineograph.tasks import PredictCharacters
from kineograph.training import fit as fit_module
from kineograph.training.fit import Training, fit, parameters_of
from kineograph.training.optimise import TrainingConfig
from kineograph.training.reproduce import seed_everything

TEXT = "to be, or not to be, that is the question. " * 9
ALPHABET = Alphabet.of(TEXT)


def examples(rows: int, window: int, text: str = TEXT) -> TextExamples:
    return TextExamples(text, ALPHABET, rows=rows, window_characters=window)


def training(run, cell: str = "lstm", **numbers) -> Training:
    numbers = {"epochs": 3, "batch": 4, "learning_rate": 1e-2, "keep": "last", **numbers}
    config = TrainingConfig(**numbers)
    seed_everything(config.seed)
    model = CharacterModelConfig(cell=cell, units=24, layers=2, layers_dropout=0.25)
    network = model.build(len(ALPHABET))
    data = examples(config.batch, 16)
    return Training(network, PredictCharacters(), data, data, config, run, threads=1)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru", "mingru"])
def test_the_loss_over_windows_is_that_of_one_long_pass(cell, tmp_path):
    job = training(tmp_path, cell)
    network = job.network.eval()
    nats = asked = 0.0
    for batch in examples(3, 7).batches(3, Pass()):
        count = int((batch.targets != IGNORED).sum())
        with torch.no_grad():
            nats += float(PredictCharacters().loss(network, batch)[0]) * count
        asked += count
    length = -(-len(TEXT) // 3)
    told = [0, *ALPHABET.encode(TEXT)]
    brute = 0.0
    for row in range(3):  # one character after another, nothing of ours but the step
        state = network.initial_state(1)
        for place in range(row * length, min((row + 1) * length, len(TEXT))):
            with torch.no_grad():
                logits, state = network.step(torch.tensor([told[place]]), state)
            brute -= float(logits.log_softmax(-1)[0, told[place + 1]])
    assert asked == len(TEXT) and nats == pytest.approx(brute, rel=1e-5)


def test_the_gradient_ends_at_the_window_and_the_memory_does_not(tmp_path):
    task, network = PredictCharacters(), training(tmp_path).network.eval()
    first, second = list(examples(2, 8).batches(2, Pass()))[:2]
    task.loss(network, first)
    state = first.memory.state
    assert not any(leaf.requires_grad for layer in state for leaf in layer)
    fresh = second._replace(memory=Memory())
    with torch.no_grad():
        assert float(task.loss(network, second)[0]) != float(task.loss(network, fresh)[0])


def test_it_learns_a_tiny_text_and_says_how_well(tmp_path):
    job = training(tmp_path, epochs=25)
    fit(job)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert lines[0]["val_loss"] > 2 and lines[24]["val_loss"] < 0.5
    assert lines[24]["val_accuracy"] > 0.8


@pytest.mark.parametrize("cell", ["lstm", "mingru"])
@pytest.mark.parametrize("cut", [2, 7, 8])  # within an epoch, just after one
def test_a_training_cut_off_anywhere_resumes_bit_for_bit(cell, cut, tmp_path, monkeypatch):
    whole = training(tmp_path / "whole", cell, epochs=2)
    assert whole.steps_per_epoch == 7
    fit(whole)
    steps, step = [], fit_module.train_step

    def counted(*args):
        steps.append(1)
        if len(steps) == cut + 1:
            raise KeyError("the power is gone")
        return step(*args)

    monkeypatch.setattr(fit_module, "train_step", counted)
    with pytest.raises(KeyError):
        fit(training(tmp_path / "cut", cell, epochs=2, checkpoint_seconds=0.0))
    monkeypatch.setattr(fit_module, "train_step", step)
    again = training(tmp_path / "cut", cell, epochs=2)
    fit(again, resume=True)
    one, other = parameters_of(whole.network), parameters_of(again.network)
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_without_its_memory_a_resumed_training_would_be_another(tmp_path, monkeypatch):
    """That the test above can fail: the state matters to the weights."""
    whole = training(tmp_path / "whole", epochs=1)
    fit(whole)
    other = training(tmp_path / "other", epochs=1)
    walk = fit_module.walk

    def forgetful(*args, **options):
        for batch in walk(*args, **options):
            yield batch._replace(memory=Memory())

    monkeypatch.setattr(fit_module, "walk", forgetful)
    fit(other)
    one, two = parameters_of(whole.network), parameters_of(other.network)
    assert not all(torch.equal(one[name], two[name]) for name in one)
