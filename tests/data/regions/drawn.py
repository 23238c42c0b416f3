"""A tiny data set of drawn scenes, and regions by hand."""

from pathlib import Path

from kineograph.data.prepare.scenes import prepare_scenes
from kineograph.data.prepared_folder import PreparedFolder
from kineograph.data.regions.picture import Region, RegionPicture


def few_scenes(out: Path, count: int = 12) -> PreparedFolder[RegionPicture]:
    """Scenes with four to test and two to tune on."""
    return prepare_scenes(None, out, count=count, test=4, val=2).data_folder


def picture_of(*regions: Region, name: str = "a.png", size: tuple[int, int] = (80, 40)):
    """A record of those regions."""
    return RegionPicture(name, *size, regions or (Region(0, 0, 40, 20, "a red circle"),))
