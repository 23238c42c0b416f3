"""Pages are drawn, turned by a known angle, and that angle is found; the turn leads back."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kineograph.pages.ink import find_ink
from kineograph.pages.skew import Turn, find_skew
from tests.pages.drawn_pages import DrawnPage, turned

PAGE = DrawnPage(width=700, height=500, seed=4)
PAGE.column(90, 120, 520, 9, 20)


@settings(max_examples=12, deadline=None)
@given(st.floats(-8, 8))
@example(5.892311393516366)  # where the sharpest angle alone was off by more
def test_the_angle_of_a_turned_page_is_found(degrees):
    assert find_skew(find_ink(turned(PAGE.pixels, degrees))) == pytest.approx(degrees, abs=0.12)


def test_much_ink_on_a_large_page_drowns_nothing():
    large = np.kron(turned(PAGE.pixels, 1.5), np.ones((4, 4), np.uint8))
    many = np.concatenate([large < 128] * 2)  # 5.6 million pixels
    assert find_skew(many) == pytest.approx(1.5, abs=0.12)


def test_nothing_is_level():
    assert find_skew(np.zeros((40, 40), bool)) == 0.0


@settings(max_examples=30, deadline=None)
@given(st.floats(-10, 10), st.integers(8, 900), st.integers(8, 900))
def test_the_whole_page_is_on_the_level_one_and_every_point_goes_back(degrees, width, height):
    turn = Turn.level(width, height, degrees)
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]], float)
    level = corners @ turn.matrix[:, :2].T + turn.matrix[:, 2]
    assert level.min() > -1e-6
    assert (level.max(0) <= [turn.width_pixels + 1e-6, turn.height_pixels + 1e-6]).all()
    assert np.allclose(turn.to_page(level), corners, atol=0.01)


@pytest.mark.parametrize("degrees", [-5.0, 3.0])
def test_a_dot_lands_where_its_point_does(degrees):
    page = np.zeros((200, 300), np.uint8)
    page[60:63, 220:223] = 255  # its middle is the point (221.5, 61.5)
    turn = Turn.level(300, 200, degrees)
    level = turn.apply(page, 0).astype(float)
    rows, columns = np.nonzero(level)
    weights = level[rows, columns]
    middle = np.average([columns + 0.5, rows + 0.5], axis=1, weights=weights)
    assert np.allclose(turn.to_page(middle[None]), [[221.5, 61.5]], atol=0.1)


def test_rising_lines_have_a_positive_angle_and_a_turn_lays_them_level():
    page = np.zeros((300, 300), bool)
    for x in range(20, 280):
        for start in (100, 160, 220, 280):
            page[start - round(x * np.tan(np.radians(4))), x] = True
    assert find_skew(page) == pytest.approx(4, abs=0.1)
    ink = Turn.level(300, 300, 4).apply(page.astype(np.uint8) * 255, 0) > 60
    assert 0 < (ink.sum(1) > 100).sum() <= 12
