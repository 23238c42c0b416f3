"""The picture for people: lines are marked where they are, and nowhere else."""

import numpy as np

from kineograph.pages.picture import draw_lines
from kineograph.pages.text import Block, Bounds, PageText, TextLine, rectangle


def test_lines_are_drawn_where_they_stand():
    lines = (TextLine(rectangle(Bounds(100, 100, 500, 160)), ((100.0, 150.0), (500.0, 150.0))),)
    page = PageText(600, 300, (Block(lines),))
    white = np.full((300, 600), 255, np.uint8)
    drawn = draw_lines(white, page, width_pixels=300)
    assert drawn.shape == (150, 300, 3)
    marked = (drawn != 255).any(-1)
    assert marked[51:79, 52:248].all() and not marked[85:].any() and not marked[:45].any()
    assert not (draw_lines(white, PageText(600, 300), width_pixels=300) != 255).any()
