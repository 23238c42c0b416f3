"""Examples side by side in one tensor; the next batch is loaded while one is used.

What a training walks through is a `Dealt`: a data set that deals itself out in batches. Clips do
it as they come (`batches` here); lines of text deal those of like widths together (data/lines).
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kineograph.data.augment import Frames
from kineograph.errors import InputError

Loaded = TypeVar("Loaded")  # a batch of clips, or of lines

POOL_BATCHES = 32  # so many batches are drawn together and sorted by size: 5 % padding, not 40


@dataclass
class Memory:
    """What a network remembers from one batch of a walk to the next, where batches go on in order.

    It belongs to the walk: a new walk begins with nothing, and a checkpoint keeps it.
    """

    state: Any = None  # tensors in tuples, as networks give them; None: nothing yet


class Pass(NamedTuple):
    """One walk through a data set. Order and chance depend on seed and epoch alone, so that a run
    resumed at `first_step` sees what it would have seen.
    """

    epoch: int = 0
    shuffle: bool = False
    seed: int = 0
    first_step: int = 0  # batches before it are not loaded
    part: tuple[int, int] = (0, 1)  # (i, n): every n-th row of each batch from row i on
    memory: Memory | None = None  # given on with each batch by data that go on in order

    @property
    def order(self) -> dict[str, Any]:
        """All but the memory, for data whose batches do not go on from each other."""
        return {name: value for name, value in self._asdict().items() if name != "memory"}


class Dealt(Protocol):
    """A data set that deals itself out: batches that have `ids` and go `.to(device)`."""

    def __len__(self) -> int: ...

    def batches(self, batch_size: int, walk: Pass) -> Iterator[Any]:
        """The batches of one walk; the same for the same numbers."""


class Example(NamedTuple):
    """One clip as a network sees it."""

    frames: Frames  # (T, H, W, C) uint8: three channels an input, as config.inputs names them
    label: int
    id: str  # of its annotation; windows of one clip share it
    start_seconds: float  # of the first and the last frame, in the video
    end_seconds: float
    frame_labels: NDArray[np.int64] | None = None  # (T,)


class Batch(NamedTuple):
    """Clips of one step."""

    inputs: Tensor  # (B, T, 3, H, W) uint8
    lengths: Tensor  # (B,) int64: frames of each clip, the rest of T is padding
    targets: Tensor  # (B,) int64, or (B, T) with a label for each frame and -100 in the padding
    ids: list[str]

    def to(self, device: torch.device) -> "Batch":
        """The same batch on a device."""
        inputs, lengths, targets, ids = self
        return Batch(inputs.to(device), lengths.to(device), targets.to(device), ids)


class Examples(Protocol):
    """What batches can be made of."""

    def __len__(self) -> int: ...

    def example(self, index: int, epoch: int, seed: int) -> Example:
        """The same example for the same three numbers."""


IGNORED = -100  # torch's cross entropy leaves this target out


def collate(examples: Sequence[Example]) -> Batch:
    """One batch; shorter clips are filled up with black frames."""
    lengths = [len(example.frames) for example in examples]
    frames = np.zeros((len(examples), max(lengths), *examples[0].frames.shape[1:]), dtype=np.uint8)
    for row, example in zip(frames, examples, strict=True):
        row[: len(example.frames)] = example.frames
    targets = np.array([example.label for example in examples], dtype=np.int64)
    if examples[0].frame_labels is not None:
        targets = np.full(frames.shape[:2], IGNORED, dtype=np.int64)
        for row, example in zip(targets, examples, strict=True):
            row[: len(example.frames)] = example.frame_labels
    return Batch(
        # The colours stay innermost in memory: what convolutions call channels_last, for nothing.
        inputs=torch.from_numpy(frames).permute(0, 1, 4, 2, 3),
        lengths=torch.tensor(lengths),
        targets=torch.from_numpy(targets),
        ids=[example.id for example in examples],
    )


def batches(
    dataset: Examples,
    batch_size: int,
    *,
    epoch: int = 0,
    shuffle: bool = False,
    seed: int = 0,
    first_step: int = 0,
    part: tuple[int, int] = (0, 1),
) -> Iterator[Batch]:
    """The batches of one epoch; the last one may be smaller.

    Order and chance depend on seed and epoch alone, so that a run resumed at `first_step` sees
    what it would have seen; the steps before are not loaded. `part` (i, n) takes every n-th row of
    each batch from row i on; of a batch that has no such row its first, so that none is empty.
    """
    if batch_size < 1:
        raise InputError(f"batch_size {batch_size}: ask for 1 or more.")
    begin, every = part
    order = np.arange(len(dataset))
    if shuffle:
        order = np.random.default_rng([seed, epoch]).permutation(order)

    def load(step: int) -> Batch:
        whole = order[step * batch_size : (step + 1) * batch_size]
        chosen = whole[begin::every] if begin < len(whole) else whole[:1]
        return collate([dataset.example(int(index), epoch, seed) for index in chosen])

    return one_ahead(load, range(first_step, steps_per_epoch(len(dataset), batch_size)))


def steps_per_epoch(example_count: int, batch_size: int) -> int:
    """How many batches one epoch has."""
    return -(-example_count // batch_size)


def like_sizes(
    sizes: NDArray[np.int_], batch_size: int, shuffle: bool, seed: int, epoch: int
) -> list[NDArray[np.int_]]:
    """Positions of the examples of each batch, those of like sizes together.

    Shuffled: examples are dealt to pools at random, sorted by size within each, and the batches
    come in random order. Else largest first, so that memory runs out at once or never.
    """
    if not shuffle:
        order = np.argsort(-sizes, kind="stable")
        return [order[at : at + batch_size] for at in range(0, len(order), batch_size)]
    rng = np.random.default_rng([seed, epoch])
    drawn = rng.permutation(len(sizes))
    steps = []
    for at in range(0, len(drawn), batch_size * POOL_BATCHES):
        pool = drawn[at : at + batch_size * POOL_BATCHES]
        pool = pool[np.argsort(sizes[pool], kind="stable")]
        steps += [pool[place : place + batch_size] for place in range(0, len(pool), batch_size)]
    return [steps[place] for place in rng.permutation(len(steps))]


def one_ahead(load: Callable[[int], Loaded], steps: Sequence[int]) -> Iterator[Loaded]:
    """Yield load(step) in order, with the next one under way in a thread. What it raises comes out
    here; closing the iterator waits for the one under way and leaves no thread behind.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="batches") as thread:
        waiting: Future[Loaded] | None = None
        for step in steps:
            ready, waiting = waiting, thread.submit(load, step)
            if ready is not None:
                yield ready.result()
        if waiting is not None:
            yield waiting.result()
