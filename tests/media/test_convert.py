"""Colours, windows and shrinking are held against arithmetic done in the test."""

from itertools import product
from pathlib import Path

import av
import numpy as np
import pytest

from kineograph.errors import InputError
from kineograph.media import Box, read_chosen, read_frames
from kineograph.media.convert import Converter, Shown
from kineograph.media.orientation import UPRIGHT, Orientation
from tests.media.drawn_clips import (
    BARS,
    TAGS,
    area_mean,
    draw_bars,
    draw_scene,
    encode,
    picture_of_planes,
    to_planes,
)

EVERY_TURN = [Orientation(*bits) for bits in product([False, True], repeat=3)]


EXACT = ("yuv420p", "yuv444p", "rgb24", "gray")


def convert(picture, orientation=UPRIGHT, **options):
    return Converter("clip.mp4", **options)(Shown(0, 0.0, 0.1, lambda: picture, orientation))


def bar_colours(pixels):
    """The middle of every bar, away from its edges."""
    step = pixels.shape[1] // 10
    return pixels[pixels.shape[0] // 2, step // 2 :: step].astype(int)


@pytest.mark.parametrize("bits", [8, 10])
@pytest.mark.parametrize("full_range", [False, True], ids=["limited", "full"])
@pytest.mark.parametrize("matrix", TAGS)
def test_tagged_colour_bars_come_back_as_drawn(tmp_path, matrix, full_range, bits):
    picture = picture_of_planes(to_planes(draw_bars(), matrix, full_range=full_range, bits=bits))

    def tag(stream):
        stream.codec_context.colorspace = TAGS[matrix]
        stream.codec_context.color_range = 2 if full_range else 1

    clip = encode(tmp_path / "bars.mp4", [picture], options={"qp": "0"}, prepare=tag)
    as_it_is = read_chosen(clip, [0])[0].pixels
    shrunk = read_chosen(clip, [0], size_pixels=(21, 80))[0].pixels
    windowed = read_chosen(clip, [0], window=Box(16, 11, 144, 40))[0].pixels
    assert np.abs(bar_colours(as_it_is) - BARS).max() <= 3
    assert np.abs(bar_colours(shrunk) - BARS).max() <= 1
    assert np.abs(windowed[20, 8::16].astype(int) - BARS[1:]).max() <= 3


@pytest.mark.parametrize(
    ("size", "matrix"), [((576, 160), "bt601"), ((592, 160), "bt709"), ((32, 1280), "bt709")]
)
def test_untagged_video_has_the_colours_that_players_guess_from_its_size(tmp_path, size, matrix):
    planes = to_planes(draw_bars(*size), matrix, full_range=False, bits=8)
    clip = encode(tmp_path / "bars.mp4", [picture_of_planes(planes)], options={"qp": "0"})
    assert np.abs(bar_colours(read_chosen(clip, [0])[0].pixels) - BARS).max() <= 3
    right_half = Box(size[1] // 2, 0, size[1] // 2, size[0])
    half = read_chosen(clip, [0], window=right_half, size_pixels=(16, 50))[0].pixels
    assert np.abs(half[8, 5::10].astype(int) - BARS[5:]).max() <= 1


@pytest.mark.parametrize("size_pixels", [(24, 32), (17, 23), (48, 31), (5, 64)])
def test_shrinking_a_picture_gives_the_mean_of_the_area_each_pixel_covers(size_pixels):
    scene = draw_scene()
    picture = av.VideoFrame.from_ndarray(scene, format="rgb24")
    assert (
        np.abs(convert(picture, size_pixels=size_pixels) - area_mean(scene, size_pixels)).max() <= 1
    )


@pytest.mark.parametrize("size_pixels", [(24, 32), (17, 23), (30, 30)])
@pytest.mark.parametrize("bits", [8, 10])
def test_shrinking_a_video_is_near_the_mean_of_its_area(size_pixels, bits):
    scene = draw_scene()
    picture = picture_of_planes(to_planes(scene, "bt601", full_range=False, bits=bits))
    difference = np.abs(convert(picture, size_pixels=size_pixels) - area_mean(scene, size_pixels))
    assert difference.mean() < 1.6 and difference.max() < 12  # its colour planes have half the size


@pytest.mark.parametrize("orientation", EVERY_TURN)
@pytest.mark.parametrize("window", [Box(4, 6, 20, 12), Box(5, 7, 21, 13), Box(27, 0, 1, 1)])
@pytest.mark.parametrize("form", ["yuv420p", "yuv420p10le", "yuv422p", "yuv444p", "rgb24", "gray"])
def test_a_window_is_what_cutting_the_full_picture_gives(form, window, orientation):
    picture = av.VideoFrame.from_ndarray(draw_scene(40, 44), format="rgb24").reformat(format=form)
    x, y, width, height = window
    cut = convert(picture, orientation)[y : y + height, x : x + width]
    difference = np.abs(convert(picture, orientation, window=window).astype(int) - cut)
    # where colour is interpolated, it lacks its neighbours along the cut edge
    assert difference.max() <= (0 if form in EXACT else 12)
    assert difference[1:-1, 1:-1].max(initial=0) <= (0 if form in EXACT else 2)
    small = convert(picture, orientation, window=window, size_pixels=(7, 5))
    assert np.abs(small - area_mean(cut, (7, 5))).mean() < 5


@pytest.mark.parametrize("orientation", EVERY_TURN)
def test_shrinking_and_turning_can_be_done_in_either_order(orientation):
    picture = av.VideoFrame.from_ndarray(draw_scene(), format="rgb24")
    size = (20, 30)
    turned = orientation.shown(convert(picture, size_pixels=orientation.swap(size)))
    assert np.array_equal(convert(picture, orientation, size_pixels=size), turned)


def test_the_whole_picture_as_a_window_changes_nothing():
    picture = picture_of_planes(to_planes(draw_scene(), "bt601", full_range=False, bits=8))
    whole = convert(picture, window=Box(0, 0, 64, 48), size_pixels=(20, 20))
    assert np.array_equal(whole, convert(picture, size_pixels=(20, 20)))


def test_one_shared_scaler_gives_what_a_new_one_for_each_frame_gives(tmp_path):
    clip = encode(tmp_path / "c.mp4", [draw_scene(seed=seed) for seed in range(5)])
    shared = [frame.pixels for frame in read_frames(clip, size_pixels=(20, 20))]
    alone = [read_chosen(clip, [index], size_pixels=(20, 20))[0].pixels for index in range(5)]
    assert np.array_equal(shared, alone)


def test_frames_are_their_own_and_may_be_painted_on(tmp_path):
    clip = encode(tmp_path / "c.mov", [draw_scene()] * 3, codec="qtrle", prepare=as_rgb)
    first = None
    for frame in read_frames(clip):
        first = frame.pixels.copy() if first is None else first
        assert np.array_equal(frame.pixels, first)
        frame.pixels[:] = 0


def as_rgb(stream):
    stream.pix_fmt = "rgb24"


@pytest.mark.parametrize("window", [Box(40, 0, 30, 10), Box(-1, 0, 5, 5), Box(3, 3, 0, 4)])
def test_a_window_outside_the_picture_is_refused_in_one_line(tmp_path, window):
    clip = encode(tmp_path / "clip.mp4", [draw_scene()])
    words = (
        rf"clip\.mp4: window x={window.x} y=.* does not lie inside the picture of 64x48 pixels\. "
        "Give a window within it"
    )
    with pytest.raises(InputError, match=words):
        list(read_frames(clip, window=window))


@pytest.mark.parametrize("size_pixels", [(0, 60), (60, -1), (60,)])
def test_an_impossible_size_is_refused_at_the_door(tmp_path: Path, size_pixels):
    clip = encode(tmp_path / "clip.mp4", [draw_scene()])
    with pytest.raises(InputError, match=r"size_pixels=.*a size is \(height, width\)"):
        read_frames(clip, size_pixels=size_pixels)
