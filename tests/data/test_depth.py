"""Depth in the cache: of the same window and moments as the colours, whatever its size and rate."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kineograph.data.annotation import Annotation
from kineograph.data.augment import Draw, apply
from kineograph.data.cache import build_cache
from kineograph.data.clips import ClipDataset, DataConfig
from kineograph.data.dataset_folder import write_data_folder
from kineograph.data.depth import depth_image
from kineograph.data.inputs import Look, look_at
from kineograph.data.looking import look_through
from kineograph.errors import InputError
from kineograph.media.frame import Box, BrokenClipError
from kineograph.media.write import write_depth

HEIGHT, WIDTH = 48, 64
SIZE = (12, 16)
LEFT, RIGHT = Box(0, 16, 32, 24), Box(32, 16, 32, 24)


def walls(count, scale=1):
    """Depth (T, H, W) in which every place and moment has a distance of its own, times `scale`."""
    height, width = int(HEIGHT * scale), int(WIDTH * scale)
    y, x = np.mgrid[0:height, 0:width]
    still = 1000 + 10 * (x / scale).astype(int) + 3 * (y / scale).astype(int)
    return (still + 40 * np.arange(count)[:, None, None]).astype(np.uint16)


def recording(home, draw, name="a", depth=None, count=20, depth_rate=10):
    draw.video(home / f"{name}.avi", draw.noise(count, HEIGHT, WIDTH), 10)
    if depth is not None:
        write_depth(home / f"{name}.depth.mkv", depth, depth_rate)
    return home / f"{name}.avi"


def prepared(home, annotations):
    return write_data_folder(home / "data", annotations, name="d", source_root=home)


def cached(data, **options):
    return build_cache(data, data.annotations, size_pixels=SIZE, inputs=("rgb", "depth"), **options)


# ------------------------------------------------------------------------------------ the bytes


def by_hand(millimetres, size):
    """depth_image by loops, where the sizes divide without rest."""
    high, wide = millimetres.shape[0] // size[0], millimetres.shape[1] // size[1]
    means, share = np.zeros(size), np.zeros(size)
    for i in range(size[0]):
        for j in range(size[1]):
            block = millimetres[i * high : (i + 1) * high, j * wide : (j + 1) * wide]
            block = block[block > 0]
            share[i, j] = len(block) / (high * wide)
            means[i, j] = block.mean() if len(block) else 0
    person = np.quantile(means[share > 0], 0.25) if share.any() else 0
    fine = np.clip(128 + (means - person) / 2, 1, 255) * (share > 0)
    return np.stack([np.clip(means / 32, 1, 255) * (share > 0), fine, 255 * share], -1)


@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.2, 0.9, 1.0]), st.integers(1, 3))
def test_bytes_are_means_of_what_was_measured(seed, unmeasured, shrink):
    rng = np.random.default_rng(seed)
    made = rng.integers(800, 3000, (6 * shrink, 8 * shrink)).astype(np.uint16)
    made[rng.random(made.shape) < unmeasured] = 0
    found = depth_image(made, (6, 8))
    assert found.dtype == np.uint8
    assert np.abs(found - by_hand(made, (6, 8))).max() <= 0.51


def test_a_hand_of_six_centimetres_is_30_levels_and_an_edge_comes_no_nearer():
    made = np.full((8, 8), 2000, np.uint16)
    made[:2, :4] = 1940
    made[4:, 4:6] = 0
    found = depth_image(made, (4, 4))
    assert found[0, 0].tolist() == [61, 98, 255] and found[0, 3].tolist() == [62, 128, 255]
    assert found[3, 2].tolist() == [0, 0, 0] and found[3, 3].tolist() == [62, 128, 255]
    assert depth_image(np.zeros((8, 8), np.uint16), (4, 4)).max() == 0


def test_a_wall_that_fills_most_of_a_window_hides_nobody():
    """Someone at 2 m in a third of the picture, whose arm is 10 cm nearer, before a wall."""
    made = np.full((12, 12), 4000, np.uint16)
    made[8:] = 2000
    made[8, :3] = 1900
    found = depth_image(made, (12, 12))
    assert [found[9, 0, 1], found[8, 0, 1], found[0, 0, 1]] == [128, 78, 255]


# -------------------------------------------------------------------------- windows and moments


@pytest.mark.parametrize("scale", [1, 0.5, 2])
def test_a_window_is_the_same_place_in_depth_of_another_size(tmp_path, draw, scale):
    """Depth of half the size: the same box, to what half the pixels can tell."""
    source = recording(tmp_path, draw, depth=walls(20, scale))
    for window in (LEFT, RIGHT, None):
        found = list(look_at(source, Look(SIZE, input="depth"), window=window))
        x, y, width, height = window or (0, 0, WIDTH, HEIGHT)
        rows, columns = height // SIZE[0], width // SIZE[1]
        for number, frame in enumerate(found):
            whole = walls(20)[number, y : y + height, x : x + width]
            means = whole.reshape(SIZE[0], rows, SIZE[1], columns).mean((1, 3))
            assert np.abs(frame.pixels[..., 0] - means / 32).max() < 1
    assert len(found) == 20


def test_the_cache_has_the_depth_of_each_moment_beside_its_picture(tmp_path, draw):
    recording(tmp_path, draw, depth=walls(20))
    data = prepared(
        tmp_path,
        [
            Annotation("a.avi", "left", 0.0, 1.0, window=LEFT),
            Annotation("a.avi", "right", 0.5, 2.0, window=RIGHT),
        ],
    )
    cache, problems = cached(data)
    assert problems == [] and cache.beside["depth"].name == "12x16-depth"
    for clip, window in zip(data.annotations, (LEFT, RIGHT), strict=True):
        pictures, seconds = cache[clip]
        deep = cache.input(clip, "depth")
        assert deep.shape == pictures.shape == (len(seconds), *SIZE, 3)
        x, y, width, height = window
        for moment, pixels in zip(seconds, deep, strict=True):
            whole = walls(20)[round(moment * 10), y : y + height, x : x + width]
            assert np.array_equal(pixels, depth_image(whole, SIZE))
    about = json.loads(next(cache.beside["depth"].glob("*.json")).read_text())
    assert about["scale"]["millimetres_per_level"] == 32
    assert about["scale"]["fine_millimetres_per_level"] == 2


def test_depth_of_another_rate_is_the_nearest_to_the_kept_pictures(tmp_path, draw):
    """Colours at 10, kept at 4 a second; depth at 16. The nearest to a tick is a picture's time."""
    source = recording(tmp_path, draw, depth=walls(32), depth_rate=16)
    look = Look(SIZE, 4.0, "depth", moments="nearest")
    pictures = list(look_at(source, Look(SIZE, 4.0, moments="nearest")))
    found = list(look_at(source, look))
    assert [frame.seconds for frame in found] == [frame.seconds for frame in pictures]
    for frame in found:
        best = np.abs(np.arange(32) / 16 - frame.index / 10).argmin()
        assert np.array_equal(frame.pixels, depth_image(walls(32)[best], SIZE))


def test_a_file_is_laid_as_the_cache_has_it(tmp_path, draw):
    """What predict reads of a file whose depth lies beside it."""
    source = recording(tmp_path, draw, depth=walls(20, 0.5))
    data = prepared(tmp_path, [Annotation("a.avi", "a")])
    cache, _ = cached(data)
    looks = DataConfig(SIZE, inputs=("rgb", "depth")).looks
    found = np.stack([moment.pixels[0] for moment in look_through(source, looks)])
    assert np.array_equal(found[..., :3], cache[data.annotations[0]][0])
    assert np.array_equal(found[..., 3:], cache.input(data.annotations[0], "depth"))


def test_a_crop_to_what_moves_is_the_same_crop_of_depth(tmp_path, draw):
    """The square that moves is near, all else far: so a crop to it holds more that is near."""
    places = np.linspace(4, 44, 20).astype(int)
    wall = draw.noise(1, HEIGHT, WIDTH)[0] // 4
    pictures, deep = [], []
    for place in places:
        picture, far = wall.copy(), np.full((HEIGHT, WIDTH), 4000, np.uint16)
        picture[18:34, place : place + 16] = 255
        far[18:34, place : place + 16] = 1000
        pictures.append(picture)
        deep.append(far)
    draw.video(tmp_path / "a.avi", np.stack(pictures), 10)
    write_depth(tmp_path / "a.depth.mkv", deep, 10)
    data = prepared(tmp_path, [Annotation("a.avi", "a")])
    shares = []
    for crop in ("none", "motion"):
        cache, problems = cached(data, crop=crop)
        assert problems == []
        deep = np.asarray(cache.input(data.annotations[0], "depth"))
        bright = np.asarray(cache[data.annotations[0]][0]).mean(-1) > 200
        near = deep[..., 0] < 60
        assert (near & bright).sum() > 0.7 * (near | bright).sum()  # the same place
        shares.append(near.mean())
    assert shares[1] > 1.3 * shares[0]


# ------------------------------------------------------------------------------- what is not there


def test_a_video_without_depth_is_one_line_and_the_rest_goes_on(tmp_path, draw):
    recording(tmp_path, draw, "a", walls(20))
    recording(tmp_path, draw, "b")
    spans = [(0.0, 1.0), (1.0, 2.0)]
    data = prepared(tmp_path, [Annotation(f"{v}.avi", "x", *span) for v in "ab" for span in spans])
    cache, problems = cached(data)
    assert problems == [
        "b.avi: no depth lies beside it. Put b.depth.mkv or a folder b.depth of 16-bit pictures "
        "there, or leave depth out of data.inputs."
    ]
    assert [clip in cache for clip in data.annotations] == [True, True, False, False]
    write_depth(tmp_path / "b.depth.mkv", walls(20), 10)
    cache, problems = cached(data)
    assert problems == [] and all(clip in cache for clip in data.annotations)


def test_where_depth_ends_early_only_what_is_beyond_is_left_out(tmp_path, draw):
    recording(tmp_path, draw, depth=walls(8))
    spans = [(0.0, 0.8), (0.8, 1.2), (1.0, 1.5), (1.5, 2.0)]
    data = prepared(tmp_path, [Annotation("a.avi", "x", *span, window=LEFT) for span in spans])
    cache, problems = cached(data)
    assert [clip in cache for clip in data.annotations] == [True, True, False, False]
    assert problems == [
        "a.avi: its depth a.depth.mkv holds nothing after 0.70 s; a picture's depth is taken "
        "within 0.5 s. Give depth of that time, or mark only what has depth."
    ]
    with pytest.raises(BrokenClipError, match="holds nothing after 0.70 s"):
        list(look_at(tmp_path / "a.avi", Look(SIZE, input="depth")))


def test_a_window_outside_the_picture_is_refused_in_the_picture_s_pixels(tmp_path, draw):
    recording(tmp_path, draw, depth=walls(20, 0.5))
    beyond = Box(40, 0, 32, 24)
    data = prepared(
        tmp_path, [Annotation("a.avi", "x", window=w, person=str(w)) for w in (beyond, LEFT)]
    )
    cache, problems = cached(data)
    assert [clip in cache for clip in data.annotations] == [False, True]
    assert len(problems) == 1 and "x=40 y=0 width=32 height=24 does not lie inside" in problems[0]


def test_depth_that_was_replaced_is_read_again(tmp_path, draw):
    recording(tmp_path, draw, depth=walls(20))
    data = prepared(tmp_path, [Annotation("a.avi", "x")])
    clip = data.annotations[0]
    before = np.array(cached(data)[0].input(clip, "depth"))
    write_depth(tmp_path / "a.depth.mkv", walls(20) + np.uint16(500), 10)
    after = np.array(cached(data)[0].input(clip, "depth"))
    assert np.abs(after[..., 0].astype(int) - before[..., 0] - 500 / 32).max() <= 1


# -------------------------------------------------------------------------------------- changes


def test_mirrored_depth_is_its_mirror_and_noise_and_colours_leave_it():
    frames = np.random.default_rng(0).integers(0, 256, (3, *SIZE, 3)).astype(np.uint8)
    frames[..., :2] *= frames[..., 2:] > 0
    assert np.array_equal(apply(frames, Draw(mirrored=True), "depth"), frames[:, :, ::-1])
    assert np.array_equal(apply(frames, Draw(noise=0.3, brightness=0.4, hue=0.2), "depth"), frames)


@given(st.integers(0, 10**6))
def test_a_shifted_view_mixes_no_distance_with_what_was_not_measured(seed):
    """One distance everywhere, holes at chance: whatever view is taken, it stays that distance."""
    rng = np.random.default_rng(seed)
    measured = rng.random((2, *SIZE, 1)) < 0.6
    frames = (np.array([70, 140, 255]) * measured).astype(np.uint8)
    left, top = rng.uniform(0, 0.3, 2)
    found = apply(frames, Draw(view=(left, top, 0.7, 0.65), drift=(0.1, 0.0)), "depth")
    seen = found[..., 2] > 0
    assert seen.any() and (found[seen][:, :2] == [70, 140]).all() and not found[~seen].any()


def test_a_noised_copy_has_clean_depth_and_a_mirrored_one_is_mirrored(tmp_path, draw):
    recording(tmp_path, draw, depth=walls(20))
    first = Annotation("a.avi", "x", window=LEFT)
    noised = Annotation("a.avi", "x", window=LEFT, copy_of=first.id, noise=0.1, copy_number=1)
    turned = Annotation("a.avi", "x", window=LEFT, copy_of=first.id, mirrored=True)
    data = prepared(tmp_path, [first, noised, turned])
    cache, problems = cached(data)
    assert problems == []
    config = DataConfig(SIZE, inputs=("rgb", "depth"), frames_per_clip=20)
    side = ClipDataset(data.annotations, ["x"], cache=cache, config=config, training=True)
    plain, with_noise, mirrored = (side.example(place).frames for place in range(3))
    assert np.array_equal(with_noise[..., 3:], plain[..., 3:])
    assert (with_noise[..., :3] != plain[..., :3]).any()
    assert np.array_equal(mirrored, plain[:, :, ::-1])


def test_depth_is_one_of_the_inputs():
    with pytest.raises(InputError, match="inputs 'dept': known are rgb, flow, difference, depth"):
        DataConfig(inputs=("dept",))
