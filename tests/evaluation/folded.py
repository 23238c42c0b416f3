"""A recipe of a second and folders of drawn squares, for tests that train many small networks."""

from pathlib import Path

import pytest

from kineograph.data.annotation import Annotation
from kineograph.data.dataset_folder import DataFolder, write_data_folder
from kineograph.evaluation import baselines, experiment
from kineograph.recipes import Recipe, change_all, find_recipe

TINY = [
    "data.size_pixels=24,24",
    "data.frames_per_clip=4",
    "model.filters=4,4",
    "model.pools=4,3",
    "model.units=4",
    "training.epochs=2",
]


def tiny_recipe() -> Recipe:
    return change_all(find_recipe("lrcn-kth"), TINY)


def folder_of(data: DataFolder, clips: list[Annotation], where: Path) -> DataFolder:
    """The same drawn videos under other annotations."""
    return write_data_folder(where, clips, name="squares", source_root=data.source_root)


def without_waiting(patch: pytest.MonkeyPatch) -> None:
    """No forest of 500 trees and no drawn pages in each fold: others test these."""

    def quick(folder, train, test, frames, *, seed=0):
        guess = baselines.majority(test, test)  # another label than the training side's
        return baselines.Guess(guess.asked, guess.labels, "quick")

    def page(folder: Path) -> Path:
        (folder / "report.html").write_text("a fold's report")
        return folder / "report.html"

    patch.setattr(baselines, "metadata", quick)
    patch.setattr(experiment, "write_report", page)
