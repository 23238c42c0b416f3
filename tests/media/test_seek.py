"""Jumping into a clip gives what decoding it from the start gives: numbers, times and pixels."""

import numpy as np
import pytest

from kineograph.media import read_frames, seek
from kineograph.media.seek import find_landing
from kineograph.media.video import video_pictures
from tests.media.drawn_clips import draw_scene, encode

GOP = {"g": "6", "bf": "2"}
JUMPED = [
    ("a.mp4", "libx264", GOP),
    ("a.mkv", "libx264", GOP | {"x264-params": "open-gop=1:keyint=6:min-keyint=6:scenecut=0"}),
    ("a.ts", "libx264", GOP),
    ("a.mp4", "libx265", {"x265-params": "log-level=none:keyint=6:open-gop=1"}),
    ("a.mp4", "mpeg4", GOP),
    ("a.avi", "mpeg4", {"g": "6"}),
    ("a.webm", "libvpx-vp9", {"g": "6", "deadline": "realtime"}),
    ("a.mkv", "mjpeg", {}),
]
WALKED = [
    ("a.avi", "libx264", GOP),  # no presentation stamps
    ("a.webm", "libvpx", {"g": "6", "deadline": "realtime"}),  # holds packets that are not shown
    ("a.mp4", "libx264", {"g": "250"}),  # one key frame
    (
        "a.mp4",
        "libx264",
        {"x264-params": "intra-refresh=1:keyint=6"},
    ),  # no key frame whole in itself
]
STAMPS = [
    place + place // 7 for place in range(40)
]  # tenths of a second, a gap after every seventh


@pytest.fixture
def jump_anywhere(monkeypatch):
    monkeypatch.setattr(seek, "FAR_SECONDS", 0.0)


def draw_clip(folder, name, codec, options):
    pictures = [draw_scene(48, 64, seed=seed) for seed in range(len(STAMPS))]
    return encode(folder / name, pictures, codec=codec, options=options, stamps=STAMPS)


@pytest.mark.parametrize(("name", "codec", "options"), JUMPED + WALKED)
def test_a_range_is_the_same_whether_jumped_to_or_walked_to(
    tmp_path, monkeypatch, name, codec, options
):
    clip = draw_clip(tmp_path, name, codec, options)
    whole = list(read_frames(clip, size_pixels=(24, 32)))
    monkeypatch.setattr(seek, "FAR_SECONDS", 0.0)
    for start in (0.0, 0.6, 1.4, 2.35, 3.0, 4.4):
        frames = list(read_frames(clip, size_pixels=(24, 32), start_seconds=start))
        wanted = [frame for frame in whole if frame.seconds >= start - 1e-6]
        assert [f.index for f in frames] == [f.index for f in wanted]
        assert [f.seconds for f in frames] == [f.seconds for f in wanted]
        assert np.array_equal([f.pixels for f in frames], [f.pixels for f in wanted])


@pytest.mark.parametrize(("name", "codec", "options"), JUMPED)
def test_what_lies_long_before_the_range_is_not_decoded(
    tmp_path, jump_anywhere, name, codec, options
):
    clip = draw_clip(tmp_path, name, codec, options)
    first = next(video_pictures(clip, 3.0))
    assert 15 <= first.index <= 27 and first.seconds <= 3.0


@pytest.mark.parametrize(("name", "codec", "options"), WALKED)
def test_where_counting_packets_could_be_wrong_the_clip_is_walked(
    tmp_path, jump_anywhere, name, codec, options
):
    clip = draw_clip(tmp_path, name, codec, options)
    assert next(video_pictures(clip, 3.0)).index == 0


def test_near_moments_are_walked_to(tmp_path):
    assert find_landing(draw_clip(tmp_path, "a.mp4", "libx264", GOP), 3.0) is None
