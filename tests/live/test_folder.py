"""A folder gets whole messages or nothing."""

import json
import shutil

import pytest

from kineograph.errors import InputError
from kineograph.live.sending.message import Message, message_of
from kineograph.live.sending.notify import make_sinks
from kineograph.live.sending.notify.folder import FolderOptions, FolderSink
from kineograph.live.sending.outbox import Outbox
from tests.live.letters import Hourglass, event


def names(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_event_and_files_are_copied_under_the_key(tmp_path):
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"moving")
    sink = FolderSink(FolderOptions(tmp_path / "to" / "there"))
    sink.send(message_of(event(ended=True), [clip, tmp_path / "gone.png"]))
    folder = tmp_path / "to" / "there"
    assert names(folder) == ["e1/ended/clip.mp4", "e1/ended/event.json"]
    assert json.loads((folder / "e1/ended/event.json").read_text(encoding="utf-8")) == {
        "key": "e1/ended",
        "phase": "ended",
        "test": False,
        "event": event(ended=True),
        "files": [
            {
                "name": "clip.mp4",
                "size_bytes": 6,
                "sha256": "6e862940d0bf2eea9e01e33fa78cc34f393fd931f0d3f04697898b06f7a10315",
            },
            {"name": "gone.png", "missing": "No such file or directory"},
        ],
    }


def test_a_second_time_changes_nothing_and_a_torn_try_is_cleared_away(tmp_path):
    sink = FolderSink(FolderOptions(tmp_path))
    torn = tmp_path / "e1" / "begun.123-abc.unfinished"
    torn.mkdir(parents=True)
    (torn / "clip.mp4").write_bytes(b"half")
    sink.send(message_of(event(peak=0.5)))
    sink.send(message_of(event(peak=0.6)))
    assert names(tmp_path) == ["e1/begun/event.json"] and not torn.exists()
    assert json.loads((tmp_path / "e1/begun/event.json").read_text())["event"]["peak"] == 0.5


def test_a_copy_that_fails_leaves_nothing(tmp_path, monkeypatch):
    def full(source, target):
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"moving")
    sink = FolderSink(FolderOptions(tmp_path / "to"))
    monkeypatch.setattr("shutil.copyfile", full)
    with pytest.raises(OSError, match="No space left"):
        sink.send(message_of(event(), [clip]))
    assert names(tmp_path / "to") == []


def test_a_file_that_goes_while_it_is_sent_is_named_as_missing_at_the_next_try(
    tmp_path, monkeypatch
):
    def gone(source, target):
        source.unlink(missing_ok=True)
        return real(source, target)

    clip, real = tmp_path / "clip.mp4", shutil.copyfile
    clip.write_bytes(b"moving")
    monkeypatch.setattr("shutil.copyfile", gone)
    sinks = make_sinks([FolderOptions(tmp_path / "to")])
    with Outbox(tmp_path / "o.db", sinks, clock=Hourglass().clock) as outbox:
        outbox.put(event(), [clip])
        assert outbox.drain(20)
        assert [(status.sent, status.dead) for status in outbox.status()] == [(1, 0)]
    assert names(tmp_path / "to") == ["e1/lasting/event.json"]
    document = json.loads((tmp_path / "to/e1/lasting/event.json").read_text())
    assert document["files"] == [{"name": "clip.mp4", "missing": "No such file or directory"}]


def test_keys_and_names_cannot_leave_the_folder_or_meet(tmp_path):
    one, two = tmp_path / "a" / "event.json", tmp_path / "b" / "clip.mp4"
    three = tmp_path / "c" / "clip.mp4"
    for path in (one, two, three):
        path.parent.mkdir()
        path.write_text(path.parent.name)
    sink = FolderSink(FolderOptions(tmp_path / "to"))
    sink.send(Message("../..\\x:y*/begun", event(), (one, two, three)))
    assert names(tmp_path / "to") == [
        "..%2F..%5Cx%3Ay%2A/begun/1-event.json",
        "..%2F..%5Cx%3Ay%2A/begun/3-clip.mp4",
        "..%2F..%5Cx%3Ay%2A/begun/clip.mp4",
        "..%2F..%5Cx%3Ay%2A/begun/event.json",
    ]
    sink.send(message_of(event("..")))
    assert (tmp_path / "to" / "%2E%2E" / "begun" / "event.json").is_file()


def test_a_drive_that_is_gone_is_not_made_anew(tmp_path):
    sink = FolderSink(FolderOptions(tmp_path / "drive"))
    (tmp_path / "drive").rmdir()
    with pytest.raises(FileNotFoundError, match="drive: is gone; mount it again"):
        sink.send(message_of(event()))
    assert not (tmp_path / "drive").exists()


def test_a_path_that_can_be_no_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="file/x: cannot be made a folder .* Choose another"):
        FolderSink(FolderOptions(tmp_path / "file" / "x"))
