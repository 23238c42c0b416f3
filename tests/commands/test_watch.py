"""`kineograph watch`: options, mistakes, the last line, and how it ends."""

import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from kineograph.commands.console import Screen
from kineograph.commands.watch import (
    _Lines,
    _table,
    how_it_goes,
    plan_of,
    rule_of,
    until_told,
)
from kineograph.data.toy.actors import ActorsConfig, draw_clip
from kineograph.errors import InputError
from kineograph.live.page import Page
from kineograph.live.plan import PageOptions
from kineograph.media.write import write_video
from tests.live.states import CALM, TROUBLED, camera, sink, watching


@pytest.fixture(scope="module")
def waving() -> np.ndarray:
    """Six seconds of a drawn actor who waves."""
    clips = [draw_clip(3, "handwaving", number, ActorsConfig(seed=5)) for number in range(3)]
    return np.concatenate(clips)


@pytest.fixture(scope="module")
def film(tmp_path_factory, waving) -> Path:
    path = tmp_path_factory.mktemp("films") / "hall.mp4"
    write_video(path, waving, 25)
    return path


def json_lines(path) -> list[dict]:
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_a_film_its_event_its_evidence_and_the_last_line(run, film, tmp_path):
    status, printed, found = run(
        "watch", "actors", film, "--sink", "folder:kept",
        "--alert", "handwaving:0.5", "--log", "log/watch.jsonl", "--json",
    )  # fmt: skip
    assert status == 0, printed
    (event,) = found["events"]
    assert (event["camera"], event["label"]) == ("hall", "handwaving")
    assert found["run"] == "actors" and found["evidence"]["written"] == 1
    (seen,) = found["cameras"]
    assert (seen["name"], seen["state"], seen["left_out"]) == ("hall", "ended", [])
    assert f"hall, whole: handwaving from {event['start_seconds']:.1f} to" in printed
    assert "watches for handwaving at 50%" in printed
    logged = [line["said"] for line in json_lines("log/watch.jsonl")]
    assert [line for line in logged if line.startswith("hall: handwaving begins")]
    status, printed, checked = run("verify", "kept", "--json")
    assert status == 0 and checked["head"] == found["evidence"]["head"]


def test_a_window_that_cannot_be_watched_is_left_out_and_the_status_says_so(run, film, tmp_path):
    Path("watch.toml").write_text(
        f'run = "actors"\n[[cameras]]\nname = "hall"\nsource = "{film.as_posix()}"\n'
        'windows = [{name = "all", box = [0, 0, 40, 40]}, {name = "far", box = [9999, 0, 9, 9]}]\n'
    )
    status, printed, found = run("watch", "--config", "watch.toml", "--json")
    assert status == 1 and "hall, far: window x=9999" in found["cameras"][0]["left_out"][0]
    assert "left out: hall, far: window x=9999" in printed and found["cameras"][0]["answers"] > 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "watch: which network? Give a run: kineograph watch runs/NAME SOURCE."),
        (["actors"], "watch actors: nothing to watch. Give a file, rtsp://…, or --config"),
        (["FILM"], "is no network, and the network comes first. Write kineograph watch runs/"),
        (["rtsp://me:hunter2@a.b/"], "watch rtsp://a.b/: is no network, and the network"),
        (["actors", "no.mp4"], "no.mp4"),
        (["actors", "ftp://a.b/c"], "pictures are read from rtsp://, rtsps://, http:// and https"),
        (["actors", "rtsp://me:hunter2@a.b/"], "SOURCE: a password stands in the address."),
        (["actors", "FILM", "--sink", "floder:x"], "--sink floder: no such place. Did you mean"),
        (["actors", "FILM", "--sink", "mqtt:h?prot=1"], "mqtt has no field 'prot'. Did you mean"),
        (["actors", "FILM", "--alert", "waving"], "the network has no label 'waving'. Did you"),
        (["actors", "FILM", "--alert", "boxing:much"], "'much' is no number. Write boxing:0.8."),
        (["actors", "FILM", "--alert", "boxing:80"], "high 80.0 is not a probability above 0."),
        (["actors", "FILM", "--page", "70000"], "port 70000: ports go from 0 to 65535."),
        (["actors", "FILM", "--log", "."], "--log .: cannot be written (Is a directory)."),
        (["no-such-run", "FILM"], "no-such-run"),
        (["--config", "no.toml"], "no.toml: cannot be read (No such file or directory)."),
        (["--test-alert"], "--test-alert: there is no sink to send it to. Add --sink or"),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_made(run, film, words, said, tmp_path):
    given = [film if word == "FILM" else word for word in words]
    status, printed, found = run("watch", *given, "--json")
    assert status == 2 and said in found["error"] and "hunter2" not in printed
    assert not (tmp_path / "evidence").exists()


def test_a_file_without_pictures_is_told_and_the_status_says_so(run, film):
    Path("empty").mkdir()
    status, printed, found = run("watch", "actors", film, "empty", "--log", "log.jsonl", "--json")
    assert status == 1 and found["cameras"][0]["answers"] > 0
    said = "empty: ended. empty: a folder is read as one clip of pictures, but no picture lies"
    assert said in printed
    (line,) = [each for each in json_lines("log.jsonl") if "ended. empty" in each["said"]]
    assert line["level"] == "warning"


@pytest.mark.live
def test_a_port_that_is_taken_is_told_before_anything_is_watched(run, film, tmp_path):
    page = Page(PageOptions(port=0))
    try:
        status, _, found = run("watch", "actors", film, "--page", page.port, "--json")
    finally:
        page.close()
    assert status == 2 and "cannot be listened on" in found["error"]
    assert not (tmp_path / "evidence").exists()


def test_a_test_alert_goes_through_every_sink_and_spares_the_evidence(run, tmp_path):
    """A test among the evidence would be a file that no entry of the journal knows."""
    two = ["--sink", "folder:kept", "--sink", "folder:copies"]
    status, printed, found = run("watch", *two, "--test-alert", "--json")
    assert status == 0 and found["sinks"] == [
        {"name": "folder", "sent": True, "line": "folder: sent"}
    ]
    (event,) = Path("copies").glob("*/*/event.json")
    assert json.loads(event.read_text())["test"] is True
    assert "kept: holds the evidence itself, so nothing is sent there" in printed
    assert not Path("kept").exists()


@pytest.mark.live
def test_a_sink_that_does_not_take_it_is_named_and_the_status_says_so(run):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    web = f"webhook:http://127.0.0.1:{port}/"  # nobody listens there any more
    words = ["--sink", web, "--sink", "folder:copies", "--evidence", "kept"]
    status, printed, found = run("watch", *words, "--test-alert", "--json")
    assert status == 1 and [each["sent"] for each in found["sinks"]] == [False, True]
    assert "webhook: not sent: " in printed and "folder: sent" in printed


def test_an_alert_is_a_label_and_from_when_on():
    assert (rule_of("fight").label, rule_of("fight").high) == ("fight", 0.7)
    rule = rule_of("no: fight:0.3")
    assert (rule.label, rule.high, rule.low) == ("no: fight", 0.3, 0.15)
    with pytest.raises(InputError, match="'' is no number. Write fight:0.8."):
        rule_of("fight:")


def test_files_of_one_name_are_told_apart_and_play_as_cameras_if_asked(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "hall.mp4").write_bytes(b"")
    plan = plan_of(None, ["a/hall.mp4", "b/hall.mp4", "webcam:0"], as_camera=True)
    assert [each.name for each in plan.cameras] == ["hall", "hall-2", "webcam0"]
    assert all(each.options.as_camera for each in plan.cameras)
    assert not plan_of(None, ["a/hall.mp4"], as_camera=False).cameras[0].options.as_camera


def test_ctrl_c_ends_it_and_a_second_one_does_not_wait():
    before, told = signal.getsignal(signal.SIGINT), []
    with until_told(lambda: told.append("stopping")) as stop:
        assert not stop.is_set()
        signal.raise_signal(signal.SIGINT)
        assert stop.is_set() and told == ["stopping"]
        signal.raise_signal(signal.SIGTERM)  # a second word from systemd hurries nobody
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix sockets here")
def test_sigterm_ends_a_child_cleanly_and_systemd_hears_of_it(run, waving, tmp_path):
    """It is ready, alive, told to stop while an event lasts, and then all is on the disk."""
    film = tmp_path / "hall.mp4"
    write_video(film, np.concatenate([waving] * 10), 25)  # a minute: it does not end by itself
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(os.fspath(tmp_path / "notify"))
        heard.settimeout(60)
        command = [sys.executable, "-m", "kineograph", "watch", "actors", film, "--as-camera",
                   "--alert", "handwaving:0.3", "--sink", "folder:kept"]  # fmt: skip
        environment = {**os.environ, "NOTIFY_SOCKET": os.fspath(tmp_path / "notify")}
        with subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE) as child:
            words = heard.recv(4096).decode().split("\n")
            assert words[0] == "READY=1"
            while not words[-1].endswith(", 1 event"):
                words = heard.recv(4096).decode().split("\n")
                assert words[0] == "WATCHDOG=1"
            child.send_signal(signal.SIGTERM)
            printed, _ = child.communicate(timeout=60)
        assert child.returncode == 0, printed
        heard.setblocking(False)
        last = []
        with contextlib.suppress(BlockingIOError):
            while True:
                last.append(heard.recv(4096))
        assert last.count(b"STOPPING=1") == 1
    assert "hall: handwaving begins" in printed and "hall, whole: handwaving from" in printed
    kinds = [entry["kind"] for entry in json_lines("kept/journal.jsonl")]
    assert kinds.count("started") == 1 and kinds[-1] == "stopped"
    assert run("verify", "kept")[0] == 0


def plain(draw) -> str:
    """What a screen of no terminal prints."""
    screen = Screen()
    screen.console = Console(file=io.StringIO(), width=120)
    draw(screen)
    return screen.console.file.getvalue()


def test_where_no_terminal_is_each_piece_of_news_is_one_line_once():
    first = watching(camera("hall", "up", CALM), latest=("18:30:12  fight begins",))

    def draw(screen):
        lines = _Lines(screen)
        for state in (first, first, TROUBLED, TROUBLED):
            lines.tell(state)

    printed = plain(draw).splitlines()
    assert printed[0] == "18:30:12  fight begins" and len(printed) == len(set(printed))
    assert "phone: 3 waiting: ConnectionRefusedError: refused" in printed
    assert printed[1] == "1 of 1 cameras up, 1234 pictures, 0 a second"  # once a minute
    assert sum("cameras up" in line for line in printed) == 1


def test_a_trouble_that_comes_again_is_told_again():
    well, bad = watching(camera("hall", "up", CALM)), watching(
        camera("hall", "up", CALM), sinks=[sink("mail", dead=1, last_error="no")]
    )  # fmt: skip

    def draw(screen):
        lines = _Lines(screen)
        for state in (bad, well, bad):
            lines.tell(state)

    assert plain(draw).count("mail: 1 given up: no") == 2


def test_a_terminal_is_redrawn():
    screen = Screen()
    screen.console = Console(file=io.StringIO(), width=80, height=24, force_terminal=True)
    with _table(screen) as table:
        table.tell(watching(camera("hall", "connecting")))
        table.tell(TROUBLED)
    assert "DISK FULL: 7 entries" in screen.console.file.getvalue()


def test_the_line_of_a_log_says_what_is_lost_and_that_answers_come_late():
    calm = watching(camera("hall", "up", CALM))
    assert how_it_goes(calm) == "1 of 1 cameras up, 1234 pictures, 0 a second"
    slow = replace(camera("hall", "up", CALM, dropped=37), delay_seconds=(1.0, 6.4))
    assert how_it_goes(watching(slow, camera("yard", "away"))) == (
        "1 of 2 cameras up, 2468 pictures, 1 a second, 37 dropped, answers up to 6 s late: too "
        "many cameras for this machine"
    )
