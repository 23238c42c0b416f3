"""Run jobs in spawned processes: one that dies is reported, the others go on."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import TypeVar

from kineograph.errors import InputError

Job = TypeVar("Job")
Result = TypeVar("Result")

DEATHS_AT_START = 3  # so many jobs dead before any ended: it is not the jobs


def run_jobs(
    function: Callable[[Job], Result], jobs: Sequence[Job], workers: int
) -> Iterator[tuple[Job, Result | None]]:
    """Yield (job, result) as jobs end; the result is None for a job that killed its process.

    function: at the top level of a module, so that a new process can import it. What it raises is
    raised here. With one worker everything runs in this process. Leaving the loop early stops
    the processes at once.
    """
    if workers <= 1:
        for job in jobs:
            yield job, function(job)
        return
    left = dict(enumerate(jobs))
    with _processes(workers) as pool, suppress(BrokenProcessPool):
        # A process may die while jobs are still handed over: submit raises it, too.
        numbers = {pool.submit(function, job): number for number, job in left.items()}
        for future in as_completed(numbers):
            result = future.result()
            yield left.pop(numbers[future]), result
    # A process died and took all open jobs along: run them one by one, to find the one that kills.
    deaths = 0
    while left:
        with _processes(1) as pool:
            for number in list(left):
                try:
                    result = pool.submit(function, left[number]).result()
                except BrokenProcessPool:
                    deaths += 1
                    _refuse_if_all_die(deaths, len(jobs) - len(left))
                    yield left.pop(number), None
                    break
                yield left.pop(number), result


@contextmanager
def _processes(workers: int) -> Iterator[ProcessPoolExecutor]:
    """A pool whose processes end when this block is left by an error or this process dies."""
    context = multiprocessing.get_context("spawn")
    listen, speak = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(
        workers, mp_context=context, initializer=_end_with_parent, initargs=(listen,)
    )
    try:
        yield pool
    except BaseException:
        speak.close()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        speak.close()
        listen.close()


def _end_with_parent(line: Connection) -> None:
    """Leave this process as soon as the other end of `line` is closed, even in mid-job.

    The operating system closes it when the parent is killed; a pool's process would otherwise wait
    for ever, since it holds both ends of its own queue.
    """

    def leave() -> None:
        with suppress(EOFError, OSError):
            line.recv_bytes()
        os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C: the parent decides and closes the line
    threading.Thread(target=leave, daemon=True).start()


def _refuse_if_all_die(deaths: int, ended: int) -> None:
    if deaths >= DEATHS_AT_START and ended < deaths:
        raise InputError(
            f"{deaths} worker processes died before they did anything. Use workers=1; in a script, "
            f'start the work under if __name__ == "__main__".'
        )
