"""The book of a person's lines: nothing is lost, undo goes back as far as one wrote, one writer."""

import json

import pytest

from kineograph.data.prepare.strokes_jsonl import prepare_strokes_jsonl
from kineograph.errors import InputError
from kineograph.predict.prime import read_prime
from kineograph.studio.ink.book import JOURNAL, MOST_STROKES, InkBook
from kineograph.studio.ink.given import (
    BUILT_IN,
    MOST_CHARACTERS,
    check_writer,
    given_lines,
    known_to,
)
from kineograph.studio.project import StaleError
from tests.studio.ink.conftest import wave

ALPHABETS = {
    "english": "abcdefghijklmnopqrstuvwxyz",
    "german": "abcdefghijklmnopqrstuvwxyzäöüß",
    "russian": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
}


@pytest.fixture
def book(tmp_path):
    found = InkBook(tmp_path / "ink", ["one line", "two"], "Ann")
    yield found
    found.close()


def again(book):
    """As after a kill: what the disk says."""
    book.close()
    return InkBook(book.out, ["one line", "two"], "Ann")


def do(book, number, *kinds):
    for kind in kinds:
        points = wave(*kind) if isinstance(kind, tuple) else None
        name = "stroke" if points else kind
        book.edit(number, book.lines[number].version, name, points)


def test_every_stroke_is_on_the_disk_before_it_is_confirmed(book):
    do(book, 0, (10, 100), (120, 200))
    entries = [json.loads(row) for row in (book.out / JOURNAL).read_text("utf-8").splitlines()]
    assert [entry["kind"] for entry in entries] == ["lines", "stroke", "stroke"]
    found = again(book)
    assert found.lines[0].strokes == book.lines[0].strokes and len(found.lines[0].strokes) == 2
    assert not found.result.exists(), "nothing is done"
    found.close()


def test_undo_goes_back_over_strokes_and_over_an_emptied_sheet(book):
    do(book, 0, (10, 100), (120, 200), "anew", (5, 50))
    counts = []
    for _ in range(4):
        counts.append(len(book.lines[0].strokes))
        do(book, 0, "undo")
    assert counts == [1, 0, 2, 1] and not book.lines[0].strokes
    with pytest.raises(InputError, match="nothing to take back"):
        do(book, 0, "undo")


def test_what_is_done_stays_until_it_is_done_anew(book):
    do(book, 0, (10, 100), "done", "anew")
    assert book.lines[0].status == "open" and len(book.saved) == 1
    found = again(book)
    assert len(found.saved[0].saved) == 1
    do(found, 0, (20, 300), (310, 330), "done")
    assert len(json.loads(found.result.read_text("utf-8"))["strokes"]) == 2
    found.close()


def test_the_result_is_what_prepare_and_prime_read(book, tmp_path):
    do(book, 1, (10, 100), "done")
    do(book, 0, (10, 100), (120, 200), "done")
    done = prepare_strokes_jsonl(book.out, tmp_path / "data")
    assert not done.problems, "the journal beside it is not taken for lines"
    lines = {line.text: line for line in done.data_folder.records}
    assert set(lines) == {"one line", "two"} and {line.group for line in lines.values()} == {"Ann"}
    assert len(lines["one line"].strokes) == 2
    first = lines["two"].strokes[0]
    assert first[3, 1] < 0 < first[-1, 0], "the page counts y down, ink counts it up"
    assert read_prime(book.result).text == "one line"
    assert (book.lines[0].line.offsets == lines["one line"].offsets).all()


def test_a_result_that_was_not_written_before_a_kill_is_written_at_the_next_start(book):
    do(book, 0, (10, 100), "done")
    book.result.unlink()
    found = again(book)
    assert found.result.exists()
    found.close()


def test_a_torn_entry_is_dropped_and_a_broken_one_is_told(book):
    do(book, 0, (10, 100), (120, 200))
    book.close()
    path = book.out / JOURNAL
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    found = InkBook(book.out, ["one line", "two"], "Ann")
    assert found.torn and len(found.lines[0].strokes) == 1
    found.close()
    path.write_bytes(whole.replace(b'"line": 0', b'"line": 7'))
    with pytest.raises(InputError, match=r"an entry is not one that kineograph ink writes"):
        InkBook(book.out, [], "Ann")
    path.write_bytes(whole)
    InkBook(book.out, [], "Ann").close()


def test_a_folder_is_one_writers_and_one_programs(book):
    with pytest.raises(InputError, match="another kineograph ink writes there"):
        InkBook(book.out, [], "Ann")
    book.close()
    with pytest.raises(InputError, match="holds the lines of Ann, and a folder is one writer's"):
        InkBook(book.out, [], "Bo")
    found = InkBook(book.out, ["two", "three"], "Ann")
    assert [line.text for line in found.lines] == ["one line", "two", "three"]
    found.close()


def test_the_slower_window_is_refused(book):
    book.edit(0, 0, "stroke", wave(0, 50))
    with pytest.raises(StaleError, match="Another window has written on this line"):
        book.edit(0, 0, "stroke", wave(60, 90))
    assert len(book.lines[0].strokes) == 1


@pytest.mark.parametrize(
    ("kind", "points", "words"),
    [
        ("shout", None, "edit 'shout' is unknown"),
        ("done", None, "nothing is written yet. Write the line, or skip it"),
        ("stroke", [], "is no list of points"),
        ("stroke", None, "is no list of points"),
        ("stroke", [["a", "b", "c"]], "is no list of points"),
        ("stroke", [[0, 0], [1, 1]], r"a point is \[x, y, seconds\]"),
        ("stroke", [[0, 0, 2], [1, 1, 1]], "time goes back from 2 to 1 at point 2"),
        ("stroke", [[0, float("nan"), 0]], "far beyond the sheet"),
        ("stroke", [[0, 0, float("inf")]], "the time of point 1 is no number"),
        ("stroke", [[0, 10_001, 0]], "far beyond the sheet"),
        ("stroke", [[0, 0, 0]] * 20_001, "more than 20000 points"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(book, kind, points, words):
    with pytest.raises(InputError, match=words):
        book.edit(0, 0, kind, points)
    assert not book.lines[0].version
    with pytest.raises(InputError, match="there is no line 9"):
        book.edit(9, 0, "skip")


def test_dots_alone_are_no_line_and_a_full_one_takes_no_more(book):
    book.edit(0, 0, "stroke", [[0, 0, 0]])
    with pytest.raises(InputError, match="1 point of ink in all"):
        do(book, 0, "done")
    book.edit(0, 1, "stroke", [[9, 0, 0]])
    with pytest.raises(InputError, match="dots alone are no line"):
        do(book, 0, "done")
    book.lines[0].strokes = (((0.0, 0.0, 0.0),),) * MOST_STROKES
    with pytest.raises(InputError, match="1000 strokes. It is full"):
        book.edit(0, 2, "stroke", [[9, 0, 0]])


@pytest.mark.parametrize("language", BUILT_IN)
def test_built_in_lines_have_every_letter_and_room_on_a_sheet(language):
    lines = given_lines(language)
    assert set(ALPHABETS[language]) <= set("".join(lines).lower())
    assert max(map(len, lines)) <= 24


def test_lines_of_a_file(tmp_path):
    path = tmp_path / "lines.txt"
    path.write_text("\ufeffone  line \n\ntwo\ntwo\n", "utf-8")
    assert given_lines(str(path)) == ["one line", "two"]
    for content, words in (
        (b"\n \n", "it is empty"),
        (b"\xff\xfe", "not UTF-8"),
        (b"a" * (MOST_CHARACTERS + 1), "line 1 has 61 characters"),
        ("\n".join(map(str, range(201))).encode(), "201 lines, and 200 are shown"),
    ):
        path.write_bytes(content)
        with pytest.raises(InputError, match=words):
            given_lines(str(path))
    with pytest.raises(InputError, match="no such file. Name one with a line a row, or english"):
        given_lines("polish")


def test_lines_that_a_network_cannot_go_on_from_are_left_out_and_told():
    kept, told = known_to(["abc", "abq"], "abc", "tiny")
    assert kept == ["abc"] and told.startswith("1 of 2 lines are left out: tiny never learned q")
    assert known_to(["abc"], "abc", "tiny") == (["abc"], "")
    with pytest.raises(InputError, match="tiny: every line has characters that it never learned"):
        known_to(["xyz"], "abc", "tiny")


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 61])
def test_a_writer_has_a_name(name):
    with pytest.raises(InputError, match="1 to 60 letters are a name"):
        check_writer(name)
