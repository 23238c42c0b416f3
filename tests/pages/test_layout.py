"""Drawn pages with known lines: how many are found, whether in order, and what is warned of."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from kineograph.pages.layout import find_lines
from kineograph.pages.open import Page
from kineograph.pages.read import LineReading, read_page
from kineograph.pages.text import DROP_CAPITAL, bounds
from tests.pages.drawn_pages import DrawnPage, matched, turned, turned_box


def check(drawn, degrees=0.0, pixels=None, recall=1.0, precision=1.0):
    """Find lines; assert recall, precision at IoU 0.5 and reading order; give what was found."""
    if pixels is None:
        pixels = turned(drawn.pixels, degrees) if degrees else drawn.pixels
    found = find_lines(Page(pixels))
    truth = [turned_box(box, degrees, pixels.shape) for box in drawn.lines]
    pairs = matched(truth, [line.polygon for line in found.lines], pixels.shape)
    assert len(pairs) >= recall * len(truth), f"{len(pairs)} of {len(truth)} lines"
    assert len(pairs) >= precision * len(found.lines), f"{len(found.lines)} for {len(truth)}"
    order = [place for _, place in pairs]
    assert order == sorted(order)
    return found


def one_column(size=20, spacing=1.4, seed=1):
    page = DrawnPage(width=700, height=800, seed=seed)
    y = page.column(60, 70, 580, 8, size, spacing)
    page.line(60, y + 30, "Überschrift", 30)
    page.column(60, y + 80, 580, 8, size, spacing)
    return page


def two_columns(seed=2):
    page = DrawnPage(width=800, height=700, seed=seed)
    page.line(180, 60, "Ein Titel über Spalten", 32)
    page.column(50, 120, 330, 16, 18)
    page.column(420, 127, 330, 14, 18)
    page.line(390, 670, "17", 18)
    return page


@pytest.mark.parametrize("spacing", [1.15, 1.4, 2.0])
def test_one_column_in_several_spacings(spacing):
    page = DrawnPage(width=700, height=900, seed=3)
    page.column(60, 70, 580, 16, 20, spacing)
    assert not check(page).warnings


def test_a_heading_is_a_block_of_its_own():
    found = check(one_column())
    assert [len(block.lines) for block in found.blocks] == [8, 1, 8]
    assert not found.warnings


def test_two_columns_below_a_title_above_a_page_number():
    found = check(two_columns())
    assert [len(block.lines) for block in found.blocks] == [1, 16, 14, 1]


def test_three_columns_are_no_table():
    page = DrawnPage(width=1000, height=700, seed=5)
    for x in (40, 360, 680):
        page.column(x, 60, 280, 20, 18, 1.5)
    assert not check(page).warnings


@settings(max_examples=6, deadline=None)
@given(st.floats(-5, 5), st.booleans())
def test_skew_loses_no_line(degrees, two):
    drawn = two_columns() if two else one_column()
    found = check(drawn, degrees)
    (x0, y0), (x1, y1) = found.lines[1].baseline
    assert np.degrees(np.arctan2(y0 - y1, x1 - x0)) == pytest.approx(degrees, abs=0.3)


def test_noise_borders_and_rules_are_no_lines():
    page = two_columns()
    page.pen.line((400, 100, 400, 600), fill=30, width=2)
    page.pen.line((60, 640, 740, 640), fill=30, width=2)
    rng = np.random.default_rng(0)
    pixels = np.clip(page.pixels + rng.normal(0, 14, page.pixels.shape), 0, 255)
    pixels[rng.random(pixels.shape) < 0.002] = 0
    pixels[:, :18] = pixels[:9] = 10  # the scanner's dark lid
    check(page, pixels=pixels.astype(np.uint8))


def test_a_large_first_letter_comes_first():
    page = DrawnPage(width=700, height=500, seed=3)
    page.line(50, 140, "D", 90)
    for row in range(3):
        page.line(140, 80 + row * 30, page.words(500, 20), 20)
    page.column(50, 170, 590, 8, 20, 1.5)
    found = check(page)
    assert [block.kind == DROP_CAPITAL for block in found.blocks[:2]] == [True, False]
    pictures = []
    read_page(
        Page(page.pixels), lambda cuts: pictures.extend(cuts) or [LineReading("")] * len(cuts)
    )
    columns = np.flatnonzero((pictures[0] < 128).any(0))
    assert (np.diff(columns) == 1).all()  # the letter alone, nothing of the lines beside it


def test_a_paragraph_begins_where_a_line_is_indented():
    page = DrawnPage(width=700, height=500, seed=6)
    for row in range(10):
        page.line(90 if row == 5 else 50, 60 + 30 * row, page.words(560, 20), 20)
    assert [len(block.lines) for block in check(page).blocks] == [5, 5]


def test_numbers_of_a_list_stay_with_their_lines():
    page = DrawnPage(width=700, height=500, seed=7)
    for row in range(8):
        page.line(50, 60 + 40 * row, f"{row + 1}.   {page.words(500, 20)}", 20)
    check(page)


def test_dots_and_accents_belong_to_their_line():
    page = DrawnPage(width=500, height=200)
    page.line(40, 80, "Äpfel für Jörg: ё, й!", 32)
    page.line(40, 120, "mmmmmmmm", 32)
    found = check(page)
    assert bounds(found.lines[0].polygon).top <= page.lines[0][1]


def test_letters_that_touch_across_lines_do_not_tie_them():
    page = DrawnPage(width=700, height=300, seed=9)
    page.column(50, 60, 580, 6, 20, 1.4)
    for row in range(5):
        x = 90 + 70 * row
        page.pen.line((x, 50 + 28 * row, x, 85 + 28 * row), fill=25, width=3)
    found = check(page)
    heights = [bounds(line.polygon).bottom - bounds(line.polygon).top for line in found.lines]
    assert max(heights) < 2 * 28


def test_a_picture_of_one_line_is_one_line():
    page = DrawnPage(width=800, height=60)
    page.line(10, 42, "Nur eine Zeile über die Kunst", 30)
    assert not check(page).warnings


def test_a_few_letters_are_level():
    page = DrawnPage(width=120, height=60)
    page.line(20, 42, "Ja, je", 30)
    (x0, y0), (x1, y1) = check(page).lines[0].baseline
    assert y0 == y1


def test_cut_off_tails_of_the_line_above_are_no_line():
    page = DrawnPage(width=800, height=70)
    page.line(10, 50, "Nur eine Zeile über die Kunst", 30)
    for x in (200, 420):
        page.pen.rectangle((x, 0, x + 5, 10), fill=25)
    check(page)


def test_light_text_on_dark_paper():
    page = one_column()
    check(page, pixels=255 - page.pixels)


def test_a_large_scan_is_looked_at_smaller_and_its_lines_are_those_of_the_large():
    small = DrawnPage(width=200, height=800, seed=8)
    small.column(20, 60, 160, 14, 20)
    large = np.array(Image.fromarray(small.pixels).resize((1000, 4000)))
    small.lines = [tuple(5 * value for value in box) for box in small.lines]
    check(small, pixels=large)


def bent(pixels):
    """Every column moved down, those at the sides by 20 pixels."""
    across = np.linspace(-1, 1, pixels.shape[1])
    rows = np.arange(pixels.shape[0])[:, None] - np.round(20 * across**2).astype(int)
    return np.take_along_axis(pixels, np.clip(rows, 0, None), axis=0)


def table():
    page = DrawnPage(width=900, height=700, seed=7)
    for row in range(12):
        for column in range(4):
            page.line(60 + column * 210, 80 + row * 50, page.words(120, 20), 20)
    return page


def ruled():
    page = table()
    for row in range(13):
        page.pen.line((40, 48 + row * 50, 870, 48 + row * 50), fill=30, width=3)
    for x in (40, 247, 457, 667, 870):
        page.pen.line((x, 48, x, 648), fill=30, width=3)
    return page


def scene():
    rng = np.random.default_rng(0)
    ground = Image.fromarray(rng.integers(0, 256, (12, 16), np.uint8)).resize(
        (640, 480), Image.Resampling.BICUBIC
    )
    ImageDraw.Draw(ground).rectangle((200, 200, 420, 270), fill=30)
    return np.array(ground)


@pytest.mark.parametrize(
    "pixels, words",
    [
        (lambda: bent(one_column().pixels), "its lines are curved, and curves are not"),
        (lambda: np.rot90(one_column().pixels).copy(), "run from top to bottom: turn it by 90"),
        (lambda: table().pixels, "it seems to hold a table"),
        (lambda: ruled().pixels, "it seems to hold a table"),
        (scene, "it looks like a photograph or a scene"),
        (lambda: np.zeros((300, 200), np.uint8), "the page is one even black"),
        (lambda: np.full((300, 200), 250, np.uint8), "the page is one even white"),
        (lambda: one_column().pixels[::4, ::4].copy(), "pixels high: scan it with 300 dots"),
    ],
    ids=["curved", "turned", "table", "ruled", "scene", "black", "white", "tiny"],
)
def test_what_it_cannot_do_is_told(pixels, words):
    warnings = find_lines(Page(pixels())).warnings
    assert any(words in warning for warning in warnings), warnings


@settings(max_examples=15, deadline=None)
@given(st.integers(8, 200), st.integers(8, 200), st.integers(0, 2**32 - 1))
def test_whatever_is_found_lies_on_the_page(height, width, seed):
    rng = np.random.default_rng(seed)
    pixels = np.full((height, width), 240, np.uint8)
    for _ in range(60):
        x, y = rng.integers(0, width), rng.integers(0, height)
        pixels[y : y + rng.integers(1, 30), x : x + rng.integers(1, 30)] = rng.integers(0, 255)
    for line in find_lines(Page(pixels)).lines:
        for x, y in (*line.polygon, *line.baseline):
            assert 0 <= x <= width and 0 <= y <= height


@pytest.mark.parametrize("shape", [(8, 8), (8, 3000), (900, 8)])
def test_the_smallest_pages_are_no_trouble(shape):
    rng = np.random.default_rng(0)
    for pixels in (np.full(shape, 255, np.uint8), rng.integers(0, 256, shape, np.uint8)):
        found = find_lines(Page(pixels))
        assert found.width_pixels == shape[1] and isinstance(found.lines, tuple)
