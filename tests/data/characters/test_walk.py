"""A text in rows: each character is asked for once, from the one before it, in its own place."""

import lzma

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.data.batch import IGNORED, Memory, Pass
from kineograph.data.characters.batch import BEGIN, TextExamples
from kineograph.data.characters.config import TextConfig
from kineograph.data.characters.corpus import Corpus, read_corpus
from kineograph.data.characters.split import split_text, unseen_words
from kineograph.data.text import Alphabet
from kineograph.errors import InputError

TEXT = "the quick brown fox. " * 7


def examples(text: str = TEXT, rows: int = 4, window: int = 5) -> TextExamples:
    return TextExamples(text, Alphabet.of(text), rows=rows, window_characters=window)


@given(st.text("abcé \n", min_size=1, max_size=90), st.integers(1, 9), st.integers(1, 11))
@settings(max_examples=60, deadline=None)
def test_every_character_is_asked_for_exactly_once_and_from_the_one_before(text, rows, window):
    rows = min(rows, len(text))
    data = examples(text, rows, window)
    alphabet = Alphabet.of(text)
    asked: dict[int, tuple[int, int]] = {}
    batches = list(data.batches(rows, Pass()))
    for batch in batches:
        for place, before, true in zip(batch.ids, batch.inputs, batch.targets, strict=True):
            start = int(place.removeprefix("from "))
            for offset, (one, other) in enumerate(zip(before.tolist(), true.tolist(), strict=True)):
                if other != IGNORED:
                    assert start + offset not in asked
                    asked[start + offset] = (one, other)
    told = [BEGIN, *alphabet.encode(text)]
    assert asked == {place: (told[place], told[place + 1]) for place in range(len(text))}
    assert len(data) == sum(len(batch.ids) for batch in batches)


def test_a_row_goes_on_where_its_last_window_ended():
    windows = list(examples().batches(4, Pass()))
    for one, other in zip(windows, windows[1:], strict=False):
        going_on = other.targets[:, 0] != IGNORED  # the last row ends sooner
        assert torch.equal(one.targets[going_on, -1], other.inputs[going_on, 0])


def test_a_walk_begun_later_and_a_part_of_the_rows_are_those_of_the_whole():
    whole = list(examples().batches(4, Pass()))
    later = list(examples().batches(4, Pass(first_step=3)))
    assert [b.ids for b in later] == [b.ids for b in whole[3:]]
    part = list(examples().batches(4, Pass(part=(1, 2))))
    assert all(torch.equal(p.targets, w.targets[1::2]) for p, w in zip(part, whole, strict=True))


def test_the_walks_memory_is_one_and_each_walks_own():
    memory = Memory()
    assert all(b.memory is memory for b in examples().batches(4, Pass(memory=memory)))
    one, other = (next(examples().batches(4, Pass())) for _ in range(2))
    assert one.memory is not other.memory


def test_too_many_rows_and_another_number_of_rows_are_refused():
    with pytest.raises(InputError, match="9 rows of 3 characters.*smaller training.batch"):
        examples("abc", rows=9)
    with pytest.raises(InputError, match="dealt in 4 rows"):
        next(examples().batches(5, Pass()))


def test_an_unknown_character_is_not_asked_for_and_says_nothing():
    data = TextExamples("abxa", Alphabet.of("ab"), rows=1, window_characters=4)
    (batch,) = data.batches(1, Pass())
    assert batch.targets.tolist() == [[1, 2, IGNORED, 1]]
    assert batch.inputs.tolist() == [[BEGIN, 1, 2, BEGIN]]


# ------------------------------------------------------------------------------ files and sides


def test_a_text_is_cut_by_place_and_what_training_never_shows_is_named(tmp_path):
    path = tmp_path / "small.txt"
    path.write_text("abab" * 20 + "жжab" + "ab" * 8, encoding="utf-8")
    split = split_text(read_corpus(path), TextConfig(fractions=(0.8, 0.2, 0)))
    assert split.train == "abab" * 20 and split.asked == "val" and not split.test
    assert split.how == "by place: first 80% train, then 20% val"
    assert split.starts() == {"train": 0, "val": 80, "test": 100}
    (line,) = unseen_words(Alphabet.of(split.train), split.val, "val")
    assert "ж (U+0436 CYRILLIC SMALL LETTER ZHE), 2 times" in line
    assert split.train + split.val == path.read_text(encoding="utf-8")


@given(st.text("abc", min_size=20, max_size=60), st.tuples(st.integers(1, 8), st.integers(1, 8)))
@settings(max_examples=30, deadline=None)
def test_the_sides_together_are_the_text(text, parts):
    whole = sum(parts) + 1
    fractions = (parts[0] / whole, parts[1] / whole, 1 / whole)
    try:
        split = split_text(Corpus("x", None, text, 1), TextConfig(fractions=fractions))  # type: ignore[arg-type]
    except InputError as error:
        assert "leave none" in str(error)
        return
    assert split.train + split.val + split.test == text


def test_packed_files_and_folders_are_texts_too(tmp_path):
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "b.txt").write_bytes("\ufeffzwei\r\nü".encode())
    (folder / "a.tex.xz").write_bytes(lzma.compress(b"one"))
    (folder / "c.txt").write_bytes(b"caf\xe9")
    (folder / "picture.png").write_bytes(b"no text")
    found = read_corpus(folder)
    assert found.text == "one\n\nzwei\nü" and (found.files, found.name) == (2, "notes")
    assert len(found.left_out) == 1 and "byte 3 is not UTF-8" in found.left_out[0]
    assert read_corpus(folder / "a.tex.xz").name == "a"


def test_what_is_no_text_is_one_clear_line(tmp_path):
    with pytest.raises(InputError, match="is not there. Give a text file"):
        read_corpus(tmp_path / "none.txt")
    (tmp_path / "empty.txt").write_text(" \n")
    with pytest.raises(InputError, match="no character but white space"):
        read_corpus(tmp_path / "empty.txt")
    (tmp_path / "torn.xz").write_bytes(lzma.compress(b"some text")[:-9])
    with pytest.raises(InputError, match="cannot be read .*Copy the file again"):
        read_corpus(tmp_path / "torn.xz")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="no text to learn from .no file that ends in"):
        read_corpus(tmp_path / "folder")


def test_fractions_that_are_none_are_refused():
    for fractions in ((0.9, 0.2, 0.0), (0.0, 0.5, 0.5), (1.0, 0.0, 0.0), (1.1, -0.1, 0.0)):
        with pytest.raises(InputError, match="parts of one text.*Write 0.9,0.1,0"):
            TextConfig(fractions=fractions)
    with pytest.raises(InputError, match="policy 'modren'.*modern"):
        TextConfig(policy="modren")
    with pytest.raises(InputError, match="window_characters 0"):
        TextConfig(window_characters=0)
