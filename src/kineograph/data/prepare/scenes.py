"""Drawn scenes of things become pictures with regions: exact boxes, sentences that follow a rule.

OUT/scenes.tar     pictures, each drawn from the seed and its number alone
"""

import io
import tarfile
from contextlib import suppress
from pathlib import Path

import numpy as np
from PIL import Image

from kineograph.data.pictures.cache import Progress
from kineograph.data.prepare.drawn_lines import whole_number
from kineograph.data.prepare.prepared_pictures import PreparedPictures, write_prepared_pictures
from kineograph.data.prepared_folder import refuse_other_kind, refuse_other_source
from kineograph.data.regions.folder import REGIONS
from kineograph.data.regions.picture import Region, RegionPicture
from kineograph.data.toy.described_scene import DescribedScene, draw_described_scene
from kineograph.errors import InputError
from kineograph.whole_file import temporary_beside

ARCHIVE = "scenes.tar"
KIND = "scenes"


def prepare_scenes(
    source: str | Path | None,
    out: str | Path,
    *,
    count: str | int = 2400,
    test: str | int = 300,
    val: str | int = 100,
    seed: str | int = 0,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedPictures:
    """Draw `count` scenes, the last `val` and `test` of them for these sides; `source` is not read.

    Raises InputError if a count is none, or `out` cannot be written or holds other data.
    """
    out = Path(out)
    sides = {
        "test": whole_number("test", test, 1),
        "val": whole_number("val", val, 0),
    }
    total, begun = whole_number("count", count, 3), whole_number("seed", seed, 0)
    if sum(sides.values()) >= total:
        raise InputError(
            f"count {total}: {sides['val']} val and {sides['test']} test leave none to learn from. "
            "Ask for more, or for fewer on these sides."
        )
    refuse_other_kind(out, REGIONS)
    if not overwrite:
        refuse_other_source(out, out, KIND)
    pictures = _draw_all(out, total, begun, sides, progress)
    return write_prepared_pictures(
        out,
        REGIONS,
        pictures,
        [],
        source_root=out,
        way=KIND,
        name=name or f"Drawn scenes, seed {begun}",
        command=command,
        notes=(
            "Scenes are drawn: a few things on a background, sentences by a rule of size, texture, "
            "colour and kind. A figure on them says nothing of photographs.",
        ),
        overwrite=overwrite,
    )


def _draw_all(
    out: Path, total: int, begun: int, sides: dict[str, int], progress: Progress | None
) -> list[RegionPicture]:
    """The scenes into their archive, whole or not at all; a record of each."""
    pictures: list[RegionPicture] = []
    unfinished = temporary_beside(out / ARCHIVE)
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tarfile.open(unfinished, "w") as tar:
            for number in range(total):
                scene = draw_described_scene(np.random.default_rng([begun, number]))
                member = f"{number:06}.png"
                _add(tar, member, scene)
                pictures.append(
                    _as_record(f"{ARCHIVE}/{member}", scene, _side(number, total, sides))
                )
                if progress:
                    progress(number + 1, total)
        unfinished.replace(out / ARCHIVE)
    except OSError as error:
        raise InputError(
            f"{out}: cannot be written ({error.strerror or error}). Make room, or choose another "
            "folder."
        ) from None
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return pictures


def _side(number: int, total: int, sides: dict[str, int]) -> str:
    if number >= total - sides["test"]:
        return "test"
    return "val" if number >= total - sides["test"] - sides["val"] else "train"


def _as_record(place: str, scene: DescribedScene, side: str) -> RegionPicture:
    height, width = scene.picture.shape[:2]
    regions = tuple(
        Region(box.left, box.top, box.width, box.height, sentence)
        for box, sentence in scene.regions
    )
    return RegionPicture(place, width, height, regions, split=side)


def _add(tar: tarfile.TarFile, member: str, scene: DescribedScene) -> None:
    content = io.BytesIO()
    Image.fromarray(scene.picture).save(content, "PNG", compress_level=1)
    about = tarfile.TarInfo(member)
    about.size = content.tell()
    content.seek(0)
    tar.addfile(about, content)
