import importlib
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, wait

import pytest

from kineograph.data.workers import run_jobs
from kineograph.errors import InputError

JOBS = """
import os
from kineograph.errors import InputError

def square(number):
    return number * number

def square_or_die(number):
    return os._exit(9) if number == 3 else number * number

def square_or_refuse(number):
    if number == 3:
        raise InputError("3: not this one. Take another.")
    return number * number

def die(number):
    os._exit(9)
"""


@pytest.fixture
def jobs(tmp_path, monkeypatch):
    """A module that new processes can import, too."""
    (tmp_path / "jobs_of_a_test.py").write_text(JOBS)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "jobs_of_a_test", raising=False)
    return importlib.import_module("jobs_of_a_test")


@pytest.mark.parametrize("workers", [1, 2])
def test_every_job_ends_once(jobs, workers):
    assert dict(run_jobs(jobs.square, range(6), workers)) == {n: n * n for n in range(6)}


def test_a_job_that_kills_its_process_is_told_and_the_others_go_on(jobs):
    results = dict(run_jobs(jobs.square_or_die, range(6), 2))
    assert results == {0: 0, 1: 1, 2: 4, 3: None, 4: 16, 5: 25}


@pytest.mark.parametrize("workers", [1, 2])
def test_what_a_job_raises_comes_out(jobs, workers):
    with pytest.raises(InputError, match="3: not this one. Take another."):
        list(run_jobs(jobs.square_or_refuse, range(6), workers))


def test_processes_that_all_die_are_not_the_fault_of_the_jobs(jobs):
    with pytest.raises(InputError, match="3 worker processes died before they did anything. Use"):
        list(run_jobs(jobs.die, range(6), 2))


def test_a_process_that_dies_while_jobs_are_handed_over_is_told_too(jobs, monkeypatch):
    submit = ProcessPoolExecutor.submit

    def slow_hand(pool, function, job):
        future = submit(pool, function, job)
        if job == 3:
            wait([future])
        return future

    monkeypatch.setattr(ProcessPoolExecutor, "submit", slow_hand)
    results = dict(run_jobs(jobs.square_or_die, range(6), 2))
    assert results == {0: 0, 1: 1, 2: 4, 3: None, 4: 16, 5: 25}


SLEEPERS = """
import sys, time
from pathlib import Path
from kineograph.data.workers import run_jobs

def sleep(path):
    Path(path).write_text(str(__import__("os").getpid()))
    for _ in range(600):
        time.sleep(0.1)
        Path(path).touch()

if __name__ == "__main__":
    list(run_jobs(sleep, sys.argv[1:], 2))
"""


def test_processes_end_when_their_parent_is_killed(tmp_path):
    script = tmp_path / "sleepers.py"
    script.write_text(SLEEPERS)
    marks = [tmp_path / "one", tmp_path / "two"]
    parent = subprocess.Popen([sys.executable, script, *marks])
    try:
        until = time.monotonic() + 60
        while not all(mark.exists() for mark in marks) and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        parent.kill()
        parent.wait()
    time.sleep(1.0)
    before = [mark.stat().st_mtime_ns for mark in marks]
    time.sleep(0.5)
    assert [mark.stat().st_mtime_ns for mark in marks] == before
