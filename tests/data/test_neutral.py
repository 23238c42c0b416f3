"""The neutral copy: clips that differ in everything but their pixels come out alike."""

import json
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kineograph.data.annotation import Annotation
from kineograph.data.cache import build_cache
from kineograph.data.dataset_folder import DataFolder, write_data_folder
from kineograph.data.prepare.distinct_frames import Distinct, differing, nearest_in_time
from kineograph.data.prepare.neutral import agree, neutral_copy, pad
from kineograph.errors import InputError
from kineograph.evaluation import baselines
from kineograph.media import inspect, read_frames
from kineograph.media.frame import Box
from kineograph.media.write import write_video

FAST, SLOW = "fast", "slow"


def numbered(count: int, height: int, width: int) -> np.ndarray:
    """(T, H, W, 3) uint8: the grey of each frame says its number, 10 levels apart."""
    grey = (20 + 10 * np.arange(count) % 220).astype(np.uint8)
    return np.broadcast_to(grey[:, None, None, None], (count, height, width, 3)).copy()


def number(pixels: np.ndarray) -> int:
    return round((float(pixels.mean()) - 20) / 10)


@pytest.fixture(scope="module")
def unequal(tmp_path_factory) -> DataFolder:
    """Two classes that differ in size, rate, length, duplicates and bytes; groups of two clips."""
    home = tmp_path_factory.mktemp("unequal")
    rng = np.random.default_rng(0)
    clips = []
    for take in range(12):
        for label in (FAST, SLOW):
            if label == FAST:
                frames, rate = numbered(22, 48, 64), 20
            else:  # every second frame shown twice, and grain that costs bytes
                frames = numbered(20, 200, 180).repeat(2, axis=0)
                frames[:, :, ::2] += rng.integers(0, 8, (1, 200, 90, 3), dtype=np.uint8)
                rate = 30
            name = f"{label}/{label}{take}.mp4"
            path = home / "clips" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_video(path, frames, rate)
            clips.append(Annotation(name, label, group=f"g{take // 2}", person=f"p{take // 2}"))
    return write_data_folder(home / "data", clips, name="unequal", source_root=home / "clips")


@pytest.fixture(scope="module")
def neutral(unequal, tmp_path_factory):
    return neutral_copy(unequal, tmp_path_factory.mktemp("neutral") / "out", workers=1)


def features(folder: DataFolder) -> set[tuple]:
    cache, problems = build_cache(folder, folder.annotations, size_pixels=(8, 8), workers=1)
    assert not problems
    return {
        (*baselines._features(folder, a, len(cache.seconds(a))), *np.round(cache.seconds(a), 9))
        for a in folder.annotations
    }


def test_all_files_tell_the_same(unequal, neutral):
    assert len(features(unequal)) > 2
    assert len(features(neutral.prepared.data_folder)) == 1
    assert neutral.frames_per_clip == round(neutral.seconds * neutral.frames_per_second)


def test_a_forest_on_metadata_finds_nothing_any_more(unequal, neutral):
    for folder, right in ((unequal, 1.0), (neutral.prepared.data_folder, 0.5)):
        cache, _ = build_cache(folder, folder.annotations, size_pixels=(8, 8), workers=1)
        counts = {a.id: len(cache.seconds(a)) for a in folder.annotations}
        train = [a for a in folder.annotations if a.group not in ("g0", "g1")]
        test = [a for a in folder.annotations if a.group in ("g0", "g1")]
        found = baselines.metadata(folder, train, test, counts).labels
        assert np.mean([a == clip.label for a, clip in zip(found, test, strict=True)]) == right


def test_duplicates_are_counted_by_class_and_said(neutral):
    found = neutral.classes
    assert found[FAST].duplicates == 0 and found[FAST].clips_with_duplicates == 0
    assert found[SLOW].duplicate_share == 0.5 and found[SLOW].clips_with_duplicates == 12
    assert found[FAST].enlarged == 12 and found[SLOW].enlarged == 0
    notes = neutral.prepared.data_folder.notes
    assert "slow 50.0 % of its frames, more than 5 % in 12 of 12 clips" in notes
    assert f"padded to {neutral.file_bytes} bytes" in notes


def test_no_frame_comes_twice_and_each_is_the_one_of_its_moment(unequal, neutral):
    folder = neutral.prepared.data_folder
    assert neutral.seconds == 1.0 and neutral.frames_per_second == 15
    for old, new in zip(unequal.annotations[:2], folder.annotations[:2], strict=True):
        before = list(read_frames(unequal.source(old)))
        length = 22 / 20 if old.label == FAST else 40 / 30
        start = (length - neutral.seconds) / 2
        truth = np.array([number(frame.pixels) for frame in before])
        when = np.array([frame.seconds for frame in before])
        first = np.unique(truth, return_index=True)[1]  # where each picture is first shown
        after = list(read_frames(folder.source(new)))
        shown = [number(frame.pixels) for frame in after]
        assert len(set(shown)) == len(shown) == 15
        for place, frame in enumerate(after):
            gaps = np.abs(when[first] - (start + place / 15))
            assert gaps[list(truth[first]).index(shown[place])] <= gaps.min() + 1e-6
            assert frame.seconds == pytest.approx(place / 15, abs=1e-6)


def test_groups_labels_and_sides_stay_and_names_tell_nothing(unequal, neutral):
    kept = neutral.prepared.data_folder.annotations
    for old, new in zip(unequal.annotations, kept, strict=True):
        assert (old.label, old.group, old.person) == (new.label, new.group, new.person)
        assert FAST not in new.video and SLOW not in new.video
    assert neutral.prepared.counts == {FAST: 12, SLOW: 12}


def test_the_pixels_are_the_central_square(tmp_path):
    frames = np.zeros((30, 60, 100, 3), np.uint8)
    frames[:, :, 20:80] = 200
    frames[:, :20] += (4 * np.arange(30, dtype=np.uint8))[:, None, None, None] % 40
    for label in "ab":
        write_video(tmp_path / f"{label}.mp4", frames, 25)
    window = Box(20, 0, 80, 60)  # its square begins at x = 30
    clips = [Annotation("a.mp4", "a"), Annotation("b.mp4", "b", window=window)]
    folder = write_data_folder(tmp_path / "d", clips, name="x", source_root=tmp_path)
    copy = neutral_copy(folder, tmp_path / "out", workers=1).prepared.data_folder
    a, b = (next(read_frames(copy.source(each))).pixels for each in copy.annotations)
    assert a.shape == b.shape == (160, 160, 3)
    assert a[100, 3:157].min() > 190  # 60 bright columns fill it
    edge = int((b[100, :, 1] > 100).sum())
    assert abs(edge - 160 * 50 / 60) <= 2


def test_a_padded_file_is_read_alike_by_all(tmp_path):
    path, plain = tmp_path / "a.mp4", tmp_path / "plain.mp4"
    write_video(plain, numbered(12, 32, 32), 10)
    path.write_bytes(plain.read_bytes())
    pad(path, plain.stat().st_size + 5000)
    assert path.stat().st_size == plain.stat().st_size + 5000
    for before, after in zip(read_frames(plain), read_frames(path), strict=True):
        assert before.seconds == after.seconds and (before.pixels == after.pixels).all()
    with av.open(str(path)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 12
    video, seen = cv2.VideoCapture(str(path)), 0
    while video.read()[0]:
        seen += 1
    assert seen == 12 and video.get(cv2.CAP_PROP_FPS) == 10
    info, first = inspect(path), inspect(plain)
    assert (info.duration_seconds, info.frame_count) == (first.duration_seconds, 12)
    assert info.frames_per_second == Fraction(10)
    with pytest.raises(ValueError, match="takes 8 or more"):
        pad(path, path.stat().st_size + 7)


def test_what_is_broken_or_short_is_listed_and_the_rest_goes_on(unequal, tmp_path):
    home = tmp_path / "clips"
    home.mkdir()
    clips = []
    for take in range(21):
        for label in "ab":
            count = 8 if (take, label) == (0, "a") else 20
            write_video(home / f"{label}{take}.mp4", numbered(count, 16, 16), 20)
            clips.append(Annotation(f"{label}{take}.mp4", label, group=str(take)))
    (home / "b7.mp4").write_bytes(b"no video")
    folder = write_data_folder(tmp_path / "data", clips, name="x", source_root=home)
    ticks = []
    copy = neutral_copy(
        folder,
        tmp_path / "out",
        workers=1,
        problems=["c.mp4: was missing."],
        progress=lambda done, total: ticks.append((done, total)),
    )
    problems = copy.prepared.problems
    assert [p.split(":")[0] for p in problems] == ["c.mp4", "a0.mp4", "b7.mp4"]
    assert "0.40 s long, and the copy's clips are 1.0 s; none is filled up" in problems[1]
    assert copy.prepared.counts == {"a": 20, "b": 20}
    assert copy.classes["a"].left_out == 1 and ticks[-1][1] == 84
    assert not (tmp_path / "out" / "videos.unfinished").exists()


def test_a_still_clip_keeps_its_first_frame_and_is_held(tmp_path):
    for take in range(2):
        write_video(tmp_path / f"a{take}.mp4", numbered(20, 16, 16), 20)
        write_video(tmp_path / f"b{take}.mp4", numbered(1, 16, 16).repeat(20, axis=0), 20)
    clips = [Annotation(f"{label}{take}.mp4", label) for label in "ab" for take in range(2)]
    folder = write_data_folder(tmp_path / "data", clips, name="x", source_root=tmp_path)
    copy = neutral_copy(folder, tmp_path / "out", workers=1)
    assert copy.frames_per_second == 5 and copy.frames_per_clip == 5
    assert copy.classes["b"].held == 2 and copy.classes["a"].held == 0
    assert copy.classes["b"].duplicates == 2 * 19
    assert len(features(copy.prepared.data_folder)) == 1


def test_clips_of_one_video_stay_tied_and_may_share_their_frames(tmp_path):
    write_video(tmp_path / "long.mp4", numbered(22, 16, 16).repeat(2, axis=0), 20)
    clips = [
        Annotation("long.mp4", "a", 0.0, 1.0),
        Annotation("long.mp4", "b", 1.0, 2.0),
        Annotation("long.mp4", "a", 1.0, 2.0),
    ]
    folder = write_data_folder(tmp_path / "data", clips, name="x", source_root=tmp_path)
    copy = neutral_copy(folder, tmp_path / "out", workers=1).prepared.data_folder
    assert {a.source for a in copy.annotations} == {"long.mp4"}
    assert [a.label for a in copy.annotations] == ["a", "b", "a"]
    first = [number(next(read_frames(copy.source(a))).pixels) for a in copy.annotations]
    assert first == [0, 10, 10]


def test_anothers_folder_is_left_alone(unequal, tmp_path):
    (tmp_path / "mine" / "videos").mkdir(parents=True)
    (tmp_path / "mine" / "videos" / "a.mp4").write_text("precious")
    for overwrite in (False, True):
        with pytest.raises(InputError, match="is there already, and no neutral copy made it"):
            neutral_copy(unequal, tmp_path / "mine", overwrite=overwrite)
    assert (tmp_path / "mine" / "videos" / "a.mp4").read_text() == "precious"
    with pytest.raises(InputError, match="holds a data set already.*--overwrite"):
        neutral_copy(unequal, unequal.path)


def test_too_few_classes_is_one_clear_line(tmp_path):
    write_video(tmp_path / "a.mp4", numbered(20, 16, 16), 20)
    (tmp_path / "b.mp4").write_bytes(b"no video")
    clips = [Annotation("a.mp4", "a"), Annotation("b.mp4", "b")]
    folder = write_data_folder(tmp_path / "data", clips, name="x", source_root=tmp_path)
    with pytest.raises(InputError, match=r"fewer than two classes .* the first: b\.mp4"):
        neutral_copy(folder, tmp_path / "out", workers=1)
    assert not (tmp_path / "out" / "videos.unfinished").exists()


# --------------------------------------------------------------------------------- the parts


def test_slow_movement_in_small_steps_is_not_lost():
    still = np.zeros((40, 32, 32), np.float32)
    creeping = still + 0.1 * np.arange(40, dtype=np.float32)[:, None, None]
    assert differing(still).tolist() == [True] + 39 * [False]
    assert differing(creeping).sum() == 14  # every third: 0.3 is more than 0.25
    spot = still.copy()
    spot[1::2, 4, 4] = 2.1  # one place of 1024: the average is far below its bound
    assert differing(spot).all()


@given(
    st.lists(st.floats(0.01, 0.5), min_size=1, max_size=20),
    st.lists(st.floats(-0.5, 8.0), min_size=1, max_size=10),
)
def test_the_nearest_frame_as_by_brute_force(gaps, moments):
    seconds = np.cumsum(gaps)
    found = nearest_in_time(seconds, np.sort(moments))
    for place, moment in zip(found, np.sort(moments), strict=True):
        assert abs(seconds[place] - moment) <= min(abs(s - moment) for s in seconds) + 2e-9


def seen(length: float, rate: float) -> Distinct:
    times = np.arange(int(length * rate)) / rate
    return Distinct(np.arange(len(times)), times, len(times), length, Box(0, 0, 9, 9))


def test_length_and_rate_are_what_nineteen_of_twenty_of_each_class_have():
    clips = [("a", seen(3.0, 30))] * 40 + [("b", seen(2.05, 12))] * 40
    assert agree(clips) == (2.0, 10)
    assert agree([*clips, ("a", seen(0.5, 30)), ("a", seen(0.5, 30))]) == (2.0, 10)
    assert agree([*clips, ("b", seen(1.5, 3)), ("b", seen(1.5, 3)), ("b", seen(1.5, 3))]) == (
        1.4,
        5,
    )
    assert agree([("a", seen(1.0, 30)), ("b", seen(1.0, 25))]) == (1.0, 15)


def test_the_verb_writes_the_copy_and_prints_the_classes(unequal, tmp_path, capsys, monkeypatch):
    import sys

    from kineograph.__main__ import main

    words = ["prepare", "folder", unequal.source_root, tmp_path / "out", "--neutral", "--json"]
    words += ["--group", r"(\d+)\."]
    monkeypatch.setattr(sys, "argv", ["kineograph", *map(str, words)])
    assert main() == 0
    told = capsys.readouterr().out
    found = json.loads(told.strip().splitlines()[-1])
    assert found["neutral"]["classes"][SLOW]["duplicate_share"] == 0.5
    assert found["neutral"]["frames_per_clip"] == 15 and found["clips"] == 24
    assert "50.0 %" in told and "12 of 12" in told
    assert DataFolder(tmp_path / "out").annotations[0].group is not None
    words[3] = unequal.source_root / "inside"
    monkeypatch.setattr(sys, "argv", ["kineograph", *map(str, words)])
    assert main() == 2
    assert "whose clips are copied. Choose a folder outside" in capsys.readouterr().out
