"""Decisions and their journal: torn, killed, of two windows at once; texts in every script."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.errors import InputError
from kineograph.pages.read import LineReading
from kineograph.studio.lines.book import ACCEPTED, JOURNAL, NO_LINE, OPEN, SKIPPED, LineBook, clean
from kineograph.studio.lines.sheet import Sheet, Spot
from kineograph.studio.project import StaleError

SQUARE = ((0, 0), (50, 0), (50, 20), (0, 20))


def sheet(count: int = 3) -> Sheet:
    spots = tuple(Spot(f"s-{n}", SQUARE, None, f"given {n}") for n in range(count))
    return Sheet("s", "page.png", "pages/page.png", spots, "/x/page.png", 1, "", 60, 40)


def opened(folder: Path, count: int = 3) -> LineBook:
    book = LineBook(folder)
    book.add([sheet(count)])
    return book


def statuses(book: LineBook) -> list[tuple[str, str]]:
    return [(entry.status, entry.text) for entry in book.entries.values()]


def test_decisions_outlive_a_kill_and_sheets_stay_as_they_were_found(tmp_path):
    book = opened(tmp_path)
    book.decide("s-0", 0, "accept", "Grüße", "a")
    book.decide("s-1", 0, "drop", "", "a")
    book.decide("s-2", 0, "draft", "half a li", "a")
    book.decide("s-2", 1, "skip", "", "a")
    expected = statuses(book)
    assert expected == [(ACCEPTED, "Grüße"), (NO_LINE, "given 1"), (SKIPPED, "half a li")]
    book.close()  # the file as a kill leaves it: nothing is written by closing
    again = LineBook(tmp_path)
    again.add([Sheet("s", "other", "x.png", ())])
    assert statuses(again) == expected and again.sheets["s"] == sheet()
    assert [entry.version for entry in again.entries.values()] == [1, 1, 2]
    again.close()


@settings(max_examples=25, deadline=None)
@given(cut=st.integers(0, 400))
def test_a_journal_cut_anywhere_opens_with_what_was_whole(tmp_path_factory, cut):
    folder = tmp_path_factory.mktemp("book")
    book = opened(folder)
    for number, text in enumerate(("ä ſ", "бег", "end")):
        book.decide(f"s-{number}", 0, "accept", text, "a")
    book.close()
    path = folder / JOURNAL
    content = path.read_bytes()
    kept = content[: max(0, len(content) - cut)]
    path.write_bytes(kept)
    again = LineBook(folder)
    whole = kept.count(b"\n")
    assert again.torn == (not kept.endswith(b"\n") and bool(kept))
    assert again.count()[ACCEPTED] == max(0, whole - 1)
    again.add([sheet()])
    again.decide("s-2", again.entries["s-2"].version, "accept", "anew", "a")
    again.close()
    assert all(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


def test_a_foreign_entry_is_told_and_the_lock_let_go(tmp_path):
    opened(tmp_path).close()
    with (tmp_path / JOURNAL).open("a") as file:
        file.write('{"kind": "accept", "line": "s-9", "window": "a"}\n')
    for _ in range(2):
        with pytest.raises(InputError, match="not one that annotate writes .* another --out"):
            LineBook(tmp_path)


def test_two_programs_cannot_write_at_once_and_no_data_set_is_written_into(tmp_path):
    book = opened(tmp_path / "a")
    with pytest.raises(InputError, match="another kineograph annotate writes there"):
        LineBook(tmp_path / "a")
    book.close()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "dataset.json").write_text("{}")
    with pytest.raises(InputError, match="corrections never write into one. Choose another folder"):
        LineBook(tmp_path / "b")


def test_a_window_that_has_not_seen_the_newest_changes_nothing(tmp_path):
    book = opened(tmp_path)
    book.decide("s-0", 0, "accept", "first", "a")
    for kind, text in (("accept", "second"), ("skip", ""), ("drop", ""), ("draft", "seco")):
        with pytest.raises(StaleError, match="In another window this line was accepted as “first”"):
            book.decide("s-0", 0, kind, text, "b")
    book.decide("s-1", 0, "draft", "I am wri", "a")
    with pytest.raises(StaleError, match="somebody is writing “I am wri” here"):
        book.decide("s-1", 0, "accept", "mine", "b")
    assert statuses(book)[:2] == [(ACCEPTED, "first"), (OPEN, "I am wri")]
    book.decide("s-2", 0, "accept", "another line is free", "b")
    assert book.decide("s-0", 1, "accept", "knowing it", "b").text == "knowing it"
    book.close()


def test_undo_takes_back_ones_own_last_decision_also_after_a_restart(tmp_path):
    book = opened(tmp_path)
    book.decide("s-0", 0, "accept", "mine", "a")
    book.decide("s-1", 0, "drop", "", "a")
    book.decide("s-2", 0, "accept", "theirs", "b")
    book.close()
    book = LineBook(tmp_path)
    assert (book.undo("a").spot.id, book.undo("a").spot.id) == ("s-1", "s-0")
    assert statuses(book) == [(OPEN, "mine"), (OPEN, "given 1"), (ACCEPTED, "theirs")]
    with pytest.raises(InputError, match="decided nothing that could be undone"):
        book.undo("a")
    book.close()
    book = LineBook(tmp_path)
    with pytest.raises(InputError, match="decided nothing"):
        book.undo("a")
    book.close()


def test_undo_does_not_take_back_what_another_window_said_since(tmp_path):
    book = opened(tmp_path)
    book.decide("s-1", 0, "accept", "older", "a")
    book.decide("s-0", 0, "accept", "mine", "a")
    book.decide("s-0", 1, "accept", "theirs", "b")
    with pytest.raises(InputError, match="Another window has gone on with that line"):
        book.undo("a")
    assert book.undo("a").spot.id == "s-1"  # what stands before it can still be taken back
    expected = statuses(book)
    book.close()
    again = LineBook(tmp_path)
    assert statuses(again) == expected and expected[0] == (ACCEPTED, "theirs")
    again.close()


def test_what_another_window_wrote_before_a_decision_does_not_hinder_undo(tmp_path):
    book = opened(tmp_path)
    book.decide("s-0", 0, "draft", "half", "b")
    book.decide("s-0", 1, "skip", "", "a")
    assert book.undo("a").status == OPEN and book.entries["s-0"].text == "half"
    book.decide("s-0", 3, "accept", "whole", "a")
    book.decide("s-0", 4, "draft", "not whole", "b")
    with pytest.raises(InputError, match="Another window has gone on with that line"):
        book.undo("a")
    assert book.entries["s-0"].text == "not whole"
    book.close()


def test_the_field_shows_draft_then_decision_then_given_then_read(tmp_path):
    book = LineBook(tmp_path)
    book.add([Sheet("s", "p", "p.png", (Spot("s-0", SQUARE), Spot("s-1", SQUARE, text="given")))])
    book.put_readings({line: LineReading("read", 0.5) for line in ("s-0", "s-1")})
    rows = book.rows(0)["lines"]
    assert [(row["text"], row["differs"]) for row in rows] == [("read", False), ("given", True)]
    before = book.revision
    book.decide("s-0", 0, "accept", "said", "a")
    assert [row["id"] for row in book.rows(before)["lines"]] == ["s-0"]
    assert book.entries["s-0"].text == "said"
    assert book.decide("s-0", 1, "draft", "sai", "a").text == "sai"
    assert book.entries["s-0"].status == ACCEPTED
    book.close()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Wu\u0308ste  ", "Wüste"),
        ("guͤte", "guͤte"),
        ("шалом שָׁלוֹם", "шалом שָׁלוֹם"),
        ("\u202bمرحبا 12\u202c", "\u202bمرحبا 12\u202c"),
        ("क्षि न\u200dय", "क्षि न\u200dय"),
        ("ﬁ ſ ꝛ 𝔣", "ﬁ ſ ꝛ 𝔣"),
    ],
)
def test_texts_pass_in_nfc_and_otherwise_unharmed(tmp_path, typed, kept):
    import unicodedata

    book = opened(tmp_path)
    book.decide("s-0", 0, "accept", typed, "a")
    book.close()
    again = LineBook(tmp_path)
    assert again.entries["s-0"].text == unicodedata.normalize("NFC", kept)
    again.close()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the text is empty. Write what stands there"),
        (" \u3000", "the text is empty"),
        ("a\nb", "several lines. Write those of this picture alone"),
        ("a\u2028b", "several lines"),
        ("a\x07b", "U[+]0007 is no character of a text. Delete it"),
        ("a\ud800", "U[+]D800 is no character"),
        ("x" * 5001, "5001 characters; a line has at most 5000. Shorten it"),
    ],
)
def test_what_is_no_text_of_a_line_is_refused(tmp_path, text, words):
    book = opened(tmp_path)
    with pytest.raises(InputError, match=words):
        book.decide("s-0", 0, "accept", text, "a")
    assert book.entries["s-0"].version == 0
    book.close()


def test_a_draft_may_be_empty_and_unknown_lines_and_decisions_are_told(tmp_path):
    assert clean(" ", may_be_empty=True) == ""
    book = opened(tmp_path)
    assert book.decide("s-0", 0, "draft", "", "a").text == ""
    with pytest.raises(InputError, match="there is no line 's-7'. Reload the page"):
        book.decide("s-7", 0, "skip", "", "a")
    with pytest.raises(InputError, match="decision 'shout' is unknown"):
        book.decide("s-0", 1, "shout", "", "a")
    book.close()
