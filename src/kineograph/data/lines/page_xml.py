"""Lines of a page as PAGE XML and ALTO write them: text, polygon and baseline of each.

Sources: PAGE 2013-07-15 to 2019-07-15 (PRImA), ALTO 2.0 to 4.4 (Library of Congress).
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kineograph.data.lines.line import Points
from kineograph.errors import InputError
from kineograph.pages.xml_tree import parse_tree

MILLIMETRE_TENTHS, INCHES_1200 = "mm10", "inch1200"


@dataclass(frozen=True)
class XmlLine:
    """One line of a page; coordinates are pixels of the page's picture. Texts may be empty."""

    id: str
    text: str
    polygon: Points
    baseline: Points | None


@dataclass(frozen=True)
class XmlPage:
    """What one file says: the picture's name, its size if it is told, and the lines in order."""

    picture: str
    width_pixels: int
    height_pixels: int
    lines: tuple[XmlLine, ...]
    problems: tuple[str, ...] = ()


def read_page_xml(path: Path) -> XmlPage:
    """One PAGE file. Lines without coordinates are problems. Raises InputError if it is no PAGE."""
    page = _child(_root(path, "PcGts", "PAGE"), "Page")
    if page is None:
        raise InputError(f"{path.name}: no Page in it. Export the page again.")
    found: list[XmlLine] = []
    problems = []
    for line in (each for each in page.iter() if _name(each) == "TextLine"):
        name = line.get("id", f"line {len(found) + 1}")
        polygon = _points(_attribute(_child(line, "Coords"), "points"))
        if len(set(polygon)) < 3:
            problems.append(f"{path.name} {name}: no polygon of 3 points or more. Draw it again.")
            continue
        baseline = _points(_attribute(_child(line, "Baseline"), "points"))
        found.append(
            XmlLine(name, _page_text(line), polygon, baseline if len(set(baseline)) > 1 else None)
        )
    width, height = (_whole(page.get(key)) for key in ("imageWidth", "imageHeight"))
    picture = page.get("imageFilename", "")
    return XmlPage(picture, width, height, tuple(found), tuple(problems))


def read_alto(path: Path) -> XmlPage:
    """One ALTO file, its first page. Raises InputError if it is no ALTO, or not in pixels."""
    root = _root(path, "alto", "ALTO")
    unit = next((each.text or "" for each in root.iter() if _name(each) == "MeasurementUnit"), "")
    if unit.strip() in (MILLIMETRE_TENTHS, INCHES_1200):
        raise InputError(
            f"{path.name}: its unit is {unit.strip()}, and a place in the picture is told in "
            "pixels. Export it in pixels."
        )
    named = [each for each in root.iter() if _name(each) == "fileName"]
    pages = [each for each in root.iter() if _name(each) == "Page"]
    if not pages:
        raise InputError(f"{path.name}: no Page in it. Export the page again.")
    found: list[XmlLine] = []
    problems = []
    for line in (each for each in pages[0].iter() if _name(each) == "TextLine"):
        name = line.get("ID", f"line {len(found) + 1}")
        polygon = _alto_polygon(line)
        if len(set(polygon)) < 3:
            problems.append(f"{path.name} {name}: neither polygon nor box. Export it again.")
            continue
        found.append(XmlLine(name, _alto_text(line), polygon, _alto_baseline(line)))
    picture = ((named[0].text or "") if named else "").strip()
    width, height = (_whole(pages[0].get(key)) for key in ("WIDTH", "HEIGHT"))
    return XmlPage(picture, width, height, tuple(found), tuple(problems))


def _root(path: Path, name: str, what: str) -> ET.Element:
    try:
        root = parse_tree(path.read_bytes(), path.name)  # it refuses entities
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file. Check the path.") from None
    if _name(root) != name:
        raise InputError(f"{path.name}: it begins with {_name(root)}, so it is not {what}.")
    return root


def _name(element: ET.Element) -> str:
    """The tag without its namespace, which changes with every version."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _child(element: ET.Element, name: str) -> ET.Element | None:
    return next((each for each in element if _name(each) == name), None)


def _attribute(element: ET.Element | None, name: str) -> str:
    return "" if element is None else element.get(name, "")


def _points(text: str) -> Points:
    """`10,20 30,40`, or ALTO's `10 20 30 40`; nothing if it is neither."""
    numbers = re.findall(r"-?\d+(?:\.\d+)?", text)
    values = [round(float(number)) for number in numbers]
    return tuple(zip(values[::2], values[1::2], strict=len(values) % 2 == 0))


def _page_text(line: ET.Element) -> str:
    """The line's own text: of several the one with the lowest index, else its words'."""
    texts = [each for each in line if _name(each) == "TextEquiv"]
    texts.sort(key=lambda each: _whole(each.get("index")))
    for text in texts:
        written = _child(text, "Unicode")
        if written is not None and (written.text or "").strip():
            return (written.text or "").strip()
    return " ".join(filter(None, (_page_text(word) for word in line if _name(word) == "Word")))


def _alto_text(line: ET.Element) -> str:
    return "".join(_alto_pieces(line)).strip()


def _alto_pieces(line: ET.Element) -> Iterator[str]:
    """Words and spaces in order; words that no SP stands between are apart all the same."""
    was_word = False
    for each in line:
        name = _name(each)
        if name == "String":
            yield (" " if was_word else "") + each.get("CONTENT", "")
        elif name == "SP":
            yield " "
        elif name == "HYP":
            yield each.get("CONTENT", "-")
        was_word = name == "String"


def _alto_polygon(line: ET.Element) -> Points:
    shape = _child(line, "Shape")
    drawn = _child(shape, "Polygon") if shape is not None else None
    polygon = _points(_attribute(drawn, "POINTS"))
    if len(set(polygon)) > 2:
        return polygon
    try:
        x, y, width, height = (
            round(float(line.get(key, ""))) for key in ("HPOS", "VPOS", "WIDTH", "HEIGHT")
        )
    except ValueError:
        return ()
    right, bottom = x + width - 1, y + height - 1
    return ((x, y), (right, y), (right, bottom), (x, bottom)) if min(width, height) > 1 else ()


def _alto_baseline(line: ET.Element) -> Points | None:
    """A list of points since ALTO 4; before it was one height, which says nothing of a slant."""
    points = _points(line.get("BASELINE", ""))
    return points if len(set(points)) > 1 else None


def _whole(text: str | None) -> int:
    try:
        return round(float(text or 0))
    except ValueError:
        return 0
