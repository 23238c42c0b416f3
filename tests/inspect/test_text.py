"""Text as a person asks about it: what a page and its numbers show, words for the rest."""

import json

import pytest

from kineograph.data.characters.corpus import read_corpus
from kineograph.data.characters.split import split_text
from kineograph.errors import InputError
from kineograph.evaluation.characters.learned import digest_of
from kineograph.inspect.inspected import Wish
from kineograph.inspect.kinds import INSPECTED
from kineograph.inspect.text import passage_of
from kineograph.recipes.writer import load_writer
from tests.commands.conftest import run  # noqa: F401  the verbs
from tests.inspect.written_runs import TEXT, writer_run


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    return writer_run(tmp_path_factory.mktemp("runs"))


def test_a_page_of_a_text_with_a_character_that_is_unknown(run, trained, tmp_path):  # noqa: F811
    file = tmp_path / "own.txt"
    file.write_text(TEXT + "ж")
    page = tmp_path / "own.html"
    status, out, found = run("inspect", trained, file, "--cell", "2,3", "--out", page, "--json")
    assert status == 0 and f"Wrote {page}" in out
    (told,) = found["files"]
    assert told["characters"] == 801 and told["unknown"] == ["ж"]
    assert {each["feature"] for each in told["cells"]} >= {"inside quotes", "depth of brackets"}
    assert set(told["gates"][1]) == {"input", "forget", "output"}
    assert len(told["gradient"]) == 5 and len(told["gradient"]["this network"]) == 101
    assert told["errors"]["all"] == sum(told["errors"]["kinds"].values()) > 0
    html = page.read_text()
    for words in (
        "Cell 3 of layer 2, as asked", "Gradient through time", "minGRU, untrained",
        "Kinds of errors", "forget gate: open", "is not where it was", "CYRILLIC SMALL LETTER ZHE",
    ):  # fmt: skip
        assert words in html, words
    assert "<script" not in html


def test_of_the_text_that_was_learned_the_other_side_is_looked_at(trained, tmp_path):
    file = tmp_path / "whole.txt"
    file.write_text(TEXT * 4)
    loaded = load_writer(trained)
    split = split_text(read_corpus(file), loaded.recipe.data)
    known = {"data": {"learned": digest_of(split.train), "folder": str(file)}}
    (trained / "environment.json").write_text(json.dumps(known))
    try:
        own = passage_of(file, loaded)
        assert own.text == split.val and own.learned == split.train
        assert (split.train + split.val).endswith(own.before + own.text)
        (tmp_path / "other.txt").write_text(TEXT)
        other = passage_of(tmp_path / "other.txt", loaded)
        assert other.text == TEXT and other.learned == split.train and "all of it" in other.which
        found = INSPECTED["text"].open(str(trained), Wish()).look(file, lambda *each: None)
        assert "n-gram" in found.numbers["errors"]["kinds"]
        assert "Beside an n-gram" in [section.title for section in found.sections]
    finally:
        (trained / "environment.json").unlink()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.txt", b" \n", "has no character but white space"),
        ("short.txt", b"abc", "has 3 characters, too few to tell a cell from chance"),
        ("strange.txt", "ж".encode() * 300, "knows none of its characters"),
        ("picture.png", b"\x89PNG", "is no text, and char-lstm writes text"),
        ("bytes.txt", b"\xff\xfe\xff" * 100, "is not UTF-8"),
    ],
)
def test_what_is_no_text_to_look_at_is_told(name, content, words, trained, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=words) as told:
        passage_of(tmp_path / name, load_writer(trained))
    assert name in str(told.value) and "\n" not in str(told.value)


@pytest.mark.parametrize("cell", ["3,1", "1,9", "0,1", "x", "1"])
def test_a_cell_that_is_not_there_is_told(cell, trained):
    with pytest.raises(InputError, match=f"--cell {cell}: char-lstm has 2 layers of 8 cells"):
        INSPECTED["text"].open(str(trained), Wish(cell=cell))


def test_a_bad_file_does_not_lose_the_good_one(run, trained, tmp_path):  # noqa: F811
    (tmp_path / "good.txt").write_text(TEXT)
    (tmp_path / "bad.txt").write_text("")
    files = tmp_path / "bad.txt", tmp_path / "good.txt"
    status, out, found = run("inspect", trained, *files, "--out", tmp_path / "a.html", "--json")
    assert status == 1 and len(found["files"]) == 1 and "failed: " in out
    assert list(found["failed"]) == [str(tmp_path / "bad.txt")]
