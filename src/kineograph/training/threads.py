"""How many CPU threads: measured, since threads that wait for each other on busy cores cost more
than they give (two on two cores that others use: a tenth of the speed of one)."""

import os
import time
from collections.abc import Callable

import torch

ROUNDS = 3


def fastest_thread_count(step: Callable[[], object]) -> int:
    """Time a step with all threads, half of them, … one, and set torch to the fastest.

    Of near equals the fewest: what is left over serves decoding, and other programs.
    """
    most = max(1, min(torch.get_num_threads(), os.cpu_count() or 1))
    counts = [most]
    while counts[-1] > 1:
        counts.append(counts[-1] // 2)
    seconds = {}
    for count in counts:
        torch.set_num_threads(count)
        seconds[count] = _seconds(step)
    best = min(seconds.values())
    chosen = min(count for count in counts if seconds[count] <= 1.1 * best)
    torch.set_num_threads(chosen)
    return chosen


def _seconds(step: Callable[[], object]) -> float:
    """The median of a few steps, after one that warms up."""
    step()
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        step()
        taken.append(time.perf_counter() - began)
    return sorted(taken)[ROUNDS // 2]
