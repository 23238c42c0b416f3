import os
import shutil
import subprocess
import sys
import time
from itertools import pairwise

import numpy as np
import pytest

import kineograph.data.inputs
from kineograph.data.annotation import Annotation
from kineograph.data.cache import build_cache
from kineograph.data.dataset_folder import write_data_folder
from kineograph.data.frame_file import FrameFile
from kineograph.errors import InputError
from kineograph.media import read_cuts, read_frames
from kineograph.media.frame import Box

SIZE = (12, 16)


@pytest.fixture
def videos(tmp_path, draw):
    """A folder of four videos of 30 frames, 25 a second."""
    for number in range(4):
        draw.video(tmp_path / "videos" / f"{number}.avi", draw.noise(30, seed=number))
    return tmp_path / "videos"


def whole(*numbers):
    return [Annotation(f"{number}.avi", "ab"[number % 2]) for number in numbers]


def folder_of(videos, annotations):
    return write_data_folder(
        videos.parent / "data", annotations, name="drawn", source_root=videos, overwrite=False
    )


def build(videos, annotations, **options):
    folder = folder_of(videos, annotations)
    return build_cache(folder, annotations, **{"size_pixels": SIZE, "workers": 1, **options})


def read(path, **options):
    frames = list(read_frames(path, **{"size_pixels": SIZE, **options}))
    return np.stack([frame.pixels for frame in frames]), [frame.seconds for frame in frames]


def assert_same(cached, truth):
    np.testing.assert_array_equal(cached[0], truth[0])
    np.testing.assert_allclose(cached[1], truth[1], atol=1e-6)


@pytest.fixture
def decoded(monkeypatch):
    """The videos that were opened for decoding, one by one."""
    opened = []

    def telling(read):
        def read_and_tell(path, *given, **options):
            opened.append(path.name)
            return read(path, *given, **options)

        return read_and_tell

    for read in (read_frames, read_cuts):
        monkeypatch.setattr(kineograph.data.inputs, read.__name__, telling(read))
    return opened


@pytest.mark.parametrize("workers", [1, 2])
def test_the_cache_holds_every_frame_as_the_reader_gives_it(videos, workers):
    annotations = [
        *whole(0, 1, 2),
        Annotation("3.avi", "a", start_seconds=0.4, end_seconds=0.8),
        Annotation("3.avi", "a", start_seconds=0.4, end_seconds=0.8, window=Box(8, 8, 16, 12)),
    ]
    cache, problems = build(videos, annotations, workers=workers)
    assert problems == []
    assert len(cache) == 5
    for annotation in annotations[:3]:
        assert_same(cache[annotation], read(videos / annotation.video))
    inside = {"start_seconds": 0.4, "end_seconds": 0.8}
    assert_same(cache[annotations[3]], read(videos / "3.avi", **inside))
    assert_same(cache[annotations[4]], read(videos / "3.avi", window=Box(8, 8, 16, 12), **inside))
    frames, seconds = cache[annotations[3]]
    assert isinstance(frames, np.memmap)
    assert frames.shape == (10, *SIZE, 3)
    assert seconds[0] == pytest.approx(0.4)


def test_intervals_that_touch_share_no_frame_and_miss_none(videos):
    times = [0.0, 0.3, 0.56, 0.57, 1.0, 5.0]
    annotations = [
        Annotation("0.avi", "a", start, end) for start, end in pairwise(times) if start != 0.56
    ]
    cache, problems = build(videos, annotations)
    assert problems == []
    kept = np.concatenate([cache[annotation][1] for annotation in annotations])
    missing = 0.56  # frame 14, of the interval that was left out
    np.testing.assert_allclose(kept, [t / 25 for t in range(30) if t / 25 != missing])


def test_a_folder_of_pictures_is_a_clip_and_its_clock_is_the_asked_rate(tmp_path, draw):
    frames = draw.noise(7, *SIZE)
    draw.pictures(tmp_path / "videos" / "walk" / "clip", frames)
    annotation = Annotation("walk/clip", "walk")
    cache, _ = build(tmp_path / "videos", [annotation])
    assert_same(cache[annotation], (frames, np.arange(7) / 25))
    cache, _ = build(tmp_path / "videos", [annotation], frames_per_second=10)
    assert_same(cache[annotation], (frames, np.arange(7) / 10))


def test_fewer_frames_a_second_are_the_first_of_each_tick(videos):
    annotation = whole(0)[0]
    cache, _ = build(videos, [annotation], frames_per_second=10)
    frames, seconds = read(videos / "0.avi")
    kept = [0, 3, 5, 8, 10, 13, 15, 18, 20, 23, 25, 28]  # at 0, 0.12, 0.2, 0.32 s ...
    assert_same(cache[annotation], (frames[kept], np.array(seconds)[kept]))
    every, _ = build(videos, [annotation], frames_per_second=60)
    assert_same(every[annotation], (frames, seconds))


def test_what_is_there_is_not_decoded_again(videos, decoded):
    annotations = whole(0, 1)
    build(videos, annotations)
    assert sorted(decoded) == ["0.avi", "1.avi"]
    cache, problems = build(videos, annotations)
    assert len(decoded) == 2
    assert problems == []
    assert cache[annotations[0]][0].shape == (30, *SIZE, 3)
    build(videos, whole(0, 1, 2))
    assert decoded[2:] == ["2.avi"]
    build(videos, annotations, size_pixels=(6, 8))
    assert len(decoded) == 5


def test_one_pass_serves_all_intervals_of_a_video(videos, decoded):
    annotations = [Annotation("0.avi", "a", n / 25, (n + 4) / 25) for n in range(20)]
    cache, _ = build(videos, annotations)
    assert decoded == ["0.avi"]
    frames, _ = read(videos / "0.avi")
    for n, annotation in enumerate(annotations):
        np.testing.assert_array_equal(cache[annotation][0], frames[n : n + 4])


def test_a_long_stretch_that_nobody_asked_for_is_jumped_over(videos, monkeypatch):
    asked = []

    def tell(path, windows, *, start_seconds, end_seconds, **_):
        asked.append((round(start_seconds, 3), end_seconds))
        raise InputError("0.avi: not now. Later.")

    monkeypatch.setattr(kineograph.data.inputs, "read_cuts", tell)
    starts = [0, 30, 3600, 3610, 36000]
    build(videos, [Annotation("0.avi", "a", start, start + 5) for start in starts])
    assert asked == [(0.0, 35), (3600.0, 3615), (36000.0, 36005)]
    asked.clear()
    build(videos, [Annotation("0.avi", "a", start, start + 5) for start in (0, 30, 100)])
    assert asked == [(0.0, 35), (100.0, 105)]


def test_a_changed_source_is_decoded_again(videos, draw):
    annotation = whole(0)[0]
    build(videos, [annotation])
    draw.video(videos / "0.avi", draw.noise(20, seed=9))
    cache, _ = build(videos, [annotation])
    assert_same(cache[annotation], read(videos / "0.avi"))
    assert len(cache[annotation][1]) == 20


def test_a_source_that_is_gone_is_a_problem_and_the_rest_goes_on(videos):
    annotations = whole(0, 1)
    build(videos, annotations)
    (videos / "0.avi").unlink()
    cache, problems = build(videos, annotations)
    assert problems == [f"0.avi: not found in {videos}. Put it back, or prepare again."]
    assert annotations[0] not in cache
    assert annotations[1] in cache


@pytest.mark.parametrize("workers", [1, 2])
def test_one_bad_file_among_many_is_a_problem_and_the_rest_goes_on(videos, workers):
    (videos / "1.avi").write_bytes(b"this is no video")
    cache, problems = build(videos, whole(0, 1, 2), workers=workers)
    assert len(cache) == 2
    assert len(problems) == 1
    assert problems[0].startswith("1.avi: ")
    assert "\n" not in problems[0]


def test_a_file_that_breaks_off_keeps_the_intervals_before_the_break(videos, monkeypatch):
    def break_off(path, windows, **options):
        for frame in read_cuts(path, windows, **options):
            if frame.index == 20:
                raise InputError(f"{path}: broken after 20 frames. Copy it again.")
            yield frame

    monkeypatch.setattr(kineograph.data.inputs, "read_cuts", break_off)
    early = Annotation("0.avi", "a", 0.0, 0.4)
    cache, problems = build(videos, [early, *whole(0), Annotation("0.avi", "a", 1.0)])
    assert problems == ["0.avi: broken after 20 frames. Copy it again."]
    assert cache[early][0].shape == (10, *SIZE, 3)
    assert len(cache) == 1
    assert len(list(cache.path.iterdir())) == 2


def test_intervals_without_a_frame_are_problems(videos):
    late, thin = Annotation("0.avi", "a", 9.0), Annotation("0.avi", "a", 0.41, 0.42)
    cache, problems = build(videos, [late, thin, *whole(0)])
    assert problems == [
        "0.avi: from 9 s to the end lies after its end. Correct the times.",
        "0.avi: no frame is shown from 0.41 s to 0.42 s. Widen it.",
    ]
    assert len(cache) == 1


def test_videos_that_are_all_gone_are_one_error(videos):
    folder = folder_of(videos, whole(0))
    shutil.move(videos, videos.parent / "elsewhere")
    with pytest.raises(InputError, match=r"videos: the videos of .*data are not there. Put them"):
        build_cache(folder, whole(0), size_pixels=SIZE)


def test_a_full_disk_is_one_error_that_says_how_much_is_needed(videos, monkeypatch):
    start = FrameFile.__init__

    class FullFile:
        def __init__(self, file):
            self.file = file

        def write(self, data):
            raise OSError(28, "No space left on device")

        def close(self):
            self.file.close()

    def start_full(self, path, size_pixels):
        start(self, path, size_pixels)
        self._file = FullFile(self._file)

    monkeypatch.setattr(FrameFile, "__init__", start_full)
    annotations = [Annotation("1.avi", "a"), Annotation("1.avi", "b"), Annotation("2.avi", "a")]
    with pytest.raises(InputError) as caught:
        build(videos, annotations, size_pixels=(600, 800))
    told = str(caught.value)
    assert "600x800: cannot be written (No space left on device). The frames need about" in told
    assert f"about {3 * 30 * 600 * 800 * 3 / 1e9:.2f} GB" in told
    assert told.endswith("GB is free. Make room there, or choose smaller frames.")
    assert list((videos.parent / "data/cache/600x800").iterdir()) == []


def test_a_place_that_cannot_be_written_is_one_error(videos):
    folder = folder_of(videos, whole(0))
    folder.cache.write_text("a file where the cache should be")
    with pytest.raises(InputError, match=r"12x16: cannot be written \(.*Make room there"):
        build_cache(folder, whole(0), size_pixels=SIZE)


SLOW_BUILD = """
import sys, time
from pathlib import Path
import kineograph.data.inputs as inputs
from kineograph.data.cache import build_cache
from kineograph.data.dataset_folder import DataFolder
from kineograph.media import read_cuts

def slowly(path, windows, **options):
    for frame in read_cuts(path, windows, **options):
        time.sleep(float(sys.argv[2]))
        yield frame

inputs.read_cuts = slowly
folder = DataFolder(Path(sys.argv[1]))
cache, problems = build_cache(folder, folder.annotations, size_pixels=(12, 16), workers=1)
assert len(cache) == 4 and not problems
"""


def test_a_build_that_is_killed_goes_on_where_it_was(videos, decoded):
    folder = folder_of(videos, whole(0, 1, 2, 3))
    place = folder.cache / "12x16"
    builder = subprocess.Popen([sys.executable, "-c", SLOW_BUILD, folder.path, "0.02"])
    until = time.monotonic() + 60
    while len(list(place.glob("*.json"))) < 2 and time.monotonic() < until:
        assert builder.poll() is None
        time.sleep(0.01)
    while not list(place.glob("*.unfinished")) and time.monotonic() < until:
        time.sleep(0.01)
    builder.terminate()
    builder.wait()
    done = len(list(place.glob("*.json")))
    assert 2 <= done < 4
    cache, problems = build_cache(folder, folder.annotations, size_pixels=SIZE, workers=1)
    assert problems == []
    assert len(decoded) == 4 - done
    for annotation in folder.annotations:
        assert_same(cache[annotation], read(videos / annotation.video))


def test_two_builds_at_once_do_not_hurt_each_other(videos):
    folder = folder_of(videos, whole(0, 1, 2, 3))
    builders = [
        subprocess.Popen([sys.executable, "-c", SLOW_BUILD, folder.path, "0.003"]) for _ in range(2)
    ]
    assert [builder.wait(timeout=120) for builder in builders] == [0, 0]
    cache, _ = build_cache(folder, folder.annotations, size_pixels=SIZE, workers=1)
    for annotation in folder.annotations:
        assert_same(cache[annotation], read(videos / annotation.video))
    assert not list(cache.path.glob("*.unfinished"))


def test_what_a_killed_build_left_long_ago_is_deleted(videos):
    cache, _ = build(videos, whole(0))
    old, new = cache.path / "a.npy.1-00.unfinished", cache.path / "b.npy.1-00.unfinished"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    build(videos, whole(0))
    assert not old.exists()
    assert new.exists()


@pytest.mark.parametrize("damage", ["cut", "no json", "half a json"])
def test_a_damaged_entry_is_decoded_again(videos, damage):
    annotation = whole(0)[0]
    cache, _ = build(videos, [annotation])
    frames, about = (cache.path / f"{annotation.id}{suffix}" for suffix in (".npy", ".json"))
    if damage == "cut":
        frames.write_bytes(frames.read_bytes()[:-100])
    elif damage == "no json":
        about.unlink()
    else:
        about.write_text(about.read_text()[:20])
    cache, _ = build(videos, [annotation])
    assert_same(cache[annotation], read(videos / "0.avi"))


def test_progress_counts_annotations_up_to_all_of_them(videos):
    told = []
    build(videos, whole(0))
    annotations = [*whole(0, 1), Annotation("1.avi", "b", 0.2), Annotation("gone.avi", "a")]
    build(videos, annotations, progress=lambda done, total: told.append((done, total)))
    assert told == [(2, 4), (4, 4)]


def test_only_the_sampled_frames_are_read(videos):
    """A mapped array of frames is a view of the file; what is chosen is a copy."""
    cache, _ = build(videos, whole(0))
    frames, _ = cache[whole(0)[0]]
    assert frames.base is not None
    assert not frames.flags.writeable
    assert np.asarray(frames)[[1, 2]].flags.owndata


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"size_pixels": (0, 9)}, "size_pixels 0x9: no frame has this size. Write 1 or more."),
        ({"frames_per_second": -1}, "frames_per_second -1: no video has this rate. Write more"),
    ],
)
def test_a_size_or_rate_that_cannot_be_is_refused(videos, options, words):
    with pytest.raises(InputError, match=words):
        build(videos, whole(0), **options)


WINDOWS = [Box(0, 0, 16, 12), Box(16, 0, 16, 12), Box(4, 4, 20, 20), None]


def test_all_windows_of_a_video_are_cut_in_one_pass(videos, decoded):
    spans = [(0.0, 0.5), (0.3, None)]
    annotations = [
        Annotation("0.avi", "a", start, end, window) for window in WINDOWS for start, end in spans
    ]
    cache, problems = build(videos, annotations)
    assert problems == []
    assert decoded == ["0.avi"]
    for each in annotations:
        span = {"start_seconds": each.start_seconds, "end_seconds": each.end_seconds}
        assert_same(cache[each], read(videos / "0.avi", window=each.window, **span))


def test_a_window_outside_the_picture_costs_the_others_nothing(videos):
    outside = Annotation("0.avi", "a", window=Box(24, 0, 16, 16))
    cache, problems = build(videos, [*whole(0), outside])
    assert len(problems) == 1
    assert "window x=24 y=0 width=16 height=16 does not lie inside" in problems[0]
    assert_same(cache[whole(0)[0]], read(videos / "0.avi"))


@pytest.mark.parametrize("inputs", [("rgb",), ("rgb", "flow", "difference")])
@pytest.mark.parametrize("crop", ["none", "motion"])
def test_the_nearest_frame_stands_for_each_moment_also_of_a_part(videos, inputs, crop):
    halves = [Annotation("0.avi", "a", start, start + 0.5) for start in (0.0, 0.5)]
    options = {"inputs": inputs, "crop": crop, "frames_per_second": 10, "moments": "nearest"}
    cache, problems = build(videos, halves, **options)
    assert problems == []
    assert "10fps-nearest" in cache.path.name
    for half, places in zip(halves, ([0, 2, 5, 7, 10], [12, 15, 17, 20, 22]), strict=True):
        moments = half.start_seconds + np.arange(5) / 10
        np.testing.assert_allclose(cache.seconds(half), moments, atol=1e-6)
        if crop == "none":
            np.testing.assert_array_equal(cache[half][0], read(videos / "0.avi")[0][places])
        for name in inputs:
            assert len(cache.input(half, name)) == 5
