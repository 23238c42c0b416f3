"""Servers on the loopback for the tests of sending: HTTP, SMTP with and without TLS, MQTT."""

import http.server
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest


@dataclass
class Request:
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def key(self) -> str:
        return self.headers["Idempotency-Key"]


@dataclass
class Web:
    """What came, and what is answered: `answer` makes a status and a body of a request."""

    answer: Callable[[Request], tuple[int, bytes]] = lambda request: (200, b"ok")
    requests: list[Request] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    url: str = ""


@contextmanager
def web(tls: Any = None) -> Iterator[Web]:
    found = Web()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if len(body) < int(self.headers["Content-Length"]):
                return  # who sent it was killed in the middle
            request = Request(self.path, dict(self.headers), body)
            found.requests.append(request)
            status, said = found.answer(request)
            self.send_response(status)
            for name, value in found.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request, client_address):
            pass  # a client that was killed in the middle

    server = Server(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    found.url = f"http{'s' if tls else ''}://localhost:{server.server_port}"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost that nobody has signed but itself, and its key."""
    program = shutil.which("openssl")
    if not program:
        pytest.skip("needs openssl for a certificate")
    chain, key = folder / "chain.pem", folder / "key.pem"
    subprocess.run(
        [program, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost", "-keyout", key, "-out", chain],
        check=True, capture_output=True,
    )  # fmt: skip
    return chain, key


class Broker:
    """A mosquitto that can be stopped and begun again at its port."""

    def __init__(self, folder: Path, *lines: str):
        program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
        if not program:
            pytest.skip("needs mosquitto, a broker for MQTT (Debian: apt install mosquitto)")
        self.port = free_port()
        config = folder / "mosquitto.conf"
        own = (*(lines or ["allow_anonymous true"]), "user root")  # else root's files are closed
        config.write_text("\n".join([f"listener {self.port} 127.0.0.1", *own]) + "\n")
        self._command = [program, "-c", config]
        try:
            self.start()
        except BaseException:
            self.stop()
            raise

    def start(self) -> None:
        self.process = subprocess.Popen(
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(lambda: self._answers(), "mosquitto is up")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True


def until(true: Callable[[], object], what: str, seconds: float = 20) -> None:
    """Wait for something; a test that waits in vain says for what."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"in vain: {what}"
        time.sleep(0.005)
