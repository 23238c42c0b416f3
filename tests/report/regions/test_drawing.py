"""Boxes and sentences drawn: labels never cover each other, and none is lost."""

import numpy as np
import pytest

from kineograph.report.regions import drawing
from kineograph.report.regions.answers import DescribedBox, surest


def drawn_labels(monkeypatch, regions, size=(120, 160)):
    """Where labels were written, and what they say; and the drawing."""
    written = []
    write = drawing._write

    def note(pen, label, words, *rest):
        written.append((label, words))
        write(pen, label, words, *rest)

    monkeypatch.setattr(drawing, "_write", note)
    return written, drawing.draw_regions(np.full((*size, 3), 128, np.uint8), regions)


@pytest.mark.parametrize("count", [1, 4, 30])
def test_labels_do_not_cover_each_other_and_every_sentence_has_a_place(monkeypatch, count):
    rng = np.random.default_rng(count)
    corners = rng.uniform(0, 100, (count, 2))
    regions = [
        DescribedBox((x, y, x + 25, y + 15), f"thing number {n} of many", 0.9)
        for n, (x, y) in enumerate(corners.tolist())
    ]
    written, picture = drawn_labels(monkeypatch, regions)
    for number, (one, _) in enumerate(written):
        assert not any(drawing._shared(one, other) for other, _ in written[:number])
        assert one[0] >= 0 and one[2] <= picture.shape[1] and one[3] <= picture.shape[0]
    said = {words for _, words in written}
    for number, region in enumerate(regions):
        assert region.sentence in said or str(number + 1) in said


def test_each_region_has_a_colour_and_its_box_is_drawn_in_it():
    box = DescribedBox((20, 20, 60, 50), "a red circle")
    picture = drawing.draw_regions(np.full((80, 80, 3), 128, np.uint8), [box])
    assert (picture[round(35 * 8), round(20 * 8)] == drawing.colour_of(0)).all()
    assert drawing.colour_of(0) != drawing.colour_of(1)


def test_unsure_regions_are_not_shown_beside_sure_ones():
    found = tuple(DescribedBox((0, 0, 1, 1), str(n), n) for n in (0.8, 0.5, 0.39, 0.1))
    assert [each.confidence for each in surest(found)] == [0.8, 0.5]
    assert surest(()) == ()
