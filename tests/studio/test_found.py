"""Files that lie in the folder before the page writes there: brought in, or left as they are."""

import json
import shutil

import pytest

from kineograph.data.annotation import Annotation, read_annotations, write_annotations
from kineograph.errors import InputError
from kineograph.studio.project import JOURNAL, Project

MARKS = [
    Annotation("room.mp4", "writing", 0.4, 1.2, window=(10, 5, 60, 60), person="anna"),
    Annotation("room.mp4", "not writing", 1.2, None, window=(10, 5, 60, 60), person="anna"),
    Annotation("other.mp4", "writing", 3.0, 9.0, window=(0, 0, 30, 40), person="ben"),
    Annotation("room.mp4", "writing", 0.0, 0.4),  # of nobody: cannot be shown, must not be lost
]
WINDOWS = [
    {"video": "room.mp4", "person": "anna", "window": [10, 5, 60, 60], "hand": "left"},
    {"video": "other.mp4", "person": "ben", "window": [0, 0, 30, 40], "sha256": "abc"},
    {"video": "room.mp4", "person": "carl", "window": [100, 5, 80, 60]},
]


@pytest.fixture
def folder(tmp_path, room):
    home = tmp_path / "marks"
    home.mkdir()
    shutil.copyfile(room, home / "room.mp4")
    write_annotations(home / "annotations.jsonl", MARKS)
    lines = "".join(json.dumps(each) + "\n" for each in WINDOWS)
    (home / "windows.jsonl").write_text(lines)
    return home


def lines_of(folder, name):
    return [json.loads(line) for line in (folder / name).read_text().splitlines()]


def test_what_lies_there_is_shown_kept_and_can_be_undone(folder):
    project = Project(folder, [folder / "room.mp4"])
    assert [w.person for w in project.marks.windows.values()] == ["anna", "carl"]
    assert project.notes == ["room.mp4: carl's box of 80x60 pixels became a square around it."]
    found = {(a.video, a.person, a.label, a.start_seconds) for a in
             read_annotations(folder / "annotations.jsonl")}  # fmt: skip
    assert found == {(a.video, a.person, a.label, a.start_seconds) for a in MARKS}
    seats = lines_of(folder, "windows.jsonl")
    assert WINDOWS[1] in seats, "another video's window stays as it was, square or not"
    assert seats[0] | {"sha256": None} == WINDOWS[0] | {"sha256": None}
    assert project.undo() and not project.marks.windows
    assert project.redo() and len(project.marks.marks) == 2
    project.close()


def test_a_second_session_brings_in_nothing_twice(folder):
    first = Project(folder, [folder / "room.mp4"])
    first.edit(first.marks.plan_removal("w2"))
    state = first.state()
    first.close()
    before = [lines_of(folder, name) for name in ("windows.jsonl", "annotations.jsonl")]
    second = Project(folder, [folder / "room.mp4"])
    assert second.state()["windows"] == state["windows"] and second.notes == []
    assert [lines_of(folder, name) for name in ("windows.jsonl", "annotations.jsonl")] == before
    second.close()


def test_a_video_that_has_another_name_now_leaves_no_lines_of_the_old_one(folder, tmp_path, room):
    Project(folder, [folder / "room.mp4"]).close()
    (tmp_path / "elsewhere").mkdir()
    moved = shutil.move(folder / "room.mp4", tmp_path / "elsewhere" / "hall.mp4")
    project = Project(folder, [moved])
    named = {each["video"] for each in lines_of(folder, "windows.jsonl")}
    assert named == {"hall.mp4", "other.mp4"}
    project.close()


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("annotations.jsonl", '{"video": "room.mp4"}\n', "no 'label'"),
        (
            "annotations.jsonl",
            '{"video": "room.mp4", "label": "a", "split": "test"}\n',
            "holds prepared samples, not marks. Choose another --out",
        ),
        (
            "windows.jsonl",
            '{"video": "room.mp4", "person": "p", "window": [0, 0, 9, 9], "sha256": "0"}\n',
            "its content changed since windows.jsonl was written",
        ),
        (
            "windows.jsonl",
            '{"video": "room.mp4", "person": "p", "window": [300, 0, 90, 90]}\n',
            "lies outside the picture",
        ),
        (
            "annotations.jsonl",
            '{"video": "room.mp4", "label": "a", "person": "anna", "end_seconds": 99}\n',
            "anna: 'a' is marked until 99.000 s, but room.mp4 ends at",
        ),
    ],
)
def test_what_cannot_be_brought_in_is_refused_and_nothing_is_written(folder, name, text, told):
    (folder / name).write_text(text)
    before = {path.name: path.read_bytes() for path in folder.glob("*.jsonl")}
    with pytest.raises(InputError) as error:
        Project(folder, [folder / "room.mp4"])
    assert told in str(error.value)
    after = {path.name: path.read_bytes() for path in folder.glob("*.jsonl")}
    assert {key: value for key, value in after.items() if key != JOURNAL} == before
    assert not after.get(JOURNAL)
