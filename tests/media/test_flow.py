"""Motion against shifts that were drawn: direction, unit, true time, size, mirror."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.errors import InputError
from kineograph.media import flow
from kineograph.media.flow import (
    METHODS,
    Difference,
    Flow,
    Past,
    cut,
    flow_image,
    flow_velocity,
    shrink,
    working_size,
)

HEIGHT, WIDTH = 96, 128


def texture(seed: int) -> np.ndarray:
    """Smooth chance, which repeats nowhere, larger than the picture by 16 pixels on every side."""
    noise = np.random.default_rng(seed).normal(size=(HEIGHT + 32, WIDTH + 32))
    return cv2.GaussianBlur(noise, (0, 0), 3) * 1000


STILL, MOVING = texture(0), texture(1)


def landscape(shift_x: float = 0.0, shift_y: float = 0.0) -> np.ndarray:
    """A large square of chance before a wall of other chance, (H, W, 3) uint8."""
    matrix = np.array([[1.0, 0.0, shift_x], [0.0, 1.0, shift_y]])
    moved = cv2.warpAffine(MOVING, matrix, MOVING.shape[::-1], flags=cv2.INTER_CUBIC)
    y, x = np.mgrid[0 : HEIGHT + 32, 0 : WIDTH + 32]
    inside = (abs(x - WIDTH / 2 - 16 - shift_x) < 30) & (abs(y - HEIGHT / 2 - 16 - shift_y) < 26)
    grey = np.where(inside, moved, STILL)[16:-16, 16:-16]
    return np.repeat((128 + 0.6 * grey)[..., None], 3, -1).clip(0, 255).astype(np.uint8)


def measured(meter, pictures, seconds):
    for picture, moment in zip(pictures, seconds, strict=True):
        meter.remember(picture, moment)
    return meter


MIDDLE = (slice(HEIGHT // 2 - 10, HEIGHT // 2 + 10), slice(WIDTH // 2 - 10, WIDTH // 2 + 10))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("seconds", [1 / 15, 1 / 8])
def test_a_shift_is_measured_in_pictures_a_second(method, seconds):
    """3 pixels right and 2 up in so many seconds, of a picture of 128 x 96 pixels.

    dis-fast stops at a quarter of the resolution and smears a small thing's motion: a third slower.
    """
    tolerance = 0.35 if method == "dis-fast" else 0.12
    meter = measured(Flow(method), [landscape(), landscape(3, -2)], [0.0, seconds])
    found = meter.now()[MIDDLE].reshape(-1, 2).mean(0)
    np.testing.assert_allclose(found, [3 / WIDTH / seconds, -2 / HEIGHT / seconds], rtol=tolerance)


def test_twice_as_many_frames_a_second_give_the_same_velocity():
    """True time: 4 frames at 30 a second show the motion of 2 at 15."""
    slow = measured(Flow(), [landscape(), landscape(3, -2)], [0.0, 1 / 15])
    steps = [landscape(1.5 * n, -1.0 * n) for n in range(3)]
    fast = measured(Flow(), steps, [0.0, 1 / 30, 2 / 30])
    np.testing.assert_allclose(fast.now()[MIDDLE], slow.now()[MIDDLE], atol=0.02)


def test_a_mirrored_clip_turns_the_sign_of_x():
    pictures = [landscape(), landscape(3, -2)]
    found = measured(Flow(), pictures, [0.0, 1 / 15]).now()
    mirrored = measured(Flow(), [p[:, ::-1] for p in pictures], [0.0, 1 / 15]).now()
    np.testing.assert_allclose(
        mirrored[:, ::-1][MIDDLE].reshape(-1, 2).mean(0),
        found[MIDDLE].reshape(-1, 2).mean(0) * [-1, 1],
        atol=0.02,
    )


def test_the_camera_s_own_motion_is_taken_off():
    whole = [np.roll(landscape(), shift, axis=1) for shift in (0, 3)]
    assert np.abs(measured(Flow(), whole, [0.0, 1 / 15]).now()[MIDDLE]).mean() < 0.03


@pytest.mark.parametrize("meter", [Flow, Difference])
def test_the_first_frame_has_no_past_and_does_not_move(meter):
    assert (measured(meter(), [landscape()], [0.0]).image((24, 32)) == 128).all()


@pytest.mark.parametrize("meter", [Flow, Difference])
def test_two_frames_of_one_moment_are_not_compared(meter):
    """A file may stamp two frames alike; nothing is divided by zero."""
    pictures = [landscape(), landscape(3, -2)]
    assert (measured(meter(), pictures, [0.0, 0.0]).image((24, 32)) == 128).all()


def test_a_difference_is_grey_levels_a_second_at_any_size():
    dark, light = (np.full((HEIGHT, WIDTH, 3), level, np.uint8) for level in (50, 62))
    meter = measured(Difference(), [dark, light], [0.0, 0.1])
    assert (meter.image((24, 32)) == 128 + 12 / 0.1 / 12).all()
    assert (meter.image((HEIGHT, WIDTH)) == 138).all()


def test_bytes_say_the_velocity_to_half_a_step():
    velocity = np.random.default_rng(0).uniform(-1.9, 1.9, (5, 6, 2)).astype(np.float32)
    image = flow_image(velocity)
    assert np.abs(flow_velocity(image) - velocity).max() <= 0.5 / 64 + 1e-6
    speed = np.hypot(velocity[..., 0], velocity[..., 1])
    assert np.abs((image[..., 2] - 128.0) / 64 - speed.clip(0, 127 / 64)).max() <= 0.5 / 64 + 1e-6


def test_what_is_too_fast_is_held_at_the_end_of_the_scale():
    fast = np.array([[[9.0, -9.0]]], np.float32)
    assert flow_image(fast).tolist() == [[[255, 0, 255]]]


def test_a_part_of_a_flow_is_faster_by_as_much_as_it_is_smaller():
    meter = measured(Flow(), [landscape(), landscape(3, -2)], [0.0, 1 / 15])
    whole = meter.now()[HEIGHT // 4 : HEIGHT * 3 // 4, WIDTH // 4 : WIDTH * 3 // 4]
    part = meter.image((HEIGHT // 2, WIDTH // 2), (0.25, 0.25, 0.5, 0.5))
    assert np.abs(part.astype(int) - flow_image(whole * 2)).max() <= 1  # of a byte: rounding


def test_shrinking_is_the_mean_of_areas():
    values = np.random.default_rng(0).normal(size=(12, 16, 2)).astype(np.float32)
    found = shrink(values, (3, 4))
    np.testing.assert_allclose(found, values.reshape(3, 4, 4, 4, 2).mean((1, 3)), atol=1e-6)


@given(
    st.lists(st.integers(1, 400), min_size=1, max_size=30),
)
@settings(deadline=None, max_examples=60)
def test_the_frame_compared_with_is_the_nearest_to_a_fifteenth_of_a_second_before(gaps):
    """Brute force over all frames before: forgetting never loses the right one."""
    seconds = np.cumsum(gaps) / 1000
    past = Past()
    for number, moment in enumerate(seconds):
        past.add(np.full((1, 1), number % 256, np.uint8), float(moment))
    _, old, between = past.pair()
    if len(seconds) == 1:
        assert old is None
        return
    away = np.abs((seconds[-1] - seconds[:-1]) - flow.PAIR_SECONDS)
    assert abs(between - flow.PAIR_SECONDS) <= away.min() + 1e-9


@pytest.mark.parametrize(
    ("size", "expected"),
    [((480, 640), (160, 213)), ((120, 160), (120, 160)), ((640, 160), (640, 160))],
)
def test_flow_is_measured_on_a_small_picture_of_the_same_shape(size, expected):
    assert working_size(size) == expected


def test_a_cut_is_whole_pixels_and_never_empty():
    picture = np.arange(100 * 3).reshape(10, 10, 3)
    assert cut(picture, (0.2, 0.5, 0.3, 0.5)).shape == (5, 3, 3)
    assert cut(picture, (0.0, 0.0, 1.0, 1.0)) is not None
    assert cut(picture, (0.0, 0.0, 0.001, 0.001)).shape == (1, 1, 3)


def test_an_unknown_method_names_the_nearest():
    with pytest.raises(InputError, match="flow 'dis-fats': known are .* Did you mean 'dis-fast'"):
        Flow("dis-fats")
