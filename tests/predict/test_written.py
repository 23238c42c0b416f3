"""Lines that a network wrote become prepared lines: texts, hands as groups, what is refused."""

import json

import numpy as np
import pytest

from kineograph.data.ink.line import ink_line
from kineograph.data.lines.folder import LinesFolder
from kineograph.data.pictures.files import PictureFiles
from kineograph.errors import InputError
from kineograph.predict.hand import Hand
from kineograph.predict.prime import read_primes
from kineograph.predict.written import prepare_written
from tests.tiny_hand import write_tiny_hand

LETTERS = " abcdefgh"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return write_tiny_hand(tmp_path_factory.mktemp("runs") / "tiny", LETTERS)


@pytest.fixture
def texts(tmp_path):
    path = tmp_path / "texts.txt"
    path.write_text("bad cab fed a dab had a head beg each face " * 3, "utf-8")
    return path


def pictures_of(out):
    folder = LinesFolder(out)
    files = PictureFiles(folder.source_root)
    return {line.id: files.grey(line.picture) for line in folder.lines}


def prepared(run, corpus, out, **more):
    given = {"texts": corpus, "count": 6, "writers": 3, "bias": 1, "seed": 5, "device": "cpu"}
    return prepare_written(run, out, **given | more)


def test_lines_come_in_hands_with_their_texts(run, texts, tmp_path):
    done = prepared(run, texts, tmp_path / "one")
    lines = done.data_folder.lines
    assert len(lines) >= 4, done.problems
    assert {line.group for line in lines} <= {"hand 000", "hand 001", "hand 002"}
    assert all(len(line.text) <= 12 and line.text.strip() for line in lines)
    assert "Written by the network tiny in 3 hands, bias 1" in done.data_folder.notes
    pictures = pictures_of(tmp_path / "one")
    assert all(each.shape[0] == 48 and np.ptp(each) > 60 for each in pictures.values())
    prepared(run, texts, tmp_path / "two")
    again = pictures_of(tmp_path / "two")
    assert all((again[name] == each).all() for name, each in pictures.items()), "the same again"


def test_without_writers_each_line_is_by_itself(run, texts, tmp_path):
    done = prepared(run, texts, tmp_path / "out", writers=0, count=70)  # more than one turn's
    lines = done.data_folder.lines
    assert len(lines) + len(done.problems) >= 70 and len({line.group for line in lines}) == len(
        lines
    )
    assert "each line in a hand of its own" in done.data_folder.notes
    hand, said = Hand.load(run), [line.text for line in lines[:3]]
    (alone,) = hand.write_lines(said[:1], seed=5, one_hand=False)
    together = hand.write_lines([said[0]] * 2, seed=5, one_hand=False)
    assert alone and not np.array_equal(together[0][0][:4], together[1][0][:4])


def test_nobodys_lines_go_on_from_nobody(run, texts, tmp_path):
    path = tmp_path / "people.jsonl"
    path.write_text(json.dumps({"strokes": [[[0, 0], [9, 9]]], "text": "bad"}), "utf-8")
    with pytest.raises(InputError, match=r"writers=0 beside prime=.*Leave one of them out"):
        prepared(run, texts, tmp_path / "out", writers=0, prime=path)


def test_what_was_never_learned_is_named_and_left_out(run, tmp_path):
    path = tmp_path / "more.txt"
    path.write_text("bad cab " * 20 + "\n\n" + "zzz zz " * 20, "utf-8")
    done = prepared(run, path, tmp_path / "out", count=20)
    assert any("it never learned" in each and "z (U+007A" in each for each in done.problems)
    assert not any("z" in line.text for line in done.data_folder.lines)


def test_hands_are_peoples_where_they_are_given(run, texts, tmp_path):
    wave = [[x, 9 * float(np.sin(x / 3)), x / 50] for x in range(120)]
    rows = [{"strokes": [wave], "text": "bad cab", "group": name} for name in ("Ann", "Bo")]
    rows.append({"strokes": [wave], "text": "zoo", "group": "Cy"})
    path = tmp_path / "people.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    assert [line.group for line in read_primes(path)] == ["Ann", "Bo", "Cy"]
    done = prepared(run, texts, tmp_path / "out", prime=path)
    assert {line.group for line in done.data_folder.lines} == {"hand of Ann", "hand of Bo"}
    assert "2 people's hands" in done.data_folder.notes
    assert any("'zoo': tiny never learned o" in each for each in done.problems)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"bias": "much"}, "bias 'much' is not a number"),
        ({"bias": "nan"}, "bias nan: 0"),
        ({"count": "0"}, "count 0: it is 1 or more"),
        ({"longest": "3"}, "longest 3: it is 8 or more"),
        ({"texts": "none.txt"}, "there is no such file"),
        ({"prime": "none.png"}, "own strokes are read from"),
    ],
)
def test_what_cannot_be_asked_is_said(run, texts, tmp_path, more, words):
    with pytest.raises(InputError, match=words):
        prepared(run, texts, tmp_path / "out", **more)


def test_lines_by_one_hand_each_or_none(run):
    hand = Hand.load(run)
    one, two = (hand.write_lines(["bad", "a cab"], bias=1, seed=4) for _ in range(2))
    assert len(one) == 2 and all(each for each in one)
    assert all((a[0] == b[0]).all() for a, b in zip(one, two, strict=True))
    wave = np.column_stack([np.arange(90.0), np.sin(np.arange(90) / 3)])
    own = hand.write_lines(["bad"], bias=1, seed=4, prime=ink_line([wave], "bad cab"))
    assert len(own) == 1
    for texts, words in ((["bad", " "], "a text is empty"), (["xyz"], "it cannot write x")):
        with pytest.raises(InputError, match=words):
            hand.write_lines(texts)


def test_a_line_that_never_ends_has_no_strokes(run):
    hand = Hand.load(run)
    hand.trained.network.output.bias.data[0] = -60.0  # a pen that is never lifted
    hand.trained.network.output.weight.data[0] = 0.0
    import kineograph.tasks.draw_ink as room

    whole, room._looks_at = room._looks_at, lambda phi, ends: ends * 0  # a window that stays
    try:
        assert hand.write_lines(["bad", "a"], bias=1) == [[], []]
    finally:
        room._looks_at = whole
