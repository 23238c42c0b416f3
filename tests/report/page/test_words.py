"""Figures in plain words, and verdicts that do not flatter."""

from pathlib import Path
from typing import Any

import pytest

from kineograph.report.page.words import (
    beside_published,
    count,
    differing_protocol,
    duration,
    gain_words,
    interval_words,
    judgement,
    milliseconds,
    percent,
    points,
    span,
)
from kineograph.report.run_files import RunFiles
from kineograph.report.scores import Difference

NARROW = "\u00a0"


def test_figures_read_as_people_write_them():
    assert percent(0.7834) == f"78.3{NARROW}%" and percent(None) == "–"
    assert points(0.021) == "+2.1" and points(-0.021) == "−2.1"
    assert span([0.712, 0.84]) == f"71.2–84.0{NARROW}%" and span(None) == "–"
    assert count(73126) == "73\u202f126"
    assert [duration(s).replace(NARROW, " ") for s in (1.25, 83, 3725)] == [
        "1.2 s",
        "1 min 23 s",
        "1 h 2 min",
    ]
    assert milliseconds(0.0931) == f"0.0931{NARROW}ms"


def scores(accuracy: float, low: float | None, groups: int = 9) -> dict[str, Any]:
    interval = None if low is None else [low, min(1.0, 2 * accuracy - low)]
    return {"accuracy": accuracy, "interval": interval, "interval_by": "person", "groups": groups}


def run(how: str = "group", name: str = "kth", leakage: str | None = None) -> RunFiles:
    data = {"name": name, "split": {"how": how}}
    return RunFiles(Path("run"), environment={"data": data, "leakage": leakage})


def test_a_network_above_all_baselines_is_clearly_better():
    known = {name: {"accuracy": 0.3} for name in ("majority", "metadata", "frame")}
    (line,) = judgement(scores(0.8, 0.7), known, None)
    assert line.startswith("Clearly better than all three baselines: single frames (30.0")


def test_a_baseline_within_the_interval_is_not_clearly_beaten():
    known = {name: {"accuracy": 0.75} for name in ("majority", "metadata", "frame")}
    (line,) = judgement(scores(0.8, 0.7), known, None)
    assert line.startswith("Not clearly better than single frames")


def test_the_same_clips_decide_about_the_single_frame():
    known = {"frame": {"accuracy": 0.75}}
    ahead = Difference(0.05, [0.01, 0.09], 150)
    assert judgement(scores(0.8, 0.7), known, ahead)[0].startswith(
        "Clearly better than single frames"
    )
    unsure = Difference(0.15, [-0.01, 0.3], 150)
    assert judgement(scores(0.8, 0.7), {"frame": {"accuracy": 0.65}}, unsure)[0].startswith(
        "Not clearly better than single frames"
    )


def test_bad_news_comes_first():
    known = {"metadata": {"accuracy": 0.85}, "majority": {"accuracy": 0.2}}
    lines = judgement(scores(0.8, 0.7), known, None)
    assert lines[0].startswith("No better than file metadata (85.0")
    assert "may have seen nothing" in lines[0]
    assert lines[1].startswith("Clearly better than commonest answer")
    assert lines[2] == "Not compared with single frames."


def test_a_skipped_baseline_is_no_comparison():
    lines = judgement(scores(0.8, 0.7), {"frame": {"skipped": "not asked for"}}, None)
    assert lines == ["Not compared with single frames, file metadata and commonest answer."]


def test_without_an_interval_nothing_is_clear():
    assert judgement(scores(0.8, None), {"majority": {"accuracy": 0.2}}, None)[0].startswith(
        "Not clearly"
    )
    assert "No interval: all answers belong to one person" in interval_words(
        scores(0.8, None), run()
    )


def test_an_interval_speaks_only_of_those_it_may_speak_of():
    assert interval_words(scores(0.8, 0.7), run()).startswith("Other persons like these 9 would")
    assert "With 3 persons it is a rough one." in interval_words(scores(0.8, 0.7, groups=3), run())
    for mixed in (run(how="clip"), run(leakage="yes")):
        assert "of persons never seen it tells nothing" in interval_words(scores(0.8, 0.7), mixed)


def test_being_behind_the_single_frame_is_said():
    said = gain_words(Difference(-0.031, [-0.06, 0.01], 150))
    assert "3.1 points behind the single-frame network" in said and "from −6.0 to +1.0" in said


PUBLISHED = {"source": "a paper", "data": "KTH", "split": "clip"}


@pytest.mark.parametrize(
    ("ours", "reasons"),
    [
        (run(how="clip"), []),
        (run(how="group"), ["theirs is dealt at random, ours is the harder test"]),
        (run(how="clip", name="my clips"), ["other data (ours: my clips)"]),
    ],
)
def test_protocols_that_differ_are_told_apart(ours: RunFiles, reasons: list[str]):
    found = differing_protocol(PUBLISHED, ours)
    assert [told.partition(":")[0] for told in found] == [
        told.partition(":")[0] for told in reasons
    ]


def test_a_protocol_that_says_nothing_is_not_taken_for_ours():
    found = differing_protocol({"source": "a paper", "data": "KTH"}, run(how="group"))
    assert len(found) == 1 and found[0].startswith("not known to be split as ours")


def test_weaker_is_called_weaker():
    assert beside_published(0.7, 0.783, []).startswith(f"Ours is weaker by 8.3{NARROW}points. Data")
    said = beside_published(0.8, 0.783, ["other data"])
    assert (
        said
        == f"Ours is stronger by 1.7{NARROW}points, but the two are not comparable: other data."
    )
    assert beside_published(None, 0.783, []) == "Ours is not known."
