"""Long lines in parts: every pixel once, no word cut, and the reading that of the whole line."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.pages.read import LineReading
from kineograph.pages.text import Alternative
from kineograph.predict.long_line import LONGEST, Part, joined, parts_of
from tests.predict.readers import words_by_ink


def line_of(words, height=10):
    """Black words on white paper, from (gap before, width) each."""
    width = sum(gap + length for gap, length in words) + 12
    picture = np.full((height, width), 250, np.uint8)
    x = 0
    for gap, length in words:
        picture[2:-2, x + gap : x + gap + length] = 10
        x += gap + length
    return picture


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(6, 40), st.integers(1, 300)), min_size=1, max_size=60))
def test_a_line_in_parts_reads_as_the_whole(words):
    picture = line_of(words)
    parts = parts_of(picture)
    assert [part.left for part in parts[1:]] == [part.right for part in parts[:-1]]
    assert (parts[0].left, parts[-1].right) == (0, picture.shape[1])
    assert max(part.right - part.left for part in parts) <= LONGEST * len(picture)
    read = joined(parts, [words_by_ink(picture[:, p.left : p.right]) for p in parts])
    whole = words_by_ink(picture)
    assert read.text == whole.text
    places = [[(c.left_pixels, c.right_pixels) for c in r.characters] for r in (read, whole)]
    assert places[0] == places[1]


def test_where_no_gap_is_the_least_ink_is_cut_and_no_space_comes_between():
    picture = np.full((10, 1500), 10, np.uint8)
    picture[:, 0] = 250
    picture[:6, 700] = 250
    parts = parts_of(picture)
    assert [(p.left, p.right, p.after_space) for p in parts] == [
        (0, 700, False),
        (700, 1500, False),
    ]
    read = joined(parts, [LineReading("Waſſer", 0.9), LineReading("ſtraße", 0.4)])
    assert (read.text, read.confidence) == ("Waſſerſtraße", 0.4)
    assert read.characters[6].left_pixels == 700 and read.characters[-1].right_pixels == 1500


def test_a_part_of_which_nothing_was_read_leaves_no_trace():
    parts = [Part(0, 50), Part(50, 80, True), Part(80, 120, True)]
    readings = [LineReading("ab", 0.5), LineReading(""), LineReading("cd", 0.7)]
    read = joined(parts, readings)
    assert (read.text, read.confidence) == ("ab cd", 0.5)
    assert "".join(character.text for character in read.characters) == "ab cd"


def test_alternatives_of_parts_are_multiplied_and_the_best_kept():
    parts = [Part(0, 50), Part(50, 80, True)]
    first = (Alternative("ab", 0.6), Alternative("ob", 0.3), Alternative("", 0.1))
    second = (Alternative("cd", 0.5), Alternative("ed", 0.4), Alternative("c", 0.1))
    readings = [LineReading("ab", alternatives=first), LineReading("cd", alternatives=second)]
    found = joined(parts, readings).alternatives
    assert [each.text for each in found] == ["ab cd", "ab ed", "ob cd"]  # then ob ed, 0.12
    assert [round(each.share, 9) for each in found] == [0.3, 0.24, 0.15]


def test_a_line_is_outside_of_the_lexicon_if_a_part_is():
    parts = [Part(0, 50), Part(50, 80, True)]
    read = joined(parts, [LineReading("ab"), LineReading("cd", outside_lexicon=True)])
    assert read.outside_lexicon and read.alternatives == ()


def test_a_line_of_usual_length_is_left_alone():
    assert parts_of(np.full((48, 48 * LONGEST), 255, np.uint8)) == [Part(0, 48 * LONGEST)]
    reading = LineReading("a", 0.3)
    assert joined([Part(0, 9)], [reading]) is reading
