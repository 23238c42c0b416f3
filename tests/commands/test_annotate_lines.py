"""kineograph annotate --lines: where corrections go, what is refused, how a reader is asked."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import typer

from kineograph.commands import annotate_lines as command
from kineograph.commands.annotate import _refuse_mixed
from kineograph.commands.console import Screen
from kineograph.data.lines.folder import LinesFolder
from kineograph.data.text import POLICIES, Alphabet
from kineograph.errors import InputError
from kineograph.studio import listen
from tests.studio.lines.drawn_lines import TEXTS, ToldReader, draw_page


def test_corrections_lie_beside_what_was_named(tmp_path):
    (tmp_path / "scans").mkdir()
    (tmp_path / "a.pdf").write_bytes(b"")
    assert command.beside([tmp_path / "scans", tmp_path / "x"]) == tmp_path / "scans-lines"
    assert command.beside([tmp_path / "a.pdf"]) == tmp_path / "a-lines"


def test_an_option_of_the_other_page_is_refused():
    with pytest.raises(InputError, match="--boxes: is for videos, and --lines was asked for"):
        _refuse_mixed(True, "writing", Path("b.csv"), None)
    with pytest.raises(InputError, match="--labels: is for videos"):
        _refuse_mixed(True, "drinking", None, None)
    with pytest.raises(InputError, match="--export page: is for pages of text. Give --lines, too"):
        _refuse_mixed(False, "writing", None, "page")
    _refuse_mixed(True, "writing", None, "alto")


@pytest.mark.live
def test_a_reader_is_asked_and_its_texts_can_be_accepted(tmp_path, monkeypatch, capsys):
    """Served for real, by a stand-in for the browser: it accepts the first line and ends it."""
    from kineograph.predict import reader as room

    class Told(ToldReader):
        trained = SimpleNamespace(alphabet=Alphabet.of(TEXTS), policy=POLICIES["fraktur"])

    monkeypatch.setattr(room, "Reader", SimpleNamespace(load=lambda run: Told(TEXTS)))
    page = draw_page(tmp_path / "p.png")
    (tmp_path / "broken.png").write_bytes(b"no")
    seen = {}

    def serve(app, listener, when_ready):
        from starlette.testclient import TestClient

        port = listener.getsockname()[1]
        listener.close()
        home, token = f"http://127.0.0.1:{port}", app._token.decode()
        headers = {"X-Kineograph-Token": token, "origin": home}
        client = TestClient(app, base_url=home, headers=headers)
        while True:
            state = client.get("/api/state").json()
            if len(state["lines"]) == 3 and state["lines"][2]["confidence"]:
                break
        seen.update(state)
        first = state["lines"][0]
        body = {"line": first["id"], "version": 0, "kind": "accept", "text": first["text"]}
        assert client.post("/api/decide", json={**body, "since": 0}).status_code == 200

    monkeypatch.setattr(listen, "serve", serve)
    with pytest.raises(typer.Exit) as ended:
        command.annotate_lines(
            Screen(True), [page, tmp_path / "broken.png"], out=tmp_path / "out", run="runs/told",
            export="page", port=0, no_browser=True,
        )  # fmt: skip
    assert ended.value.exit_code == 1, "one of two files could not be read"
    assert seen["reader"] == "told" and {"ß", "ﬆ"} <= set(seen["characters"])
    assert [line.text for line in LinesFolder(tmp_path / "out").lines] == [TEXTS[0]]
    assert (tmp_path / "out" / "pages" / "p.page.xml").is_file()
    said = capsys.readouterr().out
    assert "broken.png: neither a picture" in said and "1 line accepted" in said
    assert f"kineograph train ocr-line {tmp_path / 'out'} --from RUN" in said
