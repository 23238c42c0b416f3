"""Many trainings side by side: a thread each, in processes of their own, one training at a time.

Two processes of one thread do more than one of two threads, and memory stays that of as many
trainings as there are processes.
"""

import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch

from kineograph.data.dataset_folder import DataFolder
from kineograph.data.folds import Fold
from kineograph.data.workers import run_jobs
from kineograph.errors import InputError
from kineograph.evaluation.experiment import run_experiment
from kineograph.evaluation.job import Experiment, Progress, Stage
from kineograph.recipes import Recipe
from kineograph.training.reproduce import choose_device

LOOK_SECONDS = 1.0  # between looks at how far the trainings are
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
KILLED = (
    "its process was killed, most likely for memory. Run fewer at once: --workers 1, and go on "
    "with --resume."
)

End = TypeVar("End")


@dataclass(frozen=True)
class FoldTraining:
    """One fold with one seed: what a new process needs to train it."""

    recipe: Recipe  # with this seed in it
    data: Path
    run: Path
    fold: Fold
    with_baselines: bool = False
    look_for_copies: bool = False
    allow_leakage: bool = False
    device: str = "cpu"

    @property
    def seed(self) -> int:
        """Of the weights and of the order of the clips."""
        return self.recipe.training.seed

    @property
    def name(self) -> str:
        """As lines on the screen call it."""
        return f"{self.fold.name}, seed {self.seed}"

    @property
    def whole(self) -> bool:
        """Whether its run folder has everything that was asked for."""
        wanted = ["report.html"] + ["baselines.json"] * self.with_baselines
        return all((self.run / file).exists() for file in wanted)

    @property
    def logs(self) -> tuple[Path, ...]:
        """The diaries that grow while it runs."""
        own, frames = self.run / "log.jsonl", self.run / "baselines" / "frame" / "log.jsonl"
        return (own, frames) if self.with_baselines else (own,)

    def experiment(self) -> Experiment:
        """The same as a whole experiment on one thread; what a killed one left is gone on with."""
        return Experiment(
            recipe=self.recipe,
            data=DataFolder(self.data),
            run=self.run,
            device=choose_device(self.device),
            split=self.fold.split,
            resume=True,
            with_baselines=self.with_baselines,
            look_for_copies=self.look_for_copies,
            allow_leakage=self.allow_leakage,
            workers=1,
            threads=1,
        )


def run_fold(training: FoldTraining) -> str:
    """Train and test one fold, into its own run folder; returns why it failed, or nothing."""
    try:
        run_experiment(training.experiment())
    except InputError as error:
        return str(error)
    return ""


def run_trainings(
    function: Callable[[FoldTraining], End],
    trainings: Sequence[FoldTraining],
    *,
    done: Sequence[FoldTraining] = (),
    workers: int | None,
    title: str,
    unit: str,
    stage: Stage,
) -> Iterator[tuple[FoldTraining, End | None]]:
    """Yield each training with what `function` returned as it ends; None: its process was killed.

    `done` are counted as finished. Leaving the loop, or Ctrl-C, ends the processes; what they had
    saved is gone on with by the next call.
    """
    ended = list(done)
    at_once = min(workers or os.cpu_count() or 1, max(1, len(trainings)))
    if not trainings:
        return
    with (
        stage(title, "epochs") as progress,
        _watched(progress, [*done, *trainings], ended, unit),
        one_thread_each(),
    ):
        for training, end in run_jobs(function, trainings, at_once):
            ended.append(training)
            yield training, end


@contextmanager
def one_thread_each() -> Iterator[None]:
    """One thread for this process and for those begun inside, told before they import torch."""
    before = {name: os.environ.get(name) for name in THREADS}
    threads = torch.get_num_threads()
    os.environ.update(dict.fromkeys(THREADS, "1"))
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _watched(
    progress: Progress,
    trainings: Sequence[FoldTraining],
    ended: Sequence[FoldTraining],
    unit: str,
) -> Iterator[None]:
    """Report once a second how many epochs stand in the diaries."""
    stop = threading.Event()

    def look() -> None:
        finished = set(map(id, list(ended)))
        done = total = 0
        for training in trainings:
            epochs = training.recipe.training.epochs
            total += epochs * len(training.logs)
            if id(training) in finished:  # also one that stopped early
                done += epochs * len(training.logs)
            else:
                done += sum(min(epochs, _epochs_in(log)) for log in training.logs)
        progress(done, total, f"{len(finished)} of {len(trainings)} {unit} done")

    def watch() -> None:
        look()
        while not stop.wait(LOOK_SECONDS):
            look()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        look()


def _epochs_in(log: Path) -> int:
    """Epochs that a diary tells of; none if there is none yet."""
    try:
        return log.read_text(encoding="utf-8", errors="replace").count('"event": "epoch"')
    except OSError:
        return 0


def check_plan(path: Path, plan: dict[str, str], resume: bool) -> None:
    """Refuse to go on with what was begun as something else; `plan` is a fingerprint of this."""
    if resume and path.exists():
        try:
            known = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            known = None
        if known != plan:
            raise InputError(
                f"{path.parent}: was begun with another recipe, other clips or other folds. It is "
                "gone on with as it was begun: give the same options, or choose another --name."
            )
