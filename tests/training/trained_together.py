"""What every process of test_parallel.py runs: several small trainings, one after the other.

The first argument is a prepared folder, the second where the runs go. `case` is one of CASES.
"""

import json
import sys
from pathlib import Path

import torch

import tests.training.test_fit as alone
from kineograph.data.clips import ClipDataset
from kineograph.data.dataset_folder import DataFolder
from kineograph.errors import InputError
from kineograph.nets.models import LRCNConfig
from kineograph.training.fit import Training, fit
from kineograph.training.parallel import ALONE, Parallel, joined

PLAIN = {"filters": (4, 8), "pools": (4, 3), "units": 8, "dropout": 0.0, "recurrent_dropout": 0.0}
CASES = {
    "even": {"epochs": 5, "batch": 4},  # 16 clips: 20 steps
    "uneven": {"epochs": 5, "batch": 5},  # 5, 5, 5 and 1: the second process has none of the last
    "clipped": {
        "epochs": 2,
        "batch": 3,
        "clip_norm": 0.1,
        "optimiser": "sgd",
        "learning_rate": 0.1,
    },
    "tired": {"epochs": 30, "batch": 8, "keep": "best", "patience": 3, "learning_rate": 1e-2},
}
DROPPED = PLAIN | {"dropout": 0.3}
WITH_DROPOUT = {"epochs": 6, "batch": 4, "learning_rate": 1e-2}


def case(data: DataFolder, run: Path, name: str, parallel: Parallel = ALONE) -> Training:
    numbers = {"learning_rate": 1e-3, **CASES[name]}
    return with_model(data, run, PLAIN, parallel, **numbers)


def with_model(data, run, model: dict, parallel: Parallel = ALONE, **numbers) -> Training:
    alone.MODEL = LRCNConfig(**model)
    job = alone.training(data, run, **numbers)
    job.parallel = parallel
    if numbers.get("patience"):
        job.val = contrary(job.val)
    return job


def contrary(clips: ClipDataset) -> ClipDataset:
    """These clips under each other's labels: whoever learns gets worse at them, on any machine."""
    turned = clips.classes[::-1]
    return ClipDataset(
        clips.annotations, turned, cache=clips.cache, config=clips.config, training=False
    )


def main(data: DataFolder, out: Path) -> None:
    with joined() as parallel:
        for name in CASES:
            fit(case(data, out / name, name, parallel))

        said = {}
        draws = []
        job = with_model(data, out / "dropout", DROPPED, parallel, **WITH_DROPOUT)
        job.network.register_forward_hook(lambda *_: draws.append(torch.rand(1).item()))
        fit(job)
        said["draw"] = draws[0]

        first = case(data, out / "resumed", "even", parallel)
        first.config = alone.TrainingConfig(
            **{"keep": "last", "learning_rate": 1e-3, **CASES["even"], "epochs": 2}
        )
        fit(first)
        again = case(data, out / "resumed", "even", parallel)
        place = alone.fit_module.load_checkpoint(again.checkpoint, again.network, again.optimiser)
        place.finished, place.epoch = False, 3
        parallel.wait()
        if parallel.first:
            alone.fit_module.save_checkpoint(
                again.checkpoint, again.network, again.optimiser, place
            )
        parallel.wait()
        fit(again, resume=True)

        job = case(data, out / "nan", "even", parallel)
        with torch.no_grad():
            next(job.network.parameters()).fill_(float("nan"))
        try:
            fit(job)
        except InputError as error:
            said["nan"] = str(error)
        (out / f"said-{parallel.rank}.json").write_text(json.dumps(said))


if __name__ == "__main__":
    main(DataFolder(Path(sys.argv[1])), Path(sys.argv[2]))
