"""`kineograph demo --lecture`, at a size for tests, and whole when slow tests are asked for."""

from dataclasses import replace

import pytest

import kineograph.recipes as recipes
from kineograph.commands import demo_lecture
from kineograph.recipes import change_all, find_recipe

TINY = ["data.size_pixels=16,16", "model.filters=4,4,4", "training.epochs=1"]
NAMES = {"writing-gru-small", "writing-frame", "writing-median"}


def check(found, folder):
    assert set(found["comparison"]) > NAMES
    for name in ("timeline.png", "seconds.csv", "labelled.mp4"):
        assert (folder / name).stat().st_size > 100
    assert (folder / "run" / "writing-gru-small" / "report.html").exists()


def test_the_journey_at_a_tiny_size(run, tmp_path, monkeypatch):
    small = {"people": 3, "people_per_recording": 1, "seconds": 8, "frames_per_second": 10}
    monkeypatch.setattr(demo_lecture, "DRAWN", small | {"size_pixels": (180, 320)})

    monkeypatch.setattr(
        recipes, "find_recipe", lambda name: replace(change_all(find_recipe(name), TINY), laptop={})
    )
    status, said, found = run("demo", "--lecture", "--folder", tmp_path / "demo", "--json")
    assert status == 0, said
    check(found, tmp_path / "demo")
    assert "balanced accuracy" in said
    frame, median = (found["comparison"][name] for name in ("writing-frame", "writing-median"))
    assert frame["n"] == 10 * median["n"] == 10 * 8


@pytest.mark.slow
def test_whole_it_shows_that_only_the_recurrence_sees_a_pen_held_still(run, tmp_path):
    status, said, found = run("demo", "--lecture", "--folder", tmp_path / "demo", "--json")
    assert status == 0, said
    check(found, tmp_path / "demo")
    gru, frame = (found["comparison"][name] for name in ("writing-gru-small", "writing-frame"))
    assert gru["balanced_accuracy"] > 0.85
    assert gru["kinds"]["pen held still"] > frame["kinds"]["pen held still"] + 0.2
