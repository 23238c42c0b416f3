"""What stands on two sides of a split of lines: works, pages, the same picture, the same line."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from kineograph.data.leakage import Leak
from kineograph.data.lines.cache import LineCache
from kineograph.data.lines.line import Line
from kineograph.data.lines.split import LineSplit, as_clips
from kineograph.data.split import check_disjoint
from kineograph.data.text import POLICIES

THUMBNAIL_PIXELS = (16, 256)
SAME_PICTURE = 0.9  # correlation of thumbnails, where the text is equal as well
LEAST_CHARACTERS = 4  # "12." is printed alike on many pages

Placed = tuple[str, Line]  # a side and a line of it


def find_line_leaks(split: LineSplit, cache: LineCache) -> list[Leak]:
    """All that is found on two sides: names, equal pictures, and equal texts that look alike.

    The latter are one line scanned or printed twice: another edition's own setting looks different.
    Lines that are not in `cache` are compared by name only.
    """
    leaks = []
    for text in check_disjoint(as_clips(split)):
        column, rest = text.split(" '", 1)
        sides = tuple(rest.rsplit("' is in ", 1)[1].split(" and "))
        kind = "same file" if column == "video" else column
        leaks.append(Leak(kind, f"'{rest}", sides))  # type: ignore[arg-type]
    placed = [
        (side, line) for side, lines in split.sides.items() for line in lines if line in cache
    ]
    equal = list(_equal(placed, cache))
    told = {leak.clips for leak in equal}
    return [*leaks, *equal, *(leak for leak in _alike(placed, cache) if leak.clips not in told)]


def _equal(placed: list[Placed], cache: LineCache) -> Iterator[Leak]:
    """Pictures of the same bytes."""
    by_bytes: dict[bytes, list[Placed]] = defaultdict(list)
    for side, line in placed:
        picture = cache[line]
        digest = hashlib.sha256(np.ascontiguousarray(picture).data).digest()
        by_bytes[digest + bytes(str(picture.shape), "ascii")].append((side, line))
    for one, other in _pairs(by_bytes.values()):
        what = f"{other[1].picture} in {other[0]} is the picture of {one[1].picture} in {one[0]}"
        yield Leak("copy", what, (one[0], other[0]), (one[1].id, other[1].id))


def _alike(placed: list[Placed], cache: LineCache) -> Iterator[Leak]:
    """Lines of the same text, in whatever spelling, whose pictures are nearly the same."""
    by_text: dict[str, list[Placed]] = defaultdict(list)
    for side, line in placed:
        text = POLICIES["modern"](line.text)
        if len(text) >= LEAST_CHARACTERS:
            by_text[text].append((side, line))
    shared = [group for group in by_text.values() if len({side for side, _ in group}) > 1]
    for one, other in _pairs(shared):
        likeness = float(_thumbnail(cache[one[1]]) @ _thumbnail(cache[other[1]]))
        if likeness >= SAME_PICTURE:
            what = (
                f"'{other[1].text[:40]}': {other[1].picture} in {other[0]} is nearly "
                f"{one[1].picture} in {one[0]} (correlation {likeness:.2f})"
            )
            yield Leak("near copy", what, (one[0], other[0]), (one[1].id, other[1].id))


def _pairs(groups: Iterable[list[Placed]]) -> Iterator[tuple[Placed, Placed]]:
    """Two of one group that are on two sides; each line of a later side once."""
    for group in groups:
        named: set[str] = set()
        for one, other in combinations(group, 2):
            if one[0] != other[0] and other[1].id not in named:
                named.add(other[1].id)
                yield one, other


def _thumbnail(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    """A small picture as numbers of mean 0 and length 1, so that a product is a correlation."""
    small = cv2.resize(picture, THUMBNAIL_PIXELS[::-1], interpolation=cv2.INTER_AREA)
    flat = small.astype(np.float64).ravel() - small.mean()
    return flat / max(float(np.linalg.norm(flat)), 1e-6)
