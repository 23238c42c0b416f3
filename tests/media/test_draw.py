"""Labels are legible, in their place, and as long as their probabilities."""

import numpy as np
import pytest

from kineograph.media.draw import draw_labels, film_strip, load_font
from tests.media.drawn_clips import draw_scene

BARS = [("walking", 0.75), ("бег трусцой", 0.25), ("boxing", 0.0)]
ORANGE = (255, 183, 77)


def count(pixels, colour):
    return int((pixels == colour).all(axis=-1).sum())


def test_small_frames_are_enlarged_and_large_ones_keep_their_size():
    assert draw_labels(draw_scene(120, 160), "walking").shape == (360, 480, 3)
    assert draw_labels(draw_scene(720, 1280), "walking").shape == (720, 1280, 3)
    small = draw_labels(draw_scene(120, 160), "walking", upscale_to_height=None)
    assert small.shape == (120, 160, 3) and small.dtype == np.uint8


def test_only_the_lower_part_is_written_on_and_the_frame_itself_stays():
    scene = draw_scene(400, 500)
    before = scene.copy()
    labelled = draw_labels(scene, ["walking", "3.2 s"], bars=BARS)
    assert np.array_equal(scene, before)
    assert np.array_equal(labelled[:160], scene[:160])
    assert labelled[300:].mean() < 0.6 * scene[300:].mean()


def test_nothing_to_say_changes_nothing():
    scene = draw_scene(400, 500)
    assert np.array_equal(draw_labels(scene), scene)


def test_the_most_probable_bar_is_coloured_and_as_long_as_its_probability():
    dark = np.zeros((400, 500, 3), np.uint8)
    length = [
        count(draw_labels(dark, bars=[("a", share), ("b", 0.0)]), ORANGE) for share in (1, 0.5)
    ]
    assert length[1] == pytest.approx(length[0] / 2, rel=0.03)


def test_many_bars_never_cover_more_than_the_lower_part():
    scene = draw_scene(400, 500)
    labelled = draw_labels(scene, "walking", bars=[(f"label {i}", 0.01) for i in range(100)])
    assert np.array_equal(labelled[:160], scene[:160])


@pytest.mark.parametrize("text", ["Ж" * 300, "a" * 300])
def test_long_texts_end_inside_the_frame(text):
    dark = np.zeros((400, 300, 3), np.uint8)
    assert draw_labels(dark, text, bars=[(text, 0.5)])[:, -8:].max() == 0


def test_every_letter_of_the_russian_alphabet_has_its_own_shape():
    letters = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
    font = load_font(30)
    shapes = {bytes(font.getmask(letter)) for letter in letters}
    assert len(shapes) == len(letters)
    assert bytes(font.getmask("\U000e0fff")) not in shapes  # the box of a letter that it lacks


def test_a_strip_gives_room_to_captions_of_several_lines():
    frames = [draw_scene(48, 64)] * 3
    plain = film_strip(frames, height_pixels=96)
    captioned = film_strip(frames, captions=["a\nb", "", "c"], height_pixels=96)
    assert captioned.shape[1] == plain.shape[1]
    assert captioned.shape[0] - plain.shape[0] == pytest.approx(2 * 1.3 * 11, abs=2)
    assert (plain[-1] == 255).all(), "white paper around"


def test_labels_below_hide_nothing_of_the_picture():
    frame = draw_scene(120, 160)
    drawn = draw_labels(frame, bars=[("walking", 0.9)], upscale_to_height=None, below=True)
    assert drawn.shape[0] > 120 and np.array_equal(drawn[:120], frame)
