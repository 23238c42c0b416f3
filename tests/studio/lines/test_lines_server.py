"""Every refusal and every answer of the server of the page for lines."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from kineograph.data.lines.folder import LinesFolder
from kineograph.data.text import POLICIES
from kineograph.studio.auth import TOKEN_HEADER
from kineograph.studio.lines.server import LINES_PAGE, Known, known_characters, make_lines_app
from tests.studio.lines.conftest import Job, make_job
from tests.studio.lines.drawn_lines import PAGE_PIXELS, TEXTS, ToldReader

PORT, TOKEN = 8124, "t" * 43
HOME = f"http://127.0.0.1:{PORT}"
READS = ("/api/state", "/api/line", "/api/line_picture", "/api/sheet", "/api/sheet_picture")


@pytest.fixture
def client(job: Job) -> TestClient:
    return client_of(job)


def client_of(job: Job, known: Known | None = None) -> TestClient:
    app = make_lines_app(
        job.book, job.pictures, job.gatherer, job.result,
        known=known or Known(), token=TOKEN, port=PORT,
    )  # fmt: skip
    return TestClient(app, base_url=HOME, headers={TOKEN_HEADER: TOKEN, "origin": HOME})


def lines(client: TestClient) -> list[dict[str, Any]]:
    return client.get("/api/state").json()["lines"]


def decide(
    client: TestClient, row: dict[str, Any], kind: str, text: str = "", tab: str = "a"
) -> Any:
    body = {"line": row["id"], "version": row["version"], "kind": kind, "text": text, "since": 0}
    return client.post(f"/api/decide?tab={tab}", json=body)


@pytest.mark.parametrize("path", READS)
def test_nothing_is_told_to_other_hosts_or_without_the_token(client, path):
    for headers in ({"host": "evil.example"}, {TOKEN_HEADER: ""}, {TOKEN_HEADER: "t" * 42}):
        assert client.get(path, headers=headers).status_code == 403


@pytest.mark.parametrize("path", ["/api/decide", "/api/undo"])
def test_other_pages_write_nothing_though_they_know_the_token(client, job, path):
    for origin in ("", "null", "http://evil.example", f"{HOME}.evil.example"):
        assert client.post(path, json={}, headers={"origin": origin}).status_code == 403
    assert job.book.count()["open"] == 3


def test_the_page_needs_no_token_and_asks_nobody_else(client):
    for path in LINES_PAGE:
        answer = client.get(path, headers={TOKEN_HEADER: ""})
        assert (
            answer.status_code == 200 and "unsafe" not in answer.headers["content-security-policy"]
        )
        if path not in ("/icon.svg", "/lines.js"):
            assert "http" not in answer.text, "no resource from outside"
    script = client.get("/lines.js").text.replace('"http://www.w3.org/2000/svg"', "")
    assert "http" not in script, "but for the name of SVG"


@pytest.mark.parametrize(
    "path",
    ["/..%2f..%2fetc/passwd", "/../lines.py", "/corrections.journal.jsonl", "/pages/faust.png",
     "/api/line?id=../../x", "/api/sheet_picture?id=..%2f..%2fetc%2fpasswd",
     "/api/line_picture?id=/etc/passwd", "/api/sheet"],
)  # fmt: skip
def test_no_path_is_taken_from_a_request(client, path):
    answer = client.get(path)
    assert answer.status_code in (400, 404)


def test_a_line_is_shown_level_with_its_reading_in_shares_of_the_width(tmp_path, page_file):
    job = make_job(tmp_path / "out", page_file, reader=ToldReader(TEXTS, doubtful="ß"))
    client = client_of(job)
    rows = lines(client)
    assert [row["text"] for row in rows] == list(TEXTS)
    told = client.get(f"/api/line?id={rows[2]['id']}").json()
    letters, left, right, sure = zip(*told["characters"], strict=True)
    assert "".join(letters) == TEXTS[2] and (left[0], right[-1]) == (0.0, 1.0)
    assert [each for each, share in zip(letters, sure, strict=True) if share < 0.9] == ["ß"]
    picture = client.get(f"/api/line_picture?id={rows[2]['id']}").content
    pixels = np.asarray(Image.open(io.BytesIO(picture)))
    assert pixels.shape == (told["height"], told["width"])
    dark = np.flatnonzero((pixels < 128).any(axis=0)) / told["width"]
    assert np.abs(np.array([dark[0], dark[-1]]) - told["ink"]).max() < 0.01
    around = pixels[[0, -1]]
    assert around.min() > 200, "the neighbours are pale"
    job.book.close()


def test_the_page_and_its_outlines(client, job):
    (sheet,) = client.get("/api/state").json()["sheets"]
    told = client.get(f"/api/sheet?id={sheet['id']}").json()
    assert (told["width"], told["height"]) == PAGE_PIXELS
    first = next(iter(job.book.entries.values())).spot
    assert told["lines"][0] == {
        "id": first.id,
        "polygon": [[float(x), float(y)] for x, y in first.polygon],
    }
    jpeg = client.get(f"/api/sheet_picture?id={sheet['id']}").content
    assert Image.open(io.BytesIO(jpeg)).size == PAGE_PIXELS


def test_a_decision_is_on_the_disk_and_in_the_folder_when_it_is_answered(client, job):
    first, second, _ = lines(client)
    answer = decide(client, first, "accept", "  שלום e\u0301 ſ ").json()
    (row,) = [each for each in answer["lines"] if each["id"] == first["id"]]
    assert (row["status"], row["text"], row["version"]) == ("accepted", "שלום é ſ", 1)
    assert "שלום é ſ" in (job.book.out / "corrections.journal.jsonl").read_text(encoding="utf-8")
    assert [line.text for line in LinesFolder(job.book.out).lines] == ["שלום é ſ"]
    decide(client, second, "drop")
    undone = client.post("/api/undo?tab=a", json={"since": answer["revision"]}).json()
    assert undone["line"] == second["id"]
    assert [each["id"] for each in undone["lines"]] == [second["id"]], "what changed, no more"


def test_two_tabs_are_counted_and_the_slower_one_is_refused(client):
    assert client.get("/api/state?tab=a").json()["tabs"] == 1
    assert client.get("/api/state?tab=b").json()["tabs"] == 2
    first, second, _ = lines(client)
    assert decide(client, first, "accept", "from a").status_code == 200
    late = decide(client, first, "accept", "from b", tab="b")
    assert late.status_code == 409 and "accepted as “from a”" in late.json()["error"]
    assert decide(client, second, "accept", "from b", tab="b").status_code == 200
    assert [row["text"] for row in lines(client)][:2] == ["from a", "from b"]
    nothing = client.post("/api/undo?tab=c", json={"since": 0})
    assert nothing.status_code == 400 and "decided nothing" in nothing.json()["error"]


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", '{"line": "x", "version": 0, "kind": "accept", "since": 0}',
     '{"line": 3, "version": "x", "kind": "accept", "text": "a", "since": 0}',
     '{"line": "LINE", "version": 0, "kind": "accept", "text": ["a"], "since": 0}',
     '{"line": "LINE", "version": 0, "kind": "accept", "text": "\\ud800", "since": 0}',
     '{"line": "LINE", "version": 0, "kind": "shout", "text": "a", "since": 0}'],
)  # fmt: skip
def test_what_the_page_would_not_send_is_refused_and_changes_nothing(client, job, body):
    line = next(iter(job.book.entries))
    answer = client.post("/api/decide", content=body.replace("LINE", line))
    assert answer.status_code == 400 and "\n" not in answer.json()["error"]
    assert job.book.entries[line].version == 0


def test_a_line_outside_of_its_picture_is_told(tmp_path: Path):
    from kineograph.data.lines.folder import write_lines_folder
    from kineograph.data.lines.line import Line
    from tests.studio.lines.drawn_lines import draw_page

    draw_page(tmp_path / "pages" / "p.png")
    far = Line("p.png", "far", ((5000, 5000), (5100, 5000), (5100, 5040)))
    gone = Line("gone.png", "gone")
    data = tmp_path / "data"
    write_lines_folder(data, [far, gone], name="d", source_root=tmp_path / "pages", kind="lines")
    job = make_job(tmp_path / "out", data)
    client = client_of(job)
    said = [client.get(f"/api/line?id={row['id']}").json()["error"] for row in lines(client)]
    assert "lies outside of the picture" in said[0] and "gone.png: not found" in said[1]
    job.book.close()


def test_what_the_policy_respells_is_not_new_to_the_alphabet():
    letters = tuple("aefilstu-ſä\u0308")
    plain = set(known_characters(letters, POLICIES["nfc"]))
    assert "⸗" not in plain and "ﬁ" not in plain and "\u200b" in plain
    fraktur = set(known_characters(letters, POLICIES["fraktur"]))
    assert {"⸗", "ﬁ", "ﬅ", "\u0364", *letters} <= fraktur
    assert "„" not in fraktur and "„" not in known_characters(letters, POLICIES["modern"])
    assert "ꝛ" not in fraktur
