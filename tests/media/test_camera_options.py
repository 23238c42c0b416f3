"""Options are checked one by one; waiting doubles, has an end, and is spread."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kineograph.errors import InputError
from kineograph.media.cameras.options import CameraOptions, retry_seconds


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("open_seconds", 0, "open_seconds=0: it is more than 0"),
        ("read_seconds", float("nan"), "read_seconds=nan: it is more than 0"),
        ("grace_seconds", "30", "grace_seconds='30': it is more than 0"),
        ("jitter", 1.0, "jitter=1.0: it is a share from 0 to less than 1. Give 0.3"),
        ("queue_frames", 0, "queue_frames=0: it is a count, 1 or more. Give 25"),
        ("queue_frames", True, "queue_frames=True"),
        ("as_camera", 1, "as_camera=1: it is yes or no. Give true"),
        ("rtsp_transport", "tpc", "rtsp_transport='tpc': it is tcp, udp or http"),
        ("longest_retry_seconds", 0.5, "waiting grows from the first to the longest"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(option, value, words):
    with pytest.raises(InputError) as error:
        CameraOptions(**{option: value})
    assert words in str(error.value)


def test_without_jitter_waiting_doubles_up_to_the_longest():
    options = CameraOptions(first_retry_seconds=1, longest_retry_seconds=10, jitter=0)
    chance = random.Random(0)
    waits = [retry_seconds(attempt, options, chance) for attempt in (0, 1, 2, 3, 4, 5, 10**6)]
    assert waits == [1, 2, 4, 8, 10, 10, 10]


@given(st.integers(0, 10**9), st.integers(0, 10**6))
def test_jitter_spreads_around_it(attempt, seed):
    options = CameraOptions(jitter=0.3)
    even = min(2.0 ** min(attempt, 60), 60.0)
    wait = retry_seconds(attempt, options, random.Random(seed))
    assert 0.7 * even <= wait <= 1.3 * even
    assert wait != retry_seconds(attempt, options, random.Random(seed + 1))
