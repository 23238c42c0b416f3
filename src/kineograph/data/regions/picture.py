"""A picture and its regions, a box and a sentence each: one line of JSONL.

    {"picture": "scenes.tar/000001.png", "width_pixels": 144, "height_pixels": 144, "regions": [
        {"x": 12, "y": 30, "width": 40, "height": 38, "sentence": "a large red circle"}]}

Boxes are in pixels of the picture as it lies in its file, x to the right, y down, from its left
upper corner; they may reach over its border, as people's do, and are cut there when they are read.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from kineograph.data.annotation import fault_in_side
from kineograph.data.records import check_fields, parse_rows, read_rows, write_records
from kineograph.errors import InputError

EXAMPLE = (
    '{"picture": "1.jpg", "width_pixels": 640, "height_pixels": 480, "regions": '
    '[{"x": 0, "y": 0, "width": 90, "height": 90, "sentence": "…"}]}'
)


@dataclass(frozen=True)
class Region:
    """A box of pixels and what it shows. Raises InputError for a box without area, or no words."""

    x: float  # of its left edge
    y: float  # of its upper edge
    width: float
    height: float
    sentence: str

    def __post_init__(self) -> None:
        """Refuse what cannot be a region, in one line."""
        for name in ("x", "y", "width", "height"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise InputError(f"{name} {value!r} is not a number. Write pixels.")
            if not math.isfinite(value):
                raise InputError(f"{name} {value}: is not finite. Write pixels.")
        if not (self.width > 0 and self.height > 0):
            raise InputError(
                f"box {self.width:g}x{self.height:g} at {self.x:g}, {self.y:g}: has no area. "
                "Make it wider and higher than 0, or leave the region out."
            )
        if not isinstance(self.sentence, str) or not self.sentence.strip():
            raise InputError(
                f"sentence {self.sentence!r}: says nothing. Write what the box at {self.x:g}, "
                f"{self.y:g} shows, or leave the region out."
            )

    @property
    def corners(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return self.x, self.y, self.x + self.width, self.y + self.height


@dataclass(frozen=True)
class RegionPicture:
    """One picture and everything that was said of its parts.

    picture: posix path relative to the source root; of a file in an archive the archive's path and
    then the member's. group, source: what must stay on one side of a split; where it comes from.
    split: the side that the data set's authors gave it.
    """

    picture: str
    width_pixels: int
    height_pixels: int
    regions: tuple[Region, ...]
    group: str | None = None
    source: str | None = None
    split: str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be one, in one line."""
        for name in ("picture", "group", "source", "split"):
            value = getattr(self, name)
            if value is None and name != "picture":
                continue
            if not isinstance(value, str) or not value.strip():
                raise InputError(
                    f"{name} {value!r} is not a name. Write one in quotes, or leave the field out."
                )
        for name in ("width_pixels", "height_pixels"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise InputError(
                    f"{self.picture}: {name} {value!r} is no size. Write a whole number, 1 or more."
                )
        fault = fault_in_side(self.split)
        if fault:
            raise InputError(fault)
        if not self.regions:
            raise InputError(f"{self.picture}: has no regions. Add one, or leave the picture out.")

    @property
    def id(self) -> str:
        """What predictions call it: the picture's place."""
        return self.picture


FIELDS = tuple(field.name for field in fields(RegionPicture))
NEEDED = ("picture", "width_pixels", "height_pixels", "regions")
REGION_FIELDS = tuple(field.name for field in fields(Region))


def picture_from_fields(values: Mapping[str, Any]) -> RegionPicture:
    """A RegionPicture from JSON values. Raises InputError for unknown or mistyped ones."""
    given = check_fields(values, FIELDS, NEEDED, "picture with regions")
    if not isinstance(given["regions"], list):
        raise InputError(f"{given['picture']}: regions is no list. Write [{{…}}, …].")
    given["regions"] = tuple(_region(given["picture"], each) for each in given["regions"])
    return RegionPicture(**given)


def read_regions(path: str | Path) -> list[RegionPicture]:
    """Read regions.jsonl. Raises InputError naming every bad line of it with its number."""
    path = Path(path)
    return parse_rows(
        path.name,
        read_rows(path),
        picture_from_fields,
        example=EXAMPLE,
        same=lambda each: each.picture,
        twice=lambda each, first: (
            f"{each.picture}: named in line {first} already. Write its regions into one line."
        ),
    )


def write_regions(path: Path, pictures: Iterable[RegionPicture]) -> None:
    """Write regions.jsonl, whole or not at all. Raises OSError."""
    write_records(path, map(_fields_of, pictures))


def _fields_of(picture: RegionPicture) -> dict[str, Any]:
    said = asdict(picture)
    return {name: value for name, value in said.items() if value is not None}


def _region(picture: str, values: Any) -> Region:
    if not isinstance(values, dict):
        raise InputError(f"{picture}: region {str(values)[:40]} is no JSON object. Write {{…}}.")
    try:
        check_fields(values, REGION_FIELDS, REGION_FIELDS, "region")
        return Region(**values)
    except InputError as error:
        raise InputError(f"{picture}: {error}") from None
