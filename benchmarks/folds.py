"""Folds side by side in one-thread processes, against one process of all threads.

python -m benchmarks.folds
"""

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import torch

from kineograph.data.dataset_folder import DataFolder
from kineograph.data.folds import folds
from kineograph.data.prepare import PREPARE
from kineograph.data.toy.actors import draw_actors
from kineograph.evaluation.crossval import Crossval, run_crossval
from kineograph.evaluation.experiment import run_experiment
from kineograph.evaluation.job import Experiment
from kineograph.recipes import RECIPES, Recipe, change_all

from .ratio import compare, print_table

FOLDS = 4


def main() -> None:
    """Two epochs of `lrcn-kth` in four folds of drawn actors."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        data = drawn(home)
        recipe = change_all(RECIPES["lrcn-kth"], ["training.epochs=6"])
        contestants = {
            f"one process of {os.cpu_count()} threads (base)": lambda: one_by_one(
                recipe, data, home
            ),
            "crossval, one-thread processes": lambda: side_by_side(recipe, data, home),
        }
        print_table(f"{FOLDS} folds of lrcn-kth", compare(contestants, rounds=3))


def drawn(home: Path) -> DataFolder:
    """A few actors, prepared, their frames in the cache."""
    draw_actors(home / "clips", actors=12, takes=2)
    return PREPARE["folder"](home / "clips", home / "data", group=r"(actor\d+)").data_folder


def one_by_one(recipe: Recipe, data: DataFolder, home: Path) -> None:
    """Each fold after the other in this process."""
    torch.set_num_threads(os.cpu_count() or 1)
    for fold in folds(data.annotations, "group", count=FOLDS):
        run = home / "runs" / fold.name
        shutil.rmtree(run, ignore_errors=True)
        job = Experiment(recipe, data, run, split=fold.split, with_baselines=False)
        run_experiment(replace(job, threads=os.cpu_count()))


def side_by_side(recipe: Recipe, data: DataFolder, home: Path) -> None:
    """As `kineograph crossval` does it."""
    run = home / "runs" / "crossval"
    shutil.rmtree(run, ignore_errors=True)
    job = Crossval(recipe, data, run, by="group", count=FOLDS, with_baselines=False)
    run_crossval(job)


if __name__ == "__main__":
    main()
