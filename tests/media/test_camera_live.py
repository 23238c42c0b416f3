"""Cameras on the loopback: pictures as from the file; silence, garbage, and coming back."""

import base64
import socket
import time
from itertools import pairwise

import pytest

from kineograph.media.cameras.source import Source
from tests.media.camera_servers import (
    HEAD,
    RtspServer,
    Speaker,
    listen_forever,
    parts_of,
    play_nothing,
    require_rtsp,
)
from tests.media.drawn_clips import draw_scene, encode
from tests.media.taking import (
    assert_shows,
    assert_threads_end,
    camera,
    kinds,
    shots,
    take_shots,
    take_until,
    threads_of_cameras,
)

pytestmark = pytest.mark.live

ODD_STAMPS = [0, 1, 2, 4, 5, 8, 9, 10]  # tenths of a second
HASTY = {"first_retry_seconds": 0.05, "longest_retry_seconds": 0.1}
IMPATIENT = {"open_seconds": 0.5, "read_seconds": 0.5, **HASTY}


@pytest.fixture(autouse=True)
def no_thread_is_left():
    yield
    assert_threads_end()


@pytest.fixture
def jpegs(tmp_path):
    pictures = [draw_scene(seed=i) for i in range(8)]
    return encode(tmp_path / "a.mkv", pictures, codec="mjpeg", stamps=ODD_STAMPS)


@pytest.fixture
def clip(tmp_path):
    pictures = [draw_scene(seed=i) for i in range(8)]
    options = {"bf": "2", "g": "4"}
    return encode(tmp_path / "a.mp4", pictures, stamps=ODD_STAMPS, options=options)


def http(server: Speaker, path: str = "/video") -> str:
    return f"http://127.0.0.1:{server.port}{path}"


def rtsp(server: Speaker) -> str:
    return f"rtsp://127.0.0.1:{server.port}/live"


def until_error(watched, words: str) -> list:
    """Take until the camera's last error holds these words."""
    return take_until(watched, lambda items: words in watched.status().error)


@pytest.mark.parametrize("counted", [True, False])
def test_mjpeg_gives_the_pictures_and_times_of_the_file(jpegs, counted):
    def speak(client, number):
        client.recv(4096)
        content = HEAD + b"".join(parts_of(jpegs, counted=counted)) + b"--frame\r\n"
        for start in range(0, len(content), 700):
            client.sendall(content[start : start + 700])
        listen_forever(client)

    stored = []
    with (
        Speaker(speak) as server,
        camera(http(server), on_packet=lambda packet, head: stored.append(packet)) as watched,
    ):
        assert_shows(take_shots(watched, 8), jpegs)
        assert watched.status().state == "up"
    assert [p.data in part for p, part in zip(stored, parts_of(jpegs), strict=True)] == [True] * 8
    assert [p.seconds for p in stored] == pytest.approx([s / 10 for s in ODD_STAMPS])
    assert all(packet.is_key for packet in stored)


def test_without_stamps_the_time_of_arrival_counts(jpegs):
    def speak(client, number):
        client.sendall(HEAD)
        for part in parts_of(jpegs, stamped=False):
            client.sendall(part)
            time.sleep(0.03)
        listen_forever(client)

    with Speaker(speak) as server, camera(http(server)) as watched:
        taken = take_shots(watched, 8)
    assert all(b.seconds - a.seconds > 0.01 for a, b in pairwise(taken))
    assert taken[-1].seconds < 1e3


@pytest.mark.parametrize("other", [-5000.0, 9000.0])
def test_a_camera_that_sets_its_clock_goes_on_by_ours_as_another_stretch(jpegs, other):
    def speak(client, number):
        client.sendall(HEAD)
        for index, part in enumerate(parts_of(jpegs, stamped=False)[:4]):
            stamp = 10_000 + index / 10 + (other if index >= 2 else 0)
            client.sendall(part.replace(b"frame\r\n", b"frame\r\nX-Timestamp: %.1f\r\n" % stamp, 1))
        listen_forever(client)

    with Speaker(speak) as server, camera(http(server)) as watched:
        taken = take_shots(watched, 4)
    assert [shot.stretch for shot in taken] == [0, 0, 1, 1]
    assert all(b.seconds > a.seconds for a, b in pairwise(taken))
    assert taken[3].seconds - taken[2].seconds == pytest.approx(0.1)
    assert taken[3].seconds < 100


def test_user_and_password_go_to_the_camera_and_nowhere_else(jpegs):
    wanted = base64.b64encode(b"ann:T0p:secret@")

    def speak(client, number):
        asked = client.recv(4096)
        if b"Authorization: Basic " + wanted + b"\r\n" in asked:
            client.sendall(HEAD + b"".join(parts_of(jpegs)))
        else:
            client.sendall(b"HTTP/1.0 401 No\r\nWWW-Authenticate: Basic\r\n\r\n")
        listen_forever(client)

    with Speaker(speak) as server:
        host = f"127.0.0.1:{server.port}/video"
        with camera(f"http://ann:T0p%3Asecret%40@{host}", **HASTY) as watched:
            take_shots(watched, 7)
        with camera(f"http://ann:T0pwrong@{host}", **HASTY) as watched:
            until_error(watched, "refuses this user (HTTP 401). Write http://user:password@")
            assert "T0p" not in repr(watched.status())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.0 404 No\r\n\r\n", "answers with HTTP 404. Check the path."),
        (
            b"HTTP/1.0 302 So\r\nLocation: http://u:pw@b/c?d\r\n\r\n",
            "on to 'http://b/c' (HTTP 302)",
        ),
        (b"HTTP/1.0 200 OK\r\nContent-Type: image/jpeg\r\n\r\n", "sends image/jpeg, not multipart"),
        (b"SSH-2.0-OpenSSH\r\n", "no proper HTTP (BadStatusLine)"),
        (HEAD, "the camera ended the answer"),
    ],
)
def test_wrong_answers_are_said_in_one_line(answer, words):
    with (
        Speaker(
            lambda client, number: (client.recv(4096), client.sendall(answer), client.close())
        ) as server,
        camera(http(server), **HASTY) as watched,
    ):
        until_error(watched, words)
        assert "\n" not in watched.status().error


def drip(client: socket.socket, start: bytes = b"") -> None:
    client.sendall(start)
    while True:
        client.sendall(b"R")
        time.sleep(0.05)


PLAYING = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: DESCRIBE, SETUP, PLAY\r\n\r\n"


@pytest.mark.parametrize(
    "speak",
    [
        lambda client, number: listen_forever(client),
        lambda client, number: drip(client),
        lambda client, number: (client.sendall(PLAYING), listen_forever(client)),
        lambda client, number: (client.sendall(PLAYING[:40]), listen_forever(client)),
    ],
    ids=["silent", "dripping", "options only", "half an answer"],
)
@pytest.mark.parametrize("address", [http, rtsp])
def test_a_server_that_never_finishes_its_answer_is_given_up_and_asked_again(speak, address):
    with (
        Speaker(speak) as server,
        camera(address(server), grace_seconds=0.1, **IMPATIENT) as watched,
    ):
        items = take_until(watched, lambda items: server.count >= 2 and kinds(items) != [])
        assert kinds(items) == ["away"]
        assert watched.status().reconnects >= 1


def test_an_rtsp_camera_that_plays_nothing_is_given_up():
    with Speaker(play_nothing) as server, camera(rtsp(server), **IMPATIENT) as watched:
        take_until(watched, lambda items: server.count >= 2)
        assert f"127.0.0.1:{server.port}/live: " in watched.status().error


def test_an_rtsp_camera_that_wants_another_password_says_so():
    refusal = b"RTSP/1.0 401 No\r\nCSeq: %d\r\nWWW-Authenticate: Basic realm=a\r\n\r\n"

    def speak(client, number):
        for count in range(1, 9):
            client.recv(4096)
            client.sendall(PLAYING if count == 1 else refusal % count)

    with Speaker(speak) as server:
        address = f"rtsp://ann:T0p@127.0.0.1:{server.port}/live"
        with camera(address, **HASTY) as watched:
            until_error(watched, "refuses this user. Write rtsp://user:password@host:554/path.")
            assert "T0p" not in watched.status().error


def test_a_black_hole_is_given_up():
    """A full queue of connections answers nothing at all, as an address without a host does."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        held = [socket.socket() for _ in range(4)]
        for each in held:
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        for scheme in ("rtsp", "http"):
            address = f"{scheme}://127.0.0.1:{full.getsockname()[1]}/live"
            with camera(address, **IMPATIENT) as watched:
                until_error(watched, "no answer within 0.5 s. Is it on, and reachable?")
        for each in held:
            each.close()


@pytest.mark.parametrize(
    "after", [listen_forever, drip, lambda client: drip(client, b"--frame\r\n\r\n")]
)
def test_mjpeg_that_stops_in_the_middle_goes_on_as_another_stretch(jpegs, after):
    def speak(client, number):
        client.sendall(HEAD + b"".join(parts_of(jpegs)[:3]))
        if number == 0:
            after(client)
        listen_forever(client)

    with Speaker(speak) as server, camera(http(server), **IMPATIENT) as watched:
        taken = take_shots(watched, 6)
        assert watched.status().reconnects == 1
    assert [shot.stretch for shot in taken] == [0, 0, 0, 1, 1, 1]
    assert taken[3].seconds - taken[2].seconds > 0.4  # it was given up after 0.5 s
    assert [b.seconds - a.seconds for a, b in pairwise(taken[3:])] == pytest.approx([0.1, 0.1])


def test_away_is_told_once_and_back_before_the_next_picture(jpegs):
    def speak(client, number):
        if number not in (0, 6):
            client.close()
            return
        client.sendall(HEAD + parts_of(jpegs)[0] + parts_of(jpegs)[1])
        if number == 6:
            listen_forever(client)
        client.close()

    with (
        Speaker(speak) as server,
        camera(http(server), grace_seconds=0.15, **HASTY) as watched,
    ):
        items = take_until(watched, lambda items: len(shots(items)) >= 4)
    assert kinds(items) == ["away", "back"]
    told = ["shot" if hasattr(item, "value") else item.kind for item in items]
    assert told[told.index("away") - 1 :] == ["shot", "away", "back", "shot", "shot"]
    assert all(b.seconds >= a.seconds for a, b in pairwise(items))


def test_broken_pictures_are_skipped_and_a_stream_of_nothing_else_is_opened_again(jpegs):
    def speak(client, number):
        client.sendall(HEAD)
        if number == 0:
            good = parts_of(jpegs)
            client.sendall(good[0] + b"--frame\r\n\r\nno picture\r\n" + good[1])
            while True:
                client.sendall(b"--frame\r\nContent-Length: 4\r\n\r\nnone\r\n")
                time.sleep(0.01)
        client.sendall(parts_of(jpegs)[2])
        listen_forever(client)

    with Speaker(speak) as server, camera(http(server), **IMPATIENT) as watched:
        taken = take_shots(watched, 3)
        status = watched.status()
    assert [shot.stretch for shot in taken] == [0, 0, 1]
    assert status.broken > 1
    assert "sends data, but no picture for 1 s" in status.error


def test_stopping_does_not_wait_for_a_silent_camera():
    with Speaker(lambda client, number: listen_forever(client)) as server:
        for address in (http(server), rtsp(server)):
            watched = camera(address, open_seconds=0.5, read_seconds=1.0)
            watched.start()
            seen = server.count
            while server.count == seen:
                time.sleep(0.01)
            watched.stop()
            assert not threads_of_cameras()
            assert watched.status().state == "ended"


def test_rtsp_gives_the_pictures_and_times_of_the_file(clip):
    require_rtsp()
    stored = []
    with (
        RtspServer(clip) as server,
        camera(server.url, on_packet=lambda packet, head: stored.append(packet)) as watched,
    ):
        assert_shows(take_shots(watched, 8), clip)
    assert sorted(packet.seconds for packet in stored[:8]) == pytest.approx(
        [stamp / 10 for stamp in ODD_STAMPS]
    )
    assert stored[0].is_key


@pytest.mark.parametrize("how", ["kill", "hold"])
def test_rtsp_comes_back_after_its_server_was_killed_or_stood_still(tmp_path, how):
    require_rtsp()
    pictures = [draw_scene(seed=i) for i in range(40)]
    clip = encode(tmp_path / "long.mp4", pictures, options={"g": "5", "bf": "0"})
    with RtspServer(clip) as server, camera(server.url, **HASTY, read_seconds=1.0) as watched:
        before = take_shots(watched, 3)
        getattr(server, how)()
        until_error(watched, f"127.0.0.1:{server.port}/camera: ")
        server.kill()
        with RtspServer(clip, server.port):
            items = take_until(
                watched, lambda items: any(shot.stretch > 0 for shot in shots(items))
            )
    assert {shot.stretch for shot in before} == {0}
    assert shots(items)[-1].stretch == 1
    assert shots(items)[-1].seconds > before[-1].seconds


def test_an_rtsp_address_with_a_password_shows_it_nowhere():
    gate = Source("gate", "rtsp://ann:T0psecret@127.0.0.1:1/live?key=T0psecret", "rtsp")
    with camera(gate, grace_seconds=0.05, **HASTY) as watched:
        items = take_until(watched, lambda items: "away" in kinds(items))
        until_error(watched, "rtsp://127.0.0.1:1/live: cannot be opened (connection refused)")
        assert "T0p" not in repr(watched.status()) + repr(items) + repr(watched.source)
