"""Visual Genome's regions become pictures with regions, in the split of DenseCap.

SRC/region_descriptions.json   [{"id": 1, "regions": [{"x", "y", "width", "height", "phrase"}, …]}]
SRC/image_data.json            [{"image_id": 1, "width": 800, "height": 600, …}]
SRC/densecap_splits.json       {"train": [1, …], "val": […], "test": […]}; without it all are one
SRC/…/VG_100K/1.jpg, SRC/…/VG_100K_2/2.jpg

As Johnson et al. 2016 prepare them (§4, "Preprocessing"): "there is" and "this seems to be" are
taken off the beginnings, sentences of more than 10 words are left out, then pictures with fewer
than 20 or more than 50 regions. Regions with the same box and the same words are one; different
boxes that nearly coincide stay apart, as in their training: only the metric makes them one.
Source: Krishna et al., IJCV 123 (2017), and the site of the data set.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kineograph.data.pictures.cache import Progress
from kineograph.data.prepare.drawn_lines import whole_number
from kineograph.data.prepare.prepared_pictures import PreparedPictures, write_prepared_pictures
from kineograph.data.regions.folder import REGIONS
from kineograph.data.regions.picture import Region, RegionPicture
from kineograph.errors import InputError
from kineograph.metrics.captions.words import caption_words

FOLDERS = ("VG_100K", "VG_100K_2")
SPLITS = "densecap_splits.json"
FEW_OR_MANY = "of too few or too many regions"
BEGINNINGS = re.compile(r"^(there is|this seems to be)\s+", re.IGNORECASE)


@dataclass
class _LeftOut:
    """What was not taken, and why; regions and pictures are counted, bad ones named."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


def prepare_visual_genome(
    source: str | Path,
    out: str | Path,
    *,
    longest: str | int = 10,
    least: str | int = 20,
    most: str | int = 50,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedPictures:
    """Every picture of image_data.json with `least` to `most` regions of `longest` words at most.

    Raises InputError if a file is missing or no picture is left.
    """
    source = Path(source)
    words, fewest, largest = (
        whole_number(option, value, 1)
        for option, value in (("longest", longest), ("least", least), ("most", most))
    )
    sizes = {row.get("image_id"): row for row in _rows(source / "image_data.json")}
    described = _rows(source / "region_descriptions.json")
    sides, places = _sides(source), _places(source)
    left_out = _LeftOut()
    records: list[RegionPicture] = []
    for done, row in enumerate(described, start=1):
        record = _record(row, sizes, places, sides, words, left_out)
        if record is not None and fewest <= len(record.regions) <= largest:
            records.append(record)
        elif record is not None:
            left_out.counts[FEW_OR_MANY] += 1
        if progress:
            progress(done, len(described))
    counts = left_out.counts
    notes = [
        f"Visual Genome, prepared as DenseCap: sentences of {words} words at most, pictures of "
        f"{fewest} to {largest} regions; {counts[FEW_OR_MANY]} pictures and "
        f"{counts['too long']} sentences are left out for that.",
        f"{counts['without words']} regions say no word." if counts["without words"] else "",
        "Split: DenseCap's lists." if sides else f"Split: {SPLITS} is not there, so by chance.",
        f"{counts['in no list']} pictures are in none of its lists." if sides else "",
    ]
    return write_prepared_pictures(
        Path(out),
        REGIONS,
        records,
        left_out.problems,
        source_root=source,
        way="visual-genome",
        name=name or "Visual Genome",
        command=command,
        notes=filter(None, notes),
        overwrite=overwrite,
    )


def _record(
    row: Mapping[str, Any],
    sizes: Mapping[Any, Mapping[str, Any]],
    places: Mapping[str, str],
    sides: Mapping[int, str],
    longest: int,
    left_out: _LeftOut,
) -> RegionPicture | None:
    """One picture with its regions; None where it cannot be used."""
    number = row.get("id")
    if not isinstance(number, int):
        left_out.problems.append(f"picture {number}: its number is none. Download it again.")
        return None
    if sides and number not in sides:
        left_out.counts["in no list"] += 1
        return None
    size, place = sizes.get(number), places.get(str(number))
    if size is None or place is None:
        missing = "image_data.json does not have it" if size is None else "its file is not there"
        left_out.problems.append(f"picture {number}: {missing}. Download it again.")
        return None
    if not isinstance(row.get("regions"), list):
        left_out.problems.append(f"picture {number}: its regions are no list. Download it again.")
        return None
    before = len(left_out.problems)
    regions = _regions(number, row["regions"], longest, left_out)
    if not regions:
        # One whose regions are all bad has been told already.
        left_out.counts[FEW_OR_MANY] += len(left_out.problems) == before
        return None
    try:
        return RegionPicture(
            place, size.get("width", 0), size.get("height", 0), regions, split=sides.get(number)
        )
    except InputError as error:
        left_out.problems.append(f"picture {number}: {error}")
        return None


def _regions(number: int, rows: list[Any], longest: int, left_out: _LeftOut) -> tuple[Region, ...]:
    """The regions that can be used, each once; a bad one costs itself alone."""
    regions: dict[Any, Region] = {}
    for place, each in enumerate(rows, start=1):
        where = f"picture {number}, region {place}"
        if not isinstance(each, dict):
            left_out.problems.append(
                f"{where}: {str(each)[:40]!r} is no region. Download it again."
            )
            continue
        try:
            phrase = BEGINNINGS.sub("", str(each["phrase"]).strip())
            box = (each["x"], each["y"], each["width"], each["height"])
            said = caption_words(phrase)
            if not said or len(said) > longest:
                left_out.counts["too long" if said else "without words"] += 1
                continue
            regions.setdefault((*box, said), Region(*box, phrase))
        except KeyError as error:
            left_out.problems.append(f"{where}: its row has no {error}. Download it again.")
        except InputError as error:
            left_out.problems.append(f"{where}: {error}")
    return tuple(regions.values())


def _rows(file: Path) -> list[dict[str, Any]]:
    found = _json(file)
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise InputError(f"{file}: it is not Visual Genome's list. Download it again.")
    return found


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(
            f"{file}: there is no such file. Unpack Visual Genome's archives there."
        ) from None
    except ValueError as error:
        raise InputError(f"{file}: it is not JSON ({error}). Download it again.") from None


def _sides(source: Path) -> dict[int, str]:
    """Picture -> side; empty where the list is not there. Raises InputError if one is on two."""
    file = source / SPLITS
    if not file.is_file():
        return {}
    lists = _json(file)
    sides: dict[int, str] = {}
    if not isinstance(lists, dict):
        raise InputError(f"{file}: it has no lists by side. Copy DenseCap's file again.")
    for side in ("train", "val", "test"):
        for number in lists.get(side, []):
            if sides.setdefault(number, side) != side:
                raise InputError(
                    f"{file}: picture {number} is in {sides[number]} and in {side}. Correct it."
                )
    return sides


def _places(source: Path) -> dict[str, str]:
    """Number -> path of every JPEG in a folder of that name, however deep it was unpacked."""
    found: dict[str, str] = {}
    for file in _jpegs(source):
        found.setdefault(file.stem, file.relative_to(source).as_posix())
    return found


def _jpegs(source: Path) -> Iterable[Path]:
    for name in FOLDERS:
        for folder in [source / name, *sorted(source.rglob(f"*/{name}"))]:
            yield from sorted(folder.glob("*.jpg"))
