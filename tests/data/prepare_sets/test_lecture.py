"""A lecture's windows and marks into a prepared folder of one-second samples."""

import csv
import hashlib
import json
import shutil
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from kineograph.data.annotation import Annotation, write_annotations
from kineograph.data.cache import build_cache
from kineograph.data.copies import originals
from kineograph.data.folds import folds
from kineograph.data.leakage import find_leaks
from kineograph.data.prepare import PREPARE
from kineograph.data.split import assign_splits
from kineograph.errors import InputError
from kineograph.media import read_chosen
from kineograph.media.frame import Box
from kineograph.media.write import VideoWriter

WINDOWS = {"p1": [0, 0, 24, 24], "p2": [24, 0, 24, 24]}


@pytest.fixture
def lecture(tmp_path, draw):
    """Two videos of six seconds, two persons each, one of them left-handed."""
    source = tmp_path / "source"
    windows, marks = [], []
    for number in range(2):
        video = f"{number}.avi"
        draw.video(source / video, draw.noise(150, 24, 48, seed=number))
        digest = hashlib.sha256((source / video).read_bytes()).hexdigest()
        for name, window in WINDOWS.items():
            person = f"{name}{number}"
            hand = "left" if name == "p1" else None
            windows.append(
                {"video": video, "person": person, "window": window, "hand": hand, "sha256": digest}
            )
            marks += [
                Annotation(video, "not writing", 0.0, 3.5, Box(*window), person),
                Annotation(video, "writing", 3.5, 6.0, Box(*window), person),
            ]
    save(source, windows, marks)
    return source, windows, marks


def save(source, windows, marks):
    lines = "".join(json.dumps(line) + "\n" for line in windows)
    (source / "windows.jsonl").write_text(lines)
    write_annotations(source / "annotations.jsonl", marks)


def prepare(source, **options):
    return PREPARE["lecture"](source, source.parent / "data", **{"size": "12", **options})


def test_every_second_is_a_sample_with_its_copies(lecture):
    done = prepare(lecture[0])
    assert done.problems == []
    every = done.data_folder.annotations
    own = originals(every)
    assert Counter(each.label for each in own) == {"not writing": 12, "writing": 12}
    assert Counter(each.label for each in every) == {"not writing": 24, "writing": 24}
    assert "Five marks to five in 4 seconds, counted as 'writing'" in done.data_folder.notes
    assert "2 of 4 windows show a left-handed person" in done.data_folder.notes
    assert {(each.window, each.person[:2]) for each in own} == {
        (Box(*window), name) for name, window in WINDOWS.items()
    }


def test_frames_are_those_nearest_to_each_tenth_cut_and_shrunk(lecture):
    done = prepare(lecture[0])
    folder = done.data_folder
    options = {"size_pixels": (12, 12), "frames_per_second": 10.0, "moments": "nearest"}
    before = sorted(path.stat().st_mtime_ns for path in folder.cache.rglob("*.npy"))
    cache, _ = build_cache(folder, folder.annotations, workers=1, **options)
    assert before == sorted(path.stat().st_mtime_ns for path in folder.cache.rglob("*.npy"))
    for each in originals(folder.annotations)[::5]:
        places = [int(25 * each.start_seconds) + 5 * tenth // 2 for tenth in range(10)]
        true = read_chosen(folder.source(each), places, size_pixels=(12, 12), window=each.window)
        np.testing.assert_array_equal(cache[each][0], [frame.pixels for frame in true])


def test_fewer_writing_seconds_are_noised_until_there_are_as_many(lecture):
    source, windows, marks = lecture
    few = [mark for mark in marks if mark.label != "writing" or mark.person == "p10"]
    save(source, windows, few)
    done = prepare(source, noise="0.2", balance="0.5")
    own, every = originals(done.data_folder.annotations), done.data_folder.annotations
    assert Counter(each.label for each in own) == {"not writing": 12, "writing": 3}
    assert Counter(each.label for each in every) == {"not writing": 24, "writing": 12}
    assert {each.noise for each in every} == {0.0, 0.2}
    plain = prepare(source, mirror="no", balance="0", tie="not writing")
    assert Counter(each.label for each in plain.data_folder.annotations) == {
        "not writing": 13,
        "writing": 2,
    }


def test_the_manifest_has_a_row_for_every_sample_and_copy(lecture):
    done = prepare(lecture[0])
    every = done.data_folder.annotations
    rows = list(csv.DictReader((done.data_folder.path / "manifest.csv").read_text().splitlines()))
    assert [row["id"] for row in rows] == [each.id for each in every]
    assert [row["copy_of"] for row in rows] == [each.copy_of or "" for each in every]
    assert sum(row["tie"] == "1" and not row["copy_of"] for row in rows) == 4
    assert rows[0] | {"id": ""} == {
        "id": "",
        "video": "0.avi",
        "person": "p10",
        "window": "0 0 24 24",
        "second": "0",
        "label": "not writing",
        "tie": "0",
        "copy_of": "",
        "mirrored": "0",
        "noise": "0",
    }


def test_people_of_one_video_can_be_left_out_one_by_one_without_a_leak(lecture):
    folder = prepare(lecture[0]).data_folder
    cache, _ = build_cache(folder, folder.annotations, size_pixels=(12, 12), workers=1)
    found = folds(folder.annotations, "person")
    assert len(found) == 4
    for fold in found:
        assert find_leaks(fold.split, cache, folder, likely=False) == []
        assert len({each.person for each in fold.split.test}) == 1
    split = assign_splits(folder.annotations, fractions=(0.5, 0.25, 0.25))
    assert find_leaks(split, cache, folder, likely=False) == []
    assert split.copies_left_out == 12


def lines_after(lecture, change):
    source, windows, marks = lecture
    marks = change(windows, marks, source) or marks
    save(source, windows, marks)
    done = prepare(source)
    return done.problems, Counter(each.person for each in originals(done.data_folder.annotations))


def test_a_window_outside_the_picture_costs_its_person_alone(lecture):
    def change(windows, marks, source):
        windows[0]["window"] = [30, 0, 24, 24]

    problems, left = lines_after(lecture, change)
    assert problems == [
        "0.avi: the window [30, 0, 24, 24] of p10 reaches out of the picture of 48x24 pixels. "
        "Draw it again."
    ]
    assert left == {"p20": 6, "p11": 6, "p21": 6}


def test_marks_past_the_end_are_used_up_to_it(lecture):
    def change(windows, marks, source):
        return [*marks[:-1], Annotation("1.avi", "writing", 3.5, 9.0, person="p21")]

    problems, left = lines_after(lecture, change)
    assert problems == [
        "1.avi: p21: 1 mark up to 9 s, and the video ends at 6.0 s. What lies after it is not "
        "used; correct the marks."
    ]
    assert set(left.values()) == {6}


def test_overlapping_marks_of_one_person_cost_the_time_they_share(lecture):
    def change(windows, marks, source):
        return [*marks, Annotation("0.avi", "writing", 1.2, 1.4, person="p20")]

    problems, left = lines_after(lecture, change)
    assert problems == [
        "0.avi: p20: from 1.2 s to 1.4 s marked 'not writing' and 'writing'. That time is not "
        "used; remove one of them."
    ]
    assert left == {"p10": 6, "p20": 5, "p11": 6, "p21": 6}


def test_a_changed_video_is_told_by_its_content(lecture, draw):
    def change(windows, marks, source):
        draw.video(source / "1.avi", draw.noise(150, 24, 48, seed=9))

    problems, left = lines_after(lecture, change)
    assert len(problems) == 1
    assert "1.avi: has changed since it was marked (SHA-256 " in problems[0]
    assert "Put the marked file back, or mark this one." in problems[0]
    assert left == {"p10": 6, "p20": 6}


def test_a_video_that_is_gone_and_people_without_window_or_marks_are_told(lecture):
    def change(windows, marks, source):
        (source / "0.avi").unlink()
        windows[3]["person"] = "somebody"
        return [*marks, Annotation("1.avi", "writing", 0.0, 1.0)]

    problems, left = lines_after(lecture, change)
    assert [problem.split(": ", 1)[1] for problem in problems if problem.startswith("1.avi")] == [
        "2 marks of p21, who has no line in windows.jsonl. Add it.",
        "1 mark of nobody, who names no person. Add it.",
        "somebody has a window and no mark. Mark some seconds.",
    ]
    assert any(problem.startswith("0.avi: ") for problem in problems)
    assert left == {"p11": 6}


def test_a_class_without_a_whole_second_is_told(lecture):
    def change(windows, marks, source):
        return [*marks[:-1], Annotation("1.avi", "asleep", 3.5, 3.7, person="p21")]

    problems, _ = lines_after(lecture, change)
    assert problems == [
        "class 'asleep': is marked, and no whole second has it as its median. Mark longer."
    ]


def test_seconds_in_which_the_recording_stood_still_are_left_out(lecture):
    source, windows, marks = lecture
    path = source / "1.avi"
    path.unlink()
    with VideoWriter(source / "1.mp4", size_pixels=(24, 48)) as video:
        frames = np.random.default_rng(0).integers(0, 255, (150, 24, 48, 3), dtype=np.uint8)
        for place, pixels in enumerate(frames):
            if (
                not 55 <= place < 90
            ):  # 1.4 s without a frame, 0.4 s of it farther than 0.5 s from any
                video.add(pixels, seconds=place / 25)
    for line in windows[2:]:
        line["video"], line["sha256"] = "1.mp4", None
    marks = [replace(m, video="1.mp4") if m.video == "1.avi" else m for m in marks]
    save(source, windows, marks)
    done = prepare(source)
    assert done.problems == [
        f"1.mp4: {person}: 2 seconds with fewer than 10 frames, since the recording stood still "
        "there. They are left out; nothing to do."
        for person in ("p11", "p21")
    ]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"tie": "wirting"}, "tie=wirting: known are not writing, writing. Did you mean"),
        ({"label": "asleep"}, "label=asleep: known are not writing, writing"),
        ({"mirror": "true"}, "mirror=true: known are yes, no"),
        ({"noise": "2"}, "noise=2: is not a number from 0 to 1. Write one"),
        ({"balance": "much"}, "balance=much: is not a number from 0 to 100"),
        ({"size": "9.5"}, "size=9.5: is not a whole number from 0 to 4096"),
    ],
)
def test_options_that_make_no_sense_are_refused(lecture, options, words):
    with pytest.raises(InputError, match=words):
        prepare(lecture[0], **options)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "windows.jsonl line 5: not JSON"),
        ("[1]", r"windows.jsonl line 5: \[1\] is not a JSON object"),
        ('{"video": "0.avi", "person": "x"}', "no 'window': every window needs one. Add it"),
        ('{"video": "0.avi", "persn": "x"}', "unknown field 'persn'. Did you mean"),
        (
            '{"video": "0.avi", "person": "p10", "window": [0, 0, 9, 9]}',
            "p10 has a window in 0.avi already. Keep one of them",
        ),
        (
            '{"video": "0.avi", "person": "x", "window": [0, 0, 9, 9], "hand": "both"}',
            "hand 'both' is not left or right",
        ),
    ],
)
def test_lines_that_make_no_sense_are_named(lecture, line, words):
    file = lecture[0] / "windows.jsonl"
    file.write_text(file.read_text() + line + "\n")
    with pytest.raises(InputError, match=words):
        prepare(lecture[0])


def test_without_windows_nothing_is_prepared(lecture):
    (lecture[0] / "windows.jsonl").unlink()
    with pytest.raises(InputError, match="Draw the windows with kineograph annotate"):
        prepare(lecture[0])


def test_marks_are_never_replaced_by_samples(lecture):
    source = lecture[0]
    before = (source / "annotations.jsonl").read_bytes()
    for overwrite in (False, True):
        with pytest.raises(InputError, match="holds the marks, and prepared samples would take"):
            PREPARE["lecture"](source, source, overwrite=overwrite)
    assert (source / "annotations.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("marks", "told"),
    [
        ("", "annotations.jsonl: holds no mark. Mark some seconds with kineograph annotate."),
        ("only others", "nothing is marked 'writing', of which noised copies are made; only rest."),
    ],
)
def test_without_marks_one_line_says_what_to_do(lecture, tmp_path, marks, told):
    home = tmp_path / "home"
    shutil.copytree(lecture[0], home)
    line = {"video": "x.mp4", "label": "rest", "person": "p", "end_seconds": 3}
    (home / "annotations.jsonl").write_text(json.dumps(line) + "\n" if marks else "")
    with pytest.raises(InputError) as error:
        PREPARE["lecture"](home, tmp_path / "data")
    assert told in str(error.value)


def test_a_folder_that_is_not_there_is_called_so(tmp_path):
    with pytest.raises(InputError, match="lectur: there is no such folder. Check the path."):
        PREPARE["lecture"](tmp_path / "lectur", tmp_path / "data")
