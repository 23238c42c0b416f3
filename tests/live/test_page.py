"""What machines read: /metrics by Prometheus' own parser, /healthz by its status."""

import json
import socket
import urllib.error
import urllib.request
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from kineograph.errors import InputError
from kineograph.live.page import Page, health, metrics_text
from kineograph.live.plan import PageOptions
from tests.live.states import CALM, TROUBLED, camera, sink, watching

WELL = watching(camera("hall", "up", CALM, events=3), sinks=[sink()])


def read(state, age_seconds=0.0) -> dict[tuple, float]:
    """Every sample, by name and labels, as Prometheus understands it."""
    found = {}
    for family in text_string_to_metric_families(metrics_text(state, age_seconds)):
        assert family.documentation and family.type in ("counter", "gauge")
        for sample in family.samples:
            assert sample.name.endswith("_total") == (family.type == "counter")
            assert f"\n{sample.name}" in metrics_text(state)  # the parser adds what was left out
            place = sample.name.removeprefix("kineograph_"), *sorted(sample.labels.values())
            assert place not in found
            found[place] = sample.value
    return found


def test_every_count_of_a_state_is_there_under_its_name():
    found = read(TROUBLED, 1.5)
    assert found["camera_frames_total", "hall"] == 1234
    assert found["camera_dropped_total", "entrance"] == 37
    assert found["camera_broken_total", "hall"] == 5
    assert found["camera_reconnects_total", "hall"] == 6
    assert found["camera_last_frame_age_seconds", "hall"] == 0.25
    up = {name: found["camera_up", name] for name in ("hall", "entrance", "garage", "yard")}
    assert up == {"hall": 1, "entrance": 1, "garage": 0, "yard": 0}
    assert found["answers_total", "hall"] == 1230 and found["events_total", "entrance"] == 1
    assert found["answer_delay_seconds", "0.5", "hall"] == 0.031
    assert found["answer_delay_seconds", "0.99", "hall"] == 0.082
    assert ("answer_delay_seconds", "0.5", "garage") not in found
    assert found["alerts_waiting", "phone"] == 3 and found["alerts_dead", "mail"] == 2
    assert found["alerts_sent_total", "folder"] == 6
    assert found["evidence_journal_waiting",] == 7 and found["evidence_bytes",] == 48_200_000
    assert found["well",] == 0 and found["state_age_seconds",] == 1.5
    assert found["watching_seconds_total",] == 3661.4


def test_a_count_of_months_keeps_its_last_digit():
    months = watching(camera("hall", "up", CALM, frames=388_800_001))
    assert read(months)["camera_frames_total", "hall"] == 388_800_001


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\v\f\x1c\x1d\x1e\x85  ")))
def test_a_camera_may_be_called_anything(name):
    assert read(watching(camera(name, "up", CALM)))["camera_up", name] == 1


def test_health_says_which_camera_and_why():
    found = health(TROUBLED)
    assert not found["ok"] and found["journal_entries_waiting"] == 7
    assert found["cameras"]["garage"] == {
        "state": "away", "error": "rtsp://192.0.2.9/live: no answer within 10 s"
    }  # fmt: skip
    assert found["alerts_waiting"] == {"folder": 0, "phone": 3, "mail": 0}
    assert health(WELL)["ok"] is True
    failed = health(watching(replace(camera("hall", "ended"), failed="ValueError: no")))
    assert not failed["ok"] and failed["cameras"]["hall"]["error"] == "ValueError: no"


def test_a_loop_that_hangs_is_not_well_however_well_it_was():
    assert health(WELL, 29.9)["ok"] and not health(WELL, 30.0)["ok"]


@pytest.fixture
def page():
    """A page with a clock of the test's own: [seconds]."""
    now = [0.0]
    with closing(Page(PageOptions(port=0), clock=lambda: now[0])) as made:
        yield made, now


def ask(page, path) -> tuple[int, str, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{page.port}{path}", timeout=5) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read().decode()


@pytest.mark.live
def test_the_status_is_what_a_health_check_goes_by(page):
    made, now = page
    assert ask(made, "/healthz")[0] == 503  # nothing was told yet
    made.tell(WELL)
    status, kind, text = ask(made, "/healthz")
    assert (status, kind) == (200, "application/json") and json.loads(text)["run"] == "actors"
    made.tell(TROUBLED)
    assert ask(made, "/healthz")[0] == 503
    made.tell(WELL)
    now[0] += 31
    assert ask(made, "/healthz")[0] == 503


@pytest.mark.live
def test_metrics_and_what_is_not_there(page):
    made, _ = page
    assert ask(made, "/metrics")[0] == 503
    made.tell(WELL)
    status, kind, text = ask(made, "/metrics?debug=1")
    assert status == 200 and kind == "text/plain; version=0.0.4; charset=utf-8"
    assert text == metrics_text(WELL)
    assert ask(made, "/")[0] == 404 and ask(made, "/metrics/..%2f")[0] == 404


@pytest.mark.live
def test_who_hangs_up_at_once_disturbs_nobody(page, capfd):
    made, _ = page
    made.tell(WELL)
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", made.port)) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            client.sendall(b"GET /metrics HTTP/1.1\r\n\r\n")
    assert ask(made, "/healthz")[0] == 200
    assert capfd.readouterr().err == ""


@pytest.mark.live
def test_a_port_that_is_taken_is_said_in_one_line(page):
    taken = page[0].port
    with pytest.raises(InputError, match=rf"page: 127.0.0.1:{taken} cannot be .* another port"):
        Page(PageOptions(port=taken))


def test_a_port_that_is_none():
    with pytest.raises(InputError, match="port 70000: ports go from 0 to 65535. Write 9108."):
        PageOptions(port=70000)


def test_a_state_without_cameras_and_sinks_can_be_read():
    assert read(replace(WELL, cameras=(), sinks=()))["well",] == 1
