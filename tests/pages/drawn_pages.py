"""Pages drawn for the tests, with the true place of every line."""

from dataclasses import dataclass, field

import numpy as np
from matplotlib import get_data_path
from PIL import Image, ImageDraw, ImageFont

TEXT = (
    "die Kunst des Lesens ist alt und jung zugleich denn jede Seite hat ihre Zeilen und jede Zeile "
    "ihre Buchstaben so geht das Auge von links nach rechts Город стоит на реке a quick brown fox "
    "jumps over the lazy dog while quiet pages yield typography gladly"
)
WORDS = TEXT.split()
FONT = f"{get_data_path()}/fonts/ttf/DejaVuSerif.ttf"


def font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)


@dataclass
class DrawnPage:
    """White paper; `lines` are (left, top, right, bottom) of the ink, in reading order."""

    width: int = 1000
    height: int = 1400
    seed: int = 0
    lines: list[tuple[int, int, int, int]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.image = Image.new("L", (self.width, self.height), 245)
        self.pen = ImageDraw.Draw(self.image)
        self.rng = np.random.default_rng(self.seed)

    def line(self, x: int, y: int, text: str, size: int = 24) -> None:
        """A line whose letters stand on y."""
        box = self.pen.textbbox((x, y), text, font=font(size), anchor="ls")
        self.pen.text((x, y), text, font=font(size), fill=25, anchor="ls")
        self.lines.append(tuple(round(v) for v in box))
        self.texts.append(text)

    def words(self, width: int, size: int, share: float = 1.0) -> str:
        """As many words as fit into a part of the width."""
        text = ""
        while True:
            longer = f"{text} {self.rng.choice(WORDS)}".strip()
            if font(size).getlength(longer) > width * share and text:
                return text
            text = longer

    def column(
        self, x: int, y: int, width: int, count: int, size: int = 24, spacing: float = 1.4
    ) -> int:
        """`count` lines, the last one short; gives the baseline that would be next."""
        for number in range(count):
            self.line(x, y, self.words(width, size, 0.5 if number == count - 1 else 1.0), size)
            y += round(size * spacing)
        return y

    @property
    def pixels(self) -> np.ndarray:
        return np.array(self.image)


def turned(pixels: np.ndarray, degrees: float, paper: int = 245) -> np.ndarray:
    """The same size, turned around its middle so that lines rise by `degrees` to the right."""
    return np.array(
        Image.fromarray(pixels).rotate(degrees, Image.Resampling.BICUBIC, fillcolor=paper)
    )


def turned_box(box, degrees: float, size: tuple[int, int]) -> np.ndarray:
    """(4, 2) corners of a box after `turned`; size is (height, width)."""
    left, top, right, bottom = box
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], float)
    middle = np.array([size[1] / 2, size[0] / 2])
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return (corners - middle) @ turn.T + middle


def covered(points, size: tuple[int, int]) -> np.ndarray:
    """The pixels inside a polygon."""
    mask = Image.new("1", (size[1], size[0]))
    ImageDraw.Draw(mask).polygon([tuple(point) for point in points], fill=1)
    return np.array(mask)


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / max(1, (a | b).sum()))


def matched(truth, found, size: tuple[int, int]) -> list[tuple[int, int]]:
    """Pairs (true line, found line) that share half of what they cover together, each once."""
    masks = [covered(points, size) for points in found]
    pairs, taken = [], set()
    for number, points in enumerate(truth):
        mine = covered(points, size)
        for other, mask in enumerate(masks):
            if other not in taken and overlap(mine, mask) >= 0.5:
                pairs.append((number, other))
                taken.add(other)
                break
    return pairs
