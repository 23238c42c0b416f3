"""Scenes of a few things, with the exact box of each and a sentence that says what it is.

    a large red circle · a small striped house · a blue tree above a green fish

Sentences follow a rule, so that what is right can be counted: size, texture, colour and kind, each
where there is one to say. A texture is said instead of nothing, a size where the thing is small or
large. Two things that almost touch, one above the other or one left of the other, are a region,
too: its box encloses both, and its sentence says how they stand. No others stand so.
"""

from dataclasses import dataclass, replace
from itertools import islice

import cv2
import numpy as np
from numpy.typing import NDArray

from kineograph.data.toy.things import COLOURS, KINDS, TEXTURES, Thing, as_values, draw_thing

Picture = NDArray[np.uint8]  # (S, S, 3)
Canvas = NDArray[np.float32]

SIZE_PIXELS = 160
SIDES_PIXELS = {"small": (27, 33), "": (42, 52), "large": (66, 82)}  # gaps: no size is doubtful
SIZE_CHANCES = (0.35, 0.4, 0.25)
TEXTURE_CHANCES = (0.5, 0.25, 0.25)
PAIR_CHANCE = 0.6  # that a scene has two things that almost touch
PAIR_GAP_PIXELS = (2, 6)
LEAST_GAP_PIXELS = 16  # of any others that stand so
LEAST_SHARED_PIXELS = 6  # of two that overlap, in width and height: they do not only touch
MOST_COVERED = 0.25  # of a thing, by one in front of it
TRIES = 20  # to find a place for a thing; then it is left out
EDGE_PIXELS = 2


@dataclass(frozen=True)
class Box:
    """Pixels: left and top are in it, right and bottom are not."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Pixels."""
        return self.bottom - self.top

    def with_other(self, other: "Box") -> "Box":
        """The least box that encloses both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


@dataclass(frozen=True)
class DescribedScene:
    """A picture (S, S, 3), and the box and sentence of everything in it."""

    picture: Picture
    regions: tuple[tuple[Box, str], ...]


@dataclass(frozen=True, eq=False)
class _Placed:
    thing: Thing
    size: str
    colours: Canvas  # (h, w, 3) of its own box alone
    cover: Canvas  # (h, w)
    box: Box

    @property
    def sentence(self) -> str:
        thing = self.thing
        return _with_article(self.size, thing.texture, thing.colour, thing.kind)

    @property
    def short(self) -> str:
        return _with_article(self.thing.colour, self.thing.kind)


def _with_article(*words: str) -> str:
    said = " ".join(word for word in words if word)
    return f"an {said}" if said[0] in "aeiou" else f"a {said}"


def draw_described_scene(
    rng: np.random.Generator, size_pixels: int = SIZE_PIXELS
) -> DescribedScene:
    """A scene of two to six things; all is drawn by `rng`."""
    placed: list[_Placed] = []
    pairs: list[tuple[_Placed, _Placed, str]] = []
    wanted = int(rng.integers(2, 7))
    if rng.random() < PAIR_CHANCE:
        pair = _pair(rng, size_pixels)
        if pair is not None:
            pairs.append(pair)
            placed += pair[:2]
    for _ in range(wanted - len(placed)):
        new = _new(rng)
        places = (_somewhere(new, rng, size_pixels) for _ in range(TRIES))
        fit = (one for one in places if all(_can_stand(one, other) for other in placed))
        placed += islice(fit, 1)
    canvas = _background(size_pixels, rng)
    for one in placed:
        _shadow(canvas, one)
        part = canvas[one.box.top : one.box.bottom, one.box.left : one.box.right]
        part[:] = part * (1 - one.cover[..., None]) + one.colours * one.cover[..., None]
    canvas += rng.normal(0, rng.uniform(0, 5), canvas.shape)
    regions = [(one.box, one.sentence) for one in placed]
    regions += [
        (one.box.with_other(other.box), f"{one.short} {how} {other.short}")
        for one, other, how in pairs
    ]
    return DescribedScene(np.clip(canvas, 0, 255).astype(np.uint8), tuple(regions))


# --------------------------------------------------------------------------------------- things


def _new(rng: np.random.Generator, size: str | None = None) -> _Placed:
    """A thing of some kind, drawn and cut to its exact box, at the left upper corner."""
    if size is None:
        size = str(rng.choice(list(SIDES_PIXELS), p=SIZE_CHANCES))
    least, most = SIDES_PIXELS[size]
    thing = Thing(
        str(rng.choice(list(KINDS))),
        str(rng.choice(list(COLOURS))),
        str(rng.choice(TEXTURES, p=TEXTURE_CHANCES)),
        int(rng.integers(least, most + 1)),
    )
    colours, cover = draw_thing(thing, rng)
    rows, columns = (np.flatnonzero((cover >= 0.5).any(axis=axis)) for axis in (1, 0))
    box = Box(0, 0, int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1)
    own = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return _Placed(thing, size, colours[own], cover[own], box)


def _moved(one: _Placed, left: int, top: int) -> _Placed:
    box = Box(left, top, left + one.box.width, top + one.box.height)
    return replace(one, box=box)


def _somewhere(one: _Placed, rng: np.random.Generator, size_pixels: int) -> _Placed:
    left = rng.integers(EDGE_PIXELS, size_pixels - one.box.width - EDGE_PIXELS)
    top = rng.integers(EDGE_PIXELS, size_pixels - one.box.height - EDGE_PIXELS)
    return _moved(one, int(left), int(top))


def _pair(rng: np.random.Generator, size_pixels: int) -> tuple[_Placed, _Placed, str] | None:
    """Two things of one size that almost touch, and how they stand; None if there is no room."""
    size = "" if rng.random() < 0.6 else "small"
    one, other = (_new(rng, size) for _ in range(2))
    gap = int(rng.integers(PAIR_GAP_PIXELS[0], PAIR_GAP_PIXELS[1] + 1))
    one = _somewhere(one, rng, size_pixels)
    how = "above" if rng.random() < 0.5 else "left of"
    if how == "above":
        left = _beside(one.box.left, one.box.width, other.box.width, rng)
        other = _moved(other, left, one.box.bottom + gap)
    else:
        top = _beside(one.box.top, one.box.height, other.box.height, rng)
        other = _moved(other, one.box.right + gap, top)
    edges = (other.box.left, other.box.top, size_pixels - other.box.right,
             size_pixels - other.box.bottom)  # fmt: skip
    return None if min(edges) < EDGE_PIXELS else (one, other, how)


def _beside(first: int, side: int, other_side: int, rng: np.random.Generator) -> int:
    """Where the other begins, so that their middles are near."""
    return first + (side - other_side) // 2 + int(rng.integers(-3, 4))


def _can_stand(one: _Placed, other: _Placed) -> bool:
    """Whether both are seen well enough, and nobody would say that they stand as a pair does."""
    a, b = one.box, other.box
    across = min(a.right, b.right) - max(a.left, b.left)  # pixels shared; below 0: the gap
    down = min(a.bottom, b.bottom) - max(a.top, b.top)
    if across > 0 and down > 0:
        least = min(a.width * a.height, b.width * b.height)
        return min(across, down) >= LEAST_SHARED_PIXELS and across * down <= MOST_COVERED * least
    return max(-across, -down) >= LEAST_GAP_PIXELS or (across <= 0 and down <= 0)


# ---------------------------------------------------------------------------------- backgrounds


def _shadow(canvas: Canvas, one: _Placed) -> None:
    """Darker to the right of it and below, softly."""
    reach = max(2, round(one.thing.side_pixels * 0.06))
    soft = cv2.GaussianBlur(np.pad(one.cover, 2 * reach), (0, 0), reach * 0.7)
    top, left = one.box.top - reach, one.box.left - reach
    first_row, first_column = max(0, -top), max(0, -left)
    part = canvas[max(0, top) : top + len(soft), max(0, left) : left + soft.shape[1]]
    own = soft[first_row : first_row + len(part), first_column : first_column + part.shape[1]]
    part *= 1 - 0.35 * own[..., None]


def _background(size: int, rng: np.random.Generator) -> Canvas:
    """(size, size, 3) of muted colours, so that nothing in it is mistaken for a thing."""
    draw = (_plain, _landscape, _cloudy, _boards)[rng.integers(4)]
    return as_values(draw(size, rng))


def _muted(rng: np.random.Generator, least: float = 110, most: float = 215) -> Canvas:
    level = rng.uniform(least, most)
    return as_values(np.clip(level + rng.uniform(-22, 22, 3), 0, 255))


def _plain(size: int, rng: np.random.Generator) -> Canvas:
    return _blended(_muted(rng), _muted(rng), np.linspace(0, 1, size)[:, None].repeat(size, 1))


def _landscape(size: int, rng: np.random.Generator) -> Canvas:
    """Sky above a hilly ground."""
    down, across = np.mgrid[:size, :size] / size
    hills = rng.uniform(0.45, 0.75) + 0.05 * np.sin(across * rng.uniform(4, 9) + rng.uniform(0, 6))
    sky = _blended(as_values([158, 190, 214]), as_values([222, 230, 234]), down)
    ground = _blended(as_values([150, 168, 118]), as_values([112, 130, 88]), down)
    soft = 1 / (1 + np.exp(-(down - hills) * 120))
    return as_values(
        (sky * (1 - soft[..., None]) + ground * soft[..., None]) * rng.uniform(0.8, 1.1)
    )


def _cloudy(size: int, rng: np.random.Generator) -> Canvas:
    """Two colours run into each other."""
    coarse = rng.random((6, 6)).astype(np.float32)
    mixed = np.clip(cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC), 0, 1)
    return _blended(_muted(rng), _muted(rng), as_values(mixed))


def _boards(size: int, rng: np.random.Generator) -> Canvas:
    """A floor of boards, each a little lighter or darker."""
    wide = int(rng.integers(18, 34))
    shades = rng.uniform(0.9, 1.08, size // wide + 2).repeat(wide)[:size]
    seams = np.where(np.arange(size) % wide < 1, 0.75, 1.0)
    lines = as_values(shades * seams)[:, None].repeat(size, 1)
    return _muted(rng, 120, 190) * lines[..., None]


def _blended(one: Canvas, other: Canvas, share: NDArray[np.floating]) -> Canvas:
    return as_values(one * (1 - share[..., None]) + other * share[..., None])
