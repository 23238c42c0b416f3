"""A true camera's packets become a clip: over RTSP and HTTP on the loopback."""

import json
from pathlib import Path

import pytest

from kineograph.live.detection.event import WHOLE, Event, event_id
from kineograph.live.evidence.writer import EvidenceOptions, EvidenceWriter
from kineograph.live.journal.verify import verify
from kineograph.media import read_frames
from tests.live.drawn_camera import code, draw_corridor, parts, read_back
from tests.media.camera_servers import (
    HEAD,
    RtspServer,
    Speaker,
    listen_forever,
    parts_of,
    require_rtsp,
)
from tests.media.taking import camera, take_shots

pytestmark = pytest.mark.live


def keep_event(home: Path, url: str, count: int) -> Path:
    """Watch `count` pictures of a camera, with an event in the middle; the event's folder."""
    writer = EvidenceWriter(EvidenceOptions(home, pre_roll_seconds=1, post_roll_seconds=0.2))
    kept = writer.camera("hall", address=url, network="none")
    with camera(url, on_packet=kept.add_packet) as hall:
        shots = take_shots(hall, count)
    first, middle, last = shots[0], shots[count // 2], shots[-1]
    name = event_id("hall", WHOLE, "fight", "seen", middle.time)
    begun = Event(
        name, "hall", WHOLE, "fight", "seen", middle.seconds, None, middle.seconds, 0.9,
        middle.time, None,
    )  # fmt: skip
    over = Event.from_fields(
        begun.fields() | {"end_seconds": last.seconds, "end_time": last.time.isoformat()}
    )
    kept.add_scores(WHOLE, first.seconds, {"fight": 0.1})
    kept.begin(begun.fields(), 0.6, 0.4)
    kept.end(over.fields())
    writer.close()
    assert verify(home).is_whole
    (folder,) = home.glob("hall/*/*")
    assert json.loads((folder / "event.json").read_text())["camera"]["address"] == url
    return folder


def test_rtsp_packets_are_those_of_the_film(tmp_path: Path):
    require_rtsp()
    film = code(tmp_path / "film.mp4", draw_corridor(30), bf="0")
    with RtspServer(film) as server:
        folder = keep_event(tmp_path / "evidence", server.url, 25)
    sent_parts = [parts(packet) for packet in read_back(film)]
    kept = [parts(packet) for packet in read_back(folder / "clip.mkv")]
    pictures = {unit for packet in sent_parts for unit in packet if unit[0] & 31 in (1, 5)}
    found = [unit for packet in kept for unit in packet if unit[0] & 31 in (1, 5)]
    assert len(found) >= 12 and set(found) <= pictures
    assert found[0][0] & 31 == 5  # a key frame
    assert len(list(read_frames(folder / "clip.mkv"))) == len(kept)


def test_mjpeg_packets_are_the_cameras_pictures_as_they_came(tmp_path: Path):
    film = code(tmp_path / "film.mkv", draw_corridor(30), "mjpeg")

    def speak(client, number):
        client.sendall(HEAD + b"".join(parts_of(film)) + b"--frame\r\n")
        listen_forever(client)

    with Speaker(speak) as server:
        url = f"http://127.0.0.1:{server.port}/video"
        folder = keep_event(tmp_path / "evidence", url, 25)
    kept, pictures = read_back(folder / "clip.mkv"), read_back(film)
    first = pictures.index(kept[0])
    assert len(kept) >= 12 and kept == pictures[first : first + len(kept)]
