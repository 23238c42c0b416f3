"""Pictures with boxes and sentences drawn into them, so that a person sees at once what was said.

Each region has a colour of its own. Its sentence stands on that colour at an edge of its box, where
it covers no other sentence; one that finds no room goes into a list below the picture, behind a
square of its colour and its number.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from kineograph.report.regions.answers import DescribedBox

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Place = tuple[float, float, float, float]  # left, top, right, bottom
COLOURS = (  # as far apart as eyes tell them, dark enough for white letters
    (200, 30, 45), (20, 95, 190), (25, 125, 60), (150, 50, 165), (190, 85, 5),
    (0, 120, 130), (105, 75, 45), (85, 85, 200), (175, 25, 110), (80, 105, 15),
)  # fmt: skip
LIST_PAPER, LIST_INK = (255, 255, 255), (25, 25, 30)
LEAST_WIDTH_PIXELS = 640  # of what is drawn: a smaller picture is enlarged, so that letters fit


@dataclass(frozen=True)
class _Sizes:
    """Of letters and lines, in pixels of the drawing."""

    letters: int
    line: int
    margin: int


def draw_regions(
    picture: NDArray[np.uint8],
    regions: Sequence[DescribedBox],
    *,
    least_width_pixels: int = LEAST_WIDTH_PIXELS,
) -> NDArray[np.uint8]:
    """(H, W, 3) and boxes in its pixels -> a larger picture with boxes and sentences (h, w, 3)."""
    height, width = picture.shape[:2]
    scale = max(1.0, least_width_pixels / width)
    size = (round(width * scale), round(height * scale))
    canvas = Image.fromarray(picture).resize(size, Image.Resampling.BICUBIC)
    sizes = _sizes(size[0])
    font = _font(sizes.letters)
    pen = ImageDraw.Draw(canvas)
    boxes: list[Place] = [_scaled(region.box, scale) for region in regions]
    for number, box in enumerate(boxes):
        _frame(pen, box, colour_of(number), sizes.line)
    taken: list[Place] = []
    listed: list[int] = []
    for number in sorted(range(len(boxes)), key=lambda each: _area(boxes[each])):
        wide = font.getlength(regions[number].sentence) + 2 * sizes.margin
        label = _room(boxes[number], boxes, (wide, sizes.letters + 2 * sizes.margin), size, taken)
        if label is None:
            listed.append(number)
            label = _room(boxes[number], boxes, _number_size(number, sizes), size, taken)
            words = str(number + 1)
        else:
            words = regions[number].sentence
        if label is not None:
            taken.append(label)
            _write(pen, label, words, colour_of(number), font, sizes)
    return np.asarray(_with_list(canvas, regions, sorted(listed), font, sizes))


def save_regions(path: Path, picture: NDArray[np.uint8], regions: Sequence[DescribedBox]) -> None:
    """The drawing as a PNG file. Raises OSError."""
    Image.fromarray(draw_regions(picture, regions)).save(path)


def colour_of(number: int) -> tuple[int, int, int]:
    """The colour of a picture's region, by its number from 0."""
    return COLOURS[number % len(COLOURS)]


def _sizes(width: int) -> _Sizes:
    letters = max(13, round(width * 0.021))
    return _Sizes(letters, max(2, round(width / 320)), max(3, round(letters * 0.28)))


def _font(letters: int) -> Font:
    """DejaVu Sans as matplotlib brings it: Latin, Greek and Cyrillic."""
    import matplotlib

    file = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans-Bold.ttf"
    try:
        return ImageFont.truetype(str(file), letters)
    except OSError:
        return ImageFont.load_default(letters)


def _scaled(box: Place, scale: float) -> Place:
    left, top, right, bottom = (place * scale for place in box)
    return left, top, right, bottom


def _frame(pen: ImageDraw.ImageDraw, box: Place, colour: tuple[int, int, int], line: int) -> None:
    """A box in its colour between two thin light lines: it is seen on any ground."""
    outer = (box[0] - 1, box[1] - 1, box[2] + 1, box[3] + 1)
    pen.rectangle(outer, outline=(255, 255, 255), width=line + 2)
    pen.rectangle(box, outline=colour, width=line)


def _number_size(number: int, sizes: _Sizes) -> tuple[float, float]:
    digits = len(str(number + 1))
    return sizes.letters * 0.75 * digits + 2 * sizes.margin, sizes.letters + 2.0 * sizes.margin


def _room(
    box: Place,
    boxes: Sequence[Place],
    label: tuple[float, float],
    size: tuple[int, int],
    taken: Sequence[Place],
) -> Place | None:
    """Where a label of (width, height) covers no other and least of other boxes; None: nowhere."""
    fits = [
        place
        for place in _edges(box, label, size)
        if not any(_shared(place, other) for other in taken)
    ]
    others = [each for each in boxes if each != box]
    return min(fits, key=lambda place: _hidden(place, box, others), default=None)


def _edges(box: Place, label: tuple[float, float], size: tuple[int, int]) -> Iterator[Place]:
    """Over the box, under it, within its edges; moved along so that it stays in the picture."""
    wide, high = label
    if wide > size[0]:
        return
    middle = (box[0] + box[2] - wide) / 2
    outside = (box[1] - high, box[3], box[1] - 2 * high, box[3] + high)
    for top in (*outside, box[1], box[3] - high):
        for left in (box[0], box[2] - wide, middle):
            left = min(max(left, 0.0), size[0] - wide)
            if 0 <= top <= size[1] - high:
                yield left, top, left + wide, top + high


def _hidden(label: Place, own: Place, others: Sequence[Place]) -> float:
    """Pixels of what is seen that a label hides: of its own thing twice."""
    return 2 * _shared(label, own) + sum(_shared(label, other) for other in others)


def _shared(one: Place, other: Place) -> float:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return max(across, 0.0) * max(down, 0.0)


def _area(box: Place) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _write(
    pen: ImageDraw.ImageDraw,
    label: Place,
    words: str,
    colour: tuple[int, int, int],
    font: Font,
    sizes: _Sizes,
) -> None:
    pen.rectangle(label, fill=colour)
    middle = (label[1] + label[3]) / 2
    pen.text((label[0] + sizes.margin, middle), words, fill=(255, 255, 255), font=font, anchor="lm")


def _with_list(
    canvas: Image.Image,
    regions: Sequence[DescribedBox],
    listed: Sequence[int],
    font: Font,
    sizes: _Sizes,
) -> Image.Image:
    """The picture, and below it the sentences that found no room in it."""
    if not listed:
        return canvas
    row = sizes.letters + 3 * sizes.margin
    page = Image.new("RGB", (canvas.width, canvas.height + row * len(listed) + sizes.margin),
                     LIST_PAPER)  # fmt: skip
    page.paste(canvas)
    pen = ImageDraw.Draw(page)
    for place, number in enumerate(listed):
        top = canvas.height + sizes.margin + place * row
        wide, high = _number_size(number, sizes)
        chip = (float(sizes.margin), float(top), sizes.margin + wide, top + high)
        _write(pen, chip, str(number + 1), colour_of(number), font, sizes)
        at = (chip[2] + 2 * sizes.margin, (chip[1] + chip[3]) / 2)
        pen.text(at, regions[number].sentence, fill=LIST_INK, font=font, anchor="lm")
    return page
