"""The desk and its page: marks, precision, and every refusal of the server."""

import json
import struct

import pytest
from starlette.testclient import TestClient

from kineograph.data.reviews import read_reviews
from kineograph.errors import InputError
from kineograph.live.journal.journal import Journal
from kineograph.live.journal.verify import verify
from kineograph.studio.auth import TOKEN_HEADER
from kineograph.studio.desk import Desk, find, look, parse_verdict
from kineograph.studio.review_server import REVIEW_PAGE, make_review_app
from tests.live.alerts_kept import keep_alerts

PORT, TOKEN = 8123, "t" * 43
HOME = f"http://127.0.0.1:{PORT}"


@pytest.fixture
def evidence(tmp_path):
    return keep_alerts(tmp_path / "evidence")


@pytest.fixture
def desk(evidence):
    opened = Desk(evidence)
    yield opened
    opened.close()


@pytest.fixture
def client(desk):
    app = make_review_app(desk, labels=["dancing"], token=TOKEN, port=PORT)
    return TestClient(app, base_url=HOME, headers={TOKEN_HEADER: TOKEN, "origin": HOME})


def test_precision_is_right_of_all_that_were_judged(desk):
    a, b = (find(desk.alerts, f"-{name}-").id for name in "ab")
    assert desk.state()["all"]["interval"] is None
    desk.mark(a, "unsure")
    desk.mark(a, "right")
    desk.mark(b, "wrong", "dancing")
    rows = {row["camera"]: row for row in desk.state()["precision"]}
    assert (rows["a"]["precision"], rows["b"]["precision"]) == (1.0, 0.0)
    # Wilson, 1 of 1 at z = 1.96: from 1 / (1 + z²) on.
    assert rows["a"]["interval"] == [pytest.approx(1 / (1 + 1.959964**2), abs=1e-4), 1.0]
    assert desk.state()["all"]["precision"] == 0.5
    desk.mark(b, "open")
    assert desk.state()["all"] | {"interval": 0} == {
        "camera": None, "label": None, "right": 1, "wrong": 0, "unsure": 0, "open": 1,
        "precision": 1.0, "interval": 0,
    }  # fmt: skip


def test_the_same_label_again_is_right(desk):
    assert desk.mark(desk.alerts[0].id, "wrong", "bright").verdict == "right"


def test_marks_are_signed_when_the_desk_is_left_and_never_alter_the_evidence(evidence):
    before = {p: p.read_bytes() for p in evidence.glob("*/*/*/*")}
    desk = Desk(evidence)
    desk.mark(desk.alerts[0].id, "wrong")
    assert len(read_reviews(evidence)) == 1, "on the disk at once"
    assert desk.close() == "1 mark was signed into journal.jsonl."
    assert {p: p.read_bytes() for p in evidence.glob("*/*/*/*")} == before
    found = verify(evidence)
    assert found.is_whole and not found.notes


def test_while_somebody_watches_marks_wait_to_be_signed(evidence):
    watching = Journal(evidence)
    desk = Desk(evidence)
    desk.mark(desk.alerts[0].id, "wrong")
    said = desk.close()
    assert "not signed yet" in said and "another program keeps evidence there" in said
    watching.close()
    desk = Desk(evidence)
    assert "1 mark was signed" in desk.close()


def test_two_desks_at_once_are_refused(evidence, desk):
    with pytest.raises(InputError, match="another kineograph review writes there"):
        Desk(evidence)
    assert len(look(evidence)["alerts"]) == 2, "looking needs no hold"


def test_alerts_that_come_meanwhile_are_there(evidence, desk):
    journal = Journal(evidence)
    event = desk.alerts[0].event | {"id": "new", "start_time": "2030-01-01T00:00:00+00:00"}
    journal.append("event", {"event": event, "folder": "a/x/y", "files": {}, "problems": ["p"]})
    journal.close()
    revision = desk.revision
    desk.refresh()
    assert desk.revision == revision + 1 and desk.state()["alerts"][0]["id"] == "new"


def test_an_alert_is_found_by_a_part_of_its_id(desk):
    for alert in desk.alerts:
        assert find(desk.alerts, alert.id) is find(desk.alerts, alert.id[-8:]) is alert
    with pytest.raises(InputError, match="2 alerts have this in their ids"):
        find(desk.alerts, "20")
    with pytest.raises(InputError, match="no alert has this"):
        find(desk.alerts, "zebra")


def test_verdicts_of_the_command_line():
    assert parse_verdict("wrong") == ("wrong", None)
    assert parse_verdict("label:dancing") == ("wrong", "dancing")
    with pytest.raises(InputError, match="wrnog: is no verdict. Did you mean 'wrong'"):
        parse_verdict("wrnog")


# ------------------------------------------------------------------------------------ the server


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"host": "evil.example"}, "not the server's own"),
        ({TOKEN_HEADER: ""}, "token is missing or old"),
    ],
)
def test_reading_is_refused_to_other_hosts_and_without_the_token(client, headers, words):
    for path in ("/api/state", "/api/frames?event=x&seconds=0", "/api/strip?event=x"):
        answer = client.get(path, headers=headers)
        assert answer.status_code == 403 and words in answer.json()["error"]


@pytest.mark.parametrize("origin", ["", "null", "http://evil.example"])
def test_writing_is_refused_to_other_origins(client, desk, origin):
    body = {"event": desk.alerts[0].id, "verdict": "right"}
    answer = client.post("/api/mark", json=body, headers={"origin": origin})
    assert answer.status_code == 403 and not desk.reviews


def test_the_page_needs_no_token_and_loads_nothing_from_outside(client):
    for path in REVIEW_PAGE:
        answer = client.get(path, headers={TOKEN_HEADER: ""})
        assert answer.status_code == 200
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        if path != "/icon.svg":
            assert "https://" not in answer.text


def test_the_state_marks_and_labels(client, desk):
    state = client.get("/api/state").json()
    assert state["labels"] == ["dancing", "bright", "dark"]
    event = state["alerts"][0]["id"]
    after = client.post("/api/mark", json={"event": event, "verdict": "wrong", "label": "cat"})
    assert after.json()["alerts"][0]["true_label"] == "cat" and "cat" in after.json()["labels"]
    assert client.get("/api/alive").json()["revision"] == state["revision"] + 1


@pytest.mark.parametrize("name", ["a", "b"])
def test_clips_of_any_codec_are_sent_as_pictures_with_times(client, desk, name):
    event = find(desk.alerts, f"-{name}-").id
    about = client.get(f"/api/alert?event={event}").json()
    assert about["width_pixels"] == 64 and about["codec"] == {"a": "h264", "b": "mjpeg"}[name]
    assert 0 < about["begins"] < about["ends"] <= about["length"]
    assert all(0 <= share <= 1 for _, share in about["scores"]) and about["scores"]
    body = client.get(f"/api/frames?event={event}&seconds={about['begins']}&count=3").content
    (length,) = struct.unpack(">I", body[:4])
    head = json.loads(body[4 : 4 + length])
    assert len(head["frames"]) == 3
    first = head["frames"][0]
    assert first["seconds"] <= about["begins"] < first["until"]
    assert body[4 + length : 4 + length + 2] == b"\xff\xd8"  # a JPEG
    assert client.get(f"/api/strip?event={event}").content[:4] == b"\x89PNG"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"event": "x", "verdict": "right"}, "there is no alert 'x'"),
        ({"verdict": "right"}, "not one that the page makes"),
        ({"event": "ID", "verdict": "shout"}, "verdict 'shout'"),
        ({"event": "ID", "verdict": "wrong", "label": 7}, "not one that the page makes"),
        ({"event": "ID", "verdict": "right", "label": "cat"}, "only what is wrong has another"),
        ([], "not one that the page makes"),
    ],
)
def test_what_the_page_would_not_send_is_refused_and_marks_nothing(client, desk, body, words):
    if isinstance(body, dict) and body.get("event") == "ID":
        body = body | {"event": desk.alerts[0].id}
    answer = client.post("/api/mark", json=body)
    assert answer.status_code == 400 and words in answer.json()["error"]
    assert not desk.reviews


def test_no_path_is_taken_from_a_request(client):
    for path in ("/api/strip?event=../../x", "/api/frames?event=/etc/passwd&seconds=0"):
        assert client.get(path).status_code == 400
    for path in ("/..%2fdesk.py", "/review.jsonl", "/../keys/journal.key"):
        assert client.get(path).status_code in (400, 404)


def test_an_alert_without_files_is_said_in_words(client, evidence):
    journal = Journal(evidence)
    event = {"id": "bare", "camera": "a", "window": "whole", "label": "bright", "kind": "seen",
             "start_time": "2030-01-01T00:00:00+00:00", "peak": 0.9}  # fmt: skip
    journal.append("event", {"event": event, "folder": "a/x/y", "files": {}, "problems": []})
    journal.close()
    assert client.get("/api/state").json()["alerts"][0]["id"] == "bare"
    assert client.get("/api/alert?event=bare").json() == {}
    for what, words in (("frames", "no clip was kept"), ("strip", "no film strip was kept")):
        answer = client.get(f"/api/{what}?event=bare&seconds=0")
        assert answer.status_code == 400 and words in answer.json()["error"]
