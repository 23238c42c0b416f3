"""Paths of SVG drawings become prepared ink: each file one line, each move of the pen a stroke.

What is written stands in NAME.txt beside NAME.svg, else in the drawing's <title>. M L H V C S Q T Z
and their small letters are read; curves become points. Transformations and other shapes that a pen
may have drawn are not, and are said.
Source: Scalable Vector Graphics 1.1, section 8.3 (path data).
"""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from kineograph.data.ink.strokes import Points
from kineograph.data.prepare.ink_files import Found, Progress, prepare_ink_files, read_xml
from kineograph.data.prepare.prepared_ink import PreparedInk
from kineograph.data.records import read_rows
from kineograph.errors import InputError

CURVE = 12  # points of a curve
NOT_READ = ("polyline", "polygon", "line", "use")  # shapes that a pen may have drawn
KEPT = ("defs", "symbol", "clipPath", "mask", "marker", "pattern")  # what they hold is not drawn
TAKES = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "Z": 0}
TOKEN = re.compile(r"([MLHVCSQTZAmlhvcsqtza])|([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")


def prepare_svg_strokes(
    source: str | Path,
    out: str | Path,
    *,
    group: str | None = None,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedInk:
    """One .svg file, or all below a folder. Raises InputError if none can be read."""
    return prepare_ink_files(
        Path(source),
        Path(out),
        _read,
        suffixes=(".svg",),
        way="svg-strokes",
        group=group,
        name=name,
        command=command,
        overwrite=overwrite,
        progress=progress,
    )


def strokes_of_path(data: str) -> list[Points]:
    """The strokes of a path's `d`, each (N, 2), y down as there. Raises InputError."""
    way = _Way()
    for letter, numbers in _commands(data):
        way.go(letter, numbers)
    return [np.array(stroke) for stroke in way.strokes if stroke]


class _Way:
    """Where the pen is while a path is followed."""

    def __init__(self) -> None:
        self.strokes: list[list[Points]] = []
        self.at = self.began = np.zeros(2)
        self.handle: tuple[str, Points] | None = None  # of the curve before: "C" or "Q"

    def go(self, letter: str, numbers: list[float]) -> None:
        """One command with its numbers."""
        kind = letter.upper()
        base = self.at if letter.islower() else np.zeros(2)
        places = np.array(numbers).reshape(-1, 2) + base if kind not in "HVZ" else np.zeros((0, 2))
        before, self.handle = self.handle, None
        if kind == "M":
            self.at = self.began = places[0]
            self.strokes.append([self.at])
        elif kind == "Z":
            self._line(self.began)
        elif kind == "H":
            self._line(np.array([numbers[0] + base[0], self.at[1]]))
        elif kind == "V":
            self._line(np.array([self.at[0], numbers[0] + base[1]]))
        elif kind == "L":
            self._line(places[0])
        else:
            if kind in "ST":  # the handle of the curve before, mirrored
                wanted = "C" if kind == "S" else "Q"
                mirrored = 2 * self.at - before[1] if before and before[0] == wanted else self.at
                places = np.vstack([mirrored, places])
            self.handle = ("C" if kind in "CS" else "Q", places[-2])
            self._curve(np.vstack([self.at, places]))

    def _line(self, to: Points) -> None:
        if not self.strokes:
            raise InputError("a path begins without M. Begin it with M x y.")
        self.strokes[-1].append(to)
        self.at = to

    def _curve(self, handles: Points) -> None:
        """Bézier's curve of two or three degrees, by de Casteljau's way."""
        for t in np.linspace(0, 1, CURVE + 1)[1:]:
            level = handles
            while len(level) > 1:
                level = (1 - t) * level[:-1] + t * level[1:]
            self._line(level[0])


def _commands(data: str) -> Iterator[tuple[str, list[float]]]:
    """Each letter with the numbers it takes; more numbers repeat it (after M as L)."""
    letter = ""
    numbers: list[float] = []
    rest = TOKEN.sub(" ", data).replace(",", " ").split()
    if rest:
        raise InputError(f"a path has {rest[0][:20]!r}, which is no command. Mend the path.")
    for sign, number in TOKEN.findall(data):
        if sign:
            if numbers:
                raise InputError(f"{letter} has {len(numbers)} numbers too many. Mend the path.")
            letter = sign
            if letter in "Aa":
                raise InputError("a path with arcs (A) is not read. Turn arcs into curves.")
            if letter in "Zz":
                yield letter, []
            continue
        if not letter or letter in "Zz":
            raise InputError(f"a path has the number {number} before any letter. Mend the path.")
        numbers.append(float(number))
        if len(numbers) == TAKES[letter.upper()]:
            yield letter, numbers
            numbers = []
            letter = {"M": "L", "m": "l"}.get(letter, letter)
    if numbers:
        raise InputError(f"{letter} has {len(numbers)} numbers too few or many. Mend the path.")


def _read(path: Path) -> Iterator[Found | str]:
    root = read_xml(path, "Save the drawing again.")
    beside = path.with_suffix(".txt")
    title = root.find("{*}title")
    text = _text(beside) if beside.is_file() else (title.text if title is not None else "")
    strokes: list[Points] = []
    paths = 0
    for kind, element in _drawn(root):
        if kind in NOT_READ:
            yield f"{path.name}: a {kind} is not read. Turn it into a path."
            return
        where = f"{path.name}, {kind}"
        if kind == "path":
            paths += 1
            where = f"{path.name}, path {paths}"
        holds = kind == "path" or element.find(".//{*}path") is not None
        if element.get("transform") and holds:
            yield f"{where}: has a transform, which is not read. Apply it first."
            return
        try:
            strokes += strokes_of_path(element.get("d", "")) if kind == "path" else []
        except InputError as error:
            yield f"{where}: {error}"
            return
    if not (text or "").strip():
        yield f"{path.name}: nothing says what it reads. Write {beside.name} beside it."
        return
    yield Found(
        [stroke * (1, -1) for stroke in strokes],
        " ".join((text or "").split()),
        path.name,
        source=path.stem,
    )


def _drawn(root: ElementTree.Element) -> Iterator[tuple[str, ElementTree.Element]]:
    """Every element with its kind, in the order of the file; without what is only kept for use."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        kind = str(element.tag).rpartition("}")[2]
        if kind not in KEPT:
            yield kind, element
            waiting += reversed(element)


def _text(path: Path) -> str:
    """A small text beside a drawing, in one line."""
    return " ".join(read_rows(path))
