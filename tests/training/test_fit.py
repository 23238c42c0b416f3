"""The loop: it learns, stops in time, resumes bit for bit after a kill, refuses nan."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from kineograph.data.cache import build_cache
from kineograph.data.clips import ClipDataset, DataConfig
from kineograph.errors import InputError
from kineograph.nets.models import LRCNConfig
from kineograph.tasks import LabelClips
from kineograph.training import fit as fit_module
from kineograph.training.fit import Training, fit, parameters_of
from kineograph.training.optimise import TrainingConfig
from kineograph.training.reproduce import seed_everything

DATA = DataConfig(size_pixels=(24, 24), frames_per_clip=6)
MODEL = LRCNConfig(filters=(4, 8), pools=(4, 3), units=8, dropout=0.25, recurrent_dropout=0.2)


def training(square_data, run: Path, **numbers) -> Training:
    cache, problems = build_cache(
        square_data, square_data.annotations, size_pixels=DATA.size_pixels, workers=1
    )
    assert not problems
    sides = {
        side: ClipDataset(
            [a for a in square_data.annotations if a.split == side],
            square_data.classes,
            cache=cache,
            config=DATA,
            training=side == "train",
        )
        for side in ("train", "val")
    }
    numbers = {"epochs": 3, "batch": 4, "learning_rate": 1e-2, "keep": "last", **numbers}
    config = TrainingConfig(**numbers)
    seed_everything(config.seed)
    network = MODEL.build(2, DATA.size_pixels)
    task = LabelClips("last")
    return Training(network, task, sides["train"], sides["val"], config, run, threads=1)


def same(one: dict, other: dict) -> bool:
    return all(torch.equal(one[name], other[name]) for name in one)


def test_it_learns_which_way_a_square_goes(square_data, tmp_path):
    job = training(square_data, tmp_path, epochs=25)
    fit(job)
    lines = [json.loads(t) for t in (tmp_path / "log.jsonl").read_text().splitlines()]
    epochs = [line for line in lines if line["event"] == "epoch"]
    assert [line["epoch"] for line in epochs] == list(range(1, 26))
    assert epochs[-1]["train_loss"] < epochs[0]["train_loss"] / 2
    assert lines[-1]["event"] == "stop"


def test_the_same_seed_gives_the_same_weights_and_another_one_others(square_data, tmp_path):
    found = []
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        job = training(square_data, tmp_path / name, seed=seed)
        fit(job)
        found.append(parameters_of(job.network))
    assert same(found[0], found[1]) and not same(found[0], found[2])


class PowerCutError(Exception):
    """Stands for a power cut: nothing gets a chance to clean up."""


@pytest.mark.parametrize("at_step", [1, 4, 5, 6, 11])  # 4 steps an epoch: within, at the edges
def test_a_training_cut_off_anywhere_resumes_bit_for_bit(
    square_data, tmp_path, monkeypatch, at_step
):
    whole = training(square_data, tmp_path / "whole")
    fit(whole)

    cut = training(square_data, tmp_path / "cut", checkpoint_seconds=0)
    steps, real = 0, fit_module.train_step

    def counted(*args):
        nonlocal steps
        if steps == at_step:
            raise PowerCutError
        steps += 1
        return real(*args)

    monkeypatch.setattr(fit_module, "train_step", counted)
    with pytest.raises(PowerCutError):
        fit(cut)
    monkeypatch.setattr(fit_module, "train_step", real)

    resumed = training(square_data, tmp_path / "cut", checkpoint_seconds=0)
    torch.rand(5)  # whatever the new process did before must not matter
    fit(resumed, resume=True)
    assert same(parameters_of(whole.network), parameters_of(resumed.network))

    def log(run: str) -> list[dict]:
        lines = (tmp_path / run / "log.jsonl").read_text().splitlines()
        return [{k: v for k, v in json.loads(t).items() if k != "seconds"} for t in lines]

    assert log("whole") == log("cut")


KILLED = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
import tests.training.test_fit as t
from kineograph.data.dataset_folder import DataFolder
from kineograph.training.fit import fit
job = t.training(DataFolder(Path({data!r})), Path({run!r}), checkpoint_seconds=0, epochs=60)
job.progress = lambda done, total, note: print(done, flush=True)
fit(job)
"""


def test_a_killed_process_resumes_bit_for_bit(square_data, tmp_path):
    root = str(Path(__file__).parents[2])
    code = KILLED.format(root=root, data=str(square_data.path), run=str(tmp_path / "cut"))
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if int(line) >= 40:  # clips: in the middle of the third epoch
            process.kill()
            break
    process.wait()
    process.stdout.close()
    resumed = training(square_data, tmp_path / "cut", checkpoint_seconds=0, epochs=60)
    assert resumed.checkpoint.exists()
    fit(resumed, resume=True)
    whole = training(square_data, tmp_path / "whole", epochs=60)
    fit(whole)
    assert same(parameters_of(whole.network), parameters_of(resumed.network))


def test_early_stopping_keeps_the_best_epoch(square_data, tmp_path, monkeypatch):
    job = training(square_data, tmp_path, epochs=20, patience=2, keep="best")
    losses = iter([0.9, 0.5, 0.7, 0.6, 0.1])
    kept = []

    def assess(job, data):
        kept.append(parameters_of(job.network))
        return next(losses), {"accuracy": 0.5}

    monkeypatch.setattr(fit_module, "assess", assess)
    place = fit(job)
    assert (place.epoch, place.best_epoch) == (4, 2)
    assert same(parameters_of(job.network), kept[1])


def test_a_loss_that_is_not_finite_names_the_batch(square_data, tmp_path):
    job = training(square_data, tmp_path)
    with torch.no_grad():
        next(job.network.parameters()).fill_(float("nan"))
    with pytest.raises(InputError, match=r"epoch 1, step 1: the loss is nan on .* p\d_.*clip_norm"):
        fit(job)


def test_ctrl_c_in_a_step_ends_the_step_and_saves(square_data, tmp_path, monkeypatch):
    job = training(square_data, tmp_path)
    real = fit_module.train_step

    def pressed(job, batch, rate):
        if job.place.step == 2:
            signal.raise_signal(signal.SIGINT)
        return real(job, batch, rate)

    before = signal.getsignal(signal.SIGINT)  # a background job may have it ignored
    monkeypatch.setattr(fit_module, "train_step", pressed)
    with pytest.raises(KeyboardInterrupt):
        fit(job)
    assert job.place.step == 3 and job.checkpoint.exists()
    assert signal.getsignal(signal.SIGINT) is before
    monkeypatch.setattr(fit_module, "train_step", real)
    resumed = training(square_data, tmp_path)
    fit(resumed, resume=True)
    whole = training(square_data, tmp_path / "whole")
    fit(whole)
    assert same(parameters_of(whole.network), parameters_of(resumed.network))


def test_a_second_ctrl_c_does_not_wait(square_data, tmp_path, monkeypatch):
    def pressed_twice(job, batch, rate):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("the step went on")

    monkeypatch.setattr(fit_module, "train_step", pressed_twice)
    with pytest.raises(KeyboardInterrupt):
        fit(training(square_data, tmp_path))


def test_another_trainings_checkpoint_is_refused(square_data, tmp_path):
    job = training(square_data, tmp_path, epochs=1)
    job.fingerprint = job.place.fingerprint = "this recipe"
    fit(job)
    other = training(square_data, tmp_path, epochs=1)
    other.fingerprint = "that recipe"
    with pytest.raises(InputError, match="saved by another recipe, data set or split"):
        fit(other, resume=True)


def test_a_finished_training_resumes_to_itself(square_data, tmp_path):
    job = training(square_data, tmp_path, epochs=1)
    fit(job)
    again = training(square_data, tmp_path, epochs=1)
    fit(again, resume=True)
    assert same(parameters_of(job.network), parameters_of(again.network))


def test_bf16_trains_f32_weights(square_data, tmp_path):
    job = training(square_data, tmp_path, epochs=1, precision="bf16")
    fit(job)
    assert {p.dtype for p in job.network.parameters()} == {torch.float32}


def test_choosing_threads_changes_no_weight(square_data, tmp_path, monkeypatch):
    monkeypatch.setattr(fit_module, "fastest_thread_count", lambda step: (step(), 1)[1])
    measured = training(square_data, tmp_path / "measured", epochs=1)
    measured.threads = None
    fit(measured)
    told = training(square_data, tmp_path / "told", epochs=1)
    fit(told)
    assert measured.place.threads == told.place.threads == 1
    assert same(parameters_of(measured.network), parameters_of(told.network))
