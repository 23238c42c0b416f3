"""Ink as a person asks about it: a text that is written, lines of a file, words for the rest."""

import json

import numpy as np
import pytest

from kineograph.errors import InputError
from kineograph.inspect.inspected import Wish
from kineograph.inspect.kinds import INSPECTED
from tests.commands.conftest import run  # noqa: F401  the verbs
from tests.inspect.written_runs import hand_run


@pytest.fixture(scope="module")
def hand(tmp_path_factory):
    return hand_run(tmp_path_factory.mktemp("runs"))


def strokes(*texts):
    way = [[[float(x), float(np.sin(x)), x / 50] for x in range(k, k + 12)] for k in (0, 15)]
    return "".join(json.dumps({"strokes": way, "text": text}) + "\n" for text in texts)


def test_a_text_is_written_and_looked_into(run, hand, tmp_path):  # noqa: F811
    page = tmp_path / "a.html"
    asked = ("--text", "ab/c к", "--bias", "1", "--out", page, "--json")
    status, _, found = run("inspect", hand, "--text", "abc к", "--seed", "3", *asked[2:])
    assert found["kind"] == "ink" and status in (0, 1)  # 1: it never learned to come to an end
    (line,) = found["files"][0]["lines"]
    window = np.array(line["window"])
    assert line["text"] == "abc к" and window.shape == (line["points"], 6) and line["bias"] == 1
    assert np.allclose(np.sum(line["weights"], 1), 1, atol=1e-2)
    assert len(line["lifted"]) == len(line["nats"]) == line["points"] and line["nats"][0] is None
    html = page.read_text()
    assert "the window over the text" in html and "“abc к”" in html and "<script" not in html
    status, out, found = run("inspect", hand, *asked)
    assert status == 1 and found["page"] is None and "it cannot write /" in out


def test_lines_of_a_file_and_one_that_is_unknown(run, hand, tmp_path):  # noqa: F811
    file = tmp_path / "own.jsonl"
    file.write_text(strokes("abc", "xyz"))
    out = ("--out", tmp_path / "a.html", "--json")
    status, said, found = run("inspect", hand, file, *out)
    assert status == 1 and "read in part: " in said and "never learned x" in said
    (line,) = found["files"][0]["lines"]
    assert line["text"] == "abc" and line["bias"] == 0 and sum(line["lifted"]) == 2
    assert np.shape(line["window"]) == (line["points"], 4)


def test_a_hand_without_a_text_has_no_window(tmp_path):
    inspector = INSPECTED["ink"].open(str(hand_run(tmp_path, "handwriting-predict")), Wish())
    (tmp_path / "own.jsonl").write_text(strokes("abc", "xyz"))  # what ink says is nothing to it
    found = inspector.look(tmp_path / "own.jsonl", lambda *each: None)
    assert [line["window"] for line in found.numbers["lines"]] == [None, None]
    assert found.problem is None
    with pytest.raises(InputError, match="writes no text, it only goes on scribbling"):
        inspector.write("abc", lambda *each: None)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("own.png", "", "ink is read from .json, .jsonl, .inkml. Give such a file, or a text"),
        ("own.jsonl", "", "no line of ink can be read"),
        ("own.jsonl", '{"strokes": [], "text": ""}\n', "no line of ink can be read"),
        (None, "", "there is no such file"),
    ],
)
def test_what_is_no_ink_is_told(name, content, words, hand, tmp_path):
    file = tmp_path / (name or "gone.jsonl")
    if name:
        file.write_text(content)
    with pytest.raises(InputError, match=words):
        INSPECTED["ink"].open(str(hand), Wish()).look(file, lambda *each: None)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "nothing is given to look at. Give a file, or a text for it to write: --text"),
        (["--text", " "], "the text is empty"),
        (["--text", "abc", "--bias", "-1"], "--bias -1: 0 (as it learned) to 10"),
        (["--text", "abc", "--cell", "1,2"], "--cell: is for a network that writes text, and"),
    ],
)
def test_what_cannot_be_asked_is_told(options, words, run, hand, tmp_path):  # noqa: F811
    status, out, _ = run("inspect", hand, *options, "--out", tmp_path / "a.html")
    assert status and words in out and not (tmp_path / "a.html").exists()
