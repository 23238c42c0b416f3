import json

import numpy as np
import pytest

from kineograph.data.annotation import Annotation
from kineograph.data.augment import Augmentation
from kineograph.data.cache import Cache
from kineograph.data.clips import ClipDataset, DataConfig, choose
from kineograph.data.frame_file import FrameFile
from kineograph.errors import InputError
from kineograph.media.frame import Box

SIZE = (4, 5)
WALK = Annotation("walk.mp4", "walk", end_seconds=1.2)  # 30 frames at 25 a second
RUN = Annotation("run.mp4", "run", start_seconds=2.0, end_seconds=2.2)  # 5 frames


def make_cache(path, frames_of):
    """A cache whose frame t of any clip is filled with the number t."""
    for annotation, frame_count in frames_of.items():
        file = FrameFile(path / f"{annotation.id}.npy", SIZE)
        for t in range(frame_count):
            file.add(np.full((*SIZE, 3), t, np.uint8), annotation.start_seconds + t / 25)
        file.finish()
        about = {"source": {}, "seconds": file.seconds}
        (path / f"{annotation.id}.json").write_text(json.dumps(about))
    return Cache(path, frozenset(annotation.id for annotation in frames_of))


@pytest.fixture
def cache(tmp_path):
    return make_cache(tmp_path, {WALK: 30, RUN: 5})


def dataset(cache, annotations=(WALK, RUN), training=False, **settings):
    config = DataConfig(size_pixels=SIZE, **{"frames_per_clip": 10, **settings})
    return ClipDataset(annotations, ["run", "walk"], cache=cache, config=config, training=training)


def shown(example):
    return example.frames[:, 0, 0, 0].tolist()


def test_an_example_is_the_chosen_frames_with_label_id_and_times(cache):
    example = dataset(cache).example(0)
    assert example.frames.shape == (10, 4, 5, 3)
    assert example.frames.dtype == np.uint8
    assert type(example.frames) is np.ndarray
    assert shown(example) == [1, 4, 7, 10, 13, 16, 19, 22, 25, 28]
    assert (example.label, example.id) == (1, WALK.id)
    assert (example.start_seconds, example.end_seconds) == (0.04, 1.12)


def test_a_short_clip_stands_still_wraps_or_is_refused(cache):
    assert shown(dataset(cache).example(1)) == [0, 1, 2, 3, 4, 4, 4, 4, 4, 4]
    assert shown(dataset(cache, short="wrap").example(1)) == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]
    with pytest.raises(InputError) as caught:
        dataset(cache, short="error")
    assert str(caught.value) == (
        "run.mp4: asked for 10 frames from 2.0 s, but it ends at 2.2 s (5 frames). "
        'Ask for fewer, or set short="repeat".'
    )


@pytest.mark.parametrize("sampling", ["jitter", "consecutive", "even"])
def test_training_draws_by_seed_epoch_and_index_and_evaluation_not_at_all(cache, sampling):
    amounts = Augmentation(mirror=True, brightness=0.3, crop=0.3, speed=0.3, noise=0.1)
    training = dataset(cache, training=True, sampling=sampling, augmentation=amounts)
    evaluation = dataset(cache, sampling=sampling, augmentation=amounts)

    def same(one, other):
        return bool((one.frames == other.frames).all())

    first = training.example(0, 3, 5)
    training.example(1, 0, 0)  # what was asked before does not matter
    assert same(first, training.example(0, 3, 5))
    assert not same(first, training.example(0, 4, 5))
    assert not same(first, training.example(0, 3, 6))
    assert same(evaluation.example(0, 3, 5), evaluation.example(0, 4, 6))


def test_jitter_is_even_in_evaluation(cache):
    assert shown(dataset(cache, sampling="jitter").example(0)) == shown(dataset(cache).example(0))


def test_consecutive_frames_are_from_the_middle_in_evaluation_and_from_anywhere_in_training(cache):
    assert shown(dataset(cache, sampling="consecutive").example(0)) == list(range(10, 20))
    training = dataset(cache, sampling="consecutive", training=True)
    starts = {shown(training.example(0, epoch))[0] for epoch in range(200)}
    assert starts == set(range(21))


def test_windows_are_examples_of_their_own_that_share_the_id_of_the_clip(cache):
    windows = dataset(cache, sampling="windows", window_stride=8)
    assert len(windows) == 5  # starts 0, 8, 16, 20 and the short clip
    assert [shown(windows.example(index))[0] for index in range(4)] == [0, 8, 16, 20]
    assert {windows.example(index).id for index in range(4)} == {WALK.id}
    assert windows.example(1).start_seconds == pytest.approx(8 / 25)
    assert windows.example(1).end_seconds == pytest.approx(17 / 25)
    assert shown(windows.example(4)) == [0, 1, 2, 3, 4, 4, 4, 4, 4, 4]


@pytest.mark.parametrize("sampling", ["even", "jitter", "consecutive", "windows"])
@pytest.mark.parametrize("speed", [0.3, 1.0, 1.7])
def test_speed_changes_the_span_of_time_that_is_seen(sampling, speed):
    seconds = np.arange(100) / 25
    config = DataConfig(frames_per_clip=20, sampling=sampling)
    start = 40 if sampling == "windows" else None
    for seed in range(30):
        rng = np.random.default_rng(seed)
        chosen = choose(seconds, config, rng, start=start, speed=speed)
        assert len(chosen) == 20
        assert (np.diff(chosen) >= 0).all()
        assert 0 <= chosen[0] <= chosen[-1] < 100
        usual = 100 if sampling in ("even", "jitter") else 20
        asked = min(usual * speed, 100)
        assert 0.85 * asked - 2 <= chosen[-1] - chosen[0] + 1 <= asked + 1


def test_a_label_for_each_frame_is_that_of_the_shortest_interval_around_it(tmp_path):
    window = Box(0, 0, 5, 4)
    wave = Annotation("walk.mp4", "wave", start_seconds=0.4, end_seconds=0.8)
    other = Annotation("walk.mp4", "run", start_seconds=0.1, end_seconds=0.2, window=window)
    cache = make_cache(tmp_path, {WALK: 30, wave: 10, other: 3})
    config = DataConfig(size_pixels=SIZE, frames_per_clip=30, label_per_frame=True)
    clips = ClipDataset(
        [wave, other, WALK], ["run", "walk", "wave"], cache=cache, config=config, training=False
    )
    labels = clips.example(2).frame_labels
    assert labels.tolist() == [1] * 10 + [2] * 10 + [1] * 10
    assert clips.example(0).frame_labels.tolist() == [2] * 30
    assert dataset(cache, [WALK]).example(0).frame_labels is None


def test_an_annotation_s_own_marks_are_its_frames_labels(tmp_path):
    marks = ("run", "walk", "walk", "sneeze")  # the last is too short to be a class
    mixed = Annotation("walk.mp4", "walk", 0.0, 1.2, marks=marks)
    cache = make_cache(tmp_path, {mixed: 30})
    config = DataConfig(size_pixels=SIZE, frames_per_clip=30, label_per_frame=True)
    clips = ClipDataset([mixed], ["run", "walk"], cache=cache, config=config, training=False)
    seconds = cache.seconds(mixed)
    expected = [0 if moment < 0.3 - 1e-6 else 1 for moment in seconds]
    assert clips.example(0).frame_labels.tolist() == expected and sum(expected) < 30


def test_annotations_without_frames_are_left_out(cache):
    lost = Annotation("lost.mp4", "run")
    assert dataset(cache, [lost, RUN]).annotations == [RUN]
    with pytest.raises(InputError, match="no clip of this part can be read. Look at the problems"):
        dataset(cache, [lost])


def test_a_label_that_is_no_class_is_refused(cache):
    with pytest.raises(InputError) as caught:
        ClipDataset([WALK], ["run", "wakl"], cache=cache, config=DataConfig(), training=False)
    assert str(caught.value) == (
        "walk.mp4: label 'walk' is not one of the classes run, wakl. Did you mean 'wakl'?"
    )


def test_a_clip_that_is_not_in_the_cache_says_so(cache):
    with pytest.raises(InputError, match=r"lost.mp4: its frames are not in .*\. Build the cache"):
        cache[Annotation("lost.mp4", "run")]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            {"sampling": "evne"},
            "sampling 'evne': known are even, jitter, motion, consecutive, windows. Did",
        ),
        ({"short": "pad"}, "short 'pad': known are repeat, wrap, error."),
        (
            {"split": "grup"},
            "split 'grup': known are auto, given, group, clip, writing-paper-split, "
            "pconvlstm-paper-split. Did you mean",
        ),
        (
            {"size_pixels": (60,)},
            "size_pixels (60,): a frame has a height and a width of 1 or more.",
        ),
        ({"size_pixels": (0, 60)}, "size_pixels (0, 60): a frame has a height and a width"),
        ({"frames_per_clip": 0}, "frames_per_clip 0: ask for 1 or more."),
        ({"window_stride": 41}, "window_stride 41: windows of 40 frames would leave frames out."),
        ({"fractions": (0.9, 0.9, 0.1)}, "fractions (0.9, 0.9, 0.1): train, val, test are parts"),
        (
            {"frames_per_second": 0},
            "frames_per_second 0: no video has this rate. Write more than 0.",
        ),
    ],
)
def test_a_setting_that_means_nothing_is_refused(settings, words):
    with pytest.raises(InputError) as caught:
        DataConfig(**settings)
    assert str(caught.value).startswith(words)


def test_settings_from_json_are_the_same_settings():
    config = DataConfig(size_pixels=[60, 80], fractions=[0.5, 0.25, 0.25])
    assert config == DataConfig(size_pixels=(60, 80), fractions=(0.5, 0.25, 0.25))
    assert hash(config) == hash(DataConfig(size_pixels=(60, 80), fractions=(0.5, 0.25, 0.25)))
