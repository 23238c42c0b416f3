"""Of processes that torchrun starts together only the first prints, unless another fails alone."""

import sys

import pytest

from kineograph import __main__ as start
from kineograph.commands.console import Screen, speaks


@pytest.fixture(params=["0", "1"])
def rank(request, monkeypatch):
    monkeypatch.setenv("RANK", request.param)
    monkeypatch.setenv("WORLD_SIZE", "2")
    return int(request.param)


def test_the_first_prints_and_the_others_are_silent(rank, capsys):
    screen = Screen(as_json=True)
    with screen.stage("Training", "clips") as progress:
        progress(3, 4, "epoch 1")
    screen.say("Report: here")
    screen.show("a table")
    screen.result({"accuracy": 1.0})
    said = capsys.readouterr().out
    assert speaks() == (rank == 0)
    assert said == "" if rank else "Training: 3 of 4" in said and "Report: here" in said


def test_alone_a_process_speaks_whatever_its_rank_is_called(monkeypatch):
    monkeypatch.setenv("RANK", "7")
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    assert speaks()


def test_an_error_of_another_is_said_after_the_first_had_its_turn(rank, monkeypatch, capsys):
    waited = []
    monkeypatch.setattr(start.time, "sleep", waited.append)
    monkeypatch.setattr(sys, "argv", ["kineograph", "export", "nobody"])
    assert start.main() == 2
    assert waited == [start.MEANWHILE_SECONDS] * rank
    assert capsys.readouterr().err.startswith("kineograph: nobody: no run folder")


def test_ctrl_c_is_said_once(rank, monkeypatch, capsys):
    def stopped(*words, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("kineograph.recipes.trained.run_folder", stopped)
    monkeypatch.setattr(sys, "argv", ["kineograph", "export", "nobody"])
    assert start.main() == start.INTERRUPTED
    assert ("stopped by you" in capsys.readouterr().err) == (rank == 0)
