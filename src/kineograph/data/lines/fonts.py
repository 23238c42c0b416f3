"""Fonts in a folder, which characters each can draw, and a line of text drawn in one of them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from kineograph.errors import InputError

FONT_SUFFIXES = {".ttf", ".otf", ".ttc"}
LEAST_SHARE = 0.4  # of a text's different letters: with fewer, a font is of another script


@dataclass(frozen=True)
class Font:
    """One font file.

    family: the first two words of its family's name, `PT Sans` of PT Sans Narrow: those that are
    narrower or bolder have the same shapes, and count as seen where the others were.
    """

    path: Path
    family: str
    characters: frozenset[str]

    def lacks(self, text: str) -> set[str]:
        """The text's characters that the font has no picture of; spaces need none."""
        return set(text) - self.characters - {" "}

    def is_for(self, text: str) -> bool:
        """Whether it has a good part of a text's letters; a text may be in two scripts."""
        letters = {character for character in text if character.isalpha()}
        return len(letters & self.characters) >= LEAST_SHARE * len(letters)


def find_fonts(folder: Path) -> tuple[list[Font], list[str]]:
    """All fonts below a folder, by name; and what cannot be read.

    Raises InputError if there is none.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder. Name one with .ttf or .otf files.")
    files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in FONT_SUFFIXES)
    fonts, problems = [], []
    for file in files:
        try:
            fonts.append(read_font(file))
        except InputError as error:
            problems.append(str(error))
    if not fonts:
        first = f" The first problem: {problems[0]}" if problems else ""
        raise InputError(f"{folder}: there is no font in it. Put .ttf or .otf files there.{first}")
    return fonts, problems


def read_font(file: Path) -> Font:
    """A font's family and characters (its cmap). Raises InputError if it cannot be read."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with file.open("rb") as stream, TTFont(stream, fontNumber=0, lazy=True) as font:
            names = font["name"]
            name = names.getDebugName(16) or names.getDebugName(1) or file.stem
            codes = font.getBestCmap() or {}
    except (TTLibError, KeyError, AttributeError, OSError, ValueError, AssertionError) as error:
        raise InputError(
            f"{file.name}: not a font that can be read ({error}). Remove it."
        ) from None
    return Font(file, " ".join(name.split()[:2]), frozenset(map(chr, codes)))


def draw_text(
    text: str, font: Font, height_pixels: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Ink (H, W) from 0 to 1 of a line, about `height_pixels` high.

    Some lines are cut close around their ink, as a page's finder of lines does it, and some from
    the font's highest to its lowest stroke. Letters may be spaced. Raises InputError if the font
    draws nothing.
    """
    size = max(8, round(0.72 * height_pixels))
    try:
        face = ImageFont.truetype(str(font.path), size, layout_engine=ImageFont.Layout.BASIC)
    except OSError as error:
        raise InputError(f"{font.path.name}: cannot be drawn with ({error}). Remove it.") from None
    spacing = float(rng.uniform(0.02, 0.2)) * size if rng.random() < 0.1 else 0.0
    width = round(face.getlength(text) + spacing * len(text)) + 4 * size
    image = Image.new("L", (width, 4 * size), 0)
    draw = ImageDraw.Draw(image)
    if spacing:
        at = 2.0 * size
        for character in text:
            draw.text((at, 2 * size), character, 255, face, anchor="ls")
            at += face.getlength(character) + spacing
    else:
        draw.text((2 * size, 2 * size), text, 255, face, anchor="ls")
    ink = np.asarray(image, dtype=np.float32) / 255.0
    rows, columns = np.flatnonzero(ink.max(axis=1) > 0.3), np.flatnonzero(ink.max(axis=0) > 0.3)
    if not len(rows):
        raise InputError(f"{font.path.name}: nothing is drawn for '{text[:30]}'. Remove it.")
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    if rng.random() < 0.5:
        ascent, descent = face.getmetrics()
        top, bottom = min(top, 2 * size - ascent), max(bottom, 2 * size + descent)
    above, below, left, right = (round(part * size) for part in rng.uniform(0.06, 0.3, 4))
    cut = ink[max(0, top - above) : bottom + below, :]
    return cut[:, max(0, int(columns[0]) - left) : int(columns[-1]) + 1 + right]
