"""`crossval` and `search` as a person runs them, in processes of their own."""

import json
import sys
from pathlib import Path

import pytest

from kineograph.__main__ import main
from tests.evaluation.folded import TINY

WORDS = [f"--set={setting}" for setting in TINY]


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Run a verb in this process in an empty folder: status, text, JSON."""
    monkeypatch.chdir(tmp_path)

    def call(*words: object) -> tuple[int, str, dict]:
        monkeypatch.setattr(sys, "argv", ["kineograph", *map(str, words), "--json"])
        status = main()
        printed = capsys.readouterr()
        return status, printed.out, json.loads(printed.out.strip().splitlines()[-1])

    return call


def test_crossval_in_two_processes_and_again_with_resume(square_data, run):
    words = ("crossval", "lrcn-kth", square_data.path, *WORDS, "--folds=3", "--no-baselines")
    words = (*words, "--workers=2", "--name=x")
    status, text, found = run(*words)
    assert status == 0 and "3 folds by person" in text and "95 % interval" in text
    answers = Path("runs/x/predictions.jsonl").read_text().splitlines()
    right = [a["truth"] == a["answer"] for a in map(json.loads, answers)]
    assert len(right) == 24 and found["accuracy"] == pytest.approx(sum(right) / 24)
    assert found["protocol"] == {
        "data": "squares",
        "split": "group",
        "by": "person",
        "n": 24,
        "seeds": [0],
        "pooled": True,
        "validation": "the part after the tested one",
    }
    told = json.loads(Path("runs/x/folds/fold-01-seed-0/environment.json").read_text())
    assert told["machine"]["threads"] == 1
    status, text, again = run(*words, "--resume")
    assert status == 0 and "3 of 3 folds are whole already" in text
    assert again["accuracy"] == found["accuracy"]


def test_search_prints_the_best_settings_command(square_data, run):
    words = ("search", "lrcn-kth", square_data.path, *WORDS[:-2], "--set=training.epochs=1")
    status, text, found = run(*words, "--set=model.units=3,4", "--workers=1", "--name=s")
    assert status == 0 and "4 test clips were not touched" in text
    best = found["best"]["command"]
    assert f"Best: {best}" in text and "--set training.epochs=1" in best
    assert found["best"]["name"] in ("model.units=3", "model.units=4")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["crossval", "lrcn-kth", "DATA", "--by=persn"], "--by persn: known are"),
        (["crossval", "lrcn-kth", "DATA", "--by=group"], "--by group: 24 of 24 clips name no"),
        (["crossval", "lrcn-kth", "DATA", "--seeds=a"], "--seeds a: are whole numbers"),
        (["crossval", "lrcn-kth", "DATA", "--folds=2"], "2 folds: 3 parts are needed"),
        (["crossval", "lrcn-kth", "DATA", "--resume"], "nothing to resume"),
        (["search", "lrcn-kth", "DATA"], "no field has two values"),
        (["search", "lrcn-kth", "DATA", "--set=model.units=3"], "no field has two values"),
        (["search", "lrcn-kth", "DATA", "--set=model.units=3,4", "--inner=9"], "9 folds: there"),
    ],
)
def test_bad_words_are_one_clear_line(words, said, run, square_data):
    words = [str(square_data.path) if word == "DATA" else word for word in words]
    small = (
        WORDS[:4] if "--by=group" in words or words[-1].startswith(("--fold", "--inner")) else []
    )
    status, text, found = run(*words, *small)
    assert status == 2 and said in found["error"] and "Traceback" not in text
