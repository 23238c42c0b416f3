"""Files through a camera: nothing lost, its own pace, what is broken or hangs; no network."""

import random
import threading
import time
from datetime import UTC, timedelta
from itertools import pairwise

import numpy as np
import pytest

from kineograph.errors import InputError
from kineograph.media.cameras import reader as camera_reader
from kineograph.media.cameras.source import Source
from tests.media.drawn_clips import draw_scene, encode, numbered
from tests.media.taking import (
    assert_shows,
    assert_threads_end,
    camera,
    kinds,
    shots,
    take_all,
    take_until,
    threads_of_cameras,
)

ODD_STAMPS = [0, 1, 2, 4, 5, 8]  # tenths of a second


@pytest.fixture
def clip(tmp_path):
    pictures = [draw_scene(seed=i) for i in range(6)]
    return encode(tmp_path / "a.mp4", pictures, stamps=ODD_STAMPS, options={"bf": "2"})


@pytest.fixture(autouse=True)
def no_thread_is_left():
    yield
    assert_threads_end()


@pytest.mark.parametrize("as_camera", [False, True])
def test_a_file_gives_its_pictures_at_its_times(clip, as_camera):
    with camera(clip, as_camera=as_camera) as watched:
        items = take_all(watched)
        assert_shows(shots(items), clip)
        assert {shot.stretch for shot in shots(items)} == {0}
        assert kinds(items) == ["ended"]
        status = watched.status()
    assert (status.state, status.frames, status.dropped, status.broken) == ("ended", 6, 0, 0)
    times = [shot.time - timedelta(seconds=shot.seconds) for shot in shots(items)]
    assert times[0].tzinfo is UTC
    assert max(times) - min(times) < timedelta(milliseconds=1)


def test_a_file_played_as_a_camera_comes_no_faster_than_its_times(clip):
    made, began = [], time.monotonic()
    with camera(clip, as_camera=True, make=lambda _: made.append(time.monotonic())) as watched:
        take_all(watched)
    assert all(
        at - began >= stamp / 10 for at, stamp in zip(made, ODD_STAMPS, strict=True)
    )  # true however busy the machine is


def test_a_file_waits_for_whoever_takes_late_and_a_camera_does_not(clip):
    with camera(clip, queue_frames=2) as watched:
        assert len(shots(take_all(watched))) == 6
    with camera(clip, queue_frames=2, as_camera=True) as watched:
        while watched.status().state != "ended":
            time.sleep(0.01)
        items, status = take_all(watched), watched.status()
    assert [shot.index for shot in shots(items)] == [4, 5]
    assert (status.frames, status.dropped) == (6, 4)
    assert kinds(items) == ["ended"]


def test_a_folder_of_videos_is_played_one_after_the_other_and_a_bad_one_is_told(tmp_path):
    for name, numbers in (("b10", range(3, 6)), ("b2", range(3))):
        encode(tmp_path / f"{name}.mp4", [numbered(i) for i in numbers])
    (tmp_path / "b5.mp4").write_bytes(b"no video")
    with camera(tmp_path) as watched:
        items, status = take_all(watched), watched.status()
    assert [shot.stretch for shot in shots(items)] == [0, 0, 0, 1, 1, 1]
    assert [shot.seconds for shot in shots(items)] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.5])
    assert [round((shot.value.mean() - 5) / 11) for shot in shots(items)] == list(range(6))
    assert status.broken == 1
    assert "b5.mp4: not a video that FFmpeg knows" in status.error


def test_a_folder_of_pictures_is_one_clip_at_the_given_rate(tmp_path):
    import cv2

    for i in range(4):
        cv2.imwrite(str(tmp_path / f"{i}.png"), numbered(i))
    with camera(tmp_path, frames_per_second=10.0, as_camera=True) as watched:
        items = take_all(watched)
    assert [shot.seconds for shot in shots(items)] == pytest.approx([0, 0.1, 0.2, 0.3])
    np.testing.assert_array_equal(shots(items)[3].value, numbered(3))


def test_a_gap_in_time_begins_another_stretch(tmp_path):
    clip = encode(tmp_path / "a.mkv", [numbered(i) for i in range(4)], stamps=[0, 1, 40, 41])
    with camera(clip) as watched:
        assert [shot.stretch for shot in shots(take_all(watched))] == [0, 0, 1, 1]


def test_packets_are_the_originals_with_the_times_of_their_pictures(clip):
    import av

    stored = []
    with camera(clip, on_packet=lambda packet, head: stored.append((packet, head))) as watched:
        taken = shots(take_all(watched))
    with av.open(str(clip)) as container:
        packets = [p for p in container.demux(container.streams.video[0]) if p.size]
        assert [packet.data for packet, _ in stored] == [bytes(p) for p in packets]
        assert [packet.pts for packet, _ in stored] == [p.pts for p in packets]
        assert [packet.is_key for packet, _ in stored] == [p.is_keyframe for p in packets]
        assert stored[0][1].extradata == container.streams.video[0].codec_context.extradata
    assert sorted(packet.seconds for packet, _ in stored) == pytest.approx(
        [shot.seconds for shot in taken]
    )
    head = stored[0][1]
    assert (head.codec, head.width, head.height, head.pixel_format) == ("h264", 64, 48, "yuv420p")
    assert len({id(head) for _, head in stored}) == 1


def test_a_picture_that_cannot_be_used_is_counted_and_the_others_come(clip):
    def make(shown):
        if shown.index == 2:
            raise InputError("a.mp4: the window lies outside it. Draw another.")
        return shown.index

    with camera(clip, make=make) as watched:
        items, status = take_all(watched), watched.status()
    assert [shot.value for shot in shots(items)] == [0, 1, 3, 4, 5]
    assert (status.broken, status.error) == (1, "a.mp4: the window lies outside it. Draw another.")


def test_a_defect_is_raised_where_shots_are_taken(clip):
    with camera(clip, make=lambda shown: 1 / 0) as watched, pytest.raises(ZeroDivisionError):
        take_all(watched)


def test_a_failing_packet_taker_is_a_defect_and_no_lost_camera(clip):
    def on_packet(packet, head):
        raise OSError("the disk is full")

    with camera(clip, on_packet=on_packet) as watched, pytest.raises(OSError, match="disk"):
        take_all(watched)


def test_a_picture_that_stays_the_same_is_told_once_and_so_is_its_end(tmp_path):
    pictures = [draw_scene(seed=seed) for seed in (0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 4, 5, 6, 7)]
    clip = encode(tmp_path / "a.mkv", pictures, codec="ffv1")
    with camera(clip, as_camera=True, frozen_seconds=0.3, queue_frames=50) as watched:
        items = take_all(watched)
    assert kinds(items) == ["frozen", "back", "ended"]
    frozen = next(item for item in items if not hasattr(item, "value"))
    assert "the same picture for" in frozen.reason
    with camera(clip, frozen_seconds=0.3, queue_frames=50) as watched:  # a file is no camera
        assert kinds(take_all(watched)) == ["ended"]


def test_a_file_without_pictures_ends_and_says_why(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"\0" * 4096)
    with camera(tmp_path / "a.mp4") as watched:
        (ended,) = take_all(watched)
    assert (ended.kind, ended.seconds) == ("ended", 0.0)
    assert "a.mp4: not a video that FFmpeg knows" in ended.reason


def test_a_webcam_that_is_not_plugged_in_is_looked_for_again():
    with camera("webcam:987", first_retry_seconds=0.01, longest_retry_seconds=0.02) as watched:
        take_until(watched, lambda items: watched.status().reconnects > 1)
        assert watched.status().error.startswith("webcam:987: cannot be opened (no such file")


def test_a_thread_that_hangs_is_left_behind_and_another_one_goes_on(clip, monkeypatch):
    held, open_file = threading.Event(), camera_reader.open_file
    opened = []

    def hangs_at_first(path, options):
        opened.append(path)
        if len(opened) == 1:
            held.wait()
        return open_file(path, options)

    monkeypatch.setattr(camera_reader, "open_file", hangs_at_first)
    (clip.parent / "b.mp4").write_bytes(clip.read_bytes())
    with camera(clip.parent, open_seconds=0.1, read_seconds=0.1) as watched:
        items, status = take_all(watched), watched.status()
    assert_shows(shots(items), clip)
    assert "a.mp4: hangs when it is read. It is left behind." in status.error
    held.set()
    while threads_of_cameras():
        time.sleep(0.01)
    assert watched.take() == []  # what the first one read at last is refused


def test_a_system_that_hangs_always_is_not_given_thread_after_thread(monkeypatch):
    held = threading.Event()

    def hangs(source, options, on_way):
        held.wait()
        raise InputError("it was held. Let go.")

    monkeypatch.setattr(camera_reader, "connect", hangs)
    gate = Source("gate", "rtsp://gate/live", "rtsp")
    with camera(gate, open_seconds=0.02, read_seconds=0.02, grace_seconds=0.1) as watched:
        items = take_until(watched, lambda items: kinds(items) == ["away"])
        limit = time.monotonic() + 0.4
        while time.monotonic() < limit:
            items += watched.take()
            time.sleep(0.01)
        assert len(threads_of_cameras()) == 4
        assert (kinds(items), watched.status().state) == (["away"], "away")
        assert items[0].reason.startswith("rtsp://gate/live: hangs")
    held.set()
    while threads_of_cameras():
        time.sleep(0.01)


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Bits turned, pieces zeroed, cut out, doubled, or the end cut off."""
    torn = bytearray(content)
    for _ in range(chance.choice([1, 3, 30])):
        at, size = chance.randrange(len(torn)), chance.choice([1, 8, 200])
        match chance.randrange(5):
            case 0:
                torn[at] ^= 1 << chance.randrange(8)
            case 1:
                torn[at : at + size] = chance.randbytes(len(torn[at : at + size]))
            case 2:
                torn[at : at + size] = bytes(len(torn[at : at + size]))
            case 3:
                del torn[at : at + size]
            case 4:
                torn[at:at] = torn[at : at + size]
    return bytes(torn[: chance.randrange(1, len(torn))] if chance.random() < 0.3 else torn)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.avi"])
def test_mutated_files_end_and_their_pictures_stay_in_order(tmp_path, name):
    clip = encode(tmp_path / name, [draw_scene(seed=i) for i in range(12)], options={"g": "4"})
    content, chance = clip.read_bytes(), random.Random(name)
    for _ in range(10):
        clip.write_bytes(mutated(content, chance))
        with camera(clip, make=lambda shown: shown.index) as watched:
            items, status = take_all(watched), watched.status()
        assert items[-1].kind == "ended"
        assert all(b.seconds > a.seconds for a, b in pairwise(shots(items)))
        assert shots(items) or "a." in status.error
