from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.data.lines.augment import NOTHING, USUAL, LineAugmentation, change_line
from kineograph.errors import InputError
from tests.data.lines.drawn import line_picture

PICTURE = line_picture("Habe nun, ach! Philosophie", height=48)


def changed(seed=0, picture=PICTURE, **amounts):
    return change_line(picture, np.random.default_rng(seed), LineAugmentation(**amounts))


def ink(picture):
    return float((255.0 - picture).clip(60).sum() - 60.0 * picture.size)


@given(st.integers(0, 999))
@settings(max_examples=20)
def test_nothing_is_changed_unless_asked_for_and_a_seed_gives_one_change(seed):
    np.testing.assert_array_equal(changed(seed), PICTURE)
    one, other = (change_line(PICTURE, np.random.default_rng(seed), USUAL) for _ in range(2))
    np.testing.assert_array_equal(one, other)
    assert one.shape[0] == 48 and abs(one.shape[1] - PICTURE.shape[1]) < 0.45 * PICTURE.shape[1]
    assert (
        one.dtype == np.uint8 and PICTURE[0, 0] == line_picture("Habe nun, ach! Philosophie")[0, 0]
    )


@pytest.mark.parametrize("name", [each.name for each in fields(LineAugmentation)[:-1]])
def test_each_amount_changes_pictures_and_too_much_is_refused(name):
    amount = 0.2 if name in ("scale", "elastic", "noise") else 0.8
    seen = {changed(seed, **{name: amount}).tobytes() for seed in range(12)}
    assert len(seen) > 4 and PICTURE.tobytes() in seen  # by chance some stay as they are
    with pytest.raises(InputError, match=f"line augmentation {name} 99"):
        LineAugmentation(**{name: 99})


def test_the_same_numbers_are_drawn_whatever_is_switched_on():
    after = []
    for config in (NOTHING, USUAL):
        rng = np.random.default_rng(5)
        change_line(PICTURE, rng, config)
        after.append(rng.random())
    assert after[0] == after[1]


def test_strokes_grow_and_shrink_but_never_vanish():
    amounts = [ink(changed(seed, stroke_pixels=1.0, chance=1.0)) for seed in range(20)]
    assert min(amounts) < 0.9 * ink(PICTURE) and max(amounts) > 1.2 * ink(PICTURE)
    assert min(amounts) > 0.2 * ink(PICTURE)


@pytest.mark.parametrize("seed", range(8))
def test_no_character_leaves_the_strip(seed):
    """All the ink is still there, whatever the turn, lean, size and shifts."""
    shape = {"rotation_degrees": 2.0, "shear": 0.3, "elastic": 0.04}
    turned = changed(seed, picture=line_picture("Habe " * 12, height=48), chance=1.0, **shape)
    assert ink(turned) == pytest.approx(ink(line_picture("Habe " * 12, height=48)), rel=0.12)
    border = np.concatenate([turned[0], turned[-1]])
    assert (border > 150).mean() > 0.97


def test_shapes_keep_the_paper_around():
    picture = np.full((48, 200), 180, np.uint8)
    moved = changed(3, picture=picture, shear=0.9, rotation_degrees=9.0, scale=0.4, chance=1.0)
    assert set(np.unique(moved)) == {180}
