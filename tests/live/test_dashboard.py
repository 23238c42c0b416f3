"""The terminal's picture in plain text, at sizes that people have."""

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from kineograph.live.dashboard import Dashboard, troubles
from tests.live.states import CALM, EVIDENCE, FIGHT, TROUBLED, camera, sink, watching


def screen(state, width=80, height=24) -> list[str]:
    """What stands in the terminal, without its frame."""
    console = Console(file=io.StringIO(), width=width, height=height, legacy_windows=False)
    console.print(Dashboard(state))
    return [line.strip("│╭╮╰╯ ") for line in console.file.getvalue().splitlines()]


def row(lines, name) -> list[str]:
    (found,) = [line for line in lines if line.startswith(name)]
    return found.split()


def test_a_camera_its_window_what_it_looks_like_and_its_events():
    lines = screen(watching(camera("hall", "up", CALM, events=3), sinks=[sink()]))
    assert lines[0].startswith("─ actors · onnxruntime · 1:01:01 ─")
    assert row(lines, "hall") == ["hall", "●", "up", "whole", "walking", "█████░░░", "62%", "3"]
    assert lines[-2] == "evidence: 3 events, 48.2 MB  · folder: 6 sent"


def test_an_event_that_lasts_stands_in_its_window_s_row():
    two = camera("hall", "up", FIGHT, replace(CALM, name="stairs"), events=5)
    lines = screen(watching(two))
    assert row(lines, "hall")[-3:] == ["94%", "fight", "5"]
    (stairs,) = [line for line in lines if "stairs" in line]
    assert stairs.split() == ["stairs", "walking", "█████░░░", "62%"]


def test_what_is_wrong_is_said_in_lines_of_its_own():
    said = [line for line in screen(TROUBLED) if line.startswith("! ")]
    assert said == [
        "! DISK FULL: 7 entries of the journal wait in memory",
        "! garage: rtsp://192.0.2.9/live: no answer within 10 s",
        "! yard: the same picture for 30 s",
        "! left out: shop, till: window x=600 reaches out of 640×480",
        "! phone: 3 waiting: ConnectionRefusedError: refused",
        "! mail: 2 given up: 550 no such user",
    ]


def test_nothing_is_wrong_while_all_is_well():
    state = watching(
        camera("hall", "up", CALM, error="it was away an hour ago"),
        camera("file", "ended", CALM),
        sinks=[sink(waiting=2)],  # on its way
    )
    assert list(troubles(state)) == []
    failed = replace(camera("hall", "ended"), failed="ValueError: no")
    assert list(troubles(watching(failed))) == ["hall: a defect ended it: ValueError: no"]
    lost = replace(state, evidence=replace(EVIDENCE, lost=2))
    assert list(troubles(lost)) == ["2 events could not be entered in the journal"]


def test_columns_that_do_not_fit_are_left_away_the_least_useful_first():
    state = watching(camera("hall", "up", CALM, events=3, dropped=37))
    heads = [screen(state, width)[1].split() for width in (80, 90, 102, 114, 124)]
    assert heads[0] == ["camera", "window", "by", "now", "events"]
    further = [[word for word in head if word not in heads[0]] for head in heads]
    assert further == [
        [],
        ["delay", "ms"],
        ["delay", "ms", "dropped"],
        ["delay", "ms", "dropped", "pictures"],
        ["delay", "ms", "dropped", "pictures", "answers"],
    ]
    assert row(screen(state, 124), "hall")[-7:] == ["31", "/", "82", "37", "1234", "1230", "3"]


def test_before_the_first_answer_there_is_nothing_to_show():
    lines = screen(watching(camera("hall", "connecting")), 100)
    assert row(lines, "hall") == ["hall", "●", "connecting", "–", "–", "–", "0"]


def test_of_many_cameras_those_that_need_someone_are_always_shown():
    calm = [camera(f"c{number:02}", "up", CALM) for number in range(40)]
    news = tuple(f"18:30:{number:02}  c01: walking begins" for number in range(8))
    state = watching(*calm, camera("last", "up", FIGHT), camera("gone", "away"), latest=news)
    lines = screen(state)
    assert len(lines) <= 24
    shown = [line for line in lines if line[:1] == "c" and line[1:3].isdigit()]
    (rest,) = [line for line in lines if line.endswith("more, all of them well")]
    assert len(shown) + int(rest.split()[1]) == 40 and len(shown) >= 5
    assert row(lines, "last")[-2] == "fight" and row(lines, "gone")[2] == "away"
    assert [line[6:8] for line in lines if line.startswith("18:30")] == ["05", "06", "07"]


def test_many_troubles_leave_room_for_the_cameras():
    gone = [camera(f"c{number:02}", "away", error="refused") for number in range(40)]
    lines = [line for line in screen(watching(*gone)) if line.startswith("! ")]
    assert lines[:2] == ["! c00: refused", "! c01: refused"] and lines[-1] == "! and 33 more"


@pytest.mark.parametrize("width", [80, 120])
def test_names_as_long_as_people_like_do_not_burst_the_frame(width):
    window = replace(FIGHT, name="window " * 9, label="label " * 9, events=("label " * 9,))
    state = watching(
        camera("a camera " * 9, "away", window, error="an error " * 30), sinks=[sink("s" * 90)] * 9
    )
    console = Console(file=io.StringIO(), width=width, height=24, legacy_windows=False)
    console.print(Dashboard(state))
    lines = console.file.getvalue().splitlines()
    assert {cell_len(line) for line in lines} == {width}
    assert any("a camera" in line and "● away" in line for line in lines)


@settings(max_examples=40, deadline=None)
@given(
    seconds=st.integers(0, 10**7),
    probability=st.floats(0, 1),
    width=st.integers(60, 200),
    height=st.integers(10, 60),
)
def test_any_size_and_any_number_can_be_drawn(seconds, probability, width, height):
    state = watching(camera("hall", "up", replace(CALM, probability=probability)))
    lines = screen(replace(state, seconds=seconds), width, height)
    full = row(lines, "hall")[5].count("█")
    assert full == round(8 * probability) and f"{probability:.0%}" in row(lines, "hall")
    hours, rest = divmod(seconds, 3600)
    days, hours = divmod(hours, 24)
    clock = f"{hours}:{rest // 60:02}:{rest % 60:02}"
    assert f" {f'{days} d ' if days else ''}{clock} " in lines[0]
