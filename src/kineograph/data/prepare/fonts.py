"""Fonts and a text become prepared lines: drawn, worn and scanned, so that no download is needed.

SRC/…/*.ttf, *.otf      as Debian's fonts-dejavu, fonts-oldstandard or fonts-paratype install them

A line is drawn only in fonts that have all its characters. The group is the family, so that what
is tested are letters of a shape never seen.
"""

from collections import defaultdict
from pathlib import Path

import numpy as np

from kineograph.data.lines.cache import Progress
from kineograph.data.lines.corpus import BUILT_IN, LineTexts, read_corpus
from kineograph.data.lines.degrade import degrade
from kineograph.data.lines.fonts import Font, draw_text, find_fonts
from kineograph.data.lines.picture import scale_line
from kineograph.data.prepare.drawn_lines import Drawn, whole_number, write_drawn_lines
from kineograph.data.prepare.prepared_lines import PreparedLines
from kineograph.data.text import name_some
from kineograph.errors import InputError


def prepare_fonts(
    source: str | Path,
    out: str | Path,
    *,
    corpus: str = BUILT_IN,
    count: str | int = 2000,
    longest: str | int = 60,
    height: str | int = 48,
    seed: str | int = 0,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedLines:
    """`count` lines of up to `longest` characters in the fonts below `source`.

    corpus: a UTF-8 text file, or "built-in" (German, English, Russian). height: of the pictures, in
    pixels. Raises InputError if there is no font or no text, or `out` holds other data.
    """
    paragraphs = read_corpus(corpus)
    texts = LineTexts(paragraphs, whole_number("longest", longest, 8))
    found, problems = find_fonts(Path(source))
    fonts = [font for font in found if any(font.is_for(text) for text in paragraphs)]
    if not fonts:
        raise InputError(
            f"{source}: none of its {len(found)} fonts has the letters of {corpus}. Add fonts of "
            "its script."
        )
    pixels = whole_number("height", height, 16)
    return write_drawn_lines(
        Path(out),
        lambda _, rng: _draw(texts.draw(rng), fonts, pixels, rng),
        count=whole_number("count", count, 1),
        seed=whole_number("seed", seed, 0),
        kind="fonts",
        name=name or "lines drawn in fonts",
        command=command,
        notes=[
            f"Drawn lines: {len(fonts)} fonts of {len({font.family for font in fonts})} families, "
            f"corpus {corpus}.",
            f"{len(found) - len(fonts)} fonts are of other scripts and were not used.",
            "The group is the family of the font.",
        ],
        problems=problems,
        overwrite=overwrite,
        progress=progress,
    )


def _draw(
    text: str, fonts: list[Font], height_pixels: int, rng: np.random.Generator
) -> Drawn | str:
    """A text in one of the fonts that have all of it, each family as likely as another."""
    able: dict[str, list[Font]] = defaultdict(list)
    for font in fonts:
        if not font.lacks(text):
            able[font.family].append(font)
    if not able:
        return _describe_lack(text, fonts)
    family = list(able)[int(rng.integers(len(able)))]
    font = able[family][int(rng.integers(len(able[family])))]
    try:
        picture = degrade(draw_text(text, font, height_pixels, rng), rng)
    except InputError as error:
        return str(error)
    return scale_line(picture, height_pixels), text, family, font.path.name


def _describe_lack(text: str, fonts: list[Font]) -> str:
    """Which characters no font has, else that none has all of them."""
    nowhere = sorted(set.intersection(*(font.lacks(text) for font in fonts)))
    if nowhere:
        return f"no font has {name_some(nowhere)}: such lines are not drawn. Add a font."
    return "no font has all characters of some lines: they are not drawn. Add a font."
