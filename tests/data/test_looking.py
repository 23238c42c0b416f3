"""Pictures one by one are seen as each input of each window is seen by itself."""

import itertools

import numpy as np
import pytest

from kineograph.data.inputs import Look, look_at
from kineograph.data.looking import Looking, can_look, look_through
from kineograph.errors import InputError
from kineograph.media import Box, read_shown

WINDOWS = (None, Box(3, 4, 18, 16))


def by_itself(source, looks, windows):
    """Each input of each window in a pass of its own, by the reader of prepared data."""
    found = [[list(look_at(source, look, window=window)) for look in looks] for window in windows]
    for place in range(len(found[0][0])):
        same = [[frames[place] for frames in inputs] for inputs in found]
        pixels = [np.concatenate([each.pixels for each in inputs], -1) for inputs in same]
        yield np.stack(pixels), same[0][0].seconds


@pytest.mark.parametrize("inputs", [("rgb",), ("flow",), ("rgb", "difference"), ("rgb", "flow")])
@pytest.mark.parametrize("rate, moments", [(None, "first"), (10, "first"), (10, "nearest")])
def test_one_pass_sees_what_a_pass_for_each_sees(square_data, inputs, rate, moments):
    source = next((square_data.source_root / "left").glob("*.mp4"))
    looks = [Look((12, 16), rate, name, moments=moments) for name in inputs]
    found = list(look_through(source, looks, WINDOWS))
    expected = list(by_itself(source, looks, WINDOWS))
    assert len(found) == len(expected) >= 3
    for laid, (pixels, seconds) in zip(found, expected, strict=True):
        assert laid.seconds == seconds
        np.testing.assert_array_equal(laid.pixels, pixels)


def test_a_moving_box_still_works_for_a_file_but_not_for_pictures_that_come(square_data):
    source = next((square_data.source_root / "left").glob("*.mp4"))
    look = Look((12, 12), crop="motion")
    assert not can_look([look])
    (laid, *_) = look_through(source, [look])
    assert laid.pixels.shape == (1, 12, 12, 3)
    with pytest.raises(InputError, match=r"door: .*needs all of a clip.* data\.crop=none\."):
        Looking("door", [look])
    with pytest.raises(InputError, match=r"needs depth from a camera beside it"):
        Looking("door", [Look((12, 12), input="depth")])


def test_a_picture_waits_for_the_next_one_only_where_the_nearest_counts(square_data):
    source = next((square_data.source_root / "left").glob("*.mp4"))
    shown = list(itertools.islice(read_shown(source), 3))
    at_once = Looking("door", [Look((8, 8))])
    assert [len(at_once.see(each)) for each in shown] == [1, 1, 1] and at_once.rest() == []
    waits = Looking("door", [Look((8, 8), 1000.0, moments="nearest")])
    told = [waits.see(each) for each in shown]
    assert told[0] == [] and told[1] and told[2] and waits.rest()


def test_a_window_outside_of_the_picture_is_said(square_data):
    source = next((square_data.source_root / "left").glob("*.mp4"))
    looking = Looking("door", [Look((8, 8))], Box(0, 0, 9000, 9))
    with pytest.raises(InputError, match=r"door: window .* does not lie inside"):
        looking.see(next(read_shown(source)))
