"""What is on disk after every kind of end: torn lines, kills, moved and changed videos."""

import json
import shutil
from pathlib import Path

import pytest

from kineograph.data.annotation import read_annotations
from kineograph.errors import InputError
from kineograph.studio.journal import Journal
from kineograph.studio.project import JOURNAL, Project, StaleError
from tests.studio.drawn_room import draw_room


def draw(project: Project, person: str, x: int = 10) -> None:
    (video,) = project.opened
    values = {"video": video, "person": person, "x": x, "y": 5, "size": 60, "hand": "left"}
    project.edit(project.marks.plan_window(values))


def paint(project: Project, start: float, end: float, label: str | None, stroke: str = "") -> None:
    project.edit(project.marks.plan_paint("w1", start, end, label), stroke=stroke)


def test_the_files_say_what_was_drawn_and_marked(project: Project):
    draw(project, "anna")
    paint(project, 0.4, 1.2, "writing")
    (text,) = (project.folder / "windows.jsonl").read_text(encoding="utf-8").splitlines()
    line = json.loads(text)
    assert len(line.pop("sha256")) == 64
    assert line == {
        "video": "room.mp4", "person": "anna", "window": [10, 5, 60, 60], "hand": "left"
    }  # fmt: skip
    (mark,) = read_annotations(project.folder / "annotations.jsonl")
    assert (mark.video, mark.label, mark.person) == ("room.mp4", "writing", "anna")
    assert (mark.start_seconds, mark.end_seconds, mark.window) == (0.4, 1.2, (10, 5, 60, 60))
    (video,) = (project.folder / "videos.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(json.loads(video)["sha256"]) == 64


def test_the_journal_alone_brings_everything_back_and_undo_goes_behind_the_end(
    tmp_path: Path, room: Path
):
    first = Project(tmp_path / "marks", [room])
    draw(first, "anna")
    paint(first, 0.2, 0.6, "writing")
    paint(first, 0.6, 1.0, "writing", "held")
    paint(first, 1.0, 1.4, "writing", "held")
    first.undo()
    state = first.state()
    first.close()
    for name in ("windows.jsonl", "annotations.jsonl", "videos.jsonl"):
        (tmp_path / "marks" / name).unlink()
    second = Project(tmp_path / "marks", [room])
    assert second.state() == state
    assert [m.end_seconds for m in second.marks.of_window("w1")] == [0.6], "one stroke, one undo"
    assert second.redo()
    assert [m.end_seconds for m in second.marks.of_window("w1")] == [1.4]
    while second.undo():
        pass
    assert not second.marks.windows
    second.close()


def test_a_line_cut_anywhere_costs_that_edit_and_no_other(tmp_path: Path, room: Path):
    project = Project(tmp_path / "marks", [room])
    draw(project, "anna")
    kept = project.state()
    before = (tmp_path / "marks" / JOURNAL).read_bytes()
    paint(project, 0.2, 0.6, "writing")
    project.close()
    whole = (tmp_path / "marks" / JOURNAL).read_bytes()
    for length in range(len(before) + 1, len(whole), 7):
        (tmp_path / "marks" / JOURNAL).write_bytes(whole[:length])
        again = Project(tmp_path / "marks", [room])
        assert again.journal.torn and again.state() == kept
        paint(again, 1.0, 1.2, "writing")
        again.close()
        third = Journal(tmp_path / "marks" / JOURNAL)
        assert not third.torn, "what follows a torn line is whole"
        third.close()


def test_a_bad_line_in_the_middle_is_named(tmp_path: Path, room: Path):
    project = Project(tmp_path / "marks", [room])
    draw(project, "anna")
    project.close()
    path = tmp_path / "marks" / JOURNAL
    path.write_bytes(b"{}}\n" + path.read_bytes())
    with pytest.raises(InputError, match=r"marks.journal.jsonl line 1 is no edit"):
        Project(tmp_path / "marks", [room])


def test_a_full_disk_loses_the_edit_and_says_so(project: Project, monkeypatch):
    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    draw(project, "anna")
    before, size = project.state(), (project.folder / JOURNAL).stat().st_size
    monkeypatch.setattr("kineograph.studio.journal.os.fsync", full)
    with pytest.raises(InputError, match="No space left.*The edit was not made"):
        paint(project, 0.2, 0.6, "writing")
    assert project.state() == before
    assert (project.folder / JOURNAL).stat().st_size == size


def test_two_servers_do_not_write_into_one_folder(project: Project, room: Path):
    with pytest.raises(InputError, match="another kineograph annotate writes there"):
        Project(project.folder, [room])


def test_an_edit_on_older_marks_is_refused(project: Project):
    draw(project, "anna")
    with pytest.raises(StaleError, match="changed in another tab"):
        project.at_revision(0)


def test_a_changed_video_is_said_and_a_moved_one_is_known(tmp_path: Path, room: Path):
    video = tmp_path / "a" / "room.mp4"
    video.parent.mkdir()
    shutil.copy(room, video)
    project = Project(tmp_path / "marks", [video])
    draw(project, "anna")
    project.close()
    moved = tmp_path / "other.mp4"
    video.rename(moved)
    again = Project(tmp_path / "marks", [moved])
    assert [w.person for w in again.marks.of_video(again.opened[0])] == ["anna"]
    again.close()
    draw_room(moved, seconds=1.0, seed=1)
    with pytest.raises(InputError, match="its content changed since it was marked"):
        Project(tmp_path / "marks", [moved])


def test_what_is_no_video_and_a_copy_are_refused(tmp_path: Path, room: Path):
    with pytest.raises(InputError, match="windows are drawn in videos"):
        Project(tmp_path / "marks", [tmp_path])
    copied = tmp_path / "copy.mp4"
    shutil.copy(room, copied)
    with pytest.raises(InputError, match="the same content as"):
        Project(tmp_path / "marks", [room, copied])
