"""Handwriting drawn from the pen's way: writers who differ in slant, size, joins, pen and care.

The same text of the same writer twice is never the same, and two writers differ more. A line is
strokes first, lists of points on the way of the pen, and a picture only then: handwriting is
learned from both. Units: small letters are 1 high, x to the right, y up, the baseline is 0.
"""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from kineograph.data.ink.strokes import Points, Strokes
from kineograph.data.text import name_some
from kineograph.data.toy.letters import BEFORE, CAPITALS, MARKS, SIGNS, SMALL
from kineograph.errors import InputError

X_HEIGHT = 10.0  # of letters.py's units
LETTERS = SMALL | CAPITALS | SIGNS
WORD_SPACE = 8.0
MARK_CENTRE, MARK_RISE = 0.36, 8.0  # of the letter's width; above capitals and tall letters
HIGH, LOW = 6.0, 3.0  # a letter that ends above HIGH does not join one that begins below LOW
SAMPLES = 12  # points between two knots before they are spread evenly
FINE = 4  # pictures are drawn so many times larger, then averaged


@dataclass(frozen=True)
class Writer:
    """How one person writes. Lengths are parts of the height of small letters.

    seed: what makes this person's letters their own. wobble: how far a letter strays from the
    person's own form; own_form: how far that lies from letters.py's. joins: part of the possible
    joins that are made. speed: distance of two points of the pen. drift: of the baseline over ten
    letters. pen, pressure: width of the stroke, and how much wider it is going down than up.
    marks_at_once: whether dots and bars come with their letter, not when the word is done.
    """

    seed: int = 0
    slant_degrees: float = 14.0
    width: float = 1.0
    spacing: float = 0.0
    tall: float = 1.0  # loops and capitals, times
    wobble: float = 0.02
    own_form: float = 0.03
    joins: float = 1.0
    speed: float = 0.12
    drift: float = 0.04
    pen: float = 0.13
    pressure: float = 0.3
    marks_at_once: bool = False


class _Knot(NamedTuple):
    x: float
    y: float
    is_corner: bool


class _Letter(NamedTuple):
    advance: float
    strokes: tuple[tuple[_Knot, ...], ...]
    marks: tuple[tuple[_Knot, ...], ...]  # written later, see Writer.marks_at_once
    before: tuple[_Knot, ...]  # on the way from the letter before
    joins: bool  # to the next one
    top: float


def draw_writer(rng: np.random.Generator) -> Writer:
    """A person: upright or slanted, joined or not, with a fine or a broad pen."""
    return Writer(
        seed=int(rng.integers(2**31)),
        slant_degrees=float(np.clip(rng.normal(12, 9), -8, 32)),
        width=float(rng.uniform(0.85, 1.2)),
        spacing=float(rng.uniform(-0.06, 0.16)),
        tall=float(rng.uniform(0.85, 1.15)),
        wobble=float(rng.uniform(0.01, 0.035)),
        own_form=float(rng.uniform(0.02, 0.055)),
        joins=float(rng.choice([0.0, 0.6, 0.9, 1.0], p=[0.15, 0.15, 0.3, 0.4])),
        speed=float(rng.uniform(0.08, 0.2)),
        drift=float(rng.uniform(0.0, 0.12)),
        pen=float(rng.uniform(0.07, 0.2)),
        pressure=float(rng.uniform(0.0, 0.6)),
    )


def cannot_write(text: str) -> list[str]:
    """The text's characters that letters.py has no way of the pen for."""
    known = LETTERS.keys() | MARKS.keys() | {" "}
    return sorted({point for point in _points_of(text) if point not in known})


def write(text: str, writer: Writer, rng: np.random.Generator) -> Strokes:
    """The strokes of a line, each (N, 2), in the order that a hand makes them.

    Raises InputError naming characters that cannot be written, or if there is none.
    """
    unknown = cannot_write(text)
    if unknown or not text.strip():
        what = f"there is no letter for {name_some(unknown)}" if unknown else "it is empty"
        raise InputError(f"'{text[:40]}': {what}. Leave them out, or draw them in letters.py.")
    at = 0.0
    strokes: Strokes = []
    phase = rng.uniform(0, 2 * math.pi)
    for word in text.split():
        written, width = _word(_letters(word), writer, rng)
        for stroke in written:
            stroke[:, 0] += at
            rise = X_HEIGHT * writer.drift * np.sin(phase + stroke[:, 0] / (16 * X_HEIGHT))
            stroke[:, 1] += rise
            stroke[:, 0] += math.tan(math.radians(writer.slant_degrees)) * stroke[:, 1]
            strokes.append(_even(stroke / X_HEIGHT, writer.speed))
        at += width + WORD_SPACE * float(rng.uniform(0.8, 1.4)) * writer.width
    return strokes


def ink_of(
    strokes: Sequence[Points],
    x_height_pixels: float,
    *,
    pen: float = 0.13,
    pressure: float = 0.3,
    margin: float = 0.5,
) -> NDArray[np.float32]:
    """Ink (H, W) from 0 to 1, with a margin around, in parts of the height of small letters."""
    scale = x_height_pixels * FINE
    every = np.concatenate(list(strokes))
    left, top = every[:, 0].min() - margin, every[:, 1].max() + margin
    wide, high = every[:, 0].max() + margin - left, top - every[:, 1].min() + margin
    size = (math.ceil(wide * x_height_pixels), math.ceil(high * x_height_pixels))
    picture = np.zeros((size[1] * FINE, size[0] * FINE), dtype=np.uint8)
    for stroke in strokes:
        places = np.column_stack([stroke[:, 0] - left, top - stroke[:, 1]]) * scale
        whole = np.rint(places * 16).astype(np.int64)
        steps = np.diff(stroke, axis=0)
        down = -steps[:, 1] / np.maximum(np.linalg.norm(steps, axis=1), 1e-9)
        down = np.convolve(np.pad(down, 2, mode="edge"), np.full(5, 0.2), mode="valid")
        widths = np.maximum(1, np.rint(scale * pen * (1 + pressure * down))).astype(int)
        for one, other, pixels in zip(whole[:-1], whole[1:], widths, strict=True):
            cv2.line(picture, one.tolist(), other.tolist(), 255, int(pixels), cv2.LINE_AA, 4)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.float32) / 255.0


def _points_of(text: str) -> str:
    """Letters and their marks apart, but for letters that have their own way of the pen."""
    return "".join(
        each if each in LETTERS else unicodedata.normalize("NFD", each)
        for each in unicodedata.normalize("NFC", text)
    )


def _letters(word: str) -> list[tuple[str, str]]:
    """Each letter with the marks above it."""
    found: list[tuple[str, str]] = []
    for point in _points_of(word):
        if point in MARKS and found:
            found[-1] = (found[-1][0], found[-1][1] + point)
        elif point not in MARKS:
            found.append((point, ""))
    return found


@cache
def _letter(character: str) -> _Letter:
    """letters.py's line of a character, read."""
    advance, _, way = LETTERS[character].partition(":")
    body, _, marks = way.rstrip("|").partition(";")
    strokes, before = _read(body), _read(BEFORE.get(character, ""))
    return _Letter(
        advance=float(advance),
        strokes=strokes,
        marks=_read(marks),
        before=before[0] if before else (),
        joins=character in SMALL and not way.endswith("|"),
        top=max(knot.y for stroke in strokes for knot in stroke),
    )


@cache
def _read(way: str) -> tuple[tuple[_Knot, ...], ...]:
    strokes = []
    for part in way.split("/"):
        knots = []
        for point in part.split():
            x, y = point.rstrip("!").split(",")
            knots.append(_Knot(float(x), float(y), point.endswith("!")))
        if knots:
            strokes.append(tuple(knots))
    return tuple(strokes)


def _word(
    letters: Sequence[tuple[str, str]], writer: Writer, rng: np.random.Generator
) -> tuple[Strokes, float]:
    """Strokes of one word in letters.py's units, upright, and how wide it is."""
    done: list[list[_Knot]] = []
    later: list[list[_Knot]] = []
    waiting: list[_Knot] | None = None  # the stroke that can go on into the next letter
    at = 0.0
    for character, marks in letters:
        letter = _letter("ı" if marks and character in ("i", "і") else character)
        mine = _Hand(writer, character, at, rng)
        strokes = [mine.knots(stroke, number) for number, stroke in enumerate(letter.strokes)]
        if (
            waiting
            and character in SMALL
            and not (waiting[-1].y > HIGH and strokes[0][0].y < LOW)
            and rng.random() < writer.joins
        ):
            way = mine.knots(letter.before, 9) + strokes[0]
            if waiting is done[-1]:
                waiting += way
            else:  # the pen was lifted for a mark: it goes on where the letter ended
                done.append([waiting[-1], *way])
            done += strokes[1:]
        else:
            done += strokes
        waiting = done[-1] if letter.joins else None
        above = [mine.knots(stroke, 20 + n) for n, stroke in enumerate(letter.marks)]
        above += _marks(letter, marks, mine)
        (done if writer.marks_at_once else later).extend(above)
        step = letter.advance * writer.width + X_HEIGHT * writer.spacing
        at += step * float(1 + writer.wobble * rng.standard_normal())
    return [_smooth(knots) for knots in done + later], at


def _marks(letter: _Letter, marks: str, mine: "_Hand") -> list[list[_Knot]]:
    """What stands above a letter, over its middle."""
    middle = MARK_CENTRE * letter.advance - (letter.advance < 8) * 1.0
    rise = MARK_RISE if letter.top > 12 else 0.0
    found = []
    for number, mark in enumerate(marks):
        for place, stroke in enumerate(_read(MARKS[mark])):
            moved = [_Knot(k.x + middle, k.y + rise, k.is_corner) for k in stroke]
            found.append(mine.knots(moved, 30 + 5 * number + place))
    return found


class _Hand:
    """One letter as one writer makes it this time: their own form of it, and a little chance."""

    def __init__(self, writer: Writer, character: str, at: float, rng: np.random.Generator) -> None:
        self.writer, self.at, self.rng = writer, at, rng
        self.code = [writer.seed, *map(ord, character)]
        self.size = 1.0 + writer.wobble * float(rng.standard_normal())
        self.lift = X_HEIGHT * writer.wobble * float(rng.standard_normal()) * 0.7

    def knots(self, knots: Sequence[_Knot], number: int) -> list[_Knot]:
        """The knots of the letter's stroke `number`, moved; stems stay straighter than bowls."""
        if not knots:
            return []
        own = np.random.default_rng([*self.code, number]).standard_normal((len(knots), 2))
        now = self.rng.standard_normal((len(knots), 2))
        moves = X_HEIGHT * (self.writer.own_form * own + self.writer.wobble * now)
        made = []
        for knot, (right, up) in zip(knots, np.clip(moves, -0.9, 0.9), strict=True):
            y = knot.y if 0 <= knot.y <= X_HEIGHT else self._tall(knot.y)
            made.append(
                _Knot(
                    self.at + self.size * knot.x * self.writer.width + 0.6 * right,
                    self.size * y + self.lift + 0.8 * up,
                    knot.is_corner,
                )
            )
        return made

    def _tall(self, y: float) -> float:
        beyond = y - X_HEIGHT if y > 0 else y
        return (X_HEIGHT if y > 0 else 0.0) + beyond * self.writer.tall


def _smooth(knots: Sequence[_Knot]) -> Points:
    """A way through the knots: Catmull and Rom's spline with centripetal steps, cut at corners.

    Source: Catmull and Rom (1974); centripetal: Yuksel, Schaefer and Keyser (2011), no loops.
    """
    corners = [0, *(n for n, k in enumerate(knots) if k.is_corner and 0 < n < len(knots) - 1)]
    ends = [*corners[1:], len(knots) - 1]
    parts = [
        _spline(np.array([(knot.x, knot.y) for knot in knots[start : end + 1]]))
        for start, end in zip(corners, ends, strict=True)
    ]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def _spline(points: Points) -> Points:
    if len(points) < 3:
        return np.linspace(points[0], points[-1], SAMPLES)
    steps = np.sqrt(np.linalg.norm(np.diff(points, axis=0), axis=1)).clip(1e-3)[:, None]
    slopes = np.diff(points, axis=0) / steps
    tangents = np.empty_like(points)
    before, after = steps[:-1], steps[1:]
    tangents[1:-1] = (slopes[:-1] * after + slopes[1:] * before) / (before + after)
    tangents[0] = 1.5 * slopes[0] - 0.5 * tangents[1]  # no bend at the ends
    tangents[-1] = 1.5 * slopes[-1] - 0.5 * tangents[-2]
    t = np.linspace(0, 1, SAMPLES, endpoint=False)[None, :, None]
    start, end = points[:-1, None], points[1:, None]
    out, into = (tangents[:-1] * steps)[:, None], (tangents[1:] * steps)[:, None]
    curve = (
        (2 * t**3 - 3 * t**2 + 1) * start
        + (t**3 - 2 * t**2 + t) * out
        + (3 * t**2 - 2 * t**3) * end
        + (t**3 - t**2) * into
    )
    return np.concatenate([curve.reshape(-1, 2), points[-1:]])


def _even(points: Points, distance: float) -> Points:
    """Points at equal distances along the way, as a pen of constant speed leaves them."""
    lengths = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    count = max(2, round(float(lengths[-1]) / distance) + 1)
    wanted = np.linspace(0, lengths[-1], count)
    return np.column_stack([np.interp(wanted, lengths, points[:, axis]) for axis in range(2)])
