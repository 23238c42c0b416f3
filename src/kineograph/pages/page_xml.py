"""PAGE XML, version 2019-07-15 written, all versions read: regions, lines, words, characters.

Format: https://github.com/PRImA-Research-Lab/PAGE-XML. One file holds one page.
"""

from __future__ import annotations

from datetime import UTC, datetime
from os import PathLike
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from kineograph.errors import InputError
from kineograph.pages.text import (
    DROP_CAPITAL,
    PARAGRAPH,
    Block,
    Character,
    PageText,
    TextLine,
    Word,
)
from kineograph.pages.xml_tree import (
    confidence_text,
    each_alone,
    parse_confidence,
    parse_number,
    parse_points,
    points_text,
    read_tree,
    write_tree,
)

if TYPE_CHECKING:
    from kineograph.pages.text import Polygon

_SPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
_REFERENCES = {"RegionRef", "RegionRefIndexed"}
_PARTS = {"TextLine": ("Word", " "), "Word": ("Glyph", "")}  # and what stands between them
_UNORDERED = 10**9


def read_page_xml(path: str | PathLike[str]) -> PageText:
    """The lines of a PAGE file in its reading order, texts as they stand there (no normalisation).

    A line without a transcription has the text "". Raises InputError for a file that is broken.
    """
    return page_from_tree(read_tree(path), str(path))


def page_from_tree(root: Element, name: str, problems: list[str] | None = None) -> PageText:
    """A parsed PAGE file -> its page.

    problems: takes what is wrong with a line, a word or the page's size (then 0), and the rest is
    read; without it the first fault is raised as InputError.
    """
    page = root.find("Page")
    if root.tag != "PcGts" or page is None:
        raise InputError(
            f"{name}: <{root.tag}> without a <Page>; PAGE XML is <PcGts> with one. Export it again."
        )
    width = height = 0.0
    with each_alone(problems):
        width, height = (parse_number(page, key, name) for key in ("imageWidth", "imageHeight"))
    order = page.find("ReadingOrder")
    named = list(dict.fromkeys([] if order is None else _references(order)))
    place = {region: number for number, region in enumerate(named)}
    regions = sorted(_regions(page), key=lambda each: place.get(each.get("id", ""), len(place)))
    blocks = [_block(region, name, problems) for region in regions]
    return PageText(
        width_pixels=round(width),
        height_pixels=round(height),
        blocks=tuple(block for block in blocks if block.lines),
        picture_name=page.get("imageFilename", ""),
    )


def page_xml(page: PageText, created: datetime | None = None) -> str:
    """A page as the text of a PAGE file; `created` is now if it is not given."""
    when = (created or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%S")
    root = Element("PcGts", {"xmlns": _SPACE})
    about = SubElement(root, "Metadata")
    for tag, text in (("Creator", "Kineograph"), ("Created", when), ("LastChange", when)):
        SubElement(about, tag).text = text
    size = {"imageWidth": str(page.width_pixels), "imageHeight": str(page.height_pixels)}
    sheet = SubElement(root, "Page", {"imageFilename": page.picture_name, **size})
    if page.blocks:
        order = SubElement(sheet, "ReadingOrder")
        group = SubElement(order, "OrderedGroup", {"id": "reading_order"})
        for place in range(len(page.blocks)):
            reference = {"index": str(place), "regionRef": f"region_{place + 1}"}
            SubElement(group, "RegionRefIndexed", reference)
    number = 0
    for place, block in enumerate(page.blocks):
        kind = {"id": f"region_{place + 1}", "type": block.kind}
        region = SubElement(sheet, "TextRegion", kind)
        SubElement(region, "Coords", {"points": points_text(block.polygon)})
        for line in block.lines:
            number += 1
            _add_line(region, line, f"line_{number}")
        _add_text(region, "\n".join(line.text for line in block.lines), None)
    return write_tree(root)


def _regions(parent: Element) -> list[Element]:
    """What holds lines, also regions within others and cells of tables, as they follow there."""
    return [element for element in parent.iter() if element.find("TextLine") is not None]


def _references(order: Element) -> list[str]:
    """The names of regions in reading order, groups within groups."""
    found: list[str] = []
    children = sorted(order, key=_index)  # stable: what has no index stays where it is
    for child in children:
        if "regionRef" in child.attrib:
            found.append(child.attrib["regionRef"])
        if child.tag not in _REFERENCES:
            found += _references(child)
    return found


def _index(element: Element) -> int:
    text = element.get("index", "")
    return int(text) if text.isascii() and text.isdigit() else _UNORDERED


def _block(region: Element, name: str, problems: list[str] | None) -> Block:
    lines = []
    for line in region.findall("TextLine"):
        with each_alone(problems):
            lines.append(_line(line, name, problems))
    kind = DROP_CAPITAL if region.get("type") == DROP_CAPITAL else PARAGRAPH
    return Block(tuple(lines), kind)


def _line(element: Element, name: str, problems: list[str] | None) -> TextLine:
    here = f"{name}, line {element.get('id', '?')}"
    polygon = _points(element, "Coords", here)
    if len(polygon) < 3:
        raise InputError(
            f"{here}: {len(polygon)} points around the line; an outline has three or more. "
            "Correct its Coords."
        )
    base: Polygon = ()
    with each_alone(problems):
        base = _points(element, "Baseline", here)
    words = []
    for word in element.findall("Word"):
        with each_alone(problems):
            words.append(_word(word, here))
    text, confidence = _text(element)
    return TextLine(polygon, base, text, confidence, tuple(words), element.get("id", ""))


def _word(element: Element, name: str) -> Word:
    characters = []
    for glyph in element.findall("Glyph"):
        text, confidence = _text(glyph)
        characters.append(Character(text, _points(glyph, "Coords", name), confidence))
    text, confidence = _text(element)
    return Word(text, _points(element, "Coords", name), confidence, tuple(characters))


def _text(element: Element) -> tuple[str, float | None]:
    """Its first transcription that says something (the lowest index), and the confidence of it.

    Where none does it is what its parts say: a line's words, a word's characters.
    """
    for each in sorted(element.findall("TextEquiv"), key=_index):
        text = each.findtext("Unicode") or ""
        if text.strip():
            return text, parse_confidence(each.get("conf"))
    tag, between = _PARTS.get(element.tag, ("", ""))
    parts = [_text(part)[0] for part in element.findall(tag)] if tag else []
    return between.join(filter(None, parts)), None


def _points(element: Element, tag: str, name: str) -> Polygon:
    """The points of Coords or Baseline; PAGE of 2010 has an element for each."""
    place = element.find(tag)
    if place is None:
        return ()
    if (points := place.get("points")) is not None:
        return parse_points(points, name)
    return tuple(
        (parse_number(point, "x", name), parse_number(point, "y", name))
        for point in place.findall("Point")
    )


def _add_line(region: Element, line: TextLine, name: str) -> None:
    element = SubElement(region, "TextLine", {"id": name})
    SubElement(element, "Coords", {"points": points_text(line.polygon)})
    if line.baseline:
        SubElement(element, "Baseline", {"points": points_text(line.baseline)})
    for place, word in enumerate(line.words):
        own = SubElement(element, "Word", {"id": f"{name}_word_{place + 1}"})
        SubElement(own, "Coords", {"points": points_text(word.polygon)})
        for count, character in enumerate(word.characters):
            glyph = SubElement(own, "Glyph", {"id": f"{name}_word_{place + 1}_{count + 1}"})
            SubElement(glyph, "Coords", {"points": points_text(character.polygon)})
            _add_text(glyph, character.text, character.confidence)
        _add_text(own, word.text, word.confidence)
    if not line.alternatives:
        _add_text(element, line.text, line.confidence)
    for place, each in enumerate(line.alternatives if line.text else ()):  # 0 is the line's own
        _add_text(element, each.text, each.share, str(place))


def _add_text(
    element: Element, text: str, confidence: float | None, index: str | None = None
) -> None:
    """A transcription, if there is one; of several, each with its index."""
    if text:
        sure = {"conf": confidence_text(confidence), "index": index}
        known = {key: value for key, value in sure.items() if value is not None}
        equivalent = SubElement(element, "TextEquiv", known)
        SubElement(equivalent, "Unicode").text = text
