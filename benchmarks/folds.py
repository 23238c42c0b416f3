"""Folds side by side in one-thread processes, against one process of all threads.

python -m benchmarks.folds
"""

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import torch

from kineograph.data.cache import build_cache
from kineograph.data.dataset_folder import DataFolder, write_data_folder
from kineograph.data.folds import folds
from kineograph.data.toy.actors import ActorsConfig, write_actors
from kineograph.evaluation.crossval import Crossval, run_crossval
from kineograph.evaluation.experiment import run_experiment
from kineograph.evaluation.job import Experiment
from kineograph.recipes import RECIPES, Recipe, change_all

from .ratio import compare, print_table

FOLDS = 4
RECIPE = change_all(RECIPES["lrcn-kth"], ["training.epochs=6"])


def main() -> None:
    """Six epochs of `lrcn-kth` in four folds of drawn actors."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        data = drawn(home)
        contestants = {
            f"one process of {os.cpu_count()} threads (base)": lambda: one_by_one(
                RECIPE, data, home
            ),
            "crossval, one-thread processes": lambda: side_by_side(RECIPE, data, home),
        }
        print_table(f"{FOLDS} folds of lrcn-kth", compare(contestants, rounds=3))


def drawn(home: Path) -> DataFolder:
    """A few actors, prepared, their frames in the cache."""
    annotations = write_actors(home / "clips", ActorsConfig(actors=12, clips_per_action=2))
    data = write_data_folder(home / "data", annotations, name="b", source_root=home / "clips")
    build_cache(data, data.annotations, size_pixels=RECIPE.data.size_pixels)
    return data


def one_by_one(recipe: Recipe, data: DataFolder, home: Path) -> None:
    """Each fold after the other in this process."""
    torch.set_num_threads(os.cpu_count() or 1)
    for fold in folds(data.annotations, "person", count=FOLDS):
        run = home / "runs" / fold.name
        shutil.rmtree(run, ignore_errors=True)
        job = Experiment(recipe, data, run, split=fold.split, with_baselines=False)
        run_experiment(replace(job, threads=os.cpu_count()))


def side_by_side(recipe: Recipe, data: DataFolder, home: Path) -> None:
    """As `kineograph crossval` does it."""
    run = home / "runs" / "crossval"
    shutil.rmtree(run, ignore_errors=True)
    job = Crossval(recipe, data, run, by="person", count=FOLDS, with_baselines=False)
    run_crossval(job)


if __name__ == "__main__":
    main()
