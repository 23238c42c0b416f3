"""A camera's clock over many connections: it goes on by wall time, and never back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kineograph.media.cameras.clock import CameraClock


def placed(clock, frames):
    return [(clock.place(s, s + 0.04, wall), clock.stretch) for s, wall in frames]


def test_one_connection_keeps_its_own_times_and_breaks_at_gaps():
    clock = CameraClock(2.0, by_wall=False)
    frames = [(0.0, 9.0), (0.04, 9.0), (2.0, 9.0), (4.1, 9.0), (4.2, 9.0)]
    assert placed(clock, frames) == [(0, 0), (0.04, 0), (2.0, 0), (4.1, 1), (4.2, 1)]


def test_a_camera_goes_on_after_the_wall_time_that_it_was_away():
    clock = CameraClock(2.0, by_wall=True)
    placed(clock, [(0.0, 100.0), (0.5, 100.5)])
    clock.connect()
    assert clock.now(130.5) == pytest.approx(30.5)
    assert placed(clock, [(0.0, 130.5), (0.2, 130.7)]) == [
        (pytest.approx(30.5), 1),
        (pytest.approx(30.7), 1),
    ]


def test_the_next_file_goes_on_where_the_one_before_ended():
    clock = CameraClock(2.0, by_wall=False)
    placed(clock, [(0.0, 1.0), (0.04, 1.0)])
    clock.connect()
    assert placed(clock, [(0.0, 1.0)]) == [(pytest.approx(0.08), 1)]


def test_a_camera_that_sets_its_clock_forward_or_back_is_not_followed():
    clock = CameraClock(2.0, by_wall=True)
    placed(clock, [(0.0, 0.0), (0.04, 0.04)])
    assert placed(clock, [(3600.0, 0.08)]) == [(pytest.approx(0.08), 1)]
    assert placed(clock, [(3600.04, 0.12)]) == [(pytest.approx(0.12), 1)]
    assert placed(clock, [(0.0, 0.16), (0.04, 0.2)]) == [
        (pytest.approx(0.16), 2),
        (pytest.approx(0.2), 2),
    ]


def test_pictures_that_come_late_all_at_once_keep_their_times():
    clock = CameraClock(2.0, by_wall=True)
    frames = [(0.0, 0.0), (0.5, 5.0), (1.0, 5.0), (1.5, 5.0)]
    assert placed(clock, frames) == [(0, 0), (0.5, 0), (1.0, 0), (1.5, 0)]


@given(
    st.lists(st.tuples(st.floats(-1e4, 1e4), st.floats(0, 60), st.booleans()), max_size=40),
    st.booleans(),
)
def test_whatever_comes_the_clock_goes_forward_and_gaps_break(steps, by_wall):
    clock, wall, latest = CameraClock(2.0, by_wall=by_wall), 0.0, None
    for seconds, passed, again in steps:
        wall += passed
        if again:
            clock.connect()
        now = (clock.place(seconds, seconds + 0.04, wall), clock.stretch)
        if latest is not None:
            assert now[0] > latest[0]
            assert now[1] >= latest[1] + (now[0] - latest[0] > 2.001)
            assert not again or now[1] > latest[1]
        latest = now
