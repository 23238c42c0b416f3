"""Page texts made by hand, with what is hard in them."""

from kineograph.pages.text import (
    DROP_CAPITAL,
    Block,
    Bounds,
    Character,
    PageText,
    TextLine,
    Word,
    rectangle,
)


def word(text, left, top, right, bottom, confidence=0.875):
    """A word whose characters share its width evenly, in whole pixels."""
    step = (right - left) // len(text)
    characters = tuple(
        Character(
            each,
            rectangle(Bounds(left + place * step, top, left + (place + 1) * step, bottom)),
            confidence,
        )
        for place, each in enumerate(text)
    )
    return Word(text, rectangle(Bounds(left, top, right, bottom)), confidence, characters)


def line(text, left, top, width=400, height=40, number=1):
    """A line with words of equal shares of the width."""
    texts = text.split()
    step = width // len(texts)
    words = tuple(
        word(each, left + place * step, top, left + (place + 1) * step - 12, top + height)
        for place, each in enumerate(texts)
    )
    base = ((float(left), top + 30.0), (float(left + width), top + 30.0))
    outline = rectangle(Bounds(left, top, left + width, top + height))
    return TextLine(outline, base, text, 0.875, words, f"line_{number}")


def written() -> PageText:
    """Two blocks and a large first letter: long s, combining e, Cyrillic, markup, other planes."""
    return PageText(
        600,
        500,
        (
            Block((line("D", 20, 20, 60, 90, 1),), DROP_CAPITAL),
            Block(
                (
                    line("ie Waſſerſtraße ſu\u0364dlich", 90, 20, number=2),
                    line("<a> & \"b\" 'c' Zei-", 90, 80, number=3),
                )
            ),
            Block((line("Город ёлка й 𝔉raktur 中文", 20, 300, number=4),)),
        ),
        "Seite 1.png",
        3,
        300.0,
        ("its lines are curved",),
    )
