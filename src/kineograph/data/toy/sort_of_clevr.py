"""Sort-of-CLEVR drawn by its published rules (Santoro et al. 2017, arXiv:1706.01427, §4 and app.).

Six things on a picture of 75 x 75 pixels, each of another of six colours, a square or a circle;
none touches another. Ten questions that ask about one thing, ten that ask how things relate:

    not relational   its shape; is it on the left; is it at the top
    relational       the shape of what is closest to it, of what is furthest; how many are like it

There questions are codes of eleven bits; here they are words, since our networks read language. The
paper draws questions at random and may ask one twice; here a picture's questions differ.
"""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

SIZE_PIXELS = 75
RADIUS_PIXELS = 5  # half of a square's side
COLOURS = {
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "orange": (255, 156, 0),
    "gray": (128, 128, 128),
    "yellow": (255, 255, 0),
}
SHAPES = ("square", "circle")
RELATIONAL, NOT_RELATIONAL = "relational", "not relational"
QUESTIONS_EACH = 10
LEAST_GAP_PIXELS = 1.0  # between the nearest and the next, so that "closest" has one answer


class Thing(NamedTuple):
    """One shape and its middle, in pixels from the upper left corner."""

    colour: str
    shape: str
    x: int
    y: int


class Asked(NamedTuple):
    """A question in words, its answer, and whether it is relational."""

    question: str
    answer: str
    kind: str


def draw_things(rng: np.random.Generator) -> list[Thing]:
    """One thing of each colour; no two touch, wherever chance puts them."""
    things: list[Thing] = []
    while len(things) < len(COLOURS):
        colour = tuple(COLOURS)[len(things)]
        x, y = (int(rng.integers(RADIUS_PIXELS, SIZE_PIXELS - RADIUS_PIXELS)) for _ in "xy")
        if all(
            (x - other.x) ** 2 + (y - other.y) ** 2 > (2 * RADIUS_PIXELS) ** 2 * 2
            for other in things
        ):
            things.append(Thing(colour, str(rng.choice(SHAPES)), x, y))
    return things


def draw_picture(things: list[Thing]) -> NDArray[np.uint8]:
    """(75, 75, 3) RGB: shapes on white."""
    picture = np.full((SIZE_PIXELS, SIZE_PIXELS, 3), 255, dtype=np.uint8)
    for thing in things:
        colour = COLOURS[thing.colour]
        if thing.shape == "circle":
            cv2.circle(picture, (thing.x, thing.y), RADIUS_PIXELS, colour, -1)
        else:
            corner = (thing.x - RADIUS_PIXELS, thing.y - RADIUS_PIXELS)
            other = (thing.x + RADIUS_PIXELS, thing.y + RADIUS_PIXELS)
            cv2.rectangle(picture, corner, other, colour, -1)
    return picture


def ask_about(things: list[Thing], rng: np.random.Generator) -> list[Asked]:
    """Ten questions of each kind, none twice; what has two answers is not asked."""
    asked = []
    for every in (plain_questions(things), relational_questions(things)):
        chosen = rng.permutation(len(every))[:QUESTIONS_EACH]
        asked += [every[place] for place in sorted(chosen)]
    return asked


def plain_questions(things: list[Thing]) -> list[Asked]:
    """All questions about one thing."""
    middle = SIZE_PIXELS / 2
    return [
        Asked(question, answer, NOT_RELATIONAL)
        for colour, shape, x, y in things
        for question, answer in (
            (f"what is the shape of the {colour} object?", shape),
            (f"is the {colour} object on the left?", "yes" if x < middle else "no"),
            (f"is the {colour} object at the top?", "yes" if y < middle else "no"),
        )
    ]


def relational_questions(things: list[Thing]) -> list[Asked]:
    """All questions about one thing and the others."""
    asked = []
    for thing in things:
        others = sorted(
            (np.hypot(thing.x - other.x, thing.y - other.y), other.shape)
            for other in things
            if other is not thing
        )
        ask = f"what is the shape of the object {{}} the {thing.colour} object?"
        for place, word in ((others, "closest to"), (others[::-1], "furthest from")):
            (first, shape), (second, other) = place[:2]
            if shape == other or abs(first - second) >= LEAST_GAP_PIXELS:
                asked.append(Asked(ask.format(word), shape, RELATIONAL))
        like = sum(other.shape == thing.shape for other in things)
        many = f"how many objects have the shape of the {thing.colour} object?"
        asked.append(Asked(many, str(like), RELATIONAL))
    return asked
