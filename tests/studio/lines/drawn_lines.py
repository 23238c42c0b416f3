"""A drawn page, and a reader that knows what stands there and is unsure of chosen characters."""

from pathlib import Path

from PIL import Image

from kineograph.pages.read import LineReading, ReadCharacter
from tests.pages.drawn_pages import DrawnPage

TEXTS = (
    "Habe nun, ach! Philosophie, Juristerei",
    "und leider auch Theologie studiert",
    "mit heißem Bemühn; da steh ich nun",
)

PAGE_PIXELS = (760, 290)  # width and height of a page of these


def draw_page(path: Path, texts: tuple[str, ...] = TEXTS, seed: int = 0) -> Path:
    """A page with these lines, 24 px high, one below the other."""
    page = DrawnPage(PAGE_PIXELS[0], 140 + 50 * len(texts), seed)
    for number, text in enumerate(texts):
        page.line(60, 90 + 50 * number, text)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(page.pixels).save(path)
    return path


class ToldReader:
    """Says the texts that it was told, in order; characters in `doubtful` at a half."""

    name = "told"

    def __init__(self, texts: tuple[str, ...], doubtful: str = ""):
        self._left = list(texts)
        self._doubtful = doubtful
        self.asked = 0  # pictures

    def read(self, pictures) -> list[LineReading]:
        self.asked += len(pictures)
        return [self._say(self._left.pop(0), picture.shape[1]) for picture in pictures]

    def _say(self, text: str, width: int) -> LineReading:
        step = width / max(1, len(text))
        sure = [0.5 if each in self._doubtful else 0.98 for each in text]
        characters = tuple(
            ReadCharacter(each, place * step, (place + 1) * step, sure[place])
            for place, each in enumerate(text)
        )
        return LineReading(text, sum(sure) / len(sure) if sure else None, characters)
