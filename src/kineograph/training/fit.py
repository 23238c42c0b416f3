"""The training loop, whole: walk the batches, step, validate, keep the best, stop in time.

It knows a task's four methods and nothing of clips, lines or sentences. Whoever needs another loop
copies this one: it is meant to be read and edited, and has no hooks.
"""

import math
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from kineograph.data.batch import Dealt, Memory, Pass
from kineograph.errors import InputError
from kineograph.nets.learning import set_to_learn
from kineograph.tasks import Task
from kineograph.training.checkpoint import (
    Place,
    load_checkpoint,
    load_weights,
    read_place,
    save_checkpoint,
    save_weights,
)
from kineograph.training.interrupt import interrupt_between_steps
from kineograph.training.log import RunLog
from kineograph.training.optimise import TrainingConfig, learning_rate_at, make_optimiser
from kineograph.training.parallel import ALONE, Parallel, weighted
from kineograph.training.reproduce import seed_everything
from kineograph.training.threads import fastest_thread_count

Progress = Callable[[int, int, str], None]  # done, in all, what is going on


def silent(done: int, total: int, note: str) -> None:
    """Report nothing."""


@dataclass
class Training:
    """One training under way: what learns, from what, how, and where it stands."""

    network: nn.Module
    task: Task
    train: Dealt
    val: Dealt | None
    config: TrainingConfig
    run: Path  # the run folder: model.safetensors, checkpoint/, log.jsonl
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    progress: Progress = silent
    fingerprint: str = ""
    threads: int | None = None  # of the CPU; None: measured to be fastest
    parallel: Parallel = ALONE  # this process among those that train together

    def __post_init__(self) -> None:
        self.network.to(self.device)
        self.optimiser = make_optimiser(self.network, self.config)
        self.log = RunLog(self.run / "log.jsonl")
        self.place = Place(fingerprint=self.fingerprint)
        self.memory = Memory()  # of this epoch's walk
        self.last_saved = time.monotonic()
        self.done_before = 0  # examples, by earlier sittings: no speed of this one

    @property
    def examples_done(self) -> int:
        """Of all epochs so far, whoever did them."""
        return (self.place.epoch - 1) * len(self.train) + self.place.examples

    @property
    def checkpoint(self) -> Path:
        """The file that --resume reads."""
        return self.run / "checkpoint" / "training.safetensors"

    @property
    def weights(self) -> Path:
        """The file that remains: the best epoch's weights, or the last's."""
        return self.run / "model.safetensors"

    @property
    def steps_per_epoch(self) -> int:
        """Batches in one pass over the training examples."""
        return math.ceil(len(self.train) / self.config.batch)

    @property
    def step_examples(self) -> int:
        """Examples of the step under way, of all processes together."""
        return min(self.config.batch, len(self.train) - self.place.step * self.config.batch)


def fit(job: Training, *, resume: bool = False) -> Place:
    """Train to the end and leave the kept weights in the network; returns where it ended.

    With `resume` it goes on from the last checkpoint; on one CPU with the same number of threads
    the weights come out bit for bit as if it had never stopped. Ctrl-C saves before it leaves.
    Processes that train together all call it; the first one validates and writes.
    """
    _begin(job, resume)
    job.done_before = job.examples_done
    with interrupt_between_steps() as interrupted:
        while not job.place.finished:
            train_epoch(job, interrupted)
            finish_epoch(job)
        if interrupted():
            raise KeyboardInterrupt
    if job.parallel.first:
        load_weights(job.weights, job.network)
    job.parallel.copy_first(job.network)
    return job.place


def train_epoch(job: Training, interrupted: Callable[[], bool]) -> None:
    """The steps of one epoch that are still to do; Ctrl-C saves after the step under way."""
    set_to_learn(job.network)
    place, total = job.place, job.config.epochs * job.steps_per_epoch
    for batch in walk(job, job.train, shuffle=True, first_step=place.step):
        began = time.perf_counter()
        done = (place.epoch - 1) * job.steps_per_epoch + place.step
        rate = learning_rate_at(done, total, job.steps_per_epoch, job.config)
        loss, answers = train_step(job, batch, rate)
        scores = job.task.score(answers, job.task.truth(batch))
        count = job.step_examples
        own = [score * job.parallel.rows(count) for score in scores.values()]
        *sums, pressed = job.parallel.total([*own, float(interrupted())])
        place.step += 1
        place.examples += count
        place.loss_sum += loss * count
        for name, value in zip(scores, sums, strict=True):
            place.score_sums[name] = place.score_sums.get(name, 0.0) + value
        place.seconds += time.perf_counter() - began
        job.progress(
            job.examples_done - job.done_before,
            job.config.epochs * len(job.train) - job.done_before,
            f"epoch {place.epoch} of {job.config.epochs} · loss {place.mean_loss:.3f}",
        )
        if pressed or time.monotonic() - job.last_saved > job.config.checkpoint_seconds:
            save(job)
        if pressed:
            raise KeyboardInterrupt


def train_step(job: Training, batch: Any, rate: float) -> tuple[float, list[Any]]:
    """Forward, backward, clip, step. Returns the loss and the answers of the same pass.

    The loss is that of the whole batch, the answers are those to this process's own examples.
    """
    for group in job.optimiser.param_groups:
        group["lr"] = rate
    job.optimiser.zero_grad(set_to_none=True)
    with autocast(job):
        loss, answers = job.task.loss(job.network, batch)
    loss = weighted(loss, job.parallel.rows(job.step_examples), job.step_examples)
    (value,) = job.parallel.total([float(loss.detach())])
    if not math.isfinite(value):
        ids = job.parallel.gathered(batch.ids)
        raise InputError(
            f"epoch {job.place.epoch}, step {job.place.step + 1}: the loss is {value} on the batch "
            f"of {', '.join(ids)}. A loss must be finite: look at these, lower "
            "training.learning_rate, or set training.clip_norm=1. No weight was changed by it."
        )
    loss.backward()
    job.parallel.add_gradients(job.network)
    if job.config.clip_norm is not None:
        learning = [p for p in job.network.parameters() if p.grad is not None]
        nn.utils.clip_grad_norm_(learning, job.config.clip_norm)
    job.optimiser.step()
    return value, answers


def finish_epoch(job: Training) -> None:
    """Validate, log, keep the weights if they are the best, decide whether to go on, save."""
    job.memory = Memory()  # the next epoch's walk begins with nothing
    if job.parallel.first:
        _finish_epoch(job)
    job.place = job.parallel.from_first(job.place)


def _finish_epoch(job: Training) -> None:
    place, config = job.place, job.config
    line = {
        "event": "epoch",
        "epoch": place.epoch,
        "steps": place.step,
        "train_loss": place.mean_loss,
        **{f"train_{name}": each / place.examples for name, each in place.score_sums.items()},
        "learning_rate": job.optimiser.param_groups[0]["lr"],
        "seconds": round(place.seconds, 3),
    }
    loss = line["train_loss"]
    if job.val is not None:
        loss, scores = assess(job, job.val)
        line |= {"val_loss": loss, **{f"val_{name}": value for name, value in scores.items()}}
    if config.keep == "last" or not place.best_epoch or loss < place.best_loss:
        place.best_epoch, place.best_loss = place.epoch, loss
        save_weights(job.weights, job.network)
    waited = place.epoch - place.best_epoch
    tired = config.keep == "best" and config.patience is not None and waited >= config.patience
    place.finished = tired or place.epoch == config.epochs
    job.log.write(line)
    if place.finished:
        reason = f"no better loss for {waited} epochs" if tired else "all epochs done"
        job.log.write({"event": "stop", "reason": reason, "best_epoch": place.best_epoch})
    else:
        place.epoch += 1
    place.step = place.examples = 0
    place.loss_sum, place.score_sums = 0.0, {}
    save(job)


def assess(job: Training, data: Dealt) -> tuple[float, dict[str, float]]:
    """Mean loss and scores over a data set, without learning."""
    job.network.eval()
    losses, answers, truths = [], [], []
    with torch.inference_mode(), autocast(job):
        for batch in walk(job, data, shuffle=False):
            loss, found = job.task.loss(job.network, batch)
            losses.append(float(loss) * len(batch.ids))
            answers += found
            truths += job.task.truth(batch)
    return sum(losses) / len(data), job.task.score(answers, truths)


def walk(job: Training, data: Dealt, *, shuffle: bool, first_step: int = 0) -> Generator[Any]:
    """The batches of this epoch, on the device; in training, this process's part of each."""
    part = (job.parallel.rank, job.parallel.size) if shuffle else (0, 1)
    memory = job.memory if shuffle else Memory()
    way = Pass(job.place.epoch, shuffle, job.config.seed, first_step, part, memory)
    for batch in data.batches(job.config.batch, way):
        yield batch.to(job.device)


def autocast(job: Training) -> torch.autocast:
    """bf16 inside, where the configuration asks for it; f32 outside."""
    return torch.autocast(
        job.device.type, dtype=torch.bfloat16, enabled=job.config.precision == "bf16"
    )


def save(job: Training) -> None:
    """Write the checkpoint: from here a resumed training goes on."""
    if job.parallel.first:
        save_checkpoint(job.checkpoint, job.network, job.optimiser, job.place, job.memory)
    job.last_saved = time.monotonic()


def _begin(job: Training, resume: bool) -> None:
    job.parallel.check_batch(job.config.batch)
    seed_everything(job.config.seed + job.parallel.rank)  # each process has its own dropout
    if resume and job.checkpoint.exists():
        _go_on(job)
    else:  # anew, or killed before the first checkpoint: nothing to go on from
        job.parallel.wait()  # until everyone has looked
        if job.parallel.first:
            job.checkpoint.unlink(missing_ok=True)
            job.log.clear()
        _choose_threads(job)
    job.parallel.copy_first(job.network)


def _go_on(job: Training) -> None:
    """Back to where the checkpoint was saved. Its chance was the first process's own."""
    check_resumable(job)
    job.place = load_checkpoint(job.checkpoint, job.network, job.optimiser, job.memory)
    torch.set_num_threads(job.place.threads)
    job.parallel.wait()  # until everyone has read what the first will write over
    if job.parallel.first:
        job.log.keep_epochs(below=job.place.epoch + job.place.finished)
    else:
        job.memory = Memory()  # what was saved are the first one's rows
        done = (job.place.epoch - 1) * job.steps_per_epoch + job.place.step
        seed_everything(job.config.seed + job.parallel.rank + job.parallel.size * (1 + done))


def check_resumable(job: Training) -> None:
    """Refuse the checkpoint of another training, before anything of it is touched."""
    if job.checkpoint.exists() and read_place(job.checkpoint).fingerprint != job.fingerprint:
        raise InputError(
            f"{job.checkpoint}: was saved by another recipe, data set or split. A training "
            "resumes only itself: give the same options, or choose another --name to start anew."
        )


def _choose_threads(job: Training) -> None:
    """As asked for, or as measured on the first batch; chance is put back to where it was.

    Processes beside each other have one thread each: they share the cores.
    """
    if job.threads is None and job.parallel.size == 1:
        with closing(walk(job, job.train, shuffle=False)) as some:
            batch = next(some)
        job.place.threads = fastest_thread_count(lambda: _try_step(job, batch))
        seed_everything(job.config.seed)
    else:
        job.place.threads = job.threads or 1
        torch.set_num_threads(job.place.threads)


def _try_step(job: Training, batch: Any) -> None:
    """Forward and backward without a step: no weight changes."""
    set_to_learn(job.network)
    with autocast(job):
        loss, _ = job.task.loss(job.network, batch)
    loss.backward()
    job.optimiser.zero_grad(set_to_none=True)


def parameters_of(network: nn.Module) -> dict[str, Tensor]:
    """Names and values of everything that is saved: for comparing two trainings."""
    return {name: value.detach().clone() for name, value in network.state_dict().items()}
