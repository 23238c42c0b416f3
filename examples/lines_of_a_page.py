"""A page as it was scanned, and the lines that are found on it, side by side. The page is drawn.

python examples/lines_of_a_page.py docs/pictures/read_pages.png
"""

import sys
from pathlib import Path
from textwrap import wrap

import numpy as np
from matplotlib import get_data_path
from PIL import Image, ImageDraw, ImageFont

from kineograph.media.write import write_picture
from kineograph.pages.layout import find_lines
from kineograph.pages.open import Page
from kineograph.pages.picture import draw_lines

WIDTH, HEIGHT, DEGREES = 1500, 900, -1.2
PAPER, INK = 243, 35
TITLE = "Vom Lesen und Schreiben"
FAUST = (
    "Habe nun, ach! Philoſophie, Juriſterei und Medicin, und leider auch Theologie durchaus "
    "ſtudirt, mit heißem Bemühn. Da ſteh ich nun, ich armer Thor, und bin ſo klug als wie zuvor!",
    "Heiße Magiſter, heiße Doctor gar, und ziehe ſchon an die zehen Jahr, herauf, herab und quer "
    "und krumm, meine Schüler an der Naſe herum.",
)
ONEGIN = (
    "Мой дядя самых честных правил, когда не в шутку занемог, он уважать себя заставил и лучше "
    "выдумать не мог. Его пример другим наука; но, боже мой, какая скука",
    "с больным сидеть и день и ночь, не отходя ни шагу прочь! Какое низкое коварство полуживого "
    "забавлять, ему подушки поправлять.",
)


def drawn_page() -> np.ndarray:
    """A page (H, W) uint8: a heading over two columns, a little skewed."""
    page = Image.new("L", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(page)
    fonts = Path(get_data_path()) / "fonts" / "ttf"
    heading = ImageFont.truetype(fonts / "DejaVuSerif-Bold.ttf", 50)
    plain = ImageFont.truetype(fonts / "DejaVuSerif.ttf", 31)
    pen.text((WIDTH // 2, 130), TITLE, INK, heading, anchor="ms")
    for left, texts in ((110, FAUST), (800, ONEGIN)):
        y = 250
        for text in texts:
            for number, line in enumerate(wrap(text, 33)):
                pen.text((left + (0 if number else 45), y), line, INK, plain, anchor="ls")
                y += 58
    return np.array(page.rotate(DEGREES, Image.Resampling.BICUBIC, fillcolor=PAPER))


def draw(path: str) -> None:
    """The page, and beside it the page with its lines."""
    pixels = drawn_page()
    found = draw_lines(pixels, find_lines(Page(pixels)), width_pixels=800)
    small = Image.fromarray(pixels).convert("RGB").resize(found.shape[1::-1])
    between = np.full((found.shape[0], 20, 3), 255, np.uint8)
    write_picture(path, np.hstack([np.array(small), between, found]))


if __name__ == "__main__":
    draw(sys.argv[1])
