"""Motion in the cache: aligned with the pictures, however it is read, cut to what moves."""

import json

import numpy as np
import pytest

from kineograph.data import inputs
from kineograph.data.annotation import Annotation
from kineograph.data.augment import Augmentation, Draw, apply
from kineograph.data.cache import build_cache
from kineograph.data.clips import ClipDataset, DataConfig
from kineograph.data.crop import MovingBox
from kineograph.data.dataset_folder import write_data_folder
from kineograph.data.inputs import Look, cuts_of, look_at
from kineograph.data.looking import look_through
from kineograph.data.sampling import even, motion_clock
from kineograph.errors import InputError
from kineograph.media import read_cuts, read_frames
from kineograph.media.flow import WHOLE, Difference, Flow, flow_velocity, working_size
from kineograph.media.frame import Box

SIZE = (24, 32)
T = 12


def walker(place: float, height: int = 48, width: int = 64) -> np.ndarray:
    """A textured square at a place from 0 to 1 along the picture, before a textured wall."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    left = place * width - 8
    inside = (x >= left) & (x < left + 16) & (abs(y - height / 2) < 10)
    wall = 110 + 20 * np.sin(x / 5) + 15 * np.cos(y / 4)
    coat = 150 + 50 * np.sin((x - left) / 2) + 40 * np.cos(y / 2.5)
    return np.repeat(np.where(inside, coat, wall)[..., None], 3, -1).clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, draw):
    """One who walks right and one who walks left; the same video cut in two; one that stands."""
    root = tmp_path_factory.mktemp("moving")
    places = np.linspace(0.25, 0.75, T)
    draw.video(root / "right.avi", np.stack([walker(p) for p in places]), 15)
    draw.video(root / "left.avi", np.stack([walker(p) for p in places[::-1]]), 15)
    draw.video(root / "still.avi", np.stack([walker(0.5)] * T), 15)
    annotations = [
        Annotation("right.avi", "right", 0.0, 0.4),
        Annotation("right.avi", "right", 0.4),
        Annotation("left.avi", "left"),
        Annotation("still.avi", "left"),
    ]
    return write_data_folder(root / "data", annotations, name="m", source_root=root)


@pytest.fixture(scope="module")
def cache(folder):
    found, problems = build_cache(
        folder, folder.annotations, size_pixels=SIZE, inputs=("rgb", "flow", "difference")
    )
    assert problems == []
    return found


def test_flow_and_difference_are_kept_beside_each_picture(folder, cache):
    for annotation in folder.annotations:
        pictures, seconds = cache[annotation]
        for name in ("flow", "difference"):
            assert cache.input(annotation, name).shape == pictures.shape == (len(seconds), *SIZE, 3)
    about = json.loads(next(cache.beside["flow"].glob("*.json")).read_text())
    assert about["scale"] == {"zero": 128, "steps_per_picture_per_second": 64.0}


def test_who_walks_right_flows_right(folder, cache):
    right, _, left, still = folder.annotations
    for annotation, sign in ((right, 1), (left, -1)):
        velocity = flow_velocity(np.asarray(cache.input(annotation, "flow"))[2:])
        assert sign * velocity[..., 0].mean() > 0.02
    assert np.abs(flow_velocity(np.asarray(cache.input(still, "flow")))).mean() < 0.01


def test_a_later_part_of_a_video_knows_what_moved_before_it(folder, cache):
    """The flow of its first frame is that of the whole video at this moment."""
    part = folder.annotations[1]
    whole = {f.index: f.pixels for f in look_at(folder.source(part), Look(SIZE, input="flow"))}
    found = np.asarray(cache.input(part, "flow"))
    assert len(found) == T - 6
    for number, pixels in enumerate(found):
        assert np.array_equal(pixels, whole[number + 6])
    assert (np.asarray(cache.input(folder.annotations[0], "flow"))[0] == 128).all()


def test_another_flow_is_another_cache(folder, cache):
    other, _ = build_cache(
        folder, folder.annotations, size_pixels=SIZE, inputs=("flow",), flow_method="farneback"
    )
    assert other.beside["flow"].name == "24x32-flow-farneback" != cache.beside["flow"].name


def test_fewer_frames_a_second_keep_the_flow_of_their_moments(folder, cache):
    slow, _ = build_cache(
        folder, folder.annotations, size_pixels=SIZE, inputs=("flow",), frames_per_second=5.0
    )
    clip = folder.annotations[2]
    seconds = cache.seconds(clip)
    kept = np.searchsorted(seconds, slow.seconds(clip) - 1e-6)
    expected = np.asarray(cache.input(clip, "flow"))[kept]
    assert np.array_equal(np.asarray(slow.input(clip, "flow")), expected)


def test_a_cache_that_lost_frames_of_one_input_is_told(folder, tmp_path, draw):
    source = draw.video(tmp_path / "a.avi", draw.noise(6), 15)
    data = write_data_folder(
        tmp_path / "d", [Annotation("a.avi", "a")], name="d", source_root=source.parent
    )
    cache, _ = build_cache(data, data.annotations, size_pixels=SIZE, inputs=("flow",))
    clip = data.annotations[0]
    np.save(cache.beside["flow"] / f"{clip.id}.npy", np.zeros((3, *SIZE, 3), np.uint8))
    with pytest.raises(InputError, match="3 frames of flow for 6 pictures. Delete"):
        cache.input(clip, "flow")


def test_inputs_are_laid_together_in_the_order_asked_for(folder, cache):
    config = DataConfig(SIZE, inputs=("flow", "rgb"), frames_per_clip=5)
    data = ClipDataset(
        folder.annotations, ["left", "right"], cache=cache, config=config, training=False
    )
    example = data.example(2)
    chosen = even(cache.seconds(folder.annotations[2]), 5)
    assert example.frames.shape == (5, *SIZE, 6)
    assert np.array_equal(
        example.frames[..., :3], cache.input(folder.annotations[2], "flow")[chosen]
    )
    assert np.array_equal(example.frames[..., 3:], cache[folder.annotations[2]][0][chosen])


def test_a_file_is_laid_as_the_cache_has_it(folder, cache):
    clip = folder.annotations[2]
    looks = DataConfig(SIZE, inputs=("rgb", "flow", "difference")).looks
    moments = list(look_through(folder.source(clip), looks))
    found = np.concatenate([moment.pixels for moment in moments])
    for place, name in enumerate(("rgb", "flow", "difference")):
        assert np.array_equal(found[..., 3 * place : 3 * place + 3], cache.input(clip, name))
    np.testing.assert_allclose([m.seconds for m in moments], cache.seconds(clip), atol=1e-6)


def test_mirrored_flow_goes_the_other_way_and_a_closer_view_is_faster():
    rng = np.random.default_rng(0)
    flow = rng.integers(100, 156, (4, *SIZE, 3)).astype(np.uint8)
    turned = apply(flow, Draw(mirrored=True), "flow")
    expected = flow_velocity(flow)[:, :, ::-1] * [-1, 1]
    assert np.abs(flow_velocity(turned) - expected).max() < 1e-6
    same = np.tile(np.array([[[[144, 120, 146]]]], np.uint8), (2, *SIZE, 1))
    nearer = apply(same, Draw(view=(0.1, 0.1, 0.5, 0.8)), "flow")
    assert np.abs(flow_velocity(nearer) - [0.25 / 0.5, -0.125 / 0.8]).max() <= 0.5 / 64


def test_colours_are_for_pictures_only():
    motion = np.random.default_rng(0).integers(0, 256, (3, *SIZE, 3)).astype(np.uint8)
    drawn = Draw(brightness=0.3, contrast=1.5, noise=0.1)
    assert np.array_equal(apply(motion, drawn, "difference"), motion)
    assert not np.array_equal(apply(motion, drawn), motion)


def test_a_drifting_view_moves_across_the_clip_as_a_volume():
    """The first frame is seen left of the last, by the drift; the middle as without it."""
    frames = np.tile(np.arange(0, 256, 8, dtype=np.uint8)[None, None, :, None], (5, 24, 1, 3))
    view = (0.25, 0.25, 0.5, 0.5)
    still, drifted = (
        apply(frames, Draw(view=view, drift=drift)) for drift in ((0.0, 0.0), (0.25, 0.0))
    )
    assert np.array_equal(still[2], drifted[2])
    levels = drifted.astype(float)[:, 12, 8].mean(-1)  # 8 levels a pixel, 32 pixels a picture
    np.testing.assert_allclose(
        levels - levels[2], 8 * 32 * 0.25 * np.array([-2, -1, 0, 1, 2]) / 4, atol=1
    )


def test_a_drift_is_drawn_within_its_bounds_and_checked():
    with pytest.raises(InputError, match="augmentation drift 0.6: it lies between 0 and 0.5"):
        Augmentation(drift=0.6)


def test_key_frames_are_denser_where_more_moves():
    frames = np.zeros((40, 8, 8, 3), np.uint8)
    frames[20:30] = np.random.default_rng(0).integers(0, 256, (10, 8, 8, 3))
    seconds = np.arange(40) / 20
    chosen = even(motion_clock(frames, seconds), 10)
    inside = ((chosen >= 18) & (chosen <= 31)).sum()
    assert inside >= 6 and (even(seconds, 10) >= 18).sum() < 7
    assert (np.diff(chosen) >= 0).all()


def test_a_clip_that_stands_still_is_sampled_by_time():
    seconds = np.arange(9) / 10
    assert np.array_equal(motion_clock(np.zeros((9, 4, 4, 3), np.uint8), seconds), seconds)


def test_sampling_by_motion_gives_examples(folder, cache):
    config = DataConfig(SIZE, frames_per_clip=4, sampling="motion")
    for training in (True, False):
        data = ClipDataset(
            folder.annotations, ["left", "right"], cache=cache, config=config, training=training
        )
        assert data.example(0).frames.shape == (4, *SIZE, 3)


def test_the_box_follows_what_moves():
    box = MovingBox()
    places = np.linspace(0.2, 0.8, 60)
    for number, place in enumerate(places):
        box.add(walker(place, 96, 96), number / 10)
    found = np.array(box.boxes())
    middles = found[:, 0] + found[:, 2] / 2
    assert np.abs(middles[8:-8] - places[8:-8]).max() < 0.12
    assert (found[:, 2] < 0.75).all() and (found[:, 2] == found[:, 3]).all()
    assert np.abs(np.diff(found, axis=0)).max() < 0.03  # smooth
    assert (found[:, :2] >= 0).all() and (found[:, :2] + found[:, 2:] <= 1 + 1e-9).all()


def test_a_still_clip_keeps_the_whole_picture():
    box = MovingBox()
    for number in range(5):
        box.add(walker(0.5), number / 10)
    assert box.boxes() == [WHOLE] * 5
    assert MovingBox().boxes() == []


@pytest.mark.parametrize(("shape", "side"), [(2.0, 1.0), (0.5, 0.5)])
def test_a_box_has_the_wanted_shape_in_pixels(shape, side):
    """Of a wide picture the box is narrower than high in parts, so that its pixels are square."""
    box = MovingBox()
    for number in range(30):
        box.add(
            np.random.default_rng(number).integers(0, 256, (64, 64, 3)).astype(np.uint8),
            number / 10,
        )
    for _, _, wide, high in box.boxes(shape=shape):
        assert high == pytest.approx(side) and wide * shape == pytest.approx(high)


def test_a_cropped_clip_shows_its_walker_larger(folder):
    clips = folder.annotations[2:3]
    near, problems = build_cache(
        folder, clips, size_pixels=SIZE, inputs=("rgb", "flow"), crop="motion"
    )
    assert problems == [] and near.path.name == "24x32-motion-crop"
    whole, _ = build_cache(folder, clips, size_pixels=SIZE, inputs=("rgb", "flow"))
    moving = [
        (np.abs(np.asarray(c.input(clips[0], "flow"))[3:, ..., 2].astype(int) - 128) > 8).mean()
        for c in (near, whole)
    ]
    assert moving[0] > 1.3 * moving[1]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"inputs": ("flwo",)}, "inputs 'flwo': known are rgb, flow, difference, depth. Did"),
        ({"inputs": ()}, "inputs none: name one or more"),
        ({"inputs": ("rgb", "rgb")}, "inputs rgb,rgb: name one or more, each once"),
        ({"crop": "moving"}, "crop 'moving': known are none, motion"),
        ({"flow_method": "dis"}, "flow_method 'dis': known are dis-fast"),
    ],
)
def test_inputs_that_mean_nothing_are_refused(settings, words):
    with pytest.raises(InputError, match=words):
        DataConfig(**settings)


@pytest.mark.parametrize("name", ["flow", "difference"])
def test_motion_in_many_windows_takes_one_pass_and_is_that_of_each_alone(folder, name, monkeypatch):
    """Truth: a meter that is shown a window's own pictures one by one."""
    windows = [Box(0, 0, 32, 24), Box(20, 10, 40, 36), None]
    look = Look(SIZE, input=name)
    source = folder.source(folder.annotations[0])
    passes = []

    def told(path, windows, **options):
        passes.append(windows)
        return read_cuts(path, windows, **options)

    monkeypatch.setattr(inputs, "read_cuts", told)
    found = [
        ([cuts.window(window) for window in windows], moment)
        for cuts, moment in cuts_of(source, look, windows, span=(0.2, None))
    ]
    assert len(passes) == 1 and len(found) == T - 3
    for place, window in enumerate(windows):
        meter = Flow("dis-fast") if name == "flow" else Difference()
        shape = (window.height, window.width) if window else (48, 64)
        size = working_size(shape) if name == "flow" else SIZE
        expected = []
        for frame in read_frames(source, window=window, size_pixels=size):
            meter.remember(frame.pixels, frame.seconds)
            if frame.seconds > 0.19:
                expected.append(meter.image(SIZE))
        for (pixels, _), image in zip(found, expected, strict=True):
            np.testing.assert_array_equal(pixels[place], image)


def test_a_window_outside_the_picture_costs_the_other_windows_no_motion(folder):
    good, far = Box(0, 0, 32, 24), Box(50, 30, 32, 32)
    source = folder.source(folder.annotations[0])
    alone = [
        cuts.window(good)
        for cuts, _ in cuts_of(source, Look(SIZE, input="flow"), [good], span=(0.0, None))
    ]
    both = cuts_of(source, Look(SIZE, input="flow"), [far, good], span=(0.0, None))
    for (cuts, _), expected in zip(both, alone, strict=True):
        np.testing.assert_array_equal(cuts.window(good), expected)
        with pytest.raises(InputError, match="50"):
            cuts.window(far)
