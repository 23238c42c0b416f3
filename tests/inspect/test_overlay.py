"""Light over a picture: even shares change nothing, it follows the picture, it stays in bounds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kineograph.inspect.overlay import DARKEST, as_numbers, enlarged, light_up, seen_part

PICTURE = np.random.default_rng(0).integers(0, 256, (40, 60, 3)).astype(np.uint8)
GRIDS = arrays(np.float32, (3, 4), elements=st.floats(0.0078125, 1, width=32))


def test_even_shares_leave_the_picture_as_it_is():
    assert np.array_equal(light_up(PICTURE, np.full((3, 4), 1 / 12, np.float32)), PICTURE)


def test_one_place_is_lit_and_the_far_ones_are_dark_and_grey():
    shares = np.zeros((5, 5), np.float32)
    shares[1, 3] = 1
    picture = np.full((50, 50, 3), (200, 100, 0), np.uint8)
    lit = light_up(picture, shares)
    assert tuple(lit[15, 35]) == (200, 100, 0)
    grey = 0.299 * 200 + 0.587 * 100
    assert lit[45, 5] == pytest.approx(np.full(3, DARKEST * grey), abs=1)


@settings(deadline=None)
@given(GRIDS)
def test_light_is_mirrored_with_its_shares_and_stays_between_dark_and_bright(shares):
    shares = shares / shares.sum()
    light = enlarged(shares, (40, 60))
    assert light.min() >= 0 and light.max() == pytest.approx(1)
    mirrored = enlarged(np.ascontiguousarray(shares[:, ::-1]), (40, 60))
    assert np.allclose(mirrored[:, ::-1], light, atol=1e-4)


@settings(deadline=None)
@given(GRIDS, st.floats(0.5, 8))
def test_only_shares_of_the_whole_count(shares, times):
    scaled = (shares * times).astype(np.float32)
    assert np.allclose(enlarged(shares, (20, 20)), enlarged(scaled, (20, 20)), atol=1e-4)


def test_what_a_network_saw_keeps_its_proportions():
    assert seen_part(PICTURE, "squash", 120).shape == (80, 120, 3)
    square = seen_part(PICTURE, "crop", 40)
    assert np.array_equal(square, PICTURE[:, 10:50])


def test_shares_become_plain_lists():
    assert as_numbers(np.array([[1 / 3]])) == [[0.33333]]
