"""Windows on a picture, and heads that nobody knows any more."""

import numpy as np

from kineograph.media.draw_windows import COLOURS, Seen, blur_heads, draw_windows
from kineograph.media.frame import Box

BOX = Box(40, 30, 80, 80)


def checks(height=160, width=240):
    """Fine detail everywhere: squares of two pixels, black and white."""
    rows, columns = np.indices((height, width)) // 2
    return np.repeat(((rows + columns) % 2 * 255).astype(np.uint8)[..., None], 3, axis=2)


def test_only_the_lower_part_of_a_window_keeps_its_detail():
    pixels = checks()
    found = blur_heads(pixels, [BOX])
    lower = np.s_[78:110, 40:120]
    np.testing.assert_array_equal(found[lower], pixels[lower])
    rest = found.copy()
    rest[lower] = 127
    assert np.abs(rest.astype(int) - 127).max() < 40, "all else is nearly its mean"


def test_one_s_lower_half_is_no_peephole_on_another_s_head():
    below = Box(60, 80, 80, 80)  # whose head is in the lower half of the first window
    found = blur_heads(checks(), [BOX, below])
    assert np.abs(found[80:110, 60:120].astype(int) - 127).max() < 40


def test_without_windows_everything_is_blurred():
    assert np.abs(blur_heads(checks(), []).astype(int) - 127).max() < 40


def test_frame_name_and_bar_are_in_the_label_s_colour():
    found = draw_windows(np.zeros((160, 240, 3), np.uint8), [Seen(BOX, "anna: writing", 0.5, 1)])
    own = (found == COLOURS[1]).all(-1)
    assert own[30, 40:120].all() and own[30:108, 40].all(), "the frame"
    assert own[15:28, 42:60].mean() > 0.5, "the name's ground, over the frame"
    bar = own[107, 44:116]
    assert bar[:34].all() and not bar[40:].any(), "half a bar for 0.5"


def test_a_name_that_has_no_room_over_the_window_stands_in_it():
    found = draw_windows(np.zeros((90, 120, 3), np.uint8), [Seen(Box(60, 0, 60, 60), "x" * 30)])
    assert found.any() and found.shape == (90, 120, 3)
