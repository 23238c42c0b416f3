"""The threshold beside a loop over windows; ink on dark paper, on shaded paper, on none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.pages.ink import find_ink, sauvola_threshold


@settings(max_examples=20, deadline=None)
@given(
    st.integers(1, 18),
    st.integers(1, 18),
    st.sampled_from([3, 5, 9, 25]),
    st.integers(0, 2**32 - 1),
)
def test_the_threshold_is_that_of_every_window_by_itself(height, width, window, seed):
    grey = np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)
    found, half = sauvola_threshold(grey, window, k=0.3), window // 2
    for row in range(height):
        for column in range(width):
            part = grey[
                max(0, row - half) : row + half + 1, max(0, column - half) : column + half + 1
            ].astype(float)
            wanted = part.mean() * (1 + 0.3 * (part.std() / 128 - 1))
            assert found[row, column] == pytest.approx(wanted, abs=1e-3)


def test_bands_of_rows_join_without_a_seam():
    grey = np.random.default_rng(0).integers(0, 256, (300, 7), np.uint8)
    whole = sauvola_threshold(grey, 31)
    assert np.allclose(whole[100:200], sauvola_threshold(grey[80:220], 31)[20:120], atol=1e-3)


def strokes():
    ink = np.zeros((200, 300), bool)
    ink[40:160:20, 30:270] = True
    ink[41:161:20, 30:270] = True
    return ink


def test_ink_is_found_on_light_dark_and_shaded_paper():
    ink = strokes()
    light = np.where(ink, 30, 240).astype(np.uint8)
    assert np.array_equal(find_ink(light), ink)
    assert np.array_equal(find_ink(255 - light), ink)
    shade = np.linspace(0.5, 1.0, 300)
    assert np.array_equal(find_ink((light * shade).astype(np.uint8)), ink)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_even_page_has_no_ink(level):
    noise = np.random.default_rng(0).integers(0, 8, (90, 80))
    assert not find_ink(np.clip(level + noise, 0, 255).astype(np.uint8)).any()
    assert not find_ink(np.full((8, 8), level, np.uint8)).any()
