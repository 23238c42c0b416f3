"""The eight orientations are drawn as numbers in a small square and worked out by hand."""

import numpy as np
import pytest

from kineograph.media import inspect, read_chosen
from kineograph.media.frame import Box
from kineograph.media.orientation import Orientation
from tests.media.drawn_clips import draw_scene, encode

# what (degrees counter-clockwise, mirrored left-right) of the stored picture looks like
TURNS = {
    (0, False): lambda a: a,
    (90, False): lambda a: np.rot90(a),
    (180, False): lambda a: np.rot90(a, 2),
    (-90, False): lambda a: np.rot90(a, -1),
    (0, True): lambda a: a[:, ::-1],
}


@pytest.mark.parametrize(("degrees", "mirrored"), TURNS)
def test_a_phone_held_sideways_is_shown_upright(tmp_path, degrees, mirrored):
    stored = draw_scene()
    clip = encode(
        tmp_path / "phone.mp4",
        [stored],
        options={"qp": "0"},
        prepare=lambda stream: stream.set_display_rotation(degrees, hflip=mirrored),
    )
    wanted = TURNS[degrees, mirrored](read_as_stored(tmp_path, stored))
    shown = read_chosen(clip, [0])[0].pixels
    assert np.array_equal(shown, wanted)
    info = inspect(clip)
    assert (info.height, info.width) == shown.shape[:2]
    assert info.rotation_degrees == -degrees % 360


def read_as_stored(folder, picture):
    return read_chosen(encode(folder / "plain.mp4", [picture], options={"qp": "0"}), [0])[0].pixels


@pytest.mark.parametrize("degrees", [3, 89, 178])
def test_a_crooked_angle_is_brought_to_the_nearest_quarter(degrees):
    cosine, sine = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    numbers = np.array([cosine, sine, 0, -sine, cosine, 0, 0, 0, 0]) * 65536
    turned = Orientation.from_display_matrix(numbers.astype(np.int32).tobytes())
    assert turned.clockwise_degrees == round(degrees / 90) * 90


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("mirrored_x", [False, True])
@pytest.mark.parametrize("mirrored_y", [False, True])
def test_a_window_holds_the_same_pixels_before_and_after_turning(
    transposed, mirrored_x, mirrored_y
):
    orientation = Orientation(transposed, mirrored_x, mirrored_y)
    stored = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)
    shown = orientation.shown(stored)
    box = Box(1, 2, 3, 2)
    x, y, width, height = orientation.stored_box(box, shown.shape[:2])
    window = orientation.shown(stored[y : y + height, x : x + width])
    assert np.array_equal(window, shown[2:4, 1:4])
