from itertools import combinations
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.data.annotation import Annotation
from kineograph.data.cache import build_cache
from kineograph.data.dataset_folder import write_data_folder
from kineograph.data.leakage import FRAMES, MOST_SHIFT, Leak, _compare, find_leaks
from kineograph.data.split import Split, check_disjoint

SIZE = 48


class Drawn:
    """A cache of arrays."""

    def __init__(self, clips):
        self.frames = {clip.id: frames for clip, frames in clips.items()}

    def __contains__(self, annotation):
        return annotation.id in self.frames

    def __getitem__(self, annotation):
        frames = self.frames[annotation.id]
        return frames, np.arange(len(frames)) / 25.0


def place(seed):
    """(H, W, 3): what a fixed camera sees when nobody is there."""
    small = np.random.default_rng(seed).integers(40, 216, (6, 6, 3), dtype=np.uint8)
    return cv2.resize(small, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)


def act(background, seed, frame_count=40):
    """(T, H, W, 3): two blobs that wander through a place, other ways for each seed."""
    rng = np.random.default_rng(seed)
    frames = np.repeat(background[None], frame_count, axis=0)
    for _ in range(2):
        stops = rng.uniform(6, SIZE - 6, (5, 2))
        colour = [int(value) for value in rng.choice([0, 255], 3)]
        for number, frame in enumerate(frames):
            at = number / frame_count * 4
            middle = stops[int(at)] + (at % 1) * (stops[int(at) + 1] - stops[int(at)])
            cv2.circle(frame, tuple(int(value) for value in middle), 6, colour, -1)
    return frames


def leaks_of(one, other, tmp_path, **names):
    first, second = Annotation("a.mp4", "x", **names), Annotation("b.mp4", "x")
    split = Split([first], [], [second], "given")
    return find_leaks(split, Drawn({first: one, second: other}), nowhere(tmp_path))


def nowhere(tmp_path):
    return SimpleNamespace(source_root=tmp_path)


def coded(frames):
    """As JPEG of low quality."""
    return np.stack(
        [
            cv2.imdecode(cv2.imencode(".jpg", f, [cv2.IMWRITE_JPEG_QUALITY, 30])[1], 1)
            for f in frames
        ]
    )


def cropped(frames):
    return np.stack([cv2.resize(frame[1:-1, 1:-1], (SIZE, SIZE)) for frame in frames])


def noised(frames, level=12):
    noise = np.random.default_rng(9).normal(0, level, frames.shape)
    return np.clip(frames + noise, 0, 255).astype(np.uint8)


CHANGES = {
    "the same": (lambda frames: frames, "near copy"),
    "coded again": (coded, "near copy or noised copy"),
    "brighter": (lambda f: np.clip(f * 1.2 - 15, 0, 255).astype(np.uint8), "near copy"),
    "cropped": (cropped, "near copy"),
    "begun later": (lambda frames: frames[3:], "near copy"),
    "every other frame": (lambda frames: frames[::2], "near copy"),
    "mirrored": (lambda frames: frames[:, :, ::-1], "mirrored copy"),
    "mirrored and coded again": (lambda f: coded(f[:, :, ::-1]), "mirrored copy"),
    "noised": (noised, "noised copy"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("seed", range(3))
def test_a_changed_copy_is_found_and_named(change, seed, tmp_path):
    alter, kind = CHANGES[change]
    original = act(place(seed), seed)
    (leak,) = leaks_of(original, alter(original), tmp_path)
    assert leak.kind in kind and leak.sides == ("train", "test")
    assert leak.clips == (Annotation("a.mp4", "x").id, Annotation("b.mp4", "x").id)
    assert str(leak).startswith(f"{leak.kind}: 'a.mp4' in train and 'b.mp4' in test (motion ")


def test_other_people_before_the_same_fixed_camera_are_no_copies(tmp_path):
    background = place(0)
    clips = {Annotation(f"{n}.mp4", "x"): noised(act(background, n), 4) for n in range(40)}
    names = list(clips)
    split = Split(names[:20], names[20:25], names[25:], "given")
    assert find_leaks(split, Drawn(clips), nowhere(tmp_path)) == []


def test_the_same_motion_in_another_place_is_no_copy(tmp_path):
    assert leaks_of(act(place(1), 5), act(place(2), 5), tmp_path) == []


def test_a_still_clip_is_compared_by_its_picture_alone(tmp_path):
    still = np.repeat(place(3)[None], 10, axis=0)
    assert [leak.kind for leak in leaks_of(still, still, tmp_path)] == ["near copy"]
    assert leaks_of(still, np.repeat(place(4)[None], 10, axis=0), tmp_path) == []
    assert leaks_of(still, act(place(3), 0), tmp_path) == []


def test_one_frame_and_a_black_clip_do_not_break_it(tmp_path):
    one, black = place(5)[None], np.zeros((4, SIZE, SIZE, 3), np.uint8)
    assert [leak.kind for leak in leaks_of(one, one, tmp_path)] == ["near copy"]
    assert leaks_of(one, black, tmp_path) == leaks_of(black, black, tmp_path) == []


def test_each_copy_names_the_clip_it_was_made_from_across_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr("kineograph.data.leakage.BLOCK", 4)
    train = {Annotation(f"{n}.mp4", "x"): act(place(n % 2), n) for n in range(11)}
    copied = [0, 5, 10]
    test = {Annotation(f"copy{n}.mp4", "x"): coded(act(place(n % 2), n)) for n in copied}
    test |= {Annotation("other.mp4", "x"): act(place(0), 99)}
    seen = []
    found = find_leaks(
        Split(list(train), [], list(test), "given"),
        Drawn(train | test),
        nowhere(tmp_path),
        progress=lambda done, total: seen.append((done, total)),
    )
    expected = {
        (Annotation(f"{n}.mp4", "x").id, Annotation(f"copy{n}.mp4", "x").id) for n in copied
    }
    assert {leak.clips for leak in found} == expected
    assert seen == [(number, 15) for number in range(1, 16)]


def test_copies_on_one_side_are_no_leak(tmp_path):
    frames = act(place(0), 0)
    clips = {Annotation(f"{n}.mp4", "x"): frames for n in range(3)}
    assert find_leaks(Split(list(clips), [], [], "given"), Drawn(clips), nowhere(tmp_path)) == []


def test_a_clip_outside_of_the_cache_is_left_out(tmp_path):
    one, other = Annotation("a.mp4", "x"), Annotation("b.mp4", "x")
    cache = Drawn({one: act(place(0), 0)})
    assert find_leaks(Split([one], [], [other], "given"), cache, nowhere(tmp_path)) == []


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1))
def test_correlations_equal_those_of_two_loops(seed):
    rng = np.random.default_rng(seed)
    one, other = (rng.uniform(0, 255, (n, FRAMES, 16, 16)).astype(np.float32) for n in (2, 3))
    motion, looks, _ = _compare(one, other)
    for row, first in enumerate(one):
        for column, second in enumerate(other):
            places = np.corrcoef(first.mean(0).ravel(), second.mean(0).ravel())[0, 1]
            assert looks[row, column] == pytest.approx(places, abs=1e-4)
            at = [
                (range(max(s, 0), FRAMES), range(max(-s, 0), FRAMES))
                for s in range(-MOST_SHIFT, MOST_SHIFT + 1)
            ]
            shifted = []
            for here, there in at:
                pairs = list(zip(here, there, strict=False))[::2]
                pairs = pairs[: min(len(here), len(there)) // 2]
                parts = [first[[i for i, _ in pairs]], second[[j for _, j in pairs]]]
                parts = [part - part.mean(0) for part in parts]
                parts = [part - part.mean((1, 2), keepdims=True) for part in parts]
                shifted.append(np.corrcoef(parts[0].ravel(), parts[1].ravel())[0, 1])
            assert motion[row, column] == pytest.approx(max(shifted), abs=1e-4)


intervals = st.tuples(
    st.sampled_from("pq"), st.integers(0, 8), st.none() | st.integers(1, 4), st.integers(0, 2)
)


@given(st.lists(intervals, max_size=8, unique_by=lambda each: each[:3]))
def test_shared_frames_are_those_of_a_brute_force_over_tenths(tmp_path_factory, drawn):
    sides = ([], [], [])
    for video, start, length, side in drawn:
        end = None if length is None else float(start + length)
        sides[side].append(Annotation(f"{video}.mp4", "x", float(start), end))
    split = Split(*sides, how="given")
    expected = set()
    for (one, some), (two, others) in combinations(split.sides.items(), 2):
        for first in some:
            for second in others:
                tenths = [
                    set(range(int(a.start_seconds * 10), int((a.end_seconds or 99) * 10)))
                    for a in (first, second)
                ]
                if first.video == second.video and tenths[0] & tenths[1]:
                    expected.add((first.video, one, two))
    folder = nowhere(tmp_path_factory.getbasetemp() / "none")
    leaks = find_leaks(split, Drawn({}), folder)
    found = {(x.what.split("'")[1], *x.sides) for x in leaks if x.kind == "overlap"}
    assert found == expected
    assert [str(x).replace(": ", " ", 1) for x in leaks if x.kind != "overlap"] == check_disjoint(
        split
    )


def test_a_person_group_source_and_video_on_two_sides_are_named(tmp_path):
    one = Annotation("a is in b.mp4", "x", 0.0, 2.0, person="p", group="g", source="s")
    two = Annotation("a is in b.mp4", "x", 1.5, 3.0, person="p", group="g", source="s")
    lines = [
        str(leak)
        for leak in find_leaks(Split([one], [], [two], "clip"), Drawn({}), nowhere(tmp_path))
    ]
    assert lines == [
        "group: 'g' is in train and test",
        "person: 'p' is in train and test",
        "source: 's' is in train and test",
        "video: 'a is in b.mp4' is in train and test",
        f"overlap: 'a is in b.mp4': {one.id} in train and {two.id} in test share 0.50 s",
    ]


def test_the_same_bytes_under_two_names_are_found_and_others_of_their_size_are_not(tmp_path):
    for name, content in {"a": b"123", "b": b"123", "c": b"321", "d": b"9"}.items():
        (tmp_path / name).write_bytes(content)
    for name in ("pictures1", "pictures2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.png").write_bytes(b"some bytes")
    clips = {name: Annotation(name, "x") for name in "abcd"}
    folders = [Annotation(f"pictures{number}", "x") for number in (1, 2)]
    split = Split([clips["a"], folders[0]], [clips["c"], clips["d"]], [clips["b"], folders[1]], "")
    assert find_leaks(split, Drawn({}), nowhere(tmp_path)) == [
        Leak(
            "same file",
            "'a' in train and 'b' in test have the same bytes",
            ("train", "test"),
            (clips["a"].id, clips["b"].id),
        ),
        Leak(
            "same file",
            "'pictures1' in train and 'pictures2' in test have the same bytes",
            ("train", "test"),
            (folders[0].id, folders[1].id),
        ),
    ]


def test_a_real_folder_is_read_through_its_cache(draw, tmp_path):
    frames = act(place(0), 0)
    source = tmp_path / "source"
    draw.video(source / "a.avi", frames)
    draw.video(source / "b.avi", frames[:, :, ::-1])
    draw.video(source / "c.avi", act(place(0), 1))
    (source / "d.avi").write_bytes((source / "c.avi").read_bytes())
    clips = [Annotation(f"{name}.avi", "x") for name in "abcd"]
    folder = write_data_folder(tmp_path / "data", clips, name="drawn", source_root=source)
    cache, _ = build_cache(folder, clips, size_pixels=(32, 40), workers=1)
    leaks = find_leaks(Split([clips[0], clips[2]], [], [clips[1], clips[3]], "clip"), cache, folder)
    assert [leak.kind for leak in leaks] == ["same file", "mirrored copy"]


def test_only_sure_copies_are_told_where_likely_ones_are_not_asked_for(tmp_path):
    """One re-coded with a little noise is sure; one under much noise is only likely."""
    clip = act(place(0), 0)
    for changed, sure in ((noised(clip, 2), True), (noised(clip, 90), False)):
        first, second = Annotation("a.mp4", "x"), Annotation("b.mp4", "x")
        split = Split([first], [], [second], "given")
        cache = Drawn({first: clip, second: changed})
        assert len(find_leaks(split, cache, nowhere(tmp_path))) == 1
        assert len(find_leaks(split, cache, nowhere(tmp_path), likely=False)) == sure
