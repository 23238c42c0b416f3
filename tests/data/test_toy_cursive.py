import string
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.data.ink.strokes import as_offsets, from_offsets
from kineograph.data.toy.cursive import (
    LETTERS,
    Writer,
    cannot_write,
    draw_writer,
    ink_of,
    write,
)
from kineograph.data.toy.letters import CAPITALS, MARKS, SIGNS, SMALL
from kineograph.errors import InputError

RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
CAREFUL = Writer(wobble=0.0, own_form=0.0, drift=0.0, slant_degrees=0.0, speed=0.05)
writers = st.integers(0, 10**6).map(lambda seed: draw_writer(np.random.default_rng(seed)))
words = st.text(st.sampled_from(sorted(SMALL | CAPITALS | SIGNS) + [" "]), min_size=1, max_size=12)


def rng(seed=0):
    return np.random.default_rng(seed)


def test_both_alphabets_are_there():
    every = string.ascii_letters + string.digits + RUSSIAN + RUSSIAN.upper() + "äöüßÄÖÜéàêñ.,;:!?"
    assert cannot_write(every) == []
    assert cannot_write("a漢") == ["漢"]
    with pytest.raises(InputError, match="no letter for 漢 .U.6F22 .*Leave them out"):
        write("a漢", CAREFUL, rng())
    with pytest.raises(InputError, match="it is empty"):
        write("  ", CAREFUL, rng())


@pytest.mark.parametrize("character", sorted(LETTERS))
def test_every_letter_stays_in_its_room(character):
    points = np.concatenate(write(character, CAREFUL, rng()))
    assert points[:, 1].min() > -1.0 and points[:, 1].max() < 2.15
    if character in CAPITALS or character.isdigit():
        assert 1.6 < points[:, 1].max() < 1.9 and points[:, 1].min() < 0.15
    advance = float(LETTERS[character].partition(":")[0]) / 10
    assert points[:, 0].min() > -0.4 and points[:, 0].max() < advance + 0.15


def test_letters_of_one_script_differ():
    for alphabet in (string.ascii_lowercase, string.ascii_uppercase, RUSSIAN, RUSSIAN.upper()):
        pictures = {}
        for character in alphabet:
            ink = ink_of(write(character, CAREFUL, rng()), 10)
            canvas = np.zeros((40, 40))
            canvas[: ink.shape[0], : ink.shape[1]] = ink[:40, :40]
            pictures[character] = canvas
        for one, ink in pictures.items():
            for other, other_ink in pictures.items():
                assert one == other or np.abs(ink - other_ink).sum() > 4, f"{one} is {other}"


@given(words.filter(str.strip), writers, st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_pen_steps_and_strokes_are_the_same_thing(text, writer, seed):
    strokes = write(text, writer, rng(seed))
    offsets = as_offsets(strokes)
    assert offsets.dtype == np.float32 and offsets.shape[1] == 3
    assert offsets[:, 2].sum() == len(strokes) and offsets[-1, 2] == 1
    for one, other in zip(from_offsets(offsets), strokes, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-3)


@given(writers, st.integers(0, 99))
@settings(max_examples=10, deadline=None)
def test_a_hand_is_its_own_and_never_twice_the_same(writer, seed):
    once, again = (write("Habe nun", writer, rng(seed)) for _ in range(2))
    for one, other in zip(once, again, strict=True):
        np.testing.assert_array_equal(one, other)
    later = np.concatenate(write("Habe nun", writer, rng(seed + 1)))
    assert later.shape != np.concatenate(once).shape or not np.allclose(later, np.concatenate(once))
    ink = ink_of(once, 20, pen=writer.pen, pressure=writer.pressure)
    assert ink.min() >= 0.0 and 0.5 < ink.max() <= 1.0
    assert max(ink[0].max(), ink[-1].max(), ink[:, 0].max(), ink[:, -1].max()) == 0.0


def test_joined_letters_are_one_stroke_and_dots_come_when_the_word_is_done():
    joined = write("nine", replace(CAREFUL, joins=1.0), rng())
    assert len(joined) == 2  # the word and its dot
    assert joined[1][:, 1].min() > 1.3
    assert len(write("nine", replace(CAREFUL, joins=0.0), rng())) == 5
    assert len(write("ё", CAREFUL, rng())) == 3
    assert len(write("i", CAREFUL, rng())) == len(write("ï", CAREFUL, rng())) - 1


def test_points_are_evenly_spaced_and_a_slant_leans():
    (stroke,) = write("l", CAREFUL, rng())
    steps = np.linalg.norm(np.diff(stroke, axis=0), axis=1)
    assert np.ptp(steps) < 0.02 and abs(steps.mean() - 0.05) < 0.005
    leaning = write("l", replace(CAREFUL, slant_degrees=45.0), rng())[0]
    top, leaning_top = stroke[stroke[:, 1].argmax()], leaning[leaning[:, 1].argmax()]
    assert leaning_top[0] - top[0] == pytest.approx(top[1], abs=0.1)


def test_marks_stand_above_their_letters():
    assert set(MARKS) >= {"\u0308", "\u0306", "\u0301"}
    for small in ("ü", "й", "é"):
        mark = np.concatenate(write(small, CAREFUL, rng())[1:])
        capital = np.concatenate(write(small.upper(), CAREFUL, rng())[-1:])
        assert mark[:, 1].min() > 1.2 and capital[:, 1].min() > 1.9


def test_marks_come_with_their_letter_or_when_the_word_is_done():
    def marks(strokes):
        return [place for place, stroke in enumerate(strokes) if stroke[:, 1].min() > 1.0]

    later = write("iti", CAREFUL, rng())
    assert len(later) == 4 and marks(later) == [1, 2, 3], "one way of the pen; dot, bar, dot"
    at_once = write("iti", replace(CAREFUL, marks_at_once=True), rng())
    assert len(at_once) == 6 and marks(at_once) == [1, 3, 5]
    body, _, after = at_once[:3]
    assert np.allclose(body[-1], after[0], atol=0.02), "the pen goes on where the letter ended"


@settings(max_examples=20, deadline=None)
@given(words.filter(str.strip), writers, st.integers(0, 99))
def test_when_marks_are_written_is_hardly_seen(text, writer, seed):
    """The same ink but for how smoothly a letter goes on after a mark."""
    pens = (writer, replace(writer, marks_at_once=True))
    later, at_once = (np.concatenate(write(text, each, rng(seed))) for each in pens)
    for one, other in ((later, at_once), (at_once, later)):
        gaps = np.linalg.norm(one[:, None] - other[None], axis=2).min(1)
        assert gaps.max() < 0.35
