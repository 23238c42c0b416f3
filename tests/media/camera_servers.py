"""Cameras of the network for the tests: one that speaks as it is told, and GStreamer's RTSP."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import av
import pytest

PYTHON = "/usr/bin/python3"  # the system's, which has GStreamer's bindings
HEAD = b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n"


class Speaker:
    """A server on the loopback: `speak(client, number)` has each connection, number 0, 1, 2 …"""

    def __init__(self, speak: Callable[[socket.socket, int], None]) -> None:
        self._speak = speak
        self._server = socket.create_server(("127.0.0.1", 0))
        self._clients: list[socket.socket] = []
        self.count = 0
        self.port: int = self._server.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> "Speaker":
        self._threads[0].start()
        return self

    def __exit__(self, *_) -> None:
        for opened in (self._server, *self._clients):
            with contextlib.suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
            opened.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            self._clients.append(client)
            self._threads.append(threading.Thread(target=self._serve, args=(client, self.count)))
            self.count += 1
            self._threads[-1].start()

    def _serve(self, client: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError):  # the other side has gone
            self._speak(client, number)


def listen_forever(client: socket.socket) -> None:
    """Say nothing until the other side goes."""
    while client.recv(4096):
        pass


def play_nothing(client: socket.socket, number: int) -> None:
    """An RTSP camera that agrees to everything, and then sends no picture."""
    description = "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:0\r\n"
    more = {
        "DESCRIBE": f"Content-Type: application/sdp\r\nContent-Length: {len(description)}\r\n",
        "SETUP": "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n",
    }
    while asked := client.recv(4096).decode():
        method = asked.split()[0]
        number = re.search(r"CSeq: (\d+)", asked)[1]
        headers = f"CSeq: {number}\r\n" + more.get(method, "Session: 1\r\n")
        body = description if method == "DESCRIBE" else ""
        client.sendall(f"RTSP/1.0 200 OK\r\n{headers}\r\n{body}".encode())


def parts_of(clip: Path, *, stamped: bool = True, counted: bool = True) -> list[bytes]:
    """Every picture of an MJPEG-coded clip as a part, with its time in X-Timestamp."""
    parts = []
    with av.open(str(clip)) as container:
        for packet in container.demux(container.streams.video[0]):
            if packet.size:
                seconds = 1.7e9 + float(packet.pts * packet.time_base)
                lines = [b"--frame", b"Content-Type: image/jpeg"]
                lines += [b"X-Timestamp: %.6f" % seconds] if stamped else []
                lines += [b"Content-Length: %d" % packet.size] if counted else []
                parts.append(b"\r\n".join([*lines, b"", bytes(packet)]) + b"\r\n")
    return parts


class RtspServer:
    """GStreamer serves a clip at rtsp://127.0.0.1:PORT/camera, its packets as they are."""

    def __init__(self, clip: Path, port: int = 0) -> None:
        script = Path(__file__).with_name("rtsp_server.py")
        self._process = subprocess.Popen(
            [PYTHON, str(script), str(clip), str(port)], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def __enter__(self) -> "RtspServer":
        return self

    def __exit__(self, *_) -> None:
        self.kill()

    @property
    def url(self) -> str:
        return f"rtsp://127.0.0.1:{self.port}/camera"

    def hold(self) -> None:
        """Stop in the middle of a sentence, with the connection open."""
        os.kill(self._process.pid, signal.SIGSTOP)

    def kill(self) -> None:
        """As a pulled plug does it."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


def require_rtsp() -> None:
    """Skip with a word where GStreamer's RTSP server is not installed."""
    program = (
        "import gi; gi.require_version('GstRtspServer', '1.0'); "
        "from gi.repository import Gst, GstRtspServer; Gst.init(None); "
        "assert all(map(Gst.ElementFactory.find, ('qtdemux', 'h264parse', 'rtph264pay')))"
    )
    found = (
        Path(PYTHON).exists()
        and not subprocess.run([PYTHON, "-c", program], capture_output=True).returncode
    )
    if not found:
        pytest.skip("no GStreamer RTSP server: python3-gi, gir1.2-gst-rtsp-server-1.0")
