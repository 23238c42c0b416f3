"""Where a network looked, as one small picture: word by word of a caption, level by level of a
question. Without a picture of your own, a photograph that scikit-learn brings, or a drawn shape.

python examples/attention.py runs/flickr8k-small docs/pictures/captions_attention.png
python examples/attention.py runs/coattention-vqa docs/pictures/questions_attention.png \\
    --question "what color is the circle?"
"""

import argparse
import tempfile
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import numpy as np
from matplotlib import get_data_path
from PIL import Image, ImageDraw, ImageFont

from kineograph.inspect.inspected import Wish
from kineograph.inspect.kinds import INSPECTED
from kineograph.recipes.trained import kind_of
from kineograph.report.page.blocks import Tile, Tiles

SIDE, GAP, LETTERS, ROW = 150, 10, 14, 21
PAPER, INK, TINT = (255, 255, 255), (26, 29, 33), (11, 85, 159)
PHOTOGRAPH = Path(str(files("sklearn.datasets.images") / "china.jpg"))  # danielbuechele, CC BY 2.0


def drawn_shape(path: Path) -> Path:
    """A blue circle on a light wall."""
    picture = Image.new("RGB", (64, 64), (232, 240, 226))
    ImageDraw.Draw(picture).ellipse((32, 8, 58, 34), fill=(0, 0, 255))
    picture.save(path)
    return path


def drawn(tiles: list[Tile], per_row: int) -> np.ndarray:
    """Tiles in rows, words under each: (H, W, 3)."""
    font = ImageFont.truetype(str(Path(get_data_path()) / "fonts/ttf/DejaVuSans.ttf"), LETTERS)
    high = SIDE + ROW + max(ROW * (len(tile.words) + 1) // 2 for tile in tiles) + GAP
    rows = -(-len(tiles) // per_row)
    size = (per_row * (SIDE + GAP) + GAP, rows * high + GAP)
    page = Image.new("RGB", size, PAPER)
    pen = ImageDraw.Draw(page)
    for number, tile in enumerate(tiles):
        left, top = GAP + number % per_row * (SIDE + GAP), GAP + number // per_row * high
        page.paste(Image.open(BytesIO(tile.picture)).resize((SIDE, SIDE)), (left, top))
        pen.text(
            (left, top + SIDE + 4),
            tile.title if tile.words else f"{tile.title} {tile.told}",
            INK,
            font,
        )
        x, y = left, top + SIDE + ROW + 2
        most = max((share for _, share in tile.words), default=1.0)
        for word, share in tile.words:
            wide = font.getlength(word) + 8
            if x + wide > left + SIDE:
                x, y = left, y + ROW
            part = 0.45 * share / most
            pairs = zip(PAPER, TINT, strict=True)
            shade = tuple(round(p * (1 - part) + t * part) for p, t in pairs)
            pen.rectangle((x, y, x + wide, y + ROW - 4), fill=shade)
            pen.text((x + 4, y), word, INK, font)
            x += wide + 2
    return np.asarray(page)


def main() -> None:
    """Look into the run, draw its tiles."""
    reads = argparse.ArgumentParser()
    reads.add_argument("run")
    reads.add_argument("out", type=Path)
    reads.add_argument("--picture", type=Path)
    reads.add_argument("--question")
    asked = reads.parse_args()
    inspector = INSPECTED[kind_of(asked.run)].open(asked.run, Wish(question=asked.question))
    with tempfile.TemporaryDirectory() as home:
        own = drawn_shape(Path(home) / "shape.png") if asked.question else PHOTOGRAPH
        found = inspector.look(asked.picture or own, lambda done, total, note: None)
    tiles = [tile for block in found.blocks if isinstance(block, Tiles) for tile in block.tiles]
    page = Image.fromarray(drawn(tiles, 4 if asked.question else 6))
    page.quantize(200).save(asked.out, optimize=True)
    print(found.line)


if __name__ == "__main__":
    main()
