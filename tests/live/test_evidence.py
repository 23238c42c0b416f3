"""From packets and events to folders that verify calls whole: by a thread, through crashes."""

import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from kineograph.errors import InputError
from kineograph.live.evidence import write_event as write_evidence
from kineograph.live.evidence import writer as module
from kineograph.live.evidence.packets import Cut
from kineograph.live.evidence.recording import CameraEvidence, Source
from kineograph.live.evidence.retention import Retention, finish_removals
from kineograph.live.evidence.writer import EvidenceOptions, EvidenceWriter
from kineograph.live.journal.journal import JOURNAL, Journal
from kineograph.live.journal.verify import verify
from kineograph.media.frame import Box
from tests.live.drawn_camera import code, draw_corridor, fields, read_back, sent
from tests.live.servers import until


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Cut:
    """Twelve seconds at ten pictures a second, a key frame each second."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    return sent(code(path, draw_corridor(120), bf="0"))


@pytest.fixture
def real_strip():
    """For tests that look at the strip: drawing takes half a second."""


@pytest.fixture(autouse=True)
def no_strip(request, monkeypatch):
    """Elsewhere its pictures are chosen, and then not drawn."""
    if "real_strip" not in request.fixturenames:
        monkeypatch.setattr("kineograph.live.evidence.strip.draw_strip", lambda *given: b"a strip")


class Told:
    """Who is told of events."""

    def __init__(self):
        self.events, self.files, self.heads = [], [], []

    def __call__(self, event, files, entry):
        self.events.append(event.get("id"))
        self.files.append(sorted(path.name for path in files))
        self.heads.append(entry.hash)


def write(home: Path, film: Cut, *events: dict, told=None, hold_back: bool = False, **options):
    """A camera shows the film while events come and go as their seconds say."""
    options = EvidenceOptions(
        **{"folder": home, "pre_roll_seconds": 1.5, "post_roll_seconds": 1.0} | options
    )
    writer = EvidenceWriter(options, done=told or Told())
    camera = writer.camera(
        "hall",
        address="rtsp://me:secret@cam/1?key=2",
        network="lrcn",
        windows={"desk": Box(64, 48, 64, 48)},
    )
    for packet in film.packets:
        camera.add_packet(packet, film.head)
        now = packet.seconds
        camera.add_scores("whole", now, {"fight": min(1, now / 10), "calm": 1 - min(1, now / 10)})
        for event in events:
            if now == pytest.approx(event["start_seconds"] + 0.4):  # noticed later
                begun = {**event, "end_seconds": None, "end_time": None}
                camera.begin(begun, 0.6, 0.4)
            if event["end_seconds"] and now == pytest.approx(event["end_seconds"] + 0.2):
                camera.end(event)
    if not hold_back:
        writer.close()
    return writer


def only_folder(home: Path) -> Path:
    (folder,) = home.glob("hall/*/*")
    return folder


def test_an_event_leaves_its_clip_strip_and_scores_and_verify_calls_them_whole(
    tmp_path, film, real_strip
):
    told = Told()
    status = write(tmp_path, film, fields(4.0, 5.5), told=told).status()
    folder = only_folder(tmp_path)
    assert folder.relative_to(tmp_path).as_posix().startswith("hall/2026-02-14/183016-fight-")
    said = json.loads((folder / "event.json").read_text())
    clip = said["clip"]
    assert clip["start_seconds"] == 2.0  # the key frame before 4 - 1.5
    assert clip["end_seconds"] == pytest.approx(6.6)  # the picture at 5.5 + 1, shown for 0.1
    assert clip["start_time"] == "2026-02-14T18:30:14.000+00:00"
    assert (clip["reencoded"], clip["begins_with_key_frame"], clip["packets"]) == (False, True, 46)
    expected = [p.data for p in film.packets if 2.0 <= p.seconds <= 6.5]
    assert read_back(folder / "clip.mkv") == expected
    assert said["camera"] == {"name": "hall", "address": "rtsp://cam/1"}
    assert said["network"] == "lrcn" and said["thresholds"] == {"high": 0.6, "low": 0.4}
    shares = said["scores"]["probabilities"]["fight"]
    assert shares[0] == pytest.approx(0.25) and shares[-1] == pytest.approx(0.65)
    assert said["problems"] == [] and said["machine"]["python"] and "av" in said["machine"]
    with Image.open(folder / "strip.png") as strip:
        assert strip.size[0] > 1500
    found = verify(tmp_path)
    assert found.is_whole and len(found.whole) == 3
    assert told.events == ["event-4"] * 2  # its begin at once, its end with what was kept
    assert told.files == [[], ["clip.mkv", "event.json", "strip.png"]]
    assert (status.written, status.with_problems, status.lost) == (1, 0, 0)
    assert status.head == found.head != told.heads[0]
    assert b"secret" not in b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())


def test_a_long_event_is_written_at_its_longest_and_its_end_follows(tmp_path, film):
    told = Told()
    write(tmp_path, film, fields(3.0, 9.0), told=told, longest_seconds=4.0)
    said = json.loads((only_folder(tmp_path) / "event.json").read_text())
    assert said["problems"] == ["the clip ends early: longest_seconds is 4"]
    assert said["event"]["end_seconds"] is None and said["clip"]["end_seconds"] < 6
    kinds = [json.loads(line)["kind"] for line in (tmp_path / JOURNAL).read_text().splitlines()]
    assert kinds == ["key", "started", "begun", "event", "ended", "stopped"]
    kept = ["clip.mkv", "event.json", "strip.png"]
    assert told.events == ["event-3"] * 3  # its begin, its clip while it lasts, and its end
    assert told.files == [[], kept, kept]


def test_several_events_at_once_each_have_their_own(tmp_path, film):
    write(tmp_path, film, fields(3.0, 6.0), fields(4.0, 5.0), fields(8.0, 9.0))
    found = verify(tmp_path)
    assert found.is_whole and len(found.whole) == 9


def test_a_gap_ends_the_clip_and_says_so(tmp_path, film):
    later = [
        replace(packet, seconds=packet.seconds + 30, stretch=1) for packet in film.packets[:30]
    ]
    cut = Cut(film.head, (*film.packets[:60], *later))
    write(tmp_path, cut, fields(4.0, 30.6))  # the end is told after the gap
    said = json.loads((only_folder(tmp_path) / "event.json").read_text())
    assert said["problems"] == ["the clip ends early: the camera was away"]
    assert said["clip"]["end_seconds"] == pytest.approx(6.0)
    assert said["event"]["end_seconds"] == 30.6


def test_the_end_of_an_event_after_a_gap_is_not_waited_for():
    jobs = []
    camera = CameraEvidence(
        Source("hall", "0", "none", None),
        jobs.append,
        pre_roll_seconds=1,
        post_roll_seconds=1,
        longest_seconds=60,
        most_bytes=1000,
    )
    camera.begin(fields(4.0))
    camera.gap()
    assert [job.kind for job in jobs] == ["begun"]
    camera.end(fields(4.0, 5.5))
    assert [job.kind for job in jobs] == ["begun", "event"]
    assert jobs[1].event["end_seconds"] == 5.5


def test_an_event_told_twice_is_kept_once(tmp_path, film):
    told = Told()
    write(tmp_path, film, fields(4.0, 5.5), told=told)
    write(tmp_path, film, fields(4.0, 5.5), told=told)  # as a file watched again from its start
    assert len(list(tmp_path.glob("hall/*/*"))) == 1 and verify(tmp_path).is_whole
    assert set(told.events) == {"event-4"}


def test_a_camera_that_went_away_leaves_what_was_last_seen(tmp_path, film):
    writer = write(tmp_path, film, hold_back=True)
    camera = writer._cameras[0]
    camera.gap()
    away = fields(12.0, kind="camera-away", label="camera-away", peak=1.0)
    camera.begin(away)
    camera.end({**away, "end_seconds": 40.0})
    writer.close()
    said = json.loads((only_folder(tmp_path) / "event.json").read_text())
    assert said["clip"]["start_seconds"] == 10.0
    assert said["clip"]["end_seconds"] == pytest.approx(12.0)


def test_a_camera_that_sends_no_more_is_not_waited_for_without_end(tmp_path, film):
    writer = write(tmp_path, Cut(film.head, film.packets[:58]), fields(4.0, 5.5), hold_back=True)
    writer._cameras[0].finish_late(time.monotonic() + 100)
    writer.close()
    said = json.loads((only_folder(tmp_path) / "event.json").read_text())
    assert said["problems"] == ["the clip ends early: the camera sent no more"]


def test_masked_parts_are_never_on_the_disk(tmp_path, film, real_strip):
    """Neither as pictures nor as packets of the camera, in no file of the folder."""
    write(tmp_path, film, fields(4.0, 5.5), masks=(Box(0, 0, 128, 60),))
    folder = only_folder(tmp_path)
    assert sorted(p.name for p in folder.iterdir()) == ["clip.mp4", "event.json", "strip.png"]
    said = json.loads((folder / "event.json").read_text())
    assert said["clip"]["reencoded"] is True and said["clip"]["file"] == "clip.mp4"
    with av.open(str(folder / "clip.mp4")) as container:
        pictures = [f.to_ndarray(format="rgb24") for f in container.decode(video=0)]
    assert len(pictures) == 46
    assert max(p[:58].max() for p in pictures) < 12 and min(p[64:].mean() for p in pictures) > 60
    every = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert not any(packet.data[64:] in every for packet in film.packets if len(packet.data) > 100)
    assert verify(tmp_path).is_whole


def test_what_is_drawn_into_the_strip_is_masked(tmp_path, film, monkeypatch):
    drawn = []
    monkeypatch.setattr(
        "kineograph.live.evidence.strip.draw_strip",
        lambda frames, *_: drawn.extend(frames) or b"a strip",
    )
    write(tmp_path, film, fields(4.0, 5.5), masks=(Box(0, 0, 128, 60),))
    assert len(drawn) == 8
    for frame in drawn:
        middle = len(frame.pixels) * 58 // 96
        assert frame.pixels[:middle].max() == 0 and frame.pixels[-20:].min() > 30


def test_what_cannot_be_masked_is_not_stored_at_all(tmp_path, film, monkeypatch):
    def broken(*_):
        raise RuntimeError("no encoder")

    monkeypatch.setattr("kineograph.live.evidence.clip.VideoWriter.add", broken)
    write(tmp_path, film, fields(4.0, 5.5), masks=(Box(0, 0, 128, 60),))
    folder = only_folder(tmp_path)
    assert sorted(p.name for p in folder.iterdir()) == ["event.json", "strip.png"]
    assert json.loads((folder / "event.json").read_text())["problems"] == ["no clip: no encoder"]


def test_blur_outside_of_the_windows_is_coded_anew(tmp_path, film):
    write(tmp_path, film, fields(4.0, 5.5), blur_outside_windows=True)
    folder = only_folder(tmp_path)
    with av.open(str(folder / "clip.mp4")) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="rgb24").astype(int)
    across = np.abs(np.diff(picture, axis=1)).max(axis=(0, 2))
    assert across[:56].max() < 60  # the body on the left has no edge any more
    assert json.loads((folder / "event.json").read_text())["clip"]["reencoded"] is True


def test_plain_pictures_of_a_webcam_are_coded(tmp_path):
    film = sent(code(tmp_path / "film.avi", draw_corridor(80), "rawvideo"))
    write(tmp_path / "evidence", film, fields(4.0, 5.5))
    folder = only_folder(tmp_path / "evidence")
    said = json.loads((folder / "event.json").read_text())
    assert said["clip"]["reencoded"] is True and said["problems"] == []
    with av.open(str(folder / "clip.mp4")) as container:
        first = next(container.decode(video=0)).to_ndarray(format="rgb24").astype(int)
    start = round(said["clip"]["start_seconds"] * 10)
    assert abs(first - draw_corridor(80)[start]).mean() < 4


@pytest.mark.parametrize("kind", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_takes_no_files_still_gets_the_entry(tmp_path, film, monkeypatch, kind):
    def refuse(*_, **__):
        raise OSError(kind, os.strerror(kind))

    monkeypatch.setattr("kineograph.live.evidence.clip._mux", refuse)
    monkeypatch.setattr(write_evidence, "write_bytes_whole", refuse)
    status = write(tmp_path, film, fields(4.0, 5.5)).status()
    event = next(
        json.loads(line)
        for line in (tmp_path / JOURNAL).read_text().splitlines()
        if '"kind":"event"' in line
    )
    assert event["content"]["files"] == {} and event["content"]["event"]["id"] == "event-4"
    assert f"no clip: {os.strerror(kind)}" in event["content"]["problems"]
    assert status.with_problems == 1 and not list(tmp_path.glob("hall/*/*"))
    assert verify(tmp_path).is_whole


def test_only_the_clip_is_lost_where_only_the_clip_has_no_room(tmp_path, film, monkeypatch):
    def refuse(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("kineograph.live.evidence.clip._mux", refuse)
    write(tmp_path, film, fields(4.0, 5.5))
    assert sorted(p.name for p in only_folder(tmp_path).iterdir()) == ["event.json", "strip.png"]
    assert verify(tmp_path).is_whole


@pytest.mark.parametrize("left", [0, 20_000])
def test_on_a_truly_full_disk_every_event_has_its_entry(tiny_disk, film, left):
    home = tiny_disk / "evidence"
    Journal(home).close()  # with its reserve
    content = b"x" * 1024
    with suppress(OSError), (tiny_disk / "other").open("wb", buffering=0) as other:
        while True:
            other.write(content)
    with (tiny_disk / "other").open("rb+") as other:
        other.truncate((tiny_disk / "other").stat().st_size - left)
    events = [fields(2.0, 3.0), fields(4.0, 5.5), fields(7.0, 8.0)]
    status = write(home, film, *events).status()
    lines = (home / JOURNAL).read_text().splitlines()
    written = [each for line in lines if (each := json.loads(line))["kind"] == "event"]
    assert [each["content"]["event"]["id"] for each in written] == [e["id"] for e in events]
    assert status.with_problems and status.entries_waiting == 0
    full = "no files: the disk is full, and what room is left is for the journal"
    assert full in written[-1]["content"]["problems"]
    found = verify(home)
    assert found.is_whole and any("the disk was full" in note for note in found.notes)
    assert bool(found.whole) == bool(left)


def test_a_slow_disk_never_blocks_and_costs_clips_not_entries(tmp_path, film, monkeypatch):
    gate = threading.Event()
    really = module.write_event
    monkeypatch.setattr(module, "write_event", lambda *given: (gate.wait(20), really(*given))[1])
    monkeypatch.setattr(module, "MOST_JOB_BYTES", 4 * sum(len(p.data) for p in film.packets) // 12)
    events = [fields(1.0 + 0.1 * n, 2.0 + 0.1 * n) for n in range(6)]
    told = Told()
    writer = write(tmp_path, film, *events, told=told, hold_back=True)
    assert writer.status().written == 0  # all came through while the disk stood still
    until(lambda: len(told.events) == 6, "all begins, told while no clip was written")
    assert told.events == [event["id"] for event in events] and not any(told.files)
    gate.set()
    writer.close()
    status = writer.status()
    assert status.written == 6 and status.lost == 0 and 1 <= status.without_clip <= 5
    said = [json.loads(p.read_text())["problems"] for p in tmp_path.glob("hall/*/*/event.json")]
    assert said.count(["no clip: the disk did not keep up"]) == status.without_clip
    assert verify(tmp_path).is_whole


def test_after_a_crash_folders_are_taken_up_and_lost_events_are_told(tmp_path, film):
    """As a kill leaves it: one folder without its entry, one unfinished, one event begun."""
    write(tmp_path, film, fields(4.0, 5.5))
    folder = only_folder(tmp_path)
    lines = (tmp_path / JOURNAL).read_bytes().splitlines(keepends=True)
    assert b'"kind":"event"' in lines[3]
    (tmp_path / JOURNAL).write_bytes(b"".join(lines[:3]))  # begun, and then nothing
    unfinished = folder.with_name("183019-fight-00000000.unfinished")
    unfinished.mkdir()
    (unfinished / "strip.png").write_bytes(b"picture")
    (unfinished / "clip.mkv.1-2.unfinished").write_bytes(b"half")
    journal = Journal(tmp_path)
    journal.append("begun", {"event": fields(9.0)})
    journal.close()
    assert verify(tmp_path).added == sorted(
        p.relative_to(tmp_path).as_posix() for p in folder.iterdir()
    )
    told = Told()
    EvidenceWriter(EvidenceOptions(folder=tmp_path), done=told).close()
    found = verify(tmp_path)
    assert found.is_whole and len(found.whole) == 4
    # their begins first, perhaps nobody knows of them; and nobody of the folder without a name
    assert told.events == ["event-4", "event-9", "event-4", "event-9"]
    assert told.files == [[], [], ["clip.mkv", "event.json", "strip.png"], []]
    again = Told()
    EvidenceWriter(EvidenceOptions(folder=tmp_path), done=again).close()
    assert again.events == ["event-9"]  # the last may not have been handed on: the same id
    assert verify(tmp_path).is_whole


CHILD = """
import sys, time
from dataclasses import replace
from pathlib import Path
from kineograph.live.evidence import write_event as write_evidence
from kineograph.live.evidence.writer import EvidenceOptions, EvidenceWriter
from tests.live.drawn_camera import fields, sent
write_evidence._write_strip = lambda path, job: path.write_bytes(b"a strip")
home, film, first = Path(sys.argv[1]), sent(Path(sys.argv[2])), float(sys.argv[3])
writer = EvidenceWriter(EvidenceOptions(folder=home, pre_roll_seconds=1, post_roll_seconds=0.2))
camera = writer.camera("hall", address="0", network="none")
for round in range(1000):
    for packet in film.packets:
        now = first + 12 * round + packet.seconds
        camera.add_packet(replace(packet, seconds=now), film.head)
        if packet.is_key:
            camera.begin(fields(now))
            name, journal = f"event-{now:g}", writer.journal
            while name not in journal.begun or journal.waiting:  # known first, then on the disk
                time.sleep(0.001)
            print(f"event-{now:g}", flush=True)
            camera.end(fields(now, now + 0.3))
        time.sleep(0.002)
"""


@pytest.mark.skipif(os.name == "nt", reason="no kill -9 there")
def test_kill_9_while_events_happen_leaves_nothing_that_verify_blames(tmp_path):
    film = code(tmp_path / "film.mp4", draw_corridor(120), bf="0")
    home, begun, told = tmp_path / "evidence", set(), Told()
    for number in range(3):
        command = [sys.executable, "-c", CHILD, str(home), str(film), str(1000 * number)]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        begun |= {child.stdout.readline().strip() for _ in range(4 + number)}
        child.send_signal(signal.SIGKILL)
        child.communicate()
        EvidenceWriter(EvidenceOptions(folder=home), done=told).close()
        assert verify(home).is_whole
    with closing(Journal(home)) as journal:
        assert begun <= journal.events and not journal.begun
    assert told.events and set(told.events) <= journal.events


def test_a_failing_listener_ends_nothing(tmp_path, film):
    def fails(*_):
        raise ValueError("no such sink")

    status = write(tmp_path, film, fields(3.0, 4.0), fields(6.0, 7.0), told=fails).status()
    assert status.written == 2 and status.last_problem == "no such sink"


def test_retention_takes_the_oldest_that_is_handed_over(tmp_path, film):
    events = [fields(1.0, 1.5), fields(4.0, 4.5), fields(8.0, 8.5)]
    write(tmp_path, film, *events)
    journal = Journal(tmp_path)
    size = sum(kept.size_bytes for kept in journal.kept.values())
    keep = Retention(days=30, most_bytes=size - 1)
    assert keep.sweep(journal, lambda event_id: False) == []
    (gone,) = keep.sweep(journal, lambda event_id: event_id != "event-1")
    assert "183016" in gone and not (tmp_path / gone).exists()
    later = datetime.now(UTC) + timedelta(days=31)
    assert len(keep.sweep(journal, lambda event_id: True, later)) == 2
    assert not (tmp_path / "hall").exists()
    journal.close()
    found = verify(tmp_path)
    assert found.is_whole and len(found.removed) == 3 and found.whole == []


def test_a_removal_that_a_crash_cut_off_is_finished(tmp_path, film, monkeypatch):
    write(tmp_path, film, fields(4.0, 5.5))
    journal = Journal(tmp_path)
    monkeypatch.setattr("kineograph.live.evidence.retention._remove_folder", lambda *_: None)
    Retention(30, 1).sweep(journal, lambda event_id: True)
    monkeypatch.undo()
    journal.removed.add("../" + tmp_path.name + "-neighbour")  # an altered journal
    (neighbour := tmp_path.with_name(tmp_path.name + "-neighbour")).mkdir()
    assert only_folder(tmp_path).exists() and verify(tmp_path).is_whole
    finish_removals(journal)
    journal.close()
    assert not list(tmp_path.glob("hall/*/*")) and verify(tmp_path).is_whole
    assert neighbour.exists()


def test_retention_that_keeps_nothing_and_options_without_sense_are_refused(tmp_path):
    with pytest.raises(InputError, match="retention: 0 days, 5 bytes; both are above 0"):
        Retention(0, 5)
    with pytest.raises(InputError, match="pre_roll_seconds -1: from 0 to 600. Give 5"):
        EvidenceOptions(pre_roll_seconds=-1)
    with pytest.raises(InputError, match="longest_seconds 3: a clip is longer .* Give 120"):
        EvidenceOptions(longest_seconds=3)
    with pytest.raises(InputError, match="has an area. Give"):
        EvidenceOptions(masks=(Box(0, 0, 0, 5),))
