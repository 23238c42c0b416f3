"""ALTO, version 4 written, 2 to 4 read: blocks, lines, words, characters, in pixels.

Format: https://www.loc.gov/standards/alto/. One file may hold several pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from kineograph.errors import InputError
from kineograph.pages.text import (
    DROP_CAPITAL,
    PARAGRAPH,
    Block,
    Bounds,
    Character,
    PageText,
    TextLine,
    Word,
    bounds,
    rectangle,
    words_of,
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

_SPACE = "http://www.loc.gov/standards/alto/ns-v4#"


def read_alto(path: str | PathLike[str]) -> tuple[PageText, ...]:
    """The pages of an ALTO file, lines as they follow there, texts as they stand there.

    A line without a transcription has the text "". Raises InputError for a file that is broken, or
    measured in something else than pixels.
    """
    return pages_from_tree(read_tree(path), str(path))


def pages_from_tree(root: Element, name: str) -> tuple[PageText, ...]:
    """A parsed ALTO file -> its pages."""
    pages = [element for element in root.iter() if element.tag == "Page"]
    if root.tag != "alto" or not pages:
        raise InputError(
            f"{name}: <{root.tag}> without a <Page>; ALTO is <alto> with one or more. "
            "Export it again."
        )
    unit = root.findtext("Description/MeasurementUnit", "pixel").strip()
    if unit != "pixel":
        raise InputError(
            f"{name}: is measured in {unit}; places are read in pixels of the picture. "
            "Export it with MeasurementUnit pixel."
        )
    picture = root.findtext("Description/sourceImageInformation/fileName", "").strip()
    kinds = {
        tag.get("ID", ""): tag.get("LABEL", "") for tag in root.iter() if tag.tag.endswith("Tag")
    }
    return tuple(_page(page, name, picture, kinds, place) for place, page in enumerate(pages))


def alto(pages: Sequence[PageText]) -> str:
    """Pages as the text of one ALTO file."""
    root = Element("alto", {"xmlns": _SPACE, "SCHEMAVERSION": "4.4"})
    about = SubElement(root, "Description")
    SubElement(about, "MeasurementUnit").text = "pixel"
    source = SubElement(about, "sourceImageInformation")
    SubElement(source, "fileName").text = pages[0].picture_name if pages else ""
    processing = SubElement(about, "Processing", {"ID": "reading"})
    SubElement(SubElement(processing, "processingSoftware"), "softwareName").text = "Kineograph"
    if any(block.kind == DROP_CAPITAL for page in pages for block in page.blocks):
        tag = {"ID": "first_letter", "LABEL": DROP_CAPITAL}
        SubElement(SubElement(root, "Tags"), "OtherTag", tag)
    layout = SubElement(root, "Layout")
    for place, page in enumerate(pages):
        size = {"WIDTH": str(page.width_pixels), "HEIGHT": str(page.height_pixels)}
        own = {"ID": f"page_{place + 1}", "PHYSICAL_IMG_NR": str(page.number), **size}
        sheet = SubElement(layout, "Page", own)
        space = SubElement(sheet, "PrintSpace", {"HPOS": "0", "VPOS": "0", **size})
        for number, block in enumerate(page.blocks):
            _add_block(space, block, f"page_{place + 1}_block_{number + 1}")
    return write_tree(root)


def _page(element: Element, name: str, picture: str, kinds: dict[str, str], place: int) -> PageText:
    blocks = []
    for block in element.iter():
        if block.tag == "TextBlock":
            lines = tuple(_line(line, name) for line in block.findall("TextLine"))
            labels = {kinds.get(tag, "") for tag in block.get("TAGREFS", "").split()}
            if lines:
                blocks.append(Block(lines, DROP_CAPITAL if DROP_CAPITAL in labels else PARAGRAPH))
    number = element.get("PHYSICAL_IMG_NR", "")
    return PageText(
        width_pixels=round(parse_number(element, "WIDTH", name)),
        height_pixels=round(parse_number(element, "HEIGHT", name)),
        blocks=tuple(blocks),
        picture_name=picture,
        number=int(number) if number.isascii() and number.isdigit() else place + 1,
    )


def _line(element: Element, name: str) -> TextLine:
    here = f"{name}, line {element.get('ID', '?')}"
    words = tuple(_word(word, here) for word in element.findall("String") if word.get("CONTENT"))
    base = element.get("BASELINE", "")
    polygon = _outline(element, here)
    points = parse_points(base, here) if len(base.replace(",", " ").split()) != 1 else ()
    if not points and base:  # before version 4.1, one height for the whole line
        box, height = bounds(polygon), parse_number(element, "BASELINE", here)
        points = ((float(box.left), height), (float(box.right), height))
    sure = [word.confidence for word in words if word.confidence is not None]
    return TextLine(
        polygon,
        points,
        _text(element),
        sum(sure) / len(sure) if sure else None,
        words,
        element.get("ID", ""),
    )


def _text(line: Element) -> str:
    """Its strings with a space where SP stands, or between all of them where there is no SP."""
    between = "" if line.find("SP") is not None else " "
    text = ""
    for child in line:
        if child.tag == "String":
            text += (between if text else "") + child.get("CONTENT", "")
        elif child.tag == "SP":
            text += " "
        elif child.tag == "HYP":
            text += child.get("CONTENT", "")
    return text


def _word(element: Element, name: str) -> Word:
    characters = tuple(
        Character(
            glyph.get("CONTENT", ""), _outline(glyph, name), parse_confidence(glyph.get("GC"))
        )
        for glyph in element.findall("Glyph")
    )
    sure = parse_confidence(element.get("WC"))
    return Word(element.get("CONTENT", ""), _outline(element, name), sure, characters)


def _outline(element: Element, name: str) -> Polygon:
    """Its polygon if it has one, else its box."""
    polygon = element.find("Shape/Polygon")
    if polygon is not None and polygon.get("POINTS"):
        points = parse_points(polygon.get("POINTS", ""), name)
        if len(points) >= 3:
            return points
    left, top = parse_number(element, "HPOS", name), parse_number(element, "VPOS", name)
    width, height = parse_number(element, "WIDTH", name), parse_number(element, "HEIGHT", name)
    return ((left, top), (left + width, top), (left + width, top + height), (left, top + height))


def _add_block(space: Element, block: Block, name: str) -> None:
    tags = {"TAGREFS": "first_letter"} if block.kind == DROP_CAPITAL else {}
    element = SubElement(space, "TextBlock", {"ID": name, **_place(block.polygon), **tags})
    for count, line in enumerate(block.lines):
        own = {"ID": f"{name}_line_{count + 1}", **_place(line.polygon)}
        if line.baseline:
            own["BASELINE"] = points_text(line.baseline)
        row = SubElement(element, "TextLine", own)
        _add_shape(row, line.polygon)
        _add_words(row, line, own["ID"])


def _add_words(row: Element, line: TextLine, name: str) -> None:
    words = words_of(line) or (Word("", line.polygon),)  # ALTO has no line without a String
    for place, word in enumerate(words):
        if place:
            gap = _gap(bounds(words[place - 1].polygon), bounds(word.polygon))
            SubElement(row, "SP", _place(rectangle(gap)))
        own = {"ID": f"{name}_word_{place + 1}", "CONTENT": word.text, **_place(word.polygon)}
        if (sure := confidence_text(word.confidence)) is not None:
            own["WC"] = sure
        element = SubElement(row, "String", own)
        _add_shape(element, word.polygon)
        for count, character in enumerate(word.characters):
            mark = {"ID": f"{own['ID']}_{count + 1}", "CONTENT": character.text}
            if (sure := confidence_text(character.confidence)) is not None:
                mark["GC"] = sure
            glyph = SubElement(element, "Glyph", {**mark, **_place(character.polygon)})
            _add_shape(glyph, character.polygon)


def _add_shape(element: Element, polygon: Polygon) -> None:
    points = {"POINTS": points_text(polygon)}
    SubElement(SubElement(element, "Shape"), "Polygon", points)


def _gap(before: Bounds, after: Bounds) -> Bounds:
    return Bounds(before.right, before.top, max(before.right, after.left), before.bottom)


def _place(polygon: Polygon) -> dict[str, str]:
    box = bounds(polygon)
    left, top = max(0, box.left), max(0, box.top)
    return {
        "HPOS": str(left),
        "VPOS": str(top),
        "WIDTH": str(max(0, box.right - left)),
        "HEIGHT": str(max(0, box.bottom - top)),
    }
