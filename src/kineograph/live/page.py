"""A page for machines: GET /metrics (Prometheus' text format 0.0.4) and /healthz (JSON).

It answers from the newest state and asks nobody, so a scraper never slows the loop.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from kineograph.errors import InputError
from kineograph.live.plan import PageOptions
from kineograph.live.state import WatchState

STALE_SECONDS = 30.0  # the loop tells twice a second
TEXT = "text/plain; version=0.0.4; charset=utf-8"


class Metric(NamedTuple):
    """A name that Prometheus knows, with its help, and a value for each set of labels."""

    name: str
    kind: str  # counter or gauge
    help: str
    values: list[tuple[dict[str, str], float]]


def metrics_text(state: WatchState, age_seconds: float = 0.0) -> str:
    """All numbers of a state told so long ago, as Prometheus reads them."""
    lines: list[str] = []
    age = Metric("state_age_seconds", "gauge", "Since the loop told how it goes.",
                 [({}, age_seconds)])  # fmt: skip
    for metric in (age, *_metrics(state)):
        name = f"kineograph_{metric.name}"
        lines += [f"# HELP {name} {metric.help}", f"# TYPE {name} {metric.kind}"]
        lines += [f"{name}{_labels(labels)} {value:.15g}" for labels, value in metric.values]
    return "\n".join(lines) + "\n"


def health(state: WatchState, age_seconds: float = 0.0) -> dict[str, object]:
    """What /healthz says: `ok`, and for each camera its state and its last error.

    A loop that has told nothing for STALE_SECONDS is not well, however well it was.
    """
    return {
        "ok": state.well and age_seconds < STALE_SECONDS,
        "age_seconds": round(age_seconds, 1),
        "run": state.run,
        "seconds": round(state.seconds, 1),
        "cameras": {
            each.camera.name: {
                "state": each.camera.state,
                "error": each.failed or each.camera.error,
            }
            for each in state.cameras
        },
        "journal_entries_waiting": state.evidence.entries_waiting,
        "alerts_waiting": {each.name: each.waiting for each in state.sinks},
    }


class Page:
    """Serves the newest state, in threads of its own. Raises InputError if the port is taken."""

    def __init__(self, options: PageOptions, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told: tuple[WatchState, float] | None = None  # and when
        try:
            self._server = ThreadingHTTPServer((options.host, options.port or 0), self._handler())
        except OSError as error:
            raise InputError(
                f"page: {options.host}:{options.port} cannot be listened on "
                f"({error.strerror}). Choose another port."
            ) from None
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def tell(self, state: WatchState) -> None:
        """What it says from now on."""
        self._told = state, self._clock()

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, path: str) -> tuple[HTTPStatus, str, str]:
        told = self._told
        if path not in ("/metrics", "/healthz"):
            return HTTPStatus.NOT_FOUND, TEXT, "There are /metrics and /healthz.\n"
        if told is None:
            return HTTPStatus.SERVICE_UNAVAILABLE, TEXT, "It has only begun.\n"
        state, age_seconds = told[0], self._clock() - told[1]
        if path == "/metrics":
            return HTTPStatus.OK, TEXT, metrics_text(state, age_seconds)
        found = health(state, age_seconds)
        status = HTTPStatus.OK if found["ok"] else HTTPStatus.SERVICE_UNAVAILABLE
        return status, "application/json", json.dumps(found, ensure_ascii=False) + "\n"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answer = self._answer

        class Handler(BaseHTTPRequestHandler):
            timeout = 10  # who connects and says nothing is let go

            def handle(self) -> None:
                with suppress(OSError):  # the other side has gone: nobody is left to tell
                    super().handle()

            def do_GET(self) -> None:  # noqa: N802
                status, kind, text = answer(self.path.partition("?")[0])
                body = text.encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """A scrape every few seconds is not worth a line."""

        return Handler


def _metrics(state: WatchState) -> Iterator[Metric]:
    yield Metric("watching_seconds_total", "counter", "Since the start.", [({}, state.seconds)])
    yield Metric("well", "gauge", "1 if all cameras are there and the journal is written.",
                 [({}, state.well)])  # fmt: skip
    yield from _of_cameras(state)
    yield from _of_evidence(state)
    for name, kind, text in (
        ("waiting", "gauge", "Alerts that a sink has not taken yet."),
        ("sent_total", "counter", "Alerts that a sink took."),
        ("dead", "gauge", "Alerts that were given up."),
    ):
        values = [
            ({"sink": each.name}, float(getattr(each, name.removesuffix("_total"))))
            for each in state.sinks
        ]
        yield Metric(f"alerts_{name}", kind, text, values)


def _of_cameras(state: WatchState) -> Iterator[Metric]:
    for name, kind, text in (
        ("frames_total", "counter", "Pictures decoded."),
        ("dropped_total", "counter", "Pictures thrown away because the network was late."),
        ("broken_total", "counter", "Packets or pictures that could not be used."),
        ("reconnects_total", "counter", "Times that a camera was lost and tried again."),
    ):
        values = [
            (_of(each.camera.name), float(getattr(each.camera, name.removesuffix("_total"))))
            for each in state.cameras
        ]
        yield Metric(f"camera_{name}", kind, text, values)
    up = [(_of(each.camera.name), float(each.camera.state == "up")) for each in state.cameras]
    yield Metric("camera_up", "gauge", "1 if pictures come.", up)
    ages = [(_of(each.camera.name), each.camera.last_frame_age_seconds) for each in state.cameras]
    yield Metric("camera_last_frame_age_seconds", "gauge", "Since the newest picture.",
                 [(labels, age) for labels, age in ages if age is not None])  # fmt: skip
    yield Metric("answers_total", "counter", "What the network said.",
                 [(_of(each.camera.name), each.answers) for each in state.cameras])  # fmt: skip
    yield Metric("events_total", "counter", "Events that began.",
                 [(_of(each.camera.name), each.events) for each in state.cameras])  # fmt: skip
    delays = [
        (_of(each.camera.name) | {"quantile": share}, seconds)
        for each in state.cameras
        if each.delay_seconds
        for share, seconds in zip(("0.5", "0.99"), each.delay_seconds, strict=True)
    ]
    yield Metric("answer_delay_seconds", "gauge", "From a picture to its answer.", delays)


def _of_evidence(state: WatchState) -> Iterator[Metric]:
    evidence = state.evidence
    for name, kind, text, value in (
        ("written_total", "counter", "Events whose evidence is on the disk.", evidence.written),
        ("problems_total", "counter", "Events of which something is missing.",
         evidence.with_problems),
        ("lost_total", "counter", "Events that could not even be entered.", evidence.lost),
        ("waiting", "gauge", "Events that wait for the disk.", evidence.waiting),
        ("journal_waiting", "gauge", "Entries that the disk refuses.", evidence.entries_waiting),
        ("bytes", "gauge", "Kept on the disk.", evidence.kept_bytes),
    ):  # fmt: skip
        yield Metric(f"evidence_{name}", kind, text, [({}, float(value))])


def _of(camera: str) -> dict[str, str]:
    return {"camera": camera}


def _labels(labels: dict[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
