"""A text becomes prepared lines that a network wrote by hand: what it learned, read again.

SRC is a run that writes, or a shipped name. The group is the hand: each goes on from a first line
of its own, or from a person's where prime=FILE names some; without writers each line is by itself,
in a hand that no other line has. Pens, margins and paper are those of `cursive`, so that what
differs is the way of the pen alone.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kineograph.data.ink.ink import smooth
from kineograph.data.ink.line import InkLine
from kineograph.data.ink.strokes import Strokes
from kineograph.data.lines.cache import Progress
from kineograph.data.lines.corpus import LineTexts, read_corpus
from kineograph.data.lines.degrade import degrade
from kineograph.data.lines.picture import Grey, scale_line
from kineograph.data.prepare.cursive import X_HEIGHT_SHARE, draw_writers
from kineograph.data.prepare.drawn_lines import Drawn, share_of, whole_number, write_drawn_lines
from kineograph.data.prepare.prepared_lines import PreparedLines
from kineograph.data.text import name_some
from kineograph.data.toy.cursive import Writer, ink_of
from kineograph.errors import InputError
from kineograph.predict.hand import MOST_BIAS, Hand
from kineograph.predict.prime import read_primes
from kineograph.tasks.draw_ink import BATCH
from kineograph.training.reproduce import choose_device

# The pen's way for a character, in heights of small letters: by it, ink of any units is sized.
WAY = 3.9
LEAST_LONGEST = 8  # characters


class _Wish(NamedTuple):
    texts: LineTexts
    lines: int
    writers: int  # 0: each line is by itself
    bias: float
    seed: int
    primes: Sequence[InkLine]
    left_out: Sequence[str]  # why a person's line is not gone on from


def prepare_written(
    source: str | Path,
    out: str | Path,
    *,
    texts: str | Path = "built-in",
    count: str | int = 2000,
    writers: str | int = 40,
    bias: str | float = 0.5,
    longest: str | int | None = None,
    even: str | float = 0.0,
    prime: str | Path | None = None,
    height: str | int = 48,
    seed: str | int = 0,
    device: str = "auto",
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedLines:
    """`count` lines of the UTF-8 file `texts`, of up to `longest` characters, in so many hands.

    longest: as the network's own lines if left away, half of that where one goes on from another.
    even: share of lines of words that have every letter as often. writers: 0 for lines that are
    each by itself. prime: people's strokes, .jsonl or .inkml, a hand a line. bias: 0 as it learned,
    1 and more neater. height: of the pictures, in pixels. Raises InputError for a run that writes
    no text, or where `out` holds other data.
    """
    pixels, number = whole_number("height", height, 16), whole_number("seed", seed, 0)
    hand = Hand.load(str(source), choose_device(device))
    hands = whole_number("writers", writers, 0)
    at_most = _longest(longest, hand, hands)
    wish = _Wish(
        LineTexts(read_corpus(texts), at_most, share_of("even", even)),
        whole_number("count", count, 1),
        hands,
        _bias(bias),
        number,
        *_primes(hand, prime, hands),
    )
    desk, pens = _Desk(hand, wish), draw_writers(hands or wish.lines, number)

    def draw(place: int, rng: np.random.Generator) -> Drawn | str:
        text, whose, strokes = wish.texts.draw(rng), desk.writer_of(place), desk.strokes(place)
        if isinstance(strokes, str):
            return strokes
        return _picture(strokes, pens[whose], rng, pixels), text, desk.group_of(whose), None

    return write_drawn_lines(
        Path(out),
        draw,
        count=wish.lines,
        seed=number,
        kind="written",
        name=name or f"written by {hand.trained.name}",
        command=command,
        notes=[f"{desk.notes}, corpus {Path(texts).name}."],
        problems=list(wish.left_out),
        overwrite=overwrite,
        progress=progress,
    )


class _Desk:
    """All lines of one hand at once, when the first of them is asked for: networks like company.

    Lines that are nobody's have their turn as many together as a network draws side by side.
    """

    def __init__(self, hand: Hand, wish: _Wish) -> None:
        self._hand, self._wish = hand, wish
        self._each = -(-wish.lines // wish.writers) if wish.writers else BATCH
        self._now = -1
        self._written: dict[int, Strokes | str] = {}

    @property
    def notes(self) -> str:
        """Who wrote, in which hands, how neatly."""
        wish = self._wish
        of = f"{len(wish.primes)} people's" if wish.primes else str(wish.writers)
        hands = f"in {of} hands" if wish.writers else "each line in a hand of its own"
        return f"Written by the network {self._hand.trained.name} {hands}, bias {wish.bias:g}"

    def writer_of(self, place: int) -> int:
        return place // self._each if self._wish.writers else place

    def group_of(self, writer: int) -> str:
        """The hand's name; two hands of one person are one group."""
        primes = self._wish.primes
        if not primes:
            return f"hand {writer:03}"
        which = writer % len(primes)
        return f"hand of {primes[which].group or f'line {which + 1}'}"

    def strokes(self, place: int) -> Strokes | str:
        """A line's strokes, in heights of small letters; or why there are none."""
        if place // self._each != self._now:
            self._now = place // self._each
            self._written = self._write(self._now)
        return self._written[place]

    def _write(self, turn: int) -> dict[int, Strokes | str]:
        wish, known = self._wish, self._hand.trained.known
        begin = turn * self._each
        places = range(begin, min(begin + self._each, wish.lines))
        found: dict[int, Strokes | str] = {}
        texts: dict[int, str] = {}
        for place in places:
            text = wish.texts.draw(np.random.default_rng([wish.seed, place]))
            unseen = known.alphabet.unseen(self._hand.trained.config.spelling(text))
            if unseen:
                found[place] = f"it never learned {name_some(unseen)}: such lines are left out."
            else:
                texts[place] = text
        if texts:
            prime = wish.primes[turn % len(wish.primes)] if wish.primes else None
            seed = int(np.random.default_rng([wish.seed, 3, turn]).integers(2**31))
            written = self._hand.write_lines(
                list(texts.values()),
                bias=wish.bias,
                seed=seed,
                prime=prime,
                one_hand=bool(wish.writers),
            )
            scale = WAY / known.length_per_character
            for (place, text), strokes in zip(texts.items(), written, strict=True):
                sized = [scale * stroke for stroke in strokes]
                found[place] = sized or f"{text!r}: did not come to its end by itself: left out."
        return found


def _picture(strokes: Strokes, pen: Writer, rng: np.random.Generator, pixels: int) -> Grey:
    """A line as `cursive` draws them, (H, W) uint8; a dot is a stroke that goes nowhere."""
    ways = [smooth(stroke) if len(stroke) > 1 else np.repeat(stroke, 2, 0) for stroke in strokes]
    margin = float(rng.uniform(0.25, 0.6))
    ink = ink_of(ways, X_HEIGHT_SHARE * pixels, pen=pen.pen, pressure=pen.pressure, margin=margin)
    return scale_line(degrade(ink, rng), pixels)


def _primes(hand: Hand, prime: str | Path | None, writers: int) -> tuple[list[InkLine], list[str]]:
    """People's lines that the hand can go on from, and a problem for each of the others."""
    if not prime:
        return [], []
    if not writers:
        raise InputError(
            f"writers=0 beside prime={prime}: what goes on from people's ink is in their hands. "
            "Leave one of them out."
        )
    lines, problems = [], []
    for line in read_primes(Path(prime)):
        try:
            hand.as_seen(line)
            lines.append(line)
        except InputError as error:
            problems.append(f"{prime}: {error}")
    if not lines:
        raise InputError(problems[0])
    return lines, problems


def _longest(given: str | int | None, hand: Hand, writers: int) -> int:
    usual = hand.joined_characters if writers else hand.trained.known.characters_per_line
    wanted = max(LEAST_LONGEST, usual) if given is None else given
    return whole_number("longest", wanted, LEAST_LONGEST)


def _bias(given: str | float) -> float:
    try:
        bias = float(given)
    except ValueError:
        raise InputError(f"bias '{given}' is not a number. Write one, as 0.5.") from None
    if not 0 <= bias <= MOST_BIAS:
        raise InputError(f"bias {bias:g}: 0 (as it learned) to {MOST_BIAS:g} (very neat). Try 1.")
    return bias
