"""A person's own line is brought to what a network learned from, whatever it was written with."""

import numpy as np
import pytest

from kineograph.data.ink.config import InkConfig
from kineograph.data.ink.known import learn_known, normalised, paced_offsets
from kineograph.data.ink.line import ink_line
from kineograph.data.ink.own import calmed, levelled, own_offsets
from kineograph.data.ink.strokes import from_offsets, ink_length
from kineograph.data.lines.corpus import LineTexts, read_corpus
from kineograph.data.prepare.cursive import draw_handwriting, draw_writers
from kineograph.errors import InputError

PACES = {"put anew": InkConfig(points_per_character=9.0), "as recorded": InkConfig()}


@pytest.fixture(scope="module")
def written():
    """Drawn lines, as networks learn from."""
    people, texts = draw_writers(8, 3), LineTexts(read_corpus("built-in"), 24)
    drawn = [draw_handwriting(texts, people, np.random.default_rng([3, n])) for n in range(60)]
    return [ink_line(each.strokes, each.text) for each in drawn if not isinstance(each, str)]


def by_mouse(line, rng, *, rate, pixels=34.0, degrees=0.0):
    """The same way of the pen as a screen tells it: whole pixels, even times, an uneven page."""
    turn = np.radians(degrees)
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    strokes = []
    for stroke in line.strokes:
        lengths = np.linalg.norm(np.diff(stroke, axis=0), axis=1)
        speeds = rng.uniform(0.6, 1.6, size=len(lengths))  # a hand is not even
        times = np.concatenate([[0.0], np.cumsum(lengths / speeds)]) / 9.0  # x-heights a second
        wanted = np.linspace(0, times[-1], max(2, int(times[-1] * rate)))
        points = np.column_stack([np.interp(wanted, times, stroke[:, a]) for a in range(2)])
        strokes.append(np.rint(points @ matrix * pixels))
    return ink_line(strokes, line.text)


def measures(lines):
    every = np.concatenate([each[1:, :2] for each in lines])
    return sum(map(len, lines)), every.std(axis=0)


@pytest.mark.parametrize("rate", [60, 125, 1000])
@pytest.mark.parametrize("pace", PACES)
def test_points_by_mouse_have_the_count_and_spread_that_were_learned(written, pace, rate):
    config, rng = PACES[pace], np.random.default_rng(1)
    known = learn_known(written, config)
    learned = [normalised(paced_offsets(line, config, known), known) for line in written]
    own = [own_offsets(by_mouse(line, rng, rate=rate), config, known) for line in written]
    (count, spread), (usual, even) = measures(own), measures(learned)
    assert count == pytest.approx(usual, rel=0.1)
    np.testing.assert_allclose(spread, even, rtol=0.15)


def test_without_it_a_mouse_is_far_from_what_was_learned(written):
    """That there is something to bring: a fast mouse as it is has many times the points."""
    line = by_mouse(written[0], np.random.default_rng(1), rate=1000)
    assert len(line.offsets) > 3 * len(written[0].offsets)


def nearest_distances(one, other):
    a, b = np.concatenate(one), np.concatenate(other)
    return np.sqrt(((a[:, None] - b[None]) ** 2).sum(-1)).min(axis=1)


@pytest.mark.parametrize("degrees", [-12.0, 0.0, 5.0])
def test_an_uneven_page_and_whole_pixels_leave_the_form_as_it_was(written, degrees):
    config = PACES["put anew"]
    known = learn_known(written, config)
    line = next(each for each in written if len(each.text) > 18)
    straight = own_offsets(line, config, known)
    turned = by_mouse(line, np.random.default_rng(2), rate=125, degrees=degrees)
    own = own_offsets(turned, config, known)
    deviation = (*known.deviation, 1.0)
    strokes, wanted = (from_offsets(each * deviation) for each in (own, straight))
    first = np.median(np.concatenate(strokes), axis=0) - np.median(np.concatenate(wanted), axis=0)
    far = nearest_distances([stroke - first for stroke in strokes], wanted)
    assert np.median(far) < 0.2, "of the height of small letters, points lie 0.4 apart"
    assert np.ptp(np.concatenate(strokes)[:, 1]) == pytest.approx(
        np.ptp(np.concatenate(wanted)[:, 1]), rel=0.08
    )


def test_size_page_and_pen_change_nothing(written):
    config = PACES["as recorded"]
    known = learn_known(written, config)
    line = written[2]
    larger = ink_line([250 * stroke + 31 for stroke in line.strokes], line.text)
    one, other = own_offsets(line, config, known), own_offsets(larger, config, known)
    np.testing.assert_allclose(one, other, atol=0.03)


def test_a_slope_is_taken_away_and_a_slant_is_not():
    x = np.linspace(0, 40, 400)
    zigzag = np.column_stack([x, (x % 2 < 1) * 1.0])
    slanted = zigzag @ np.array([[1.0, 0.0], [0.5, 1.0]])  # letters lean, the line is level
    (same,) = levelled([slanted])
    np.testing.assert_allclose(same, slanted, atol=0.35)
    angle = np.radians(9)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    (back,) = levelled([slanted @ turn])
    np.testing.assert_allclose(back[:, 1].min(), slanted[:, 1].min(), atol=0.5)
    assert np.ptp(back[:, 1]) < 1.6 < 5 < np.ptp((slanted @ turn)[:, 1])


def test_a_short_word_and_a_wall_are_left_as_they_are():
    word = np.array([[0, 0], [1, 1], [2, 0], [3, 2.0]])
    (same,) = levelled([word])
    assert same is word
    wall = np.column_stack([np.zeros(50), np.linspace(0, 9, 50)])
    assert levelled([wall])[0] is wall


def test_calming_keeps_ends_and_straight_strokes_and_clears_steps():
    line = np.column_stack([np.linspace(0, 10, 7), np.linspace(0, 5, 7)])
    calm = calmed(line, 0.3)
    np.testing.assert_allclose(calm[:, 1], calm[:, 0] / 2, atol=1e-9)
    np.testing.assert_allclose(calm[[0, -1]], line[[0, -1]], atol=1e-9)
    x = np.linspace(0, 100, 400)
    stairs = np.rint(np.column_stack([x, 0.4 * x]))
    calm = calmed(stairs, 2.0)
    assert ink_length([calm]) == pytest.approx(np.hypot(100, 40), rel=0.01)
    assert ink_length([stairs]) > 1.1 * np.hypot(100, 40)
    dot = calmed(np.array([[3.0, 4.0]]), 0.3)
    np.testing.assert_allclose(dot, np.tile([3.0, 4.0], (len(dot), 1)))


def test_dots_alone_have_no_size(written):
    config = InkConfig()
    dots = ink_line([[[0, 0]], [[5, 5]]], "..")
    with pytest.raises(InputError, match="dots alone have no size"):
        own_offsets(dots, config, learn_known(written, config))
