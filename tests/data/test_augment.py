import colorsys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kineograph.data.augment import Augmentation, Draw, apply, draw
from kineograph.errors import InputError

EVERYTHING = Augmentation(
    mirror=True,
    crop=0.3,
    aspect=0.2,
    brightness=0.1,
    contrast=0.2,
    saturation=0.3,
    hue=0.05,
    speed=0.2,
    noise=0.02,
)


def noise_frames(count=4, height=20, width=30, seed=0):
    shape = (count, height, width, 3)
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def drawn(seed, **amounts):
    return draw(np.random.default_rng(seed), Augmentation(**amounts))


@given(st.integers(0, 1000))
def test_nothing_is_changed_unless_asked_for(seed):
    frames = noise_frames()
    change = draw(np.random.default_rng(seed), Augmentation())
    np.testing.assert_array_equal(apply(frames, change), frames)
    assert change.speed == 1.0


@given(st.integers(0, 1000))
def test_all_frames_of_a_clip_are_changed_alike(seed):
    still = np.repeat(noise_frames(1), 5, axis=0)
    amounts = {name: value for name, value in vars(EVERYTHING).items() if name != "noise"}
    changed = apply(still, drawn(seed, **amounts))
    assert changed.shape == still.shape
    assert changed.dtype == np.uint8
    assert (changed == changed[:1]).all()


def test_noise_is_new_in_every_frame_and_repeats_with_its_draw():
    still = np.full((5, 20, 30, 3), 128, dtype=np.uint8)
    change = Draw(noise=0.05, noise_seed=7)
    changed = apply(still, change)
    assert (changed[0] != changed[1]).any()
    np.testing.assert_array_equal(changed, apply(still, change))
    assert abs(changed.astype(float).std() - 0.05 * 255) < 0.5


def test_mirrored_is_mirrored_and_twice_is_as_before():
    frames, mirror = noise_frames(), Draw(mirrored=True)
    np.testing.assert_array_equal(apply(frames, mirror), frames[:, :, ::-1])
    np.testing.assert_array_equal(apply(apply(frames, mirror), mirror), frames)


def test_half_of_the_clips_are_mirrored():
    rng = np.random.default_rng(0)
    mirrored = [draw(rng, Augmentation(mirror=True)).mirrored for _ in range(400)]
    assert 160 < sum(mirrored) < 240


def test_the_input_is_left_as_it_is():
    frames = noise_frames()
    before = frames.copy()
    frames.flags.writeable = False
    apply(frames, draw(np.random.default_rng(1), EVERYTHING))
    np.testing.assert_array_equal(frames, before)


def test_a_view_of_the_left_half_is_the_left_half_enlarged():
    """Truth: each pixel of the half, doubled, away from where neighbours are mixed."""
    frames = np.repeat(np.repeat(noise_frames(2, 4, 8), 8, axis=1), 8, axis=2)
    seen = apply(frames, Draw(view=(0.0, 0.0, 0.5, 1.0)))
    np.testing.assert_array_equal(seen[:, 4::8, 7::16], frames[:, 4::8, 3:32:8])


@given(st.integers(0, 500))
def test_the_view_lies_in_the_picture_and_cuts_no_more_than_asked(seed):
    left, top, width, height = drawn(seed, crop=0.4).view
    assert min(left, top) >= 0.0
    assert left + width <= 1.0 + 1e-9
    assert top + height <= 1.0 + 1e-9
    assert width == pytest.approx(height)
    assert width >= 0.6
    left, top, width, height = drawn(seed, aspect=0.5).view
    assert max(width, height) == pytest.approx(1.0)
    assert 1 / 1.5 - 1e-9 <= width / height <= 1.5 + 1e-9


@given(st.integers(0, 200))
def test_a_moving_dot_moves_on_evenly(seed):
    """Its centre of mass goes the same way in every step, by the zoom's factor and mirrored."""
    frames = np.zeros((6, 64, 64, 3), dtype=np.uint8)
    for t, frame in enumerate(frames):
        frame[24:33, 20 + 3 * t : 29 + 3 * t] = 255
    change = drawn(seed, mirror=True, crop=0.2, aspect=0.1)
    seen = apply(frames, change)[..., 0].astype(float)
    across = (seen.sum(axis=1) * np.arange(64)).sum(axis=1) / seen.sum(axis=(1, 2))
    steps = np.diff(across)
    factor = 3.0 / change.view[2] * (-1 if change.mirrored else 1)
    np.testing.assert_allclose(steps, factor, atol=0.2)  # OpenCV goes by 1/32 pixel


def test_brightness_and_contrast_on_hand_worked_greys():
    greys = np.array([0, 64, 128, 255], dtype=np.uint8)
    frames = np.repeat(greys.reshape(1, 1, 4, 1), 3, axis=3)
    assert apply(frames, Draw(brightness=0.2))[0, 0, :, 0].tolist() == [51, 115, 179, 255]
    # 127.5 + 0.5 * (grey - 127.5), rounded
    assert apply(frames, Draw(contrast=0.5))[0, 0, :, 1].tolist() == [64, 96, 128, 191]


def test_without_saturation_only_luma_is_left():
    frames = noise_frames()
    grey = apply(frames, Draw(saturation=0.0)).astype(float)
    luma = frames @ np.array([0.299, 0.587, 0.114])
    np.testing.assert_allclose(grey, np.repeat(luma[..., None], 3, axis=-1), atol=0.6)


def test_a_third_of_the_circle_turns_red_into_green():
    colours = np.array([[[[255, 0, 0], [0, 255, 0], [90, 90, 90]]]], dtype=np.uint8)
    turned = apply(colours, Draw(hue=1 / 3))
    assert turned[0, 0].tolist() == [[0, 255, 0], [0, 0, 255], [90, 90, 90]]
    hue, _, _ = colorsys.rgb_to_hsv(*apply(colours, Draw(hue=0.05))[0, 0, 0] / 255)
    assert 0.02 < hue < 0.08


@given(st.integers(0, 300))
def test_draws_stay_within_what_was_asked_for(seed):
    change = draw(np.random.default_rng(seed), EVERYTHING)
    assert abs(change.brightness) <= 0.1
    assert 0.8 <= change.contrast <= 1.2
    assert 0.7 <= change.saturation <= 1.3
    assert abs(change.hue) <= 0.05
    assert 0.8 <= change.speed <= 1.2
    assert 0.0 <= change.noise <= 0.02


def test_switching_one_change_on_leaves_the_others_as_they_were():
    without = draw(np.random.default_rng(3), Augmentation(brightness=0.3))
    with_more = draw(np.random.default_rng(3), Augmentation(brightness=0.3, mirror=True, crop=0.2))
    assert without.brightness == with_more.brightness


@pytest.mark.parametrize(
    ("amounts", "words"),
    [
        (
            {"crop": 0.95},
            "augmentation crop 0.95: it lies between 0 and 0.9. Use 0 to leave it out.",
        ),
        ({"noise": -1}, "augmentation noise -1: it lies between 0 and 1."),
        ({"hue": 0.6}, "augmentation hue 0.6: it lies between 0 and 0.5."),
    ],
)
def test_an_amount_that_leaves_no_picture_is_refused(amounts, words):
    with pytest.raises(InputError) as caught:
        Augmentation(**amounts)
    assert str(caught.value).startswith(words)
