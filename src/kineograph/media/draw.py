"""For people's eyes: labels and probabilities on a frame, frames side by side as a film strip.

Text is DejaVu Sans, which matplotlib ships: it holds Cyrillic, Greek and much else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from kineograph.errors import InputError

if TYPE_CHECKING:
    from kineograph.media.frame import Pixels

    Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_WHITE, _GREY, _TRACK, _BEST = (255, 255, 255), (190, 196, 204), (92, 98, 106), (255, 183, 77)
_SHADE = 0.2  # how much of the picture shines through below the text
_PAPER, _INK = (255, 255, 255), (40, 44, 52)


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the lower bar: text, or text with a probability."""

    text: str
    em: int  # size of the font in pixels
    bold: bool = False
    probability: float | None = None
    best: bool = False

    @property
    def height(self) -> int:
        return round(self.em * 1.42)


def draw_labels(
    pixels: Pixels,
    lines: str | Sequence[str] = (),
    *,
    bars: Sequence[tuple[str, float]] = (),
    upscale_to_height: int | None = 360,
    below: bool = False,
) -> Pixels:
    """Text and bars of (label, probability) over the lower edge of a frame (H, W, 3) uint8 RGB.

    below: under the picture and not over it, so that nothing is hidden; the frame grows.

    A frame lower than `upscale_to_height` is enlarged to it first, since text needs pixels (None:
    never). The first line is large, the most probable bar coloured. Of many rows, those that fit
    into the lower 60 % are drawn; long texts end in an ellipsis.
    """
    image = Image.fromarray(pixels)
    if upscale_to_height is not None and image.height < upscale_to_height:
        image = _of_height(image, upscale_to_height)
    em = max(11, round(image.height * 0.042))
    texts = [lines] if isinstance(lines, str) else list(lines)
    rows = [_Row(text, em) for text in texts]
    rows[:1] = [_Row(text, round(em * 1.3), bold=True) for text in texts[:1]]
    best = max((probability for _, probability in bars), default=0.0)
    rows += [
        _Row(name, em, probability=share, best=share == best, bold=False) for name, share in bars
    ]
    rows = _fitting(rows, round(image.height * 0.6) - em)
    if not rows:
        return np.array(image)
    bar = sum(row.height for row in rows) + em
    shaded = np.array(image)
    if below:
        shaded = np.pad(shaded, ((0, bar), (0, 0), (0, 0)))
    top = len(shaded) - bar
    shaded[top:] = (shaded[top:] * _SHADE).astype(np.uint8)
    image = Image.fromarray(shaded)
    _draw_rows(ImageDraw.Draw(image), rows, top + em / 2, image.width, em)
    return np.array(image)


def film_strip(
    frames: Sequence[Pixels],
    *,
    captions: Sequence[str] | None = None,
    columns: int = 8,
    height_pixels: int = 120,
) -> Pixels:
    """Frames (H, W, 3) uint8 RGB in rows of `columns` on white paper, captions below them."""
    if not frames or columns < 1 or (captions is not None and len(captions) != len(frames)):
        raise InputError(
            f"film strip: {len(frames)} frames, {len(captions or ())} captions, {columns} columns. "
            "Give one frame and one column at least, and a caption for every frame or for none."
        )
    pictures = [_of_height(Image.fromarray(pixels), height_pixels) for pixels in frames]
    em, gap = max(11, round(height_pixels * 0.11)), max(2, round(height_pixels * 0.04))
    texts = [caption.splitlines() for caption in captions or [""] * len(frames)]
    below = max(len(lines) for lines in texts) * round(em * 1.3)
    cell = (max(picture.width for picture in pictures), height_pixels + below)
    across, down = min(columns, len(frames)), -(-len(frames) // columns)
    paper = Image.new("RGB", _grid(cell, gap, across, down), _PAPER)
    pen, font = ImageDraw.Draw(paper), load_font(em)
    for place, (picture, lines) in enumerate(zip(pictures, texts, strict=True)):
        x = gap + place % columns * (cell[0] + gap)
        y = gap + place // columns * (cell[1] + gap)
        paper.paste(picture, (x, y))
        for line, text in enumerate(lines):
            middle = y + height_pixels + (line + 0.55) * round(em * 1.3)
            pen.text((x, middle), _shortened(text, font, picture.width), _INK, font, anchor="lm")
    return np.array(paper)


def _draw_rows(
    pen: ImageDraw.ImageDraw, rows: Sequence[_Row], top: float, width: int, em: int
) -> None:
    """Rows below each other; labels, bars and percentages in three columns."""
    margin = round(em * 0.8)
    right = min(width - margin, margin + em * 26)  # a longer bar is harder to compare
    names = [load_font(row.em).getlength(row.text) for row in rows if row.probability is not None]
    label = min(max(names, default=0.0), (right - margin) * 0.45)
    start, end = margin + label + em * 0.6, right - load_font(em).getlength("100%") - em * 0.6
    for row in rows:
        font, middle = load_font(row.em, row.bold), top + row.height / 2
        colour = _WHITE if row.best or row.probability is None else _GREY
        space = width - 2 * margin if row.probability is None else label
        pen.text((margin, middle), _shortened(row.text, font, space), colour, font, anchor="lm")
        if row.probability is not None:
            share = min(max(row.probability, 0.0), 1.0)
            low, high = middle - em * 0.3, middle + em * 0.3
            pen.rectangle((start, low, end, high), _TRACK)
            if (end - start) * share >= 1:
                fill = _BEST if row.best else _GREY
                pen.rectangle((start, low, start + (end - start) * share, high), fill)
            pen.text((right, middle), f"{row.probability:.0%}", colour, font, anchor="rm")
        top += row.height


def _fitting(rows: Sequence[_Row], height: int) -> list[_Row]:
    """The first rows, as many as fit."""
    fitting = []
    for row in rows:
        height -= row.height
        if height < 0:
            break
        fitting.append(row)
    return fitting


def _grid(cell: tuple[int, int], gap: int, across: int, down: int) -> tuple[int, int]:
    """Width and height of cells with a gap around each."""
    return across * (cell[0] + gap) + gap, down * (cell[1] + gap) + gap


def _of_height(image: Image.Image, height: int) -> Image.Image:
    """Scaled to a height, the width following; bicubic is soft when enlarging and true when not."""
    width = max(1, round(image.width * height / image.height))
    return image.resize((width, height), Image.Resampling.BICUBIC)


def _shortened(text: str, font: Font, width: float) -> str:
    """The text, or as much of it as fits with an ellipsis."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


@lru_cache(maxsize=32)
def load_font(size: int, bold: bool = False) -> Font:
    """DejaVu Sans from matplotlib's own files, found without loading matplotlib."""
    package = find_spec("matplotlib")
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    if package is not None and package.origin is not None:
        file = Path(package.origin).parent / "mpl-data" / "fonts" / "ttf" / name
        if file.exists():
            return ImageFont.truetype(str(file), size)
    return ImageFont.load_default(size)
