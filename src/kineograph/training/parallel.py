"""One training in several processes: more cores, more GPUs, more machines.

    torchrun --nproc-per-node 2 -m kineograph train RECIPE DATA

    batch of the recipe     0 1 2 3 4       the same shuffled rows in every process
    process 0               0   2   4       each computes its own rows,
    process 1                 1   3         the gradients are added up, all step alike

This is distributed data-parallel training, as torch's DistributedDataParallel does it, with the
gradients added up by hand: in a short last batch a process may have no row of its own, which the
wrapper does not allow, and networks keep their own names and methods. What the wrapper is better
at, sending while it still computes, is worth nothing at some hundred thousand weights.

Only the first process writes files and speaks; all of them see the same disk.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn

from kineograph.errors import InputError

PATIENCE = timedelta(days=1)  # the first process may decode for hours while the others wait
Value = TypeVar("Value")


@dataclass(frozen=True)
class Parallel:
    """This process among those of one training; alone, everything here does nothing."""

    rank: int = 0
    size: int = 1  # processes in all
    local_rank: int = 0  # among those of this machine: its GPU

    @property
    def first(self) -> bool:
        """Whether this process writes the files."""
        return self.rank == 0

    def rows(self, batch: int) -> int:
        """How many rows of a batch are this process's own."""
        return len(range(self.rank, batch, self.size))

    def wait(self) -> None:
        """Until all processes have come here."""
        self.total([0.0])

    def total(self, numbers: list[float]) -> list[float]:
        """Each number summed over the processes."""
        if self.size == 1:
            return numbers
        sums = torch.tensor(numbers, dtype=torch.float64)
        dist.all_reduce(sums)
        return sums.tolist()

    def add_gradients(self, network: nn.Module) -> None:
        """Every gradient becomes its sum over the processes, sent in one piece."""
        if self.size == 1:
            return
        # Equal networks have gradients at equal places, so the pieces match.
        gradients = [p.grad for p in network.parameters() if p.grad is not None]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        dist.all_reduce(flat)
        pieces = flat.split([gradient.numel() for gradient in gradients])
        for gradient, piece in zip(gradients, pieces, strict=True):
            gradient.copy_(piece.view_as(gradient))

    def copy_first(self, network: nn.Module) -> None:
        """The first process's weights and buffers, in all processes."""
        if self.size > 1:
            for value in network.state_dict().values():
                dist.broadcast(value, src=0)

    def from_first(self, value: Value) -> Value:
        """What the first process has, in all processes."""
        if self.size == 1:
            return value
        carried = [value if self.first else None]
        dist.broadcast_object_list(carried, src=0, device=torch.device("cpu"))
        return carried[0]  # type: ignore[return-value]

    def gathered(self, names: list[str]) -> list[str]:
        """The names of all processes, one after the other."""
        if self.size == 1:
            return names
        found: list[list[str]] = [[]] * self.size
        dist.all_gather_object(found, names)
        return [name for part in found for name in part]

    def check_batch(self, batch: int) -> None:
        """Refuse a batch that leaves a process without a row."""
        if batch < self.size:
            raise InputError(
                f"training.batch={batch}: {self.size} processes share each batch, and each needs a "
                f"clip of it. Write --set training.batch={self.size}, or start fewer processes."
            )

    def device(self, chosen: torch.device) -> torch.device:
        """The GPU of this process, where a GPU without a number was chosen; else as chosen."""
        if self.size == 1 or chosen.type != "cuda":
            return chosen
        count = torch.cuda.device_count()
        if chosen.index is not None or self.local_rank >= count:
            raise InputError(
                f"--device {chosen}: process {self.local_rank + 1} of this machine needs a GPU of "
                f"its own, and there are {count}. Write --device cuda, and start as many processes "
                "as there are GPUs."
            )
        device = torch.device("cuda", self.local_rank)
        torch.cuda.set_device(device)
        return device


ALONE = Parallel()


@contextmanager
def joined() -> Iterator[Parallel]:
    """Meet the other processes that torchrun started; without torchrun, be alone."""
    here = place_by_torchrun()
    if here.size == 1:
        yield here
        return
    backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
    dist.init_process_group(backend, timeout=PATIENCE)
    try:
        yield here
    finally:
        dist.destroy_process_group()


def place_by_torchrun() -> Parallel:
    """What RANK, WORLD_SIZE and LOCAL_RANK say; alone where they are not set."""
    try:
        rank, size, local = (
            int(os.environ.get(name, default))
            for name, default in (("RANK", "0"), ("WORLD_SIZE", "1"), ("LOCAL_RANK", "0"))
        )
    except ValueError as error:
        raise InputError(
            f"RANK, WORLD_SIZE, LOCAL_RANK: must be whole numbers ({error}). "
            "Start with torchrun, which sets them, or unset them."
        ) from error
    return Parallel(rank, size, local) if size > 1 else ALONE


def weighted(loss: Tensor, rows: int, batch: int) -> Tensor:
    """A mean over `rows` of a batch as its part of the mean over all: parts add up to the whole."""
    return loss * (rows / batch)
