"""A camera and a receiver of alerts that can be killed at any moment and begun again.

python -m tests.live.killed_servers camera PORT LOG DARK.jpg BRIGHT.jpg
python -m tests.live.killed_servers receiver PORT LOG

Both know nothing but the clock and their log, so they go on where they were. Python's own library
alone: they are back in a tenth of a second.
"""

import json
import os
import random
import socket
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PERIOD_SECONDS = 5.0  # of the lamp, by the Unix clock
LIT_SECONDS = 2.5  # at the begin of each period
PICTURES_PER_SECOND = 10
SLOWEST_SECONDS = 0.05  # from keeping a key to saying so: some programs are killed in between


def is_lit(at: float) -> bool:
    """Whether the lamp is lit at a Unix time."""
    return at % PERIOD_SECONDS < LIT_SECONDS


class Log:
    """JSON lines that are on the disk when `add` returns."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab")

    def add(self, **said: object) -> None:
        """One line."""
        self._file.write(json.dumps(said).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def camera(port: int, log: Path, dark: Path, bright: Path) -> None:
    """Show the lamp to everyone who asks, each picture with its time.

    The log says since when, and of each time that the lamp was lit in how many pictures.
    """
    asked = Log(log)
    pictures = {False: dark.read_bytes(), True: bright.read_bytes()}

    class Shown(_Quiet):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            asked.add(since=time.time())
            lit, count = 0.0, 0  # since when the lamp is lit, and how often that was shown
            try:
                while True:
                    now = time.time()
                    picture = pictures[is_lit(now)]
                    if is_lit(now):
                        lit, count = now - now % PERIOD_SECONDS, count + 1
                    elif count:
                        asked.add(lit=lit, pictures=count)
                        count = 0
                    head = f"--frame\r\nX-Timestamp: {now:.6f}\r\nContent-Length: {len(picture)}"
                    self.wfile.write(head.encode() + b"\r\n\r\n" + picture + b"\r\n")
                    time.sleep(1 / PICTURES_PER_SECOND)
            except OSError:
                self.close_connection = True  # whoever watched has been killed

    _serve(port, Shown)


def receiver(port: int, log: Path) -> None:
    """Keep every message's key, then say that it was taken; a key that is there is a repeat."""
    kept = Log(log)
    known = {json.loads(line)["key"] for line in log.read_text().splitlines()}
    chance = random.Random()

    class Taken(_Quiet):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            key = self.headers["Idempotency-Key"]
            kept.add(key=key, repeat=key in known, phase=said["phase"], event=said["event"])
            known.add(key)
            time.sleep(chance.uniform(0, SLOWEST_SECONDS))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    _serve(port, Taken)


class _Quiet(BaseHTTPRequestHandler):
    def log_message(self, *said: object) -> None:
        """Nothing on the screen."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    address_family = socket.AF_INET

    def handle_error(self, *given: object) -> None:
        """The other side was killed in the middle of a sentence."""


def _serve(port: int, handler: type[_Quiet]) -> None:
    _Server(("127.0.0.1", port), handler).serve_forever()


if __name__ == "__main__":
    which, port, *paths = sys.argv[1:]
    (camera if which == "camera" else receiver)(int(port), *map(Path, paths))
