"""What systemd hears: a datagram socket of the test's own stands for it."""

import os
import socket
from contextlib import closing
from dataclasses import replace

import pytest

from kineograph.live.systemd import Systemd
from tests.live.states import CALM, EVIDENCE, camera, watching

WELL = watching(camera("hall", "up", CALM, events=3), camera("garage", "away"))
pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix sockets here")


@pytest.fixture
def listening(tmp_path):
    """(what NOTIFY_SOCKET is, the socket behind it)"""
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(os.fspath(path))
        heard.setblocking(False)
        yield {"NOTIFY_SOCKET": os.fspath(path)}, heard


def words(heard) -> list[str]:
    return heard.recv(4096).decode().split("\n")


def test_ready_once_then_alive_at_every_turn_then_stopping(listening):
    environment, heard = listening
    status = "STATUS=1 of 2 cameras up, 3 events"
    with closing(Systemd(environment)) as systemd:
        systemd.tell(WELL)
        systemd.tell(WELL)
        systemd.stopping()
    assert words(heard) == ["READY=1", "WATCHDOG=1", status]
    assert words(heard) == ["WATCHDOG=1", status]
    assert words(heard) == ["STOPPING=1"]
    with pytest.raises(BlockingIOError):
        heard.recv(1)


def test_a_full_disk_stands_in_the_status(listening):
    environment, heard = listening
    with closing(Systemd(environment)) as systemd:
        systemd.tell(replace(WELL, evidence=replace(EVIDENCE, entries_waiting=7)))
    assert words(heard)[-1].endswith("3 events; DISK FULL, 7 entries wait in memory")


def test_an_abstract_name_is_heard_too():
    name = f"kineograph-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        try:
            heard.bind(f"\0{name}")
        except OSError:
            pytest.skip("this system has no abstract sockets")
        with closing(Systemd({"NOTIFY_SOCKET": f"@{name}"})) as systemd:
            systemd.tell(WELL)
        assert words(heard)[0] == "READY=1"


@pytest.mark.parametrize("address", ["", "/nobody/listens/here", "vsock:2:1234"])
def test_where_nobody_listens_nothing_is_told_and_nothing_breaks(address):
    with closing(Systemd({"NOTIFY_SOCKET": address} if address else {})) as systemd:
        systemd.tell(WELL)
        systemd.stopping()
        assert not systemd._send(["STATUS=…"])
    systemd.tell(WELL)  # closed


def test_a_queue_that_is_full_holds_nobody_and_ready_is_said_again(listening):
    environment, heard = listening
    with closing(Systemd(environment)) as first:
        while first._send(["STATUS=…"]):
            pass
        with closing(Systemd(environment)) as systemd:
            systemd.tell(WELL)  # is lost, and does not wait
            try:
                while True:
                    heard.recv(4096)
            except BlockingIOError:
                systemd.tell(WELL)
    assert words(heard)[0] == "READY=1"
