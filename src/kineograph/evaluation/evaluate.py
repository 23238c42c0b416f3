"""Ask a network about every clip of one side, and keep every answer."""

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import nn

from kineograph.data.annotation import Annotation
from kineograph.data.batch import batches
from kineograph.data.clips import ClipDataset
from kineograph.report.answers import Answer
from kineograph.tasks import LabelByMedian, LabelFrames, Task
from kineograph.tasks.label_by_median import median_of

Progress = Callable[[int, int, str], None]


def evaluate(
    network: nn.Module,
    task: Task,
    data: ClipDataset,
    *,
    split: str,
    batch: int,
    device: torch.device,
    progress: Progress,
) -> list[Answer]:
    """One answer a clip; its windows become one by their mean, or by the task's median."""
    network.eval().to(device)
    found: dict[str, list[np.ndarray]] = defaultdict(list)
    truths: dict[str, list[np.ndarray]] = defaultdict(list)
    done = 0
    for group in batches(data, batch, epoch=0, shuffle=False, seed=0):
        here = group.to(device)
        for name, answer, truth in zip(
            group.ids, task.answer(network, here), task.truth(here), strict=True
        ):
            found[name].append(answer)
            truths[name].append(np.asarray(truth))
        done += len(group.ids)
        progress(done, len(data), split)
    whole = np.concatenate if isinstance(task, LabelFrames) else _mean
    join = median_of if isinstance(task, LabelByMedian) else whole
    return [
        _answer(a, join(found[a.id]), whole(truths[a.id]), data.classes, split)
        for a in data.annotations
    ]


def _mean(windows: list[np.ndarray]) -> np.ndarray:
    return np.mean(windows, axis=0)


def _answer(
    annotation: Annotation,
    probabilities: np.ndarray,
    truth: np.ndarray,
    classes: Sequence[str],
    split: str,
) -> Answer:
    per_class = {c: _numbers(probabilities[..., i]) for i, c in enumerate(classes)}
    best = probabilities.argmax(-1)
    return Answer(
        id=annotation.id,
        video=annotation.video,
        start_seconds=annotation.start_seconds,
        end_seconds=annotation.end_seconds,
        person=annotation.person,
        group=annotation.group,
        copy_of=annotation.copy_of,
        split=split,
        truth=[classes[int(t)] for t in truth] if best.ndim else annotation.label,
        answer=[classes[int(b)] for b in best] if best.ndim else classes[int(best)],
        probabilities=per_class,
    )


def _numbers(values: np.ndarray) -> float | list[float]:
    return np.round(values.astype(float), 6).tolist()
