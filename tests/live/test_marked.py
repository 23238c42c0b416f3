"""Marks found beside their videos: what is one event, which video is meant, what is too little."""

from dataclasses import replace
from pathlib import Path

import pytest

from kineograph.data.annotation import Annotation
from kineograph.errors import InputError
from kineograph.live.tuning.marked import check_marked, group_of, marks_by_video
from tests.live.marked_videos import video

PLAIN = video("v0", [(10, 20, 0.9)])


def mark(label: str, start: float, end: float | None = None, **more) -> Annotation:
    return Annotation("v0", label, start, end, **more)


def test_what_several_people_do_at_once_is_one_event():
    marks = (
        mark("punch", 30, 40),
        mark("kick", 5, 12, person="a"),
        mark("kick", 10, 20, person="b"),
        mark("kick", 13, 15, person="c"),
        mark("punch", 20, 25),
        mark("walk", 0, 300),
        mark("kick", 290),
    )
    marked = replace(PLAIN, marks=marks)
    assert marked.true(["kick"]).tolist() == [[5, 20], [290, 300]]
    assert marked.true(["kick", "punch"]).tolist() == [[5, 25], [30, 40], [290, 300]]
    assert marked.true(["fall"]).shape == (0, 2)


def test_a_mark_of_several_steps_is_its_labels_one_after_another():
    steps = mark("walk", 10, 18, marks=("walk", "kick", "kick", "walk"))
    assert replace(PLAIN, marks=(steps,)).true(["kick"]).tolist() == [[12, 16]]


def test_a_mark_over_the_end_of_the_video_ends_with_it():
    marks = (mark("kick", 290, 310), mark("kick", 305, 320))
    assert replace(PLAIN, marks=marks).true(["kick"]).tolist() == [[290, 300]]


def test_a_video_is_found_by_the_end_of_its_path(tmp_path):
    paths = [tmp_path / "day1" / "hall.mp4", tmp_path / "day2" / "hall.mp4", tmp_path / "x.mp4"]
    original = Annotation("day2/hall.mp4", "kick", 1, 2)
    copy = replace(original, copy_of=original.id, mirrored=True)
    marks = [original, copy, Annotation("y.mp4", "kick", 0, 1)]
    found, unknown = marks_by_video(paths, marks)
    assert list(found.values()) == [[], [original], []] and unknown == ["y.mp4"]
    with pytest.raises(InputError, match="'hall.mp4' is marked, and .* both end so. Give the one"):
        marks_by_video(paths, [Annotation("hall.mp4", "kick", 1, 2)])
    assert marks_by_video([Path("xhall.mp4")], [Annotation("hall.mp4", "kick")])[1] == ["hall.mp4"]


def test_videos_are_left_out_by_themselves_or_with_their_group():
    marks = [mark("kick", 1, 2, group="monday"), mark("kick", 4, 5)]
    assert group_of(Path("v0"), marks, "video") == "v0"
    assert group_of(Path("v0"), marks, "group") == "monday"
    assert group_of(Path("v0"), [], "group") == "v0"
    with pytest.raises(InputError, match=r"--by day: videos are left out by video, .*Choose one"):
        group_of(Path("v0"), marks, "day")
    with pytest.raises(InputError, match=r"several of group \(monday, tuesday\). Correct them"):
        group_of(Path("v0"), [*marks, mark("kick", 7, 8, group="tuesday")], "group")


def test_too_little_marked_video_is_said_before_hours_of_trying():
    other = video("v1", [(10, 20, 0.9)])
    calm = video("v2", [])
    fight = {"fight": ["fight"]}
    check_marked([PLAIN, other, calm], fight, "a.jsonl")
    with pytest.raises(InputError, match="one video to choose by and none left .*Mark and give"):
        check_marked([PLAIN], fight, "a.jsonl")
    with pytest.raises(InputError, match="one video to choose by"):
        check_marked([PLAIN, replace(other, group="v0")], fight, "a.jsonl")
    with pytest.raises(InputError, match="'fight' is marked in v0 alone; when it is left .*Mark"):
        check_marked([PLAIN, calm], fight, "a.jsonl")
    with pytest.raises(InputError, match="no 'fall' is marked in these .*Marked are: fight"):
        check_marked([PLAIN, other], {"fall": ["fall"]}, "a.jsonl")
    with pytest.raises(InputError, match="Marked are: nothing. Mark some: kineograph annotate"):
        check_marked([calm, replace(calm, group="v3")], fight, "a.jsonl")
