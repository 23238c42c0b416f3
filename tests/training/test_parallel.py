"""Two real processes give what one gives."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from kineograph.data.batch import batches
from kineograph.errors import InputError
from kineograph.nets.models import LRCNConfig
from kineograph.training.checkpoint import read_safetensors
from kineograph.training.fit import fit, parameters_of
from kineograph.training.parallel import ALONE, Parallel, place_by_torchrun
from tests.training import test_fit as alone
from tests.training.trained_together import CASES, DROPPED, PLAIN, WITH_DROPOUT, case, with_model

ROOT = Path(__file__).parents[2]
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]


def run_two(*command: str, cwd: Path) -> subprocess.CompletedProcess:
    names = ("RANK", "WORLD_SIZE", "LOCAL_RANK")
    clean = {key: value for key, value in os.environ.items() if key not in names}
    return subprocess.run(
        [*TORCHRUN, *command],
        cwd=cwd,
        env=clean | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=180,
    )


@pytest.fixture(scope="module")
def together(square_data, tmp_path_factory):
    """All cases, run once by two processes: the folder of the runs, and what each process said."""
    out = tmp_path_factory.mktemp("together")
    script = str(Path(__file__).with_name("trained_together.py"))
    done = run_two(script, str(square_data.path), str(out), cwd=ROOT)
    assert done.returncode == 0, done.stderr[-3000:]
    return out, [json.loads((out / f"said-{rank}.json").read_text()) for rank in (0, 1)]


def epochs_of(run: Path) -> list[dict]:
    lines = [json.loads(text) for text in (run / "log.jsonl").read_text().splitlines()]
    return [line for line in lines if line["event"] == "epoch"]


@pytest.mark.parametrize("name", CASES)
def test_two_processes_end_at_the_weights_of_one(square_data, together, tmp_path, name):
    alone.MODEL, before = LRCNConfig(**PLAIN), alone.MODEL
    try:
        job = case(square_data, tmp_path, name)
    finally:
        alone.MODEL = before
    start = parameters_of(job.network)
    fit(job)
    theirs, _ = read_safetensors(together[0] / name / "model.safetensors")
    for key, ours in parameters_of(job.network).items():
        torch.testing.assert_close(theirs[key], ours, atol=1e-5, rtol=0)
    assert any(not torch.allclose(theirs[k], start[k], atol=1e-3) for k in start)  # it did learn
    ours, found = epochs_of(tmp_path), epochs_of(together[0] / name)
    assert [line["steps"] for line in found] == [line["steps"] for line in ours]
    for key in ("train_loss", "train_accuracy", "val_loss", "val_accuracy"):
        assert [line[key] for line in found] == pytest.approx(
            [line[key] for line in ours], abs=1e-4
        )


def test_early_stopping_ends_both(together):
    """One process that went on alone would have hung: the launcher's time limit says so."""
    assert len(epochs_of(together[0] / "tired")) < CASES["tired"]["epochs"]


def test_a_resumed_training_ends_where_an_uninterrupted_one_does(together):
    whole, _ = read_safetensors(together[0] / "even" / "model.safetensors")
    resumed, _ = read_safetensors(together[0] / "resumed" / "model.safetensors")
    for name, value in whole.items():
        torch.testing.assert_close(resumed[name], value, atol=1e-6, rtol=0)


def test_each_process_draws_its_own_chance(together):
    one, other = together[1]
    assert one["draw"] != other["draw"]


def test_with_dropout_it_learns_as_another_seed_does(square_data, together, tmp_path):
    losses = []
    for seed in range(6):
        before = alone.MODEL
        try:
            job = with_model(square_data, tmp_path / str(seed), DROPPED, **WITH_DROPOUT, seed=seed)
        finally:
            alone.MODEL = before
        fit(job)
        losses.append(epochs_of(tmp_path / str(seed))[-1]["val_loss"])
    found = epochs_of(together[0] / "dropout")[-1]["val_loss"]
    assert abs(found - np.mean(losses)) <= 3 * np.std(losses, ddof=1)
    assert found != pytest.approx(losses[0], abs=1e-6)  # other draws than one process with its seed


def test_a_loss_that_is_not_finite_names_the_clips_of_both(together):
    words = [said["nan"] for said in together[1]]
    assert words[0] == words[1]
    assert words[0].split(" batch of ")[1].split(". A loss")[0].count(",") == 3  # four clips


def test_a_batch_for_fewer_clips_than_processes_is_refused():
    with pytest.raises(InputError, match=r"training.batch=1: 2 processes share each.*batch=2, or"):
        Parallel(rank=0, size=2).check_batch(1)
    Parallel(rank=0, size=2).check_batch(2)


def test_parts_of_every_batch_are_the_batch(square_data, tmp_path):
    data = alone.training(square_data, tmp_path).train
    options = {"epoch": 3, "shuffle": True, "seed": 1}
    for batch_size, count in ((4, 2), (5, 3)):
        whole = list(batches(data, batch_size, **options))
        parts = [
            list(batches(data, batch_size, part=(rank, count), **options)) for rank in range(count)
        ]
        for step, batch in enumerate(whole):
            for rank in range(count):
                mine = Parallel(rank, count).rows(len(batch.ids))
                expected = batch.ids[rank::count] or batch.ids[:1]
                assert parts[rank][step].ids == expected
                assert mine == len(batch.ids[rank::count])


def test_torchruns_words_are_read(monkeypatch):
    for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK"):
        monkeypatch.delenv(name, raising=False)
    assert place_by_torchrun() == ALONE and ALONE.first
    monkeypatch.setenv("RANK", "3")
    monkeypatch.setenv("WORLD_SIZE", "4")
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert place_by_torchrun() == Parallel(3, 4, 1)
    monkeypatch.setenv("WORLD_SIZE", "four")
    with pytest.raises(InputError, match="RANK, WORLD_SIZE, LOCAL_RANK: must be whole numbers"):
        place_by_torchrun()


def test_each_process_has_its_own_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    here = Parallel(rank=1, size=2, local_rank=1)
    assert here.device(torch.device("cpu")) == torch.device("cpu")
    with pytest.raises(InputError, match="--device cuda: process 2 of this machine needs a GPU"):
        here.device(torch.device("cuda"))
    with pytest.raises(InputError, match="--device cuda:0: .* Write --device cuda, and start"):
        here.device(torch.device("cuda:0"))


SMALL = ["epochs=1", "batch=4", "precision=f32"]
MODEL = ["model.filters=4,8", "model.pools=4,3", "model.units=8", "data.size_pixels=24,24"]


@pytest.mark.slow
def test_the_command_leaves_one_run_and_one_report(square_data, tmp_path):
    settings = [f"training.{text}" for text in SMALL] + MODEL + ["data.frames_per_clip=6"]
    words = ["-m", "kineograph", "train", "actors", str(square_data.path), "--json"]
    words += [word for text in settings for word in ("--set", text)]
    done = run_two(*words, "--workers", "1", cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    (run,) = (tmp_path / "runs").iterdir()
    assert (run / "report.html").exists() and len(epochs_of(run)) == 1
    results = [line for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(results) == 1 and json.loads(results[0])["run"] == f"runs/{run.name}"
    assert done.stdout.count("Report:") == 1
    assert set(json.loads(results[0])["baselines"]) == {"majority", "metadata", "frame"}

    wrong = run_two(*words, "--set", "training.batch=1", cwd=tmp_path)
    assert wrong.returncode != 0
    assert wrong.stderr.count("kineograph: training.batch=1: 2 processes share each batch") == 1
