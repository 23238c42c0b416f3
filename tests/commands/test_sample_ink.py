"""`kineograph sample` by hand, and what is no place, no hand and no form for it."""

import errno
import json

import pytest

from kineograph.recipes import change_all, find_recipe
from kineograph.recipes.hand import build_hand, write_hand_file
from kineograph.training.checkpoint import save_weights
from kineograph.whole_file import write_bytes_whole
from tests.predict.test_hand import KNOWN
from tests.tiny_hand import write_tiny_hand

WAVE = [[x, 9 * (x // 3 % 2), x / 50] for x in range(120)]


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A network that is told what to write, one that scribbles, and a person's lines."""
    monkeypatch.chdir(tmp_path)
    write_tiny_hand(tmp_path / "hand", "abcd ")
    recipe = change_all(find_recipe("handwriting-predict"), ["model.units=8", "model.mixtures=2"])
    write_hand_file(tmp_path / "scribbler", recipe, KNOWN, "0")
    save_weights(tmp_path / "scribbler" / "model.safetensors", build_hand(recipe, KNOWN))
    rows = [{"strokes": [WAVE], "text": text} for text in ("abcdefgh", "bad cab")]
    (tmp_path / "own.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (tmp_path / "there.svg").mkdir()
    (tmp_path / "file").touch()
    return tmp_path


def test_the_longest_line_that_is_known_is_gone_on_from_and_named(desk, run):
    words = ["--text", "ab", "--prime", "own.jsonl", "--out", "new/a.svg", "--json"]
    status, out, found = run("sample", "hand", *words)
    assert status == 0 and found["prime"] == "bad cab" and found["files"] == ["new/a.svg"]
    assert "in the hand of “bad cab”, own.jsonl" in out and "1 row in" in out
    assert (desk / "new/a.svg").is_file()


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (
            ["hand", "--text", "a", "--out", "there.svg"],
            "--out there.svg: is a folder. Name a file",
        ),
        (["hand", "--text", "a", "--out", "file/a.svg"], "--out file: cannot be made"),
        (["hand", "--text", "a", "--prime", ""], ".: is a folder. Give a file of it"),
        (["hand", "--text", "a", "--seed", str(2**64)], "seed 18446744073709551616: 0 to"),
        (["scribbler", "--prime", "own.jsonl"], "--prime: scribbler goes on from nobody's ink"),
        (["scribbler", "--out", "a.jsonl"], "scribbles say nothing, and .jsonl keeps ink"),
    ],
)
def test_what_cannot_be_written_is_one_line(command, told, desk, run):
    status, out, _ = run("sample", *command)
    assert status == 2 and told in out


def test_a_file_that_cannot_be_written_is_named_itself(desk):
    with pytest.raises(OSError, match="there.svg'") as failed:
        write_bytes_whole(desk / "there.svg", b"")
    assert failed.value.errno in (errno.EISDIR, errno.ENOTEMPTY, errno.EEXIST)
    assert failed.value.filename == str(desk / "there.svg")
