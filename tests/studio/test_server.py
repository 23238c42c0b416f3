"""Every refusal of the server, every answer of it, and frames that are those of the file."""

import io
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from kineograph.media import read_frames
from kineograph.studio.auth import TOKEN_HEADER
from kineograph.studio.project import Project
from kineograph.studio.server import STATIC, make_app

PORT, TOKEN = 8123, "t" * 43
HOME = f"http://127.0.0.1:{PORT}"


@pytest.fixture
def client(project: Project) -> TestClient:
    app = make_app(project, labels=["writing", "not writing"], token=TOKEN, port=PORT)
    return TestClient(app, base_url=HOME, headers={TOKEN_HEADER: TOKEN, "origin": HOME})


def edit(client: TestClient, **what: Any) -> Any:
    revision = client.get("/api/state").json()["revision"]
    return client.post("/api/edit", json={"revision": revision, "edit": what})


def window(client: TestClient, **more: Any) -> Any:
    video = client.get("/api/state").json()["videos"][0]["id"]
    values = {"video": video, "person": "anna", "x": 10, "y": 20, "size": 50} | more
    return edit(client, kind="window", **values)


def frames(client: TestClient, query: str) -> list[tuple[dict[str, Any], np.ndarray]]:
    body = client.get(f"/api/frames/0?{query}").content
    (length,) = struct.unpack(">I", body[:4])
    head, place, found = json.loads(body[4 : 4 + length]), 4 + length, []
    for each in head["frames"]:
        jpeg = body[place : place + each["bytes"]]
        found.append((each, np.asarray(Image.open(io.BytesIO(jpeg)))))
        place += each["bytes"]
    assert place == len(body)
    return found


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"host": "evil.example"}, "not the server's own"),
        ({"host": f"127.0.0.1:{PORT + 1}"}, "not the server's own"),
        ({"host": "127.0.0.1"}, "not the server's own"),
        ({"host": f"[::1]:{PORT}"}, "not the server's own"),
        ({TOKEN_HEADER: "t" * 42}, "token is missing or old"),
        ({TOKEN_HEADER: ""}, "token is missing or old"),
        ({TOKEN_HEADER: b"\xff\xe9"}, "token is missing or old"),
    ],
)
@pytest.mark.parametrize("path", ["/api/state", "/api/frames/0?seconds=0", "/api/export/0/csv"])
def test_reading_is_refused_to_other_hosts_and_without_the_token(client, path, headers, words):
    answer = client.get(path, headers=headers)
    assert answer.status_code == 403 and words in answer.json()["error"]


@pytest.mark.parametrize(
    "origin",
    ["", "null", "http://evil.example", f"https://127.0.0.1:{PORT}", f"{HOME}.evil.example",
     "http://127.0.0.1"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/api/edit", "/api/import/0/csv?revision=0"])
def test_writing_is_refused_to_other_origins_though_they_know_the_token(client, path, origin):
    answer = client.post(path, json={}, headers={"origin": origin})
    assert answer.status_code == 403 and "own page" in answer.json()["error"]


def test_localhost_is_the_same_machine(client):
    name = f"localhost:{PORT}"
    assert client.get("/api/state", headers={"host": name}).status_code == 200
    answer = client.post("/api/edit", json={}, headers={"host": name, "origin": f"http://{name}"})
    assert answer.status_code == 400, "let in, and then not understood"


def test_the_page_needs_no_token_and_binds_the_browser(client):
    for path in STATIC:
        answer = client.get(path, headers={TOKEN_HEADER: ""})
        assert answer.status_code == 200
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        if path != "/icon.svg":
            assert "https://" not in answer.text, "no resource from outside"
    assert client.get("/api/state", headers={"host": "x"}).headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    ["/..%2f..%2fetc/passwd", "/annotate.py", "/../server.py", "/api/frames/..%2fx?seconds=0",
     "/api/export/0/..%2fcsv", "/marks.journal.jsonl"],
)  # fmt: skip
def test_no_other_file_is_served(client, path):
    assert client.get(path).status_code in (400, 404)


@pytest.mark.parametrize("path", ["/api/frames/1?seconds=0", "/api/propose/7", "/api/export/1/csv"])
def test_only_the_named_videos_are_served(client, path):
    answer = client.get(path)
    assert answer.status_code == 400 and "there is no video" in answer.json()["error"]


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"revision": 0, "edit": {"kind": "shout"}}', '{"revision": "x"}',
             '{"revision": 0, "edit": {"kind": "paint", "window": "w9", "start_seconds": NaN, '
             '"end_seconds": 1, "label": "a"}}'],
)  # fmt: skip
def test_what_the_page_would_not_send_is_refused_and_changes_nothing(client, project, body):
    answer = client.post("/api/edit", content=body)
    assert answer.status_code == 400 and "\n" not in answer.json()["error"]
    assert project.revision == 0


def test_an_edit_is_on_disk_when_it_is_answered(client, project):
    window(client)
    answer = edit(
        client, kind="paint", window="w1", start_seconds=0.2, end_seconds=0.6, label="writing"
    )
    assert [m["end_seconds"] for m in answer.json()["marks"]] == [0.6]
    on_disk = (project.folder / "marks.journal.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(on_disk[-1])["changes"][0]["label"] == "writing"
    edit(client, kind="undo")
    assert (project.folder / "annotations.jsonl").read_text(encoding="utf-8") == ""


def test_faults_of_a_person_come_back_in_words(client):
    assert "outside the picture" in window(client, x=300).json()["error"]
    (made,) = window(client).json()["windows"]
    late = edit(
        client, kind="paint", window=made["id"], start_seconds=1, end_seconds=99, label="writing"
    )
    assert late.status_code == 400 and "room.mp4 ends at 2.000 s" in late.json()["error"]


def test_a_second_tab_is_told_and_an_old_view_cannot_write(client):
    assert client.get("/api/alive?tab=one").json()["tabs"] == 1
    assert client.get("/api/alive?tab=two").json()["tabs"] == 2
    window(client)
    stale = client.post("/api/edit", json={"revision": 0, "edit": {"kind": "undo"}})
    assert stale.status_code == 409 and "another tab" in stale.json()["error"]


def test_frames_are_those_of_the_file_at_any_moment_and_in_any_order(client, room: Path):
    truth = list(read_frames(room))
    for seconds in (1.9, 0.0, 0.5, 0.46, 0.4799, 1.2, 99.0, 0.04):
        expected = max((f for f in truth if f.seconds <= seconds + 1e-5), key=lambda f: f.index)
        ((said, pixels),) = frames(client, f"seconds={seconds}")
        assert (said["index"], said["seconds"]) == (expected.index, expected.seconds)
        assert np.abs(pixels.astype(float) - expected.pixels).mean() < 6, "JPEG of this frame"
        bar = int((pixels[2, :, 0] > 170).sum())
        assert abs(bar - 2 * expected.index - 2) <= 1, "and of no other"
        assert said["last"] == (expected.index == len(truth) - 1)
    run = [said for said, _ in frames(client, "seconds=1.5&count=32")]
    assert [said["index"] for said in run] == list(range(37, 50))
    assert [said["until"] for said in run[:-1]] == [said["seconds"] for said in run[1:]]


def test_windows_are_proposed_where_the_hands_move(client):
    found = client.get("/api/propose/0").json()
    assert found["source"] == "motion" and len(found["windows"]) == 2
    for x, y in ((60, 90), (230, 130)):
        assert any(
            w["x"] < x < w["x"] + w["size"] and w["y"] < y < w["y"] + w["size"]
            for w in found["windows"]
        )


def test_export_and_import_through_the_page(client):
    window(client)
    edit(client, kind="paint", window="w1", start_seconds=0.2, end_seconds=0.6, label="writing")
    sent = client.get("/api/export/0/elan").json()
    assert sent["name"] == "room.eaf"
    edit(client, kind="remove_window", id="w1")
    answer = client.post("/api/import/0/elan?revision=3", content=sent["text"]).json()
    assert [(m["start_seconds"], m["end_seconds"]) for m in answer["marks"]] == [(0.2, 0.6)]
    assert [w["person"] for w in answer["windows"]] == ["anna"]
    bad = client.post("/api/import/0/csv?revision=4", content=b"\xff\xfe")
    assert bad.status_code == 400


def test_the_network_is_asked_about_windows_and_what_is_marked_is_not_proposed(project, room):
    asked = []

    def unsure(path: Path, box: Any, seconds: float) -> list[dict[str, Any]]:
        asked.append((path.name, tuple(box), seconds))
        times = {"label": "writing", "probability": 0.6}
        return [
            {"start_seconds": s, "end_seconds": s + 1.0, "certainty": 0.5 - s / 4, **times}
            for s in (0.0, 1.0)
        ]

    app = make_app(project, labels=["writing"], token=TOKEN, port=PORT, unsure=unsure)
    client = TestClient(app, base_url=HOME, headers={TOKEN_HEADER: TOKEN, "origin": HOME})
    assert "no window to look into" in client.get("/api/unsure/0").json()["error"]
    window(client)
    found = client.get("/api/unsure/0").json()["seconds"]
    assert [each["start_seconds"] for each in found] == [1.0, 0.0]
    edit(client, kind="paint", window="w1", start_seconds=1.2, end_seconds=1.8, label="writing")
    (left,) = client.get("/api/unsure/0").json()["seconds"]
    assert (left["start_seconds"], left["person"]) == (0.0, "anna")
    assert asked[-1] == ("room.mp4", (10, 20, 50, 50), 2.0)
