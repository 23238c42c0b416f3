"""Equal time: a training that ends when its seconds are spent, and whose rate knows how many.

Seconds are those of the processor, as this process spent them (all of its threads): on a machine
that is shared, seconds by the clock measure the neighbours. Loading of batches counts, validation
does not. The steps are those of `kineograph.training.fit`; only its epochs are not, since an epoch
is no measure of time.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from torch import nn

from kineograph.data.batch import Dealt, Memory
from kineograph.tasks import Task
from kineograph.training.fit import Training, assess, train_step, walk
from kineograph.training.optimise import TrainingConfig, learning_rate_at
from kineograph.training.reproduce import seed_everything

LOOKS = 6  # at the validation side, evenly over the training
PARTS = 10_000  # of a training, in which the learning rate is told


@dataclass(frozen=True)
class Budget:
    """What a training may spend: seconds of the processor, or steps."""

    seconds: float | None = None
    steps: int | None = None

    def __post_init__(self) -> None:
        """One of the two, and more than nothing."""
        given = [value for value in (self.seconds, self.steps) if value is not None]
        if len(given) != 1 or not given[0] > 0:
            raise ValueError(
                f"seconds={self.seconds}, steps={self.steps}: a budget is one of the two, and "
                "more than 0. Write Budget(seconds=60)."
            )

    def spent(self, seconds: float, steps: int) -> float:
        """The share that is spent, 1 at most."""
        share = steps / self.steps if self.steps else seconds / (self.seconds or 1.0)
        return min(1.0, share)


class Look(NamedTuple):
    """The validation side, seen in the middle of a training."""

    seconds: float
    steps: int
    loss: float
    scores: dict[str, float]


@dataclass
class Spent:
    """Where a training stands, its looks included."""

    seconds: float
    steps: int
    looks: list[Look]


@dataclass(frozen=True)
class Course:
    """What is learned by whom: all that a training needs but the network's width."""

    task: Task
    train: Dealt
    val: Dealt
    config: TrainingConfig


def train(network: nn.Module, course: Course, budget: Budget) -> Spent:
    """Train in place to the end of the budget. Raises InputError where the loss is not finite."""
    found = Spent(0.0, 0, [])
    with tempfile.TemporaryDirectory() as folder:
        job = Training(
            network, course.task, course.train, course.val, course.config, Path(folder), threads=1
        )
        seed_everything(course.config.seed)
        network.train()
        with closing(_batches(job)) as batches:
            began = time.process_time()
            while (share := budget.spent(found.seconds, found.steps)) < 1:
                rate = learning_rate_at(int(share * PARTS), PARTS, PARTS, job.config)
                train_step(job, next(batches), rate)
                job.place.step += 1
                found.steps += 1
                now = time.process_time()
                found.seconds, began = found.seconds + now - began, now
                if _is_due(found, budget):
                    found.looks.append(Look(found.seconds, found.steps, *assess(job, course.val)))
                    network.train()
                    began = time.process_time()
    network.eval()
    return found


def score(network: nn.Module, course: Course, data: Dealt) -> tuple[float, dict[str, float]]:
    """Loss and scores of a side, by a network that has learned."""
    with tempfile.TemporaryDirectory() as folder:
        job = Training(
            network, course.task, course.train, None, course.config, Path(folder), threads=1
        )
        return assess(job, data)


def _batches(job: Training) -> Iterator[Any]:
    """Pass after pass, each in its own order; what is remembered ends with a pass."""
    while True:
        job.memory = Memory()
        job.place.step = 0
        yield from walk(job, job.train, shuffle=True)
        job.place.epoch += 1


def _is_due(found: Spent, budget: Budget) -> bool:
    share = budget.spent(found.seconds, found.steps)
    return share >= (len(found.looks) + 1) / LOOKS or share >= 1
