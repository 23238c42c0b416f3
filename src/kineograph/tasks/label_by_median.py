"""One label for a clip: the median of what a single-frame network answers.

    frame        1    2    3    4    5    6    7    8    9   10
    writing     .9   .8   .2   .7   .6   .9   .1   .8   .3   .7       median .7: writing

Every frame learns by itself, from the clip's label. The median is of the probabilities: it has the
label that most frames have, and where five stand to five the two in the middle decide.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from kineograph.data.batch import Batch
from kineograph.tasks.label_clips import LabelClips


@dataclass(frozen=True)
class LabelByMedian:
    """Answers are probabilities (V,) of the classes; the loss is a mean over all frames."""

    label_smoothing: float = 0.0

    def __post_init__(self) -> None:
        self._as_clips()

    def _as_clips(self) -> LabelClips:
        return LabelClips("mean", self.label_smoothing)

    def loss(self, network: nn.Module, batch: Batch) -> tuple[Tensor, list[np.ndarray]]:
        """Cross-entropy in nats, a mean over frames and clips; answers (V,) of every clip."""
        return self._as_clips().loss(network, batch)

    @torch.inference_mode()
    def answer(self, network: nn.Module, batch: Batch) -> list[np.ndarray]:
        """The median of the frames' probabilities, (V,) for every clip."""
        frames = network(batch.inputs, batch.lengths).float().softmax(-1).cpu().numpy()  # (B, T, V)
        return [
            median_of(list(row[:length]))
            for row, length in zip(frames, batch.lengths.tolist(), strict=True)
        ]

    def truth(self, batch: Batch) -> list[int]:
        """The class index of every clip."""
        return self._as_clips().truth(batch)

    def score(self, answers: list[np.ndarray], truths: list[int]) -> dict[str, float]:
        """Accuracy over clips; of more than three classes the top three, as LabelClips has it."""
        return self._as_clips().score(answers, truths)


def median_of(answers: list[np.ndarray]) -> np.ndarray:
    """Probabilities (V,) of several frames -> the median of each class, made to sum to 1."""
    middle = np.median(np.stack(answers), axis=0)
    total = middle.sum()
    return middle / total if total > 0 else np.full(len(middle), 1 / len(middle))
