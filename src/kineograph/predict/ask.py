"""A window of frames to the network, seen as evaluation sees a clip; several people's at once."""

import itertools
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from kineograph.data.batch import Batch
from kineograph.data.clips import DataConfig, choose
from kineograph.data.sampling import all_windows, motion_clock
from kineograph.recipes import Trained
from kineograph.tasks import LabelByMedian
from kineograph.tasks.label_by_median import median_of

Network = Callable[..., Tensor]
Moment = tuple[float, float, np.ndarray]  # start and end in seconds, probabilities (V,)


class Clip(Protocol):
    """The frames of a window, of which the network is shown some."""

    def colours(self) -> np.ndarray:
        """All of them, (T, H, W, 3) uint8: where more moves, more are chosen."""

    def chosen(self, indices: np.ndarray) -> Tensor:
        """What the network is given of some, (n, ...)."""


class Pixels:
    """Frames (T, H, W, C) that are shown as they are."""

    def __init__(self, pixels: np.ndarray) -> None:
        self._pixels = pixels

    def colours(self) -> np.ndarray:
        """Their first three channels."""
        return self._pixels[..., :3]

    def chosen(self, indices: np.ndarray) -> Tensor:
        """(n, C, H, W)."""
        return torch.from_numpy(self._pixels[indices]).permute(0, 3, 1, 2)


def ask(
    seconds: np.ndarray,
    clips: Sequence[Clip],
    trained: Trained,
    network: Network,
    device: torch.device,
) -> list[list[Moment]]:
    """What each clip with frames at seconds (T,) shows: over all of it, or frame by frame.

    Clips of one moment go through the network together.
    """
    data, task = trained.recipe.data, trained.recipe.task
    chosen = [frames_asked(seconds, clip, data) for clip in clips]
    shown = [clip.chosen(each) for clip, few in zip(clips, chosen, strict=True) for each in few]
    answers = iter(_answers(shown, trained, network, device))
    end = seconds[-1] + frame_seconds(seconds)
    found: list[list[Moment]] = []
    for several in chosen:
        whole: list[np.ndarray] = []
        moments: list[Moment] = []
        for each in several:
            answer = next(answers)
            if answer.ndim == 1:
                whole.append(answer)
            else:
                moments += _by_frame(answer, each, seconds, end)
        if whole:
            join = median_of if isinstance(task, LabelByMedian) else _mean
            moments = [(seconds[0], end, join(whole))]
        found.append(moments)
    return found


def frames_asked(seconds: np.ndarray, clip: Clip, data: DataConfig) -> list[np.ndarray]:
    """Which frames of a clip the network is shown; several times where it goes by windows."""
    return _choices(_clock(clip, seconds, data), data)


def frame_seconds(seconds: np.ndarray) -> float:
    """How long the last frame stays: as long as frames do on the whole."""
    return float(np.median(np.diff(seconds))) if len(seconds) > 1 else 0.04


def _clock(clip: Clip, seconds: np.ndarray, data: DataConfig) -> np.ndarray:
    """Times that the frames are chosen by: true ones, or faster where more moves."""
    if data.sampling == "motion" and "rgb" in data.inputs:
        return motion_clock(clip.colours(), seconds)
    return seconds


def _choices(seconds: np.ndarray, config: DataConfig) -> list[np.ndarray]:
    """The frames that evaluation takes of such a clip."""
    asked = config.frames_per_clip
    if config.sampling == "windows" and len(seconds) > asked:
        return all_windows(len(seconds), asked, config.window_stride or asked)
    return [choose(seconds, config, None)]


def _answers(
    clips: Sequence[Tensor], trained: Trained, network: Network, device: torch.device
) -> list[np.ndarray]:
    """Probabilities (V,) or (T, V) of clips; those of one length are one batch."""
    found: list[np.ndarray] = []
    for length, several in itertools.groupby(clips, key=len):
        inputs = torch.stack(list(several))
        count = len(inputs)
        batch = Batch(
            inputs=inputs,
            lengths=torch.full((count,), length),
            targets=torch.zeros(count, dtype=torch.long),
            ids=[""] * count,
        )
        found += trained.recipe.task.answer(network, batch.to(device))
    return found


def _by_frame(
    answer: np.ndarray, chosen: np.ndarray, seconds: np.ndarray, end: float
) -> list[Moment]:
    """Each chosen frame answers for the time nearest to it."""
    first, last = chosen[0], chosen[-1]
    stop = end if last == len(seconds) - 1 else seconds[last + 1]
    times = seconds[chosen]
    bounds = np.concatenate([[seconds[first]], (times[1:] + times[:-1]) / 2, [stop]])
    pairs = zip(itertools.pairwise(bounds.tolist()), answer, strict=True)
    return [(start, until, row) for (start, until), row in pairs if until > start]


def _mean(windows: list[np.ndarray]) -> np.ndarray:
    return np.asarray(np.mean(windows, axis=0))
