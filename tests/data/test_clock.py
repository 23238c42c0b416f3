"""The slower clock: the frame nearest in true time, beside brute force over all frames."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kineograph.data.clock import JUST_BEFORE, NEAR_SECONDS, Clock, with_following


def taken(seconds, rate, moments):
    clock = Clock(rate, moments)
    found = []
    for place, (now, following) in enumerate(with_following(seconds)):
        found += [(round(moment * rate), place) for moment in clock.moments(now, following)]
    return found


def nearest_by_hand(seconds, rate):
    """Each moment up to the end, and the first of the frames nearest to it."""
    step = seconds[-1] - seconds[-2]
    found = []
    for tick in range(int((seconds[-1] + step) * rate) + 2):
        far = np.abs(np.array(seconds) - tick / rate)
        place = int(np.flatnonzero(far <= far.min() + JUST_BEFORE)[0])
        if far.min() <= NEAR_SECONDS and tick / rate <= seconds[-1] + step - 2 * JUST_BEFORE:
            found.append((tick, place))
    return found


@given(
    st.lists(st.integers(1, 900), min_size=2, max_size=60),
    st.sampled_from([1.0, 4.0, 10.0, 12.5]),
)
def test_nearest_is_what_a_look_at_all_frames_finds(steps, rate):
    seconds = [0.0, *(np.cumsum(steps) / 1000)]  # milliseconds: any rate, any gap
    assert taken(seconds, rate, "nearest") == nearest_by_hand(seconds, rate)


@pytest.mark.parametrize("rate", [10, 15, 24, 25, 30, 30000 / 1001, 50])
def test_every_tenth_of_a_second_has_a_frame_at_any_rate(rate):
    seconds = [place / rate for place in range(round(3 * rate))]
    found = taken(seconds, 10.0, "nearest")
    assert [tick for tick, _ in found][:30] == list(range(30))
    assert all(abs(seconds[place] - tick / 10) <= 0.5 / rate + 1e-6 for tick, place in found[:-1])


def test_by_hand_25_frames_a_second_ten_a_second():
    seconds = [place / 25 for place in range(25)]
    assert [place for _, place in taken(seconds, 10.0, "nearest")] == [
        0,
        2,
        5,
        7,
        10,
        12,
        15,
        17,
        20,
        22,
    ]
    assert [place for _, place in taken(seconds, 10.0, "first")] == [
        0,
        3,
        5,
        8,
        10,
        13,
        15,
        18,
        20,
        23,
    ]


def test_what_breaks_off_gives_all_that_came_before():
    def breaking():
        yield from "ab"
        raise ValueError("broken")

    seen = []
    with pytest.raises(ValueError, match="broken"):
        for pair in with_following(breaking()):
            seen.append(pair)
    assert seen == [("a", "b"), ("b", None)]
    assert list(with_following("")) == []
