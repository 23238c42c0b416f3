"""A page read by a reader who knows the answer: texts, words and characters where they stand."""

import numpy as np
import pytest

from kineograph.errors import InputError
from kineograph.pages.layout import find_lines
from kineograph.pages.open import Page
from kineograph.pages.read import LineReading, ReadCharacter, read_page
from kineograph.pages.text import Block, Bounds, PageText, TextLine, bounds, rectangle
from tests.pages.drawn_pages import DrawnPage, covered, turned, turned_box


def answering(texts):
    """A reader of pictures in order that gives each its text."""

    def read_lines(pictures):
        assert all(each.ndim == 2 and each.dtype == np.uint8 for each in pictures)
        return [LineReading(text, 0.9) for text in texts[: len(pictures)]]

    return read_lines


def drawn():
    page = DrawnPage(width=600, height=300)
    page.line(60, 90, "Die Waſſerſtraße", 32)
    page.line(60, 160, "Город на реке", 32)
    return page


def by_ink(pictures):
    """A reader that sees words as runs of ink, and calls each x."""
    readings = []
    for picture in pictures:
        dark = (picture < 128).any(0)
        columns = np.flatnonzero(dark)
        runs = np.split(columns, np.flatnonzero(np.diff(columns) > 6) + 1)
        characters = []
        for run in runs:
            if characters:
                characters.append(ReadCharacter(" ", characters[-1].right_pixels, run[0], 0.1))
            characters.append(ReadCharacter("x", run[0], run[-1] + 1, 0.8))
        text = "".join(each.text for each in characters)
        readings.append(LineReading(text, 0.5, tuple(characters)))
    return readings


def test_texts_come_into_their_lines():
    page = drawn()
    read = read_page(Page(page.pixels, 300.0, "a.png", 2), answering(page.texts))
    assert [line.text for line in read.lines] == page.texts
    assert [word.text for word in read.lines[1].words] == ["Город", "на", "реке"]
    assert read.lines[0].confidence == 0.9
    assert (read.picture_name, read.number, read.dots_per_inch) == ("a.png", 2, 300.0)
    assert "".join(each.text for each in read.lines[0].words[1].characters) == "Waſſerſtraße"


@pytest.mark.parametrize("degrees", [0.0, -4.0, 3.0])
def test_words_stand_where_their_ink_is(degrees):
    page = drawn()
    pixels = turned(page.pixels, degrees)
    read = read_page(Page(pixels), by_ink)
    boxes = [word.polygon for line in read.lines for word in line.words]
    assert len(boxes) == 5
    truth = [
        bounds(tuple(map(tuple, turned_box(box, degrees, pixels.shape)))) for box in page.lines
    ]
    ink = pixels < 128
    inside = np.zeros(pixels.shape, bool)
    for box in boxes:
        here = covered(box, pixels.shape)
        assert (here & ink).sum() > 100
        inside |= here
    assert (ink & ~inside).sum() < 0.02 * ink.sum()
    assert bounds(boxes[0]).left == pytest.approx(truth[0].left, abs=6)
    assert read.lines[0].words[0].confidence == 0.8


def test_lines_that_are_given_are_read_in_their_order():
    page = drawn()
    lines = [TextLine(rectangle(Bounds(*box)), id=f"l{n}") for n, box in enumerate(page.lines)]
    outside = TextLine(rectangle(Bounds(900, 10, 950, 30)), id="far")
    given = PageText(600, 300, (Block((lines[1], outside)), Block((lines[0],))))
    read = read_page(Page(page.pixels), answering(["Город на реке", "Die"]), lines=given)
    assert [line.text for line in read.lines] == ["Город на реке", "", "Die"]
    assert read.warnings == ("outside of the picture, not read: far",)


def test_lines_of_another_picture_are_refused():
    words = r"a\.png: 600x300 pixels, but its lines were marked on a picture of 60x30\. Give the"
    with pytest.raises(InputError, match=words):
        read_page(Page(drawn().pixels, name="a.png"), answering([]), lines=PageText(60, 30))


def test_a_reader_that_loses_lines_is_refused():
    with pytest.raises(InputError, match=r"2 lines were given to the reader, 1 came back\. A "):
        read_page(Page(drawn().pixels), answering(["only one"]))


def test_an_empty_page_asks_nobody():
    def nobody(pictures):
        raise AssertionError("asked")

    read = read_page(Page(np.full((90, 90), 255, np.uint8)), nobody)
    assert read.lines == () and "one even white" in read.warnings[0]


def test_an_empty_reading_leaves_an_empty_line():
    page = drawn()
    read = read_page(Page(page.pixels), lambda pictures: [LineReading("")] * len(pictures))
    assert [line.text for line in read.lines] == ["", ""] and not read.lines[0].words
    assert read.lines[0].polygon == find_lines(Page(page.pixels)).lines[0].polygon
