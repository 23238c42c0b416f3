"""Threads are chosen by measuring, and measuring leaves no trace."""

import time

import pytest
import torch

from kineograph.training.threads import fastest_thread_count


@pytest.fixture(autouse=True)
def threads_as_before():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("milliseconds", "chosen"),
    [
        ({4: 2, 2: 12, 1: 24}, 4),  # calm machine, large work
        ({4: 24, 2: 24, 1: 4}, 1),  # others use the cores
        ({4: 24, 2: 4, 1: 24}, 2),
    ],
)
def test_the_fastest_number_is_taken(milliseconds, chosen, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    torch.set_num_threads(4)
    found = fastest_thread_count(lambda: time.sleep(milliseconds[torch.get_num_threads()] / 1e3))
    assert found == torch.get_num_threads() == chosen
