"""Every refusal and every answer of the server of the page for handwriting."""

import io
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

from kineograph.predict.hand import Hand
from kineograph.studio.auth import TOKEN_HEADER
from kineograph.studio.ink.book import InkBook
from kineograph.studio.ink.hand import KEPT, MEDIA, Desk
from kineograph.studio.ink.server import INK_PAGE, make_ink_app
from tests.studio.ink.conftest import wave

PORT, TOKEN = 8125, "t" * 43
HOME = f"http://127.0.0.1:{PORT}"


@pytest.fixture
def book(tmp_path):
    found = InkBook(tmp_path / "ink", ["my hand", "two"], "Ann")
    yield found
    found.close()


def client_of(book: InkBook, desk: Desk | None = None) -> TestClient:
    app = make_ink_app(book, desk, token=TOKEN, port=PORT)
    return TestClient(app, base_url=HOME, headers={TOKEN_HEADER: TOKEN, "origin": HOME})


@pytest.fixture
def client(book) -> TestClient:
    return client_of(book)


@pytest.fixture
def asked(book, run) -> TestClient:
    return client_of(book, Desk(Hand.load(run)))


def edit(client: TestClient, kind: str, version: int, line: int = 0, points: Any = None) -> Any:
    body = {"line": line, "version": version, "kind": kind, "since": 0, "points": points}
    return client.post("/api/edit?tab=a", json=body)


def wish(client: TestClient, text: Any = "a jug", **more: Any) -> Any:
    return client.post("/api/write", json={"text": text, "bias": 1, "seed": 2, "own": None} | more)


@pytest.mark.parametrize("path", ["/api/state", "/api/drawing/1/svg"])
def test_nothing_is_told_to_other_hosts_or_without_the_token(asked, path):
    for headers in ({"host": "evil.example"}, {TOKEN_HEADER: ""}, {TOKEN_HEADER: "t" * 42}):
        assert asked.get(path, headers=headers).status_code == 403


@pytest.mark.parametrize("path", ["/api/edit", "/api/write"])
def test_other_pages_write_nothing_though_they_know_the_token(asked, book, path):
    for origin in ("", "null", "http://evil.example", f"{HOME}.evil.example"):
        assert asked.post(path, json={}, headers={"origin": origin}).status_code == 403
    assert not book.lines[0].version


def test_the_page_needs_no_token_and_asks_nobody_else(client):
    for path in INK_PAGE:
        answer = client.get(path, headers={TOKEN_HEADER: ""})
        assert answer.status_code == 200
        assert "unsafe" not in answer.headers["content-security-policy"]
        if path != "/icon.svg":
            text = answer.text.replace('"http://www.w3.org/2000/svg"', "")
            assert "http" not in text, "but for the name of SVG"


@pytest.mark.parametrize(
    "path", ["/../book.py", "/ink.journal", "/strokes.jsonl", "/api/drawing/..%2f..%2fx/svg"]
)
def test_no_path_is_taken_from_a_request(asked, path):
    assert asked.get(path).status_code in (400, 404)


def test_strokes_come_back_after_a_reload(client, book):
    assert edit(client, "stroke", 0, points=wave(10, 90)).status_code == 200
    answer = edit(client, "stroke", 1, points=wave(100, 190)).json()
    assert [row["number"] for row in answer["lines"]] == [0, 1]
    state = client.get("/api/state?tab=a").json()
    row = state["lines"][0]
    assert (row["status"], row["version"], len(row["strokes"]), row["undo"]) == ("open", 2, 2, True)
    assert (state["writer"], state["run"], state["tabs"]) == ("Ann", "", 1)
    assert not client.get(f"/api/state?since={state['revision']}").json()["lines"]


def test_what_is_done_is_saved_and_the_slower_window_is_refused(client, book):
    edit(client, "stroke", 0, points=wave(10, 90))
    row = edit(client, "done", 1).json()["lines"][0]
    assert row["saved"] and book.result.read_text("utf-8").count("\n") == 1
    late = edit(client, "undo", 1)
    assert late.status_code == 409 and "Another window" in late.json()["error"]
    empty = edit(client, "done", 0, line=1)
    assert empty.status_code == 400 and "nothing is written yet" in empty.json()["error"]


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"line": "x"}', '{"line": 0, "version": null, "kind": "undo"}']
)
def test_what_the_page_would_not_send_is_refused(client, body):
    answer = client.post("/api/edit", content=body)
    assert answer.status_code == 400 and "\n" not in answer.json()["error"]


def test_without_a_network_the_page_only_collects(client):
    for answer in (wish(client), client.get("/api/drawing/1/svg")):
        assert answer.status_code == 400
        assert answer.json()["error"] == "no network was named. Start again: kineograph ink RUN."


def test_a_text_is_written_in_the_hand_of_a_line_and_comes_in_every_form(asked, book):
    edit(asked, "stroke", 0, points=wave(10, 400, 200))
    open_line = wish(asked, own=0)
    assert open_line.status_code == 400 and "is not done" in open_line.json()["error"]
    edit(asked, "done", 1)
    plain, own = wish(asked).json(), wish(asked, own=0).json()
    one, other = (asked.get(f"/api/drawing/{each['drawing']}/svg").text for each in (plain, own))
    assert one != other, "the person's line makes a difference"
    assert asked.get(f"/api/drawing/{wish(asked, own=0).json()['drawing']}/svg").text == other
    for suffix, media in MEDIA.items():
        answer = asked.get(f"/api/drawing/{own['drawing']}/{suffix[1:]}")
        assert answer.headers["content-type"] == media, answer.text
        assert len(answer.content) > 100
        if suffix == ".png":
            assert Image.open(io.BytesIO(answer.content)).size[0] > 20
    assert asked.get("/api/drawing/1/exe").status_code == 400


def test_only_the_last_drawings_are_kept(asked):
    first = wish(asked, "a").json()["drawing"]
    for _ in range(KEPT):
        wish(asked, "a")
    answer = asked.get(f"/api/drawing/{first}/svg")
    assert answer.status_code == 400 and "no longer kept" in answer.json()["error"]


@pytest.mark.parametrize(
    ("text", "more", "words"),
    [
        ("", {}, "the text is empty"),
        (" ", {}, "the text is empty"),
        ("Ю", {}, "it cannot write Ю (U+042E"),
        ("a" * 601, {}, "601 characters, and this page writes 600 at once"),
        ("a", {"bias": 4}, "bias 4, seed 2"),
        ("a", {"bias": float("nan")}, "bias nan"),
        ("a", {"seed": -1}, "seed -1"),
        ("a", {"own": 7}, "there is no line 7"),
        (["a"], {}, "text is no text"),
    ],
)
def test_what_cannot_be_written_is_said_in_words(asked, text, more, words):
    import json

    body = json.dumps({"text": text, "bias": 1, "seed": 2, "own": None} | more)
    answer = asked.post("/api/write", content=body)
    assert answer.status_code == 400 and words in answer.json()["error"]


def test_a_network_without_a_text_is_refused(tmp_path):
    from types import SimpleNamespace

    from kineograph.errors import InputError

    hand = SimpleNamespace(reads_text=False, trained=SimpleNamespace(name="scribbler"))
    with pytest.raises(InputError, match="scribbler: writes no text"):
        Desk(hand)  # type: ignore[arg-type]
