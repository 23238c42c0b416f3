"""A page with its lines drawn on it, for people's eyes: outlines, baselines, the reading order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from kineograph.media.draw import load_font
from kineograph.pages.text import DROP_CAPITAL, bounds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kineograph.pages.text import PageText, Point

_COLOURS = ((31, 119, 180), (214, 96, 20), (44, 140, 44), (148, 83, 179))  # one block after another
_FIRST_LETTER, _BASE, _WAY = (190, 30, 45), (20, 20, 20), (150, 150, 150)


def draw_lines(
    pixels: NDArray[np.uint8], page: PageText, *, width_pixels: int = 900
) -> NDArray[np.uint8]:
    """A page (H, W) or (H, W, 3) uint8 -> RGB (H, W, 3) `width_pixels` wide, lines drawn on it.

    Blocks change colour; numbers give the reading order, grey strokes lead from line to line.
    """
    scale = width_pixels / page.width_pixels
    size = (width_pixels, max(1, round(page.height_pixels * scale)))
    picture = Image.fromarray(pixels).convert("RGB").resize(size, Image.Resampling.BOX)
    pen = ImageDraw.Draw(picture, "RGBA")

    def small(points: tuple[Point, ...]) -> list[Point]:
        return [(x * scale, y * scale) for x, y in points]

    last: Point | None = None
    number = 0
    for place, block in enumerate(page.blocks):
        colour = _FIRST_LETTER if block.kind == DROP_CAPITAL else _COLOURS[place % len(_COLOURS)]
        for line in block.lines:
            number += 1
            if len(line.polygon) > 2:
                pen.polygon(small(line.polygon), fill=(*colour, 40), outline=(*colour, 255))
            if len(line.baseline) > 1:
                pen.line(small(line.baseline), fill=(*_BASE, 200), width=1)
            left, top, _, bottom = bounds(small(line.polygon))
            here = (left, (top + bottom) / 2)
            if last is not None:
                pen.line([last, here], fill=(*_WAY, 160), width=1)
            font = load_font(max(9, min(14, (bottom - top) * 2 // 3)))
            pen.text((left - 3, here[1]), str(number), (*colour, 255), font, anchor="rm")
            last = here
    return np.array(picture)
