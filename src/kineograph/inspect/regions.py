"""Regions: what a network found where, drawn into the picture, and how sure it was of each."""

from functools import partial
from pathlib import Path
from typing import Any

from kineograph.inspect.inspected import Inspected, Inspector, Progress, Wish
from kineograph.inspect.overlay import as_jpeg
from kineograph.media.image import rgb_picture
from kineograph.predict.regions import RegionFinder
from kineograph.report.page.blocks import Beside, Block, Say, Table, Tile, Tiles
from kineograph.report.page.words import percent
from kineograph.report.regions.answers import LEAST_SHARE, DescribedBox, surest
from kineograph.report.regions.drawing import draw_regions

METHOD = (
    "Each box is a region that the network proposed and described; the confidence is that "
    "something stands there at all, not that the sentence is right. Regions at least "
    f"{percent(LEAST_SHARE, 0)} as sure as the surest are drawn. The network weighs no places "
    "within a box, so there is no attention to show."
)


def open_regions(run: str, wish: Wish) -> Inspector:
    """A run that describes regions. Raises InputError for what is none."""
    finder = RegionFinder.load(run, device=wish.device)
    return Inspector((METHOD,), partial(_look, finder))


def _look(finder: RegionFinder, file: Path, progress: Progress) -> Inspected:
    picture = rgb_picture(file)
    (found,) = finder.find([picture])
    progress(1, 1, file.name)
    shown = surest(tuple(found))
    said = "; ".join(region.sentence for region in shown) or "nothing"
    tile = Tile(
        as_jpeg(draw_regions(picture, shown)),
        f"Boxes around: {said}",
        f"{len(shown)} of {len(found)} regions proposed",
    )
    drawn = Tiles([tile], large=True)
    blocks: list[Block] = [drawn, Say("Nothing was found in this picture.", "missing")]
    if shown:
        rows = [[each.sentence, percent(each.confidence), _where(each)] for each in shown]
        head = ["sentence", "confidence", "left, top – right, bottom"]
        blocks = [Beside([drawn, Table(head, rows)])]
    return Inspected(f"{file}: {said}", tuple(blocks), _numbers(found, len(shown)))


def _where(region: DescribedBox) -> str:
    left, top, right, bottom = (round(edge) for edge in region.box)
    return f"{left}, {top} – {right}, {bottom}"


def _numbers(found: list[DescribedBox], shown: int) -> dict[str, Any]:
    """Every region; those that the page shows are the first."""
    regions = [
        {"box": list(each.box), "sentence": each.sentence, "confidence": each.confidence}
        for each in found
    ]
    return {"shown": shown, "regions": regions}
