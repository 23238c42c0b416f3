"""Line pictures: the same pixels where nothing turns, level where the page is skewed, and back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.pages.cut import cut_line
from kineograph.pages.text import Bounds, TextLine, rectangle
from tests.pages.drawn_pages import DrawnPage, turned, turned_box


def page_of_one_line():
    page = DrawnPage(width=600, height=300)
    page.line(80, 150, "Die Kunst des Lesens", 36)
    return page


def line_of(box, degrees=0.0, size=(300, 600)):
    left, _, right, bottom = box
    corners = turned_box(box, degrees, size)
    base = turned_box((left, bottom - 8, right, bottom), degrees, size)[:2]
    return TextLine(tuple(map(tuple, corners)), tuple(map(tuple, base)))


def test_a_level_line_is_the_pixels_themselves():
    page = page_of_one_line()
    left, top, right, bottom = page.lines[0]
    cut = cut_line(page.pixels, line_of(page.lines[0]), margin=0)
    assert np.array_equal(cut.pixels, page.pixels[top:bottom, left:right])
    assert cut.to_page(0, 0) == (left, top) and (cut.top, cut.bottom) == (0, bottom - top)


def test_the_margin_ends_at_the_page():
    page = page_of_one_line()
    cut = cut_line(page.pixels, TextLine(rectangle(Bounds(0, 0, 600, 300))), margin=0.5)
    assert np.array_equal(cut.pixels, page.pixels)


@settings(max_examples=10, deadline=None)
@given(st.floats(-6, 6))
def test_a_skewed_line_is_laid_level(degrees):
    page = page_of_one_line()
    level = cut_line(page.pixels, line_of(page.lines[0]), margin=0.2)
    skewed = cut_line(turned(page.pixels, degrees), line_of(page.lines[0], degrees), margin=0.2)
    assert np.abs(np.subtract(skewed.pixels.shape, level.pixels.shape)).max() <= 2
    wanted, found = ((255.0 - cut.pixels).sum(1) for cut in (level, skewed))
    alike = [
        np.corrcoef(wanted[3:-6], found[3 + by :][: len(wanted) - 9])[0, 1] for by in (-1, 0, 1)
    ]
    assert max(alike) > 0.9
    x, y = skewed.to_page(30, skewed.top)
    wanted = turned_box((page.lines[0][0], page.lines[0][1], 0, 0), degrees, (300, 600))[0]
    left, _ = skewed.to_page(0, skewed.top)
    assert abs(y - (wanted[1] - np.sin(np.radians(degrees)) * (x - wanted[0]))) < 2
    assert left <= wanted[0] + 1


def test_neighbours_are_painted_out():
    page = page_of_one_line()
    left, top, right, bottom = page.lines[0]
    page.pen.rectangle((left, bottom + 3, right, bottom + 12), fill=0)
    outline = ((left, top), (right, top), (right, bottom), (left, bottom))
    lower = ((left, top), (right, top), (right, bottom), (right - 50, bottom))
    lower += ((right - 50, bottom + 30), (left, bottom + 30))
    alone = cut_line(page.pixels, TextLine(outline), margin=0.1).pixels
    below = cut_line(page.pixels, TextLine(lower), margin=0).pixels
    assert alone[-1].min() == 245
    assert below[bottom - top + 5, 10] == 0 and below[bottom - top + 5, -10] == 245


@pytest.mark.parametrize("box", [(700, 10, 800, 40), (10, 400, 90, 440), (-90, 5, -10, 30)])
def test_a_line_outside_of_the_page_is_none(box):
    assert cut_line(page_of_one_line().pixels, TextLine(rectangle(Bounds(*box)))) is None


def test_a_line_partly_outside_is_cut_at_the_edge():
    cut = cut_line(page_of_one_line().pixels, TextLine(rectangle(Bounds(550, 100, 700, 160))))
    assert cut.pixels.shape[1] <= 65


def test_a_very_long_line():
    grey = np.full((60, 60_000), 250, np.uint8)
    line = TextLine(rectangle(Bounds(5, 10, 59_990, 50)), ((5.0, 40.0), (59_990.0, 44.0)))
    assert cut_line(grey, line).pixels.shape[1] > 59_000
