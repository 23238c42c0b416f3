"""For people's eyes: windows with names and labels on a picture, and faces made unknowable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image, ImageDraw

from kineograph.media.draw import load_font
from kineograph.media.frame import Box

if TYPE_CHECKING:
    from kineograph.media.frame import Pixels

# told apart by people who see colours differently, too (Okabe and Ito 2008)
COLOURS = (
    *((170, 178, 188), (86, 180, 233), (230, 159, 0), (0, 158, 115)),
    *((204, 121, 167), (240, 228, 66), (213, 94, 0), (0, 114, 178)),
)
_UNKNOWN, _INK, _TRACK = (110, 116, 124), (20, 22, 26), (92, 98, 106)
MOSAIC_STONES = 8  # across a blurred window: a face is two or three stones wide
HEAD_PART = 0.6  # of a window, from the top: who sits has head and shoulders there


@dataclass(frozen=True)
class Seen:
    """A window with what is said of it."""

    box: Box
    text: str
    probability: float | None = None
    colour: int | None = None  # a place among COLOURS


def draw_windows(pixels: Pixels, windows: Sequence[Seen]) -> Pixels:
    """Frames with names over them and bars of probability under them, on (H, W, 3) uint8 RGB."""
    image = Image.fromarray(pixels)
    pen = ImageDraw.Draw(image)
    for each in windows:
        _draw_frame(pen, each, max(2, round(image.height * 0.005)))
    for each in windows:  # over all frames: a name is never crossed out by a neighbour's
        _draw_name(pen, each, image.width, max(11, round(image.height * 0.03)))
    return np.array(image)


def _draw_frame(pen: ImageDraw.ImageDraw, each: Seen, line: int) -> None:
    x, y, width, height = each.box
    colour = _colour_of(each)
    pen.rectangle((x, y, x + width - 1, y + height - 1), outline=colour, width=line)
    if each.probability is not None:
        low = y + height - 3 * line
        pen.rectangle((x, low, x + width - 1, y + height - 1), _TRACK)
        pen.rectangle((x, low, x + round((width - 1) * each.probability), y + height - 1), colour)


def _draw_name(pen: ImageDraw.ImageDraw, each: Seen, across: int, em: int) -> None:
    x, y, *_ = each.box
    font = load_font(em, bold=True)
    wide, high = font.getlength(each.text) + em, round(em * 1.5)
    top = y - high if y >= high else y
    left = max(0, min(x, across - wide))
    pen.rectangle((left, top, left + wide, top + high), _colour_of(each))
    pen.text((left + em / 2, top + em * 0.75), each.text, _INK, font, anchor="lm")


def _colour_of(each: Seen) -> tuple[int, int, int]:
    return _UNKNOWN if each.colour is None else COLOURS[each.colour % len(COLOURS)]


def blur_heads(pixels: Pixels, windows: Sequence[Box]) -> Pixels:
    """A picture on which nobody is known: only the lower part of each window stays as it was.

    No face is looked for, so none can be missed: the rest is averaged to stones of an eighth of the
    smallest window, and then smoothed.
    """
    blurred = _blurred(pixels, windows)
    shown = blurred.copy()
    for box in windows:
        top = box.y + round(box.height * HEAD_PART)
        own = np.s_[top : box.y + box.height, box.x : box.x + box.width]
        shown[own] = pixels[own]
    for box in windows:  # a neighbour's lower half may be this one's head
        head = np.s_[box.y : box.y + round(box.height * HEAD_PART), box.x : box.x + box.width]
        shown[head] = blurred[head]
    return shown


def blur_outside(pixels: Pixels, windows: Sequence[Box]) -> Pixels:
    """A picture (H, W, 3) uint8 that shows what lies in the windows, and of the rest only stones.

    Stones as in `blur_heads`. Without windows, nothing stays sharp.
    """
    shown = _blurred(pixels, windows)
    for box in windows:
        own = np.s_[
            max(0, box.y) : max(0, box.y + box.height), max(0, box.x) : max(0, box.x + box.width)
        ]
        shown[own] = pixels[own]
    return shown


def _blurred(pixels: Pixels, windows: Sequence[Box]) -> Pixels:
    """Averaged to stones of an eighth of the smallest window, then smoothed."""
    height, width = pixels.shape[:2]
    stone = max(8, min((box.width for box in windows), default=width) // MOSAIC_STONES)
    few = (max(1, width // stone), max(1, height // stone))
    mosaic = cv2.resize(pixels, few, interpolation=cv2.INTER_AREA)
    smooth = cv2.resize(mosaic, (width, height), interpolation=cv2.INTER_LINEAR)
    return smooth.astype(np.uint8)
