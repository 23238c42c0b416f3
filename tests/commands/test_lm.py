"""kineograph lm: a model from text, measured on lines held out; what cannot be used is said."""

import pytest

from kineograph.decoding.ngram import bits_per_character
from kineograph.decoding.ngram_file import read_ngram
from kineograph.decoding.ngram_learn import learn_ngram

LINES = ["the cat sat on the mat", "a rat sat on a cat", "the mat is on the hat"] * 10


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("\n".join([*LINES[:15], "", "  ", *LINES[15:]]), encoding="utf-8")
    return path


def test_the_last_tenth_is_measured_and_all_lines_are_written(text, run):
    out = text.with_name("m.lm")
    status, printed, found = run("lm", text, "--order", 4, "--out", out, "--json")
    assert status == 0 and found["order"] == 4 and found["smoothing"] == "kn"
    truth = bits_per_character(learn_ngram(LINES[:27], 4), LINES[27:])
    assert found["bits_per_character"] == pytest.approx(truth)
    assert found["perplexity"] == pytest.approx(2**truth)
    assert f"{truth:.3f} bits per character" in printed and "Every character" in printed
    assert found["protocol"] == {
        "learned": {"texts": [str(text)], "lines": 27},
        "held_out": {"what": "the last tenth", "lines": 3},
    }
    model = read_ngram(out)
    assert model.sizes == learn_ngram(LINES, 4).sizes and found["bytes"] == out.stat().st_size
    assert found["ngrams"] == list(model.sizes)


def test_other_lines_can_be_measured_on_and_what_was_never_seen_is_named(text, run):
    test = text.with_name("test.txt")
    test.write_text("the cät sät\nA\u0308", encoding="utf-8")  # the last one is Ä when composed
    out = text.with_name("m.arpa")
    words = ("--test", test, "--smoothing", "wb", "--out", out, "--minimum-count", 2, "--json")
    status, printed, found = run("lm", text, *words)
    assert status == 0 and found["unseen_characters"] == {"ä": 2, "Ä": 1}
    assert "Never seen in learning: 3 of theirs: 'ä' U+00E4 (2), 'Ä' U+00C4 (1)" in printed
    truth = learn_ngram(LINES, 6, "wb", 2)
    assert found["bits_per_character"] == pytest.approx(
        bits_per_character(truth, ["the cät sät", "Ä"])
    )
    assert read_ngram(out).score("the cat") == pytest.approx(truth.score("the cat"), abs=1e-3)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("gone.txt",), "gone.txt: cannot be read (No such file or directory). Give a text file."),
        (("latin.txt",), "latin.txt: not UTF-8 at byte 1. Save it as UTF-8."),
        (("empty.txt",), "empty.txt: no line with a character in it. Give a text."),
        (("short.txt",), "2 lines: a tenth cannot be held out of fewer than 10. Give more lines"),
        (("text.txt", "--out", "m.bin"), "m.bin: '.bin' is no form of a model. Write .lm or .arpa"),
        (("text.txt", "--smoothing", "good"), "smoothing 'good': must be kn (Kneser-Ney) or wb"),
        (("text.txt", "--test", "empty.txt"), "empty.txt: no line with a character in it."),
    ],
)
def test_what_cannot_be_used_is_one_line(text, run, monkeypatch, words, line):
    monkeypatch.chdir(text.parent)
    text.with_name("latin.txt").write_bytes(b"a\xe4")
    text.with_name("empty.txt").write_text(" \n\n")
    text.with_name("short.txt").write_text("one\ntwo\n")
    status, printed, _ = run("lm", *words)
    assert status == 2 and line in printed
    assert not text.with_name("m.bin").exists()
