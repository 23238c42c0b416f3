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
_UNORDERED = 10**9


def read_page_xml(path: str | PathLike[str]) -> PageText:
    """The lines of a PAGE file in its reading order, texts as they stand there (no normalisation).

    A line without a transcription has the text "". Raises InputError for a file that is broken.
    """
    return page_from_tree(read_tree(path), str(path))


def page_from_tree(root: Element, name: str) -> PageText:
    """A parsed PAGE file -> its page."""
    page = root.find("Page")
    if root.tag != "PcGts" or page is None:
        raise InputError(
            f"{name}: <{root.tag}> without a <Page>; PAGE XML is <PcGts> with one. Export it again."
        )
    regions = {region.get("id", str(place)): region for place, region in enumerate(_regions(page))}
    order = page.find("ReadingOrder")
    named = [] if order is None else _references(order)
    ordered = [each for each in dict.fromkeys(named) if each in regions]
    ordered += [each for each in regions if each not in set(ordered)]
    blocks = [_block(regions[each], name) for each in ordered]
    return PageText(
        width_pixels=round(parse_number(page, "imageWidth", name)),
        height_pixels=round(parse_number(page, "imageHeight", name)),
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
    """Text regions, also those within others and within tables, as they follow in the file."""
    return [element for element in parent.iter() if element.tag == "TextRegion"]


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


def _block(region: Element, name: str) -> Block:
    lines = tuple(_line(line, name) for line in region.findall("TextLine"))
    kind = DROP_CAPITAL if region.get("type") == DROP_CAPITAL else PARAGRAPH
    return Block(lines, kind)


def _line(element: Element, name: str) -> TextLine:
    here = f"{name}, line {element.get('id', '?')}"
    words = tuple(_word(word, here) for word in element.findall("Word"))
    text, confidence = _text(element)
    if text is None:
        text = " ".join(word.text for word in words)
    polygon, base = _points(element, "Coords", here), _points(element, "Baseline", here)
    if len(polygon) < 3:
        raise InputError(
            f"{here}: {len(polygon)} points around the line; an outline has three or more. "
            "Correct its Coords."
        )
    return TextLine(polygon, base, text, confidence, words, element.get("id", ""))


def _word(element: Element, name: str) -> Word:
    characters = []
    for glyph in element.findall("Glyph"):
        text, confidence = _text(glyph)
        characters.append(Character(text or "", _points(glyph, "Coords", name), confidence))
    text, confidence = _text(element)
    if text is None:
        text = "".join(each.text for each in characters)
    return Word(text, _points(element, "Coords", name), confidence, tuple(characters))


def _text(element: Element) -> tuple[str | None, float | None]:
    """The first of its transcriptions (the lowest index), and its confidence."""
    given = [each for each in element.findall("TextEquiv") if each.find("Unicode") is not None]
    if not given:
        return None, None
    first = min(given, key=_index)
    return first.findtext("Unicode", "") or "", parse_confidence(first.get("conf"))


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
    _add_text(element, line.text, line.confidence)


def _add_text(element: Element, text: str, confidence: float | None) -> None:
    """A transcription, if there is one."""
    if text:
        sure = confidence_text(confidence)
        equivalent = SubElement(element, "TextEquiv", {} if sure is None else {"conf": sure})
        SubElement(equivalent, "Unicode").text = text
