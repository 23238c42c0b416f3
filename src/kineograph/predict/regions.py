"""A trained network that describes regions, asked: pictures in, boxes with sentences out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from kineograph.data.pictures.cache import fit_picture
from kineograph.data.pictures.tensor import picture_tensor
from kineograph.recipes.dense_captioner import TrainedDenseCaptioner, load_dense_captioner
from kineograph.report.regions.answers import DescribedBox
from kineograph.tasks.describe_regions import Described
from kineograph.training.reproduce import choose_device

PICTURES_AT_ONCE = 8

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class RegionFinder:
    """`RegionFinder.load("runs/dense-caption-scenes").find(pictures)`."""

    trained: TrainedDenseCaptioner
    device: torch.device = torch.device("cpu")

    @classmethod
    def load(cls, run: str | Path, *, device: str = "cpu") -> "RegionFinder":
        """A run's network. Raises InputError for what is none."""
        found = choose_device(device)
        trained = load_dense_captioner(run)
        trained.network.to(found)
        return cls(trained, found)

    @property
    def name(self) -> str:
        """The run's name."""
        return self.trained.name

    def find(
        self, pictures: Sequence[NDArray[np.uint8]], progress: Progress | None = None
    ) -> list[list[DescribedBox]]:
        """Pictures (H, W, 3) uint8 RGB of any size -> the regions of each, the surest first.

        Boxes are left, top, right, bottom in pixels of the picture given. Every region that the
        network proposes is there, also unsure ones: `surest` takes those worth showing.
        progress(done, total) counts pictures.
        """
        found: list[list[DescribedBox]] = []
        for at in range(0, len(pictures), PICTURES_AT_ONCE):
            found += self._some(pictures[at : at + PICTURES_AT_ONCE])
            if progress is not None:
                progress(len(found), len(pictures))
        return found

    def _some(self, pictures: Sequence[NDArray[np.uint8]]) -> list[list[DescribedBox]]:
        config, task = self.trained.recipe.data, self.trained.recipe.task
        squares = [fit_picture(each, config.size_pixels, config.fit) for each in pictures]
        answers = task.describe(self.trained.network, picture_tensor(squares).to(self.device))
        return [
            self._in_pixels(answer, picture)
            for answer, picture in zip(answers, pictures, strict=True)
        ]

    def _in_pixels(self, answer: Described, picture: NDArray[np.uint8]) -> list[DescribedBox]:
        """Boxes of the square as boxes of the picture."""
        height, width = picture.shape[:2]
        scale = np.array([width, height] * 2) / self.trained.recipe.data.size_pixels
        rows = zip((answer.boxes * scale).tolist(), answer.confidences, answer.words, strict=True)
        return [
            DescribedBox(
                (round(left, 1), round(top, 1), round(right, 1), round(bottom, 1)),
                self.trained.sentence(words),
                round(float(sure), 4),
            )
            for (left, top, right, bottom), sure, words in rows
        ]
