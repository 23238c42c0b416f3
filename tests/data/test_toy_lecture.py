import hashlib
import json
from dataclasses import replace
from itertools import islice, pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kineograph.data.annotation import read_annotations
from kineograph.data.toy.figure import cast_actor, project
from kineograph.data.toy.hall import PITCH, find_seats, hand_path
from kineograph.data.toy.hall_depth import FOCAL
from kineograph.data.toy.lecture import (
    LectureConfig,
    annotate,
    draw_recording,
    draw_recording_depth,
    set_scene,
    write_lecture,
)
from kineograph.data.toy.skeleton import Joint
from kineograph.data.toy.student import ACTIVITIES, DESK, WRITING, draw_habits, plan, sit
from kineograph.errors import InputError
from kineograph.media import inspect
from kineograph.media.depth import open_depth
from kineograph.media.listing import find_depth

SHORT = LectureConfig(people=5, people_per_recording=3, seconds=14)


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def pictures(config, recording, count):
    return np.stack(list(islice(draw_recording(config, recording), count)))


def test_the_same_numbers_give_the_same_pixels_and_others_do_not():
    once = pictures(SHORT, 0, 3)
    assert once.shape == (3, 360, 640, 3) and once.dtype == np.uint8
    np.testing.assert_array_equal(once, pictures(SHORT, 0, 3))
    assert (once != pictures(replace(SHORT, seed=1), 0, 3)).any()
    assert (once != pictures(SHORT, 1, 3)).any()


@given(st.integers(1, 6), st.integers(0, 10**6), st.sampled_from([(360, 640), (540, 960)]))
def test_windows_are_squares_inside_the_picture_that_do_not_overlap(count, seed, size):
    windows = [s.window for s in find_seats(count, size, np.random.default_rng(seed))]
    for x, y, width, height in windows:
        assert width == height >= 0.25 * size[0]
        assert x >= 0 and y >= 0 and x + width <= size[1] and y + height <= size[0]
    for place, one in enumerate(windows):
        for other in windows[place + 1 :]:
            beside = one.x + one.width <= other.x or other.x + other.width <= one.x
            above = one.y + one.height <= other.y or other.y + other.height <= one.y
            assert beside or above


@given(st.integers(1, 2000), st.integers(0, 10**6))
def test_a_plan_has_no_gap_and_begins_with_writing_and_holding(count, seed):
    spans = plan(count, 25, np.random.default_rng(seed))
    assert spans[0].start == 0 and spans[-1].end == count
    assert all(
        one.end == two.start and one.activity != two.activity for one, two in pairwise(spans)
    )
    assert {span.activity for span in spans[:2]} <= {"write", "hold"}
    assert {span.activity for span in spans} <= set(ACTIVITIES)


def students(count, seconds=60.0):
    """Plans and sittings of students, not drawn."""
    times = np.arange(round(seconds * 25)) / 25
    for number in range(count):
        rng = np.random.default_rng(number)
        body, habits = cast_actor(rng).body, draw_habits(rng)
        spans = plan(len(times), 25, rng)
        yield spans, habits, sit(spans, body, habits, seconds=times, rng=rng)


def test_the_pen_moves_while_writing_and_stands_still_where_it_wrote_while_held():
    for spans, _, sitting in students(6):
        for before, span in pairwise(spans):
            tip = sitting.pen[span.start : span.end]
            if span.activity == "write" and len(tip) > 50:
                assert np.abs(np.diff(tip[:, :2], axis=0)).sum(0).min() > 0.05
            if span.activity == "hold" and before.activity == "write":
                assert np.abs(tip - tip[0]).max() < 0.004  # the hand's trembling
                last = sitting.pen[before.end - 1]
                assert np.abs(tip[0] - last).max() < 0.03  # one frame's step of writing


def test_poses_of_writing_and_of_holding_have_the_same_means():
    gaps = []
    for spans, _, sitting in students(60):
        seen = {
            name: np.concatenate(
                [np.arange(s.start + 20, s.end) for s in spans if s.activity == name]
            )
            for name in ("write", "hold")
        }
        ahead = sitting.joints[:, Joint.FACE] - sitting.joints[:, Joint.HEAD]
        pose = np.concatenate([sitting.pen, sitting.joints[:, Joint.HEAD], ahead], 1)
        gaps.append(
            pose[seen["write"].astype(int)].mean(0) - pose[seen["hold"].astype(int)].mean(0)
        )
    gaps = np.array(gaps)
    error = gaps.std(0) / np.sqrt(len(gaps)) + 1e-9
    assert (np.abs(gaps.mean(0)) < 4 * error + 5e-4).all()


@pytest.fixture(scope="module")
def filmed():
    return set_scene(SHORT, 0), pictures(SHORT, 0, SHORT.frame_count)


def hand_energy(frames, guest, span):
    """Change from frame to frame about the pen at ten a second, in the window's 100x100."""
    x, y, side, _ = guest.seat.window
    middle = (hand_path(guest)[span.start : span.end].mean(0) - [x, y]) * 100 / side
    left, top = np.clip(middle - 12, 0, 76).astype(int)
    small = [
        cv2.resize(frame[y : y + side, x : x + side], (100, 100), interpolation=cv2.INTER_AREA)
        for frame in frames[span.start + 15 : span.end : 3]
    ]
    cut = np.stack(small).astype(float)[:, top : top + 24, left : left + 24]
    return np.abs(np.diff(cut, axis=0)).mean()


def test_writing_is_seen_as_motion_of_the_hand_and_the_held_pen_is_not(filmed):
    scene, frames = filmed
    compared = 0
    for guest, spans in zip(scene.guests, scene.spans, strict=True):
        energy = {
            span.activity: hand_energy(frames, guest, span)
            for span in spans
            if span.activity in ("write", "hold") and span.end - span.start > 40
        }
        if len(energy) == 2:
            assert energy["write"] > 1.8 * energy["hold"]
            compared += 1
    assert compared >= 2


def test_one_frame_of_holding_is_one_of_writing(filmed):
    scene, frames = filmed
    compared = 0
    for guest, spans in zip(scene.guests, scene.spans, strict=True):
        x, y, side, _ = guest.seat.window
        for before, span in pairwise(spans):
            if {before.activity, span.activity} != {"write", "hold"}:
                continue
            cut = frames[span.start - 1 : span.start + 1, y : y + side, x : x + side].astype(float)
            still = frames[span.start : span.start + 2] if span.activity == "hold" else None
            across = np.abs(cut[1] - cut[0]).mean()
            if still is not None:
                held = still[:, y : y + side, x : x + side].astype(float)
                assert across < 1.6 * np.abs(held[1] - held[0]).mean()
            assert across < 6.0  # grey levels: noise and one frame's step, no other picture
            compared += 1
    assert compared >= 2


def test_marks_say_what_the_plans_say():
    scene = set_scene(SHORT, 0)
    marks = annotate(scene, SHORT)
    for person, spans in zip(scene.people, scene.spans, strict=True):
        own = [mark for mark in marks if mark.person == person]
        assert own[0].start_seconds == 0 and own[-1].end_seconds == SHORT.seconds
        assert all(
            a.end_seconds == b.start_seconds and a.label != b.label for a, b in pairwise(own)
        )
        written = sum(m.end_seconds - m.start_seconds for m in own if m.label == WRITING)
        planned = sum(s.end - s.start for s in spans if s.activity == "write") / 25
        assert written == pytest.approx(planned)


def test_writing_takes_about_a_third_and_both_hands_are_seen():
    shares, hands = [], set()
    for spans, habits, _ in students(40):
        shares.append(sum(s.end - s.start for s in spans if s.activity == "write") / 1500)
        hands.add(habits.hand)
    assert 0.25 < np.mean(shares) < 0.5
    assert hands == {0, 1}


def test_a_folder_has_videos_windows_marks_and_truth(tmp_path):
    config = LectureConfig(people=3, people_per_recording=2, seconds=1.2, size_pixels=(180, 320))
    done = []
    marks = write_lecture(tmp_path, config, workers=1, progress=lambda *at: done.append(at))
    assert done == [(1, 2), (2, 2)]
    assert read_annotations(tmp_path / "annotations.jsonl") == marks
    windows = lines(tmp_path / "windows.jsonl")
    assert [line["person"] for line in windows] == ["student01", "student02", "student03"]
    for line in windows:
        content = (tmp_path / line["video"]).read_bytes()
        assert line["sha256"] == hashlib.sha256(content).hexdigest()
        assert line["hand"] in ("left", "right")
        assert inspect(tmp_path / line["video"]).width == 320
    truth = lines(tmp_path / "truth.jsonl")
    assert {line["activity"] for line in truth} <= set(ACTIVITIES)


def middle_of(deep, x, y):
    """The median of what was measured in 3x3 pixels of depth about a place of the colours."""
    x, y = round(x / 2), round(y / 2)
    part = deep[max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2]
    return np.median(part[part > 0])


def test_depth_shows_who_is_near_and_what_the_colours_show():
    """Head before wall, nearer row before the farther; what is near stands where it is drawn."""
    config = LectureConfig(people=6, people_per_recording=6, seconds=2)
    scene, deep = set_scene(config, 0), list(draw_recording_depth(config, 0))
    assert len(deep) == 50 and deep[0].shape == (180, 320) and deep[0].dtype == np.uint16
    wall = deep[0].max()
    heads = {0: [], 1: []}
    for guest in scene.guests:
        view = guest.seat.view(50)
        x, y, near = project(guest.sitting.joints, view)[20, Joint.HEAD]
        head = middle_of(deep[20], x, y)
        pelvis = 1700 * FOCAL * 360 / guest.seat.scale  # a pinhole's law
        radius = guest.actor.body.head
        assert head == pytest.approx(pelvis - 1700 * (near + radius), abs=40)
        assert head < wall - 800
        heads[guest.seat.row].append(head)
    assert max(heads[0]) < min(heads[1])


def test_a_raised_hand_is_nearer_than_what_it_hides():
    """Of everyone who raises one: before the wall behind it, and as far as its wrist is."""
    config = LectureConfig(people=12, people_per_recording=3, seconds=40, frames_per_second=5)
    compared = 0
    for recording in range(config.recordings):
        scene, deep = set_scene(config, recording), list(draw_recording_depth(config, recording))
        for guest, spans in zip(scene.guests, scene.spans, strict=True):
            joints = project(guest.sitting.joints, guest.seat.view(config.frame_count))
            for span in spans:
                if span.activity != "raise" or span.end - span.start < 8:
                    continue
                time = span.end - 2
                side = guest.habits.hand if span.pen_hand else 1 - guest.habits.hand
                x, y, near = joints[time, [Joint.WRIST + side, Joint.FINGERS + side]].mean(0)
                hand = middle_of(deep[time], x, y)
                pelvis = 1700 * FOCAL * 360 / guest.seat.scale
                assert hand == pytest.approx(pelvis - 1700 * (near + 0.031), abs=40)
                assert hand < deep[time].max() - 800
                compared += 1
    assert compared >= 5


def test_a_hand_on_the_desk_is_a_little_nearer_than_the_desk():
    config = LectureConfig(people=3, people_per_recording=3, seconds=1)
    scene, deep = set_scene(config, 0), list(draw_recording_depth(config, 0))
    for guest in scene.guests:
        wrist = Joint.WRIST + guest.habits.hand
        x, y, _ = project(guest.sitting.joints, guest.seat.view(25))[10, wrist]
        above = guest.sitting.joints[10, wrist, 2] - DESK
        hand = middle_of(deep[10], x, y)
        window = guest.seat.window
        beside = middle_of(deep[10], window.x + 2, y)  # the same row of the desk
        assert beside - hand == pytest.approx(1700 * (above / np.sin(PITCH) + 0.03), abs=50)


def test_depth_is_written_beside_its_video_if_asked_for(tmp_path):
    config = LectureConfig(people=1, seconds=1, size_pixels=(180, 320), depth=True)
    write_lecture(tmp_path, config, workers=1)
    assert find_depth(tmp_path / "lecture1.mp4") == tmp_path / "lecture1.depth.mkv"
    depth = open_depth(tmp_path / "lecture1.mp4")
    for number, frame in enumerate(draw_recording_depth(config, 0)):
        assert np.array_equal(depth.nearest(number / 25, number).load(), frame)
    same = replace(config, depth=False)
    write_lecture(tmp_path / "without", same, workers=1)
    assert find_depth(tmp_path / "without" / "lecture1.mp4") is None
    for name in ("annotations.jsonl", "truth.jsonl"):
        assert (tmp_path / name).read_bytes() == (tmp_path / "without" / name).read_bytes()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"people": 0}, "people=0: nobody is drawn. Ask for 1 or more"),
        ({"people_per_recording": 7}, "a hall seats 1 to 6"),
        ({"seconds": 0}, "that is no frame. Ask for more"),
        ({"size_pixels": (90, 160)}, "a hand needs .* Ask for a larger picture"),
    ],
)
def test_what_cannot_be_drawn_is_refused(values, words):
    with pytest.raises(InputError, match=words):
        LectureConfig(**values)
