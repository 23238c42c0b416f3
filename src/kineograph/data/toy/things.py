"""Things to draw into a scene: shapes, animals, a house, a tree, of a colour and a texture.

A thing is some outlines in a square from 0 to 1, y down. The outlines that are its body have its
colour and texture, the others their own: a door, an eye, a trunk. It is drawn three times too large
and scaled down, so that its edges are smooth.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Values = NDArray[np.float32]
Points = NDArray[np.float64]  # (P, 2): x, y

FINER = 3  # drawn so many times larger than it is shown
COLOURS: dict[str, tuple[int, int, int]] = {
    "red": (214, 48, 49),
    "orange": (240, 138, 36),
    "yellow": (246, 212, 60),
    "green": (60, 160, 75),
    "blue": (48, 104, 210),
    "purple": (138, 66, 176),
    "pink": (244, 140, 182),
    "white": (246, 246, 242),
}
TEXTURES = ("", "striped", "dotted")  # "": one colour, and nothing is said of it
DARK, LIGHT, WOOD, GLASS = (44, 40, 46), (250, 250, 246), (112, 74, 44), (174, 214, 236)


def as_values(numbers: ArrayLike) -> Values:
    """Any numbers as an array of floats."""
    return np.asarray(numbers, dtype=np.float32)


class Outline(NamedTuple):
    """A filled polygon; colour None: the thing's own, with its texture."""

    points: Points
    colour: tuple[int, int, int] | None = None


@dataclass(frozen=True)
class Thing:
    """What is drawn. side_pixels: of the square that it is drawn in."""

    kind: str  # a name in KINDS
    colour: str  # a name in COLOURS
    texture: str
    side_pixels: int


def draw_thing(thing: Thing, rng: np.random.Generator) -> tuple[Values, Values]:
    """Colours (S, S, 3) from 0 to 255 and cover (S, S) from 0 to 1 of a thing, its luck drawn.

    S is side_pixels. Luck tilts it a little, turns it round, and shades its colour.
    """
    fine = thing.side_pixels * FINER
    turn = _turned(rng, upright=thing.kind in UPRIGHT)
    own = np.clip(np.array(COLOURS[thing.colour]) * rng.uniform(0.9, 1.08), 0, 255)
    body = _textured(as_values(own), thing.texture, fine, rng)
    colours = np.zeros((fine, fine, 3), np.float32)
    cover = np.zeros((fine, fine), np.float32)
    for outline in KINDS[thing.kind]():
        mask = _filled(turn(outline.points), fine)
        paint = body[mask] if outline.colour is None else as_values(outline.colour)
        colours[mask] = paint
        cover[mask] = 1
    colours = _rounded(colours, cover)
    size = (thing.side_pixels, thing.side_pixels)
    weighed = cv2.resize(colours * cover[..., None], size, interpolation=cv2.INTER_AREA)
    share = as_values(cv2.resize(cover, size, interpolation=cv2.INTER_AREA))
    return as_values(weighed / np.maximum(share, 1e-3)[..., None]), share


def _turned(rng: np.random.Generator, *, upright: bool) -> Callable[[Points], Points]:
    """Tilted about the middle, perhaps mirrored, and kept inside of the square."""
    tilt = math.radians(rng.uniform(-6, 6) if upright else rng.uniform(-14, 14))
    mirrored = -1.0 if rng.random() < 0.5 else 1.0
    cosine, sine = math.cos(tilt), math.sin(tilt)
    shrink = 1 / (abs(cosine) + abs(sine))
    matrix = np.array([[cosine, -sine], [sine, cosine]]) * shrink

    def turn(points: Points) -> Points:
        found: Points = ((points - 0.5) * [mirrored, 1.0]) @ matrix.T + 0.5
        return found

    return turn


def _textured(colour: Values, texture: str, size: int, rng: np.random.Generator) -> Values:
    """(size, size, 3): the colour, with stripes or dots of a lighter or darker one."""
    paint = np.broadcast_to(colour, (size, size, 3)).copy()
    if not texture:
        return paint
    other = as_values(colour * 0.45 if colour.mean() > 170 else colour * 0.35 + 165)
    down, across = np.mgrid[:size, :size] / size
    begin = rng.random()
    if texture == "striped":
        slant = rng.uniform(-0.5, 0.5)
        marked = ((down + slant * across) * 5 + begin) % 1 < 0.42
    else:
        rows = down * 5 + begin
        columns = across * 5 + begin + 0.5 * (np.floor(rows) % 2)
        marked = (rows % 1 - 0.5) ** 2 + (columns % 1 - 0.5) ** 2 < 0.075
    paint[marked] = other
    return paint


def _filled(points: Points, size: int) -> NDArray[np.bool_]:
    mask = np.zeros((size, size), np.uint8)
    cv2.fillPoly(mask, [np.round(points * size * 16).astype(np.int32)], 1, shift=4)
    return mask > 0


def _rounded(colours: Values, cover: Values) -> Values:
    """Light from the upper left, and a darker rim, so that a thing stands out of any background."""
    size = len(cover)
    down, across = as_values(np.mgrid[:size, :size] / size)
    light = 1.14 - 0.28 * (down + across) / 2
    rim = max(1, round(size * 0.022))
    inner = cv2.erode(cover, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * rim + 1,) * 2))
    light = np.where((cover > 0) & (inner == 0), light * 0.55, light)
    return as_values(np.clip(colours * light[..., None], 0, 255))


# ------------------------------------------------------------------------------------- outlines


def _ring(x: float, y: float, across: float, down: float | None = None, first: float = 0.0,
          last: float = 360.0) -> Points:  # fmt: skip
    """Points of an ellipse around (x, y), from one angle to another, clockwise from the right."""
    angles = np.radians(np.linspace(first, last, 49))
    down = across if down is None else down
    return np.stack([x + across * np.cos(angles), y + down * np.sin(angles)], 1)


def _polygon(*points: tuple[float, float]) -> Points:
    return np.array(points, np.float64)


def _circle() -> list[Outline]:
    return [Outline(_ring(0.5, 0.5, 0.47))]


def _square() -> list[Outline]:
    return [Outline(_polygon((0.04, 0.04), (0.96, 0.04), (0.96, 0.96), (0.04, 0.96)))]


def _triangle() -> list[Outline]:
    return [Outline(_polygon((0.5, 0.04), (0.98, 0.94), (0.02, 0.94)))]


def _star() -> list[Outline]:
    angles = np.radians(np.arange(10) * 36 - 90)
    reach = np.where(np.arange(10) % 2 == 0, 0.5, 0.21)
    around = np.stack([np.cos(angles), np.sin(angles)], 1)
    return [Outline(0.5 + reach[:, None] * around + [0.0, 0.03])]


def _heart() -> list[Outline]:
    t = np.linspace(0, 2 * np.pi, 65)
    x = 16 * np.sin(t) ** 3
    y = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    return [Outline(np.stack([0.5 + x / 34, 0.46 - y / 34], 1))]


def _house() -> list[Outline]:
    return [
        Outline(_polygon((0.12, 0.42), (0.88, 0.42), (0.88, 0.97), (0.12, 0.97))),
        Outline(_polygon((0.5, 0.03), (0.99, 0.44), (0.01, 0.44)), (128, 62, 46)),
        Outline(_polygon((0.42, 0.66), (0.6, 0.66), (0.6, 0.97), (0.42, 0.97)), WOOD),
        Outline(_polygon((0.2, 0.54), (0.36, 0.54), (0.36, 0.7), (0.2, 0.7)), GLASS),
        Outline(_polygon((0.66, 0.54), (0.82, 0.54), (0.82, 0.7), (0.66, 0.7)), GLASS),
    ]


def _tree() -> list[Outline]:
    return [
        Outline(_polygon((0.43, 0.6), (0.57, 0.6), (0.6, 0.98), (0.4, 0.98)), WOOD),
        Outline(_ring(0.29, 0.48, 0.25, 0.22)),
        Outline(_ring(0.71, 0.48, 0.25, 0.22)),
        Outline(_ring(0.5, 0.3, 0.3, 0.28)),
        Outline(_ring(0.5, 0.52, 0.26, 0.18)),
    ]


def _fish() -> list[Outline]:
    return [
        Outline(_polygon((0.66, 0.5), (0.98, 0.22), (0.9, 0.5), (0.98, 0.78))),
        Outline(_polygon((0.36, 0.3), (0.62, 0.12), (0.62, 0.34))),
        Outline(_ring(0.39, 0.5, 0.37, 0.26)),
        Outline(_ring(0.2, 0.44, 0.055), LIGHT),
        Outline(_ring(0.19, 0.44, 0.028), DARK),
    ]


def _bird() -> list[Outline]:
    return [
        Outline(_polygon((0.02, 0.34), (0.2, 0.26), (0.2, 0.42)), (236, 160, 30)),
        Outline(_polygon((0.66, 0.56), (0.99, 0.36), (0.95, 0.66))),
        Outline(_polygon((0.46, 0.8), (0.5, 0.8), (0.5, 0.99), (0.46, 0.99)), DARK),
        Outline(_polygon((0.58, 0.8), (0.62, 0.8), (0.62, 0.99), (0.58, 0.99)), DARK),
        Outline(_ring(0.53, 0.6, 0.3, 0.25)),
        Outline(_ring(0.31, 0.33, 0.18)),
        Outline(_ring(0.27, 0.3, 0.035), DARK),
        Outline(_ring(0.6, 0.58, 0.17, 0.1, 0, 180), DARK),
    ]


def _cat() -> list[Outline]:
    return [
        Outline(_polygon((0.1, 0.04), (0.46, 0.24), (0.08, 0.5))),
        Outline(_polygon((0.9, 0.04), (0.54, 0.24), (0.92, 0.5))),
        Outline(_ring(0.5, 0.57, 0.45, 0.4)),
        Outline(_ring(0.32, 0.5, 0.08, 0.1), LIGHT),
        Outline(_ring(0.68, 0.5, 0.08, 0.1), LIGHT),
        Outline(_ring(0.33, 0.51, 0.035, 0.075), DARK),
        Outline(_ring(0.67, 0.51, 0.035, 0.075), DARK),
        Outline(_polygon((0.43, 0.66), (0.57, 0.66), (0.5, 0.75)), DARK),
        Outline(_ring(0.5, 0.8, 0.13, 0.045), DARK),
    ]


def _flower() -> list[Outline]:
    angles = np.radians(np.arange(6) * 60 - 90)
    petals = [
        Outline(_ring(0.5 + 0.2 * math.cos(a), 0.33 + 0.2 * math.sin(a), 0.14)) for a in angles
    ]
    return [
        Outline(_polygon((0.47, 0.5), (0.53, 0.5), (0.53, 0.99), (0.47, 0.99)), (52, 122, 58)),
        Outline(_ring(0.66, 0.78, 0.16, 0.07), (52, 122, 58)),
        *petals,
        Outline(_ring(0.5, 0.33, 0.12), (96, 60, 30)),
    ]


def _boat() -> list[Outline]:
    return [
        Outline(_polygon((0.47, 0.03), (0.52, 0.03), (0.52, 0.7), (0.47, 0.7)), WOOD),
        Outline(_polygon((0.55, 0.08), (0.94, 0.62), (0.55, 0.62)), LIGHT),
        Outline(_polygon((0.44, 0.18), (0.44, 0.62), (0.14, 0.62)), LIGHT),
        Outline(_polygon((0.01, 0.68), (0.99, 0.68), (0.82, 0.96), (0.18, 0.96))),
    ]


KINDS: dict[str, Callable[[], Sequence[Outline]]] = {
    "circle": _circle,
    "square": _square,
    "triangle": _triangle,
    "star": _star,
    "heart": _heart,
    "house": _house,
    "tree": _tree,
    "fish": _fish,
    "bird": _bird,
    "cat": _cat,
    "flower": _flower,
    "boat": _boat,
}
UPRIGHT = ("square", "house", "tree", "boat", "triangle")
